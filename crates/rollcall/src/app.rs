//! Wiring: the data folder, the products and the operator make an engine.

use crate::cli::{Cli, Format};
use crate::data::DataFolder;
use crate::server_settings::Server;
use crate::sign_on::SignOnSettings;
use anyhow::bail;
use rollcall_engine::{Act, Connection, Engine, OpenSite, Operator, Settings, SiteError, SystemClock};
use rollcall_model::Product;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What every command is given.
pub(crate) struct App {
    pub engine: Engine,
    pub operator: Operator,
    pub format: Format,
    pub server: Server,
    pub sign_on: Option<SignOnSettings>,
    /// The data folder.
    pub data: PathBuf,
}

/// The products that this program can connect to.
pub(crate) struct Products;

impl OpenSite for Products {
    fn open(&self, connection: &Connection) -> Result<Arc<dyn Act>, SiteError> {
        match connection.product {
            Product::ConfluenceDc => Ok(rollcall_atlassian::connect(connection)?),
        }
    }
}

impl App {
    /// Opens the installation that the command line names.
    pub(crate) async fn open(cli: &Cli) -> anyhow::Result<Self> {
        let data = DataFolder::open(cli.data.as_deref())?;
        Self::over(data, operator(cli.operator.as_deref()), cli.format).await
    }

    /// The link by which the first admin is made. What opens it stands behind `#`: browsers keep that to themselves, and so do the
    /// logs of proxies.
    pub(crate) fn setup_link(base: &str, token: &str) -> String {
        format!("{}/setup#{token}", base.trim_end_matches('/'))
    }

    /// Opens a given data folder.
    pub(crate) async fn over(data: DataFolder, operator: Operator, format: Format) -> anyhow::Result<Self> {
        let settings = Settings {
            database: data.database,
            key: data.key,
            mail: data.mail,
            name: "Rollcall".to_owned(),
            public_url: data.public_url,
            locks: data.path.join("locks"),
            clock: Arc::new(SystemClock),
            sites: Arc::new(Products),
        };
        let engine = Engine::open(settings).await?.telling(data.outlets, data.webhooks);
        if let Some(file) = &data.new_key {
            check_new_key(&engine, &operator, file).await?;
        }
        let engine = engine.with_remote_sites(data.server.remote_sites());
        Ok(Self { engine, operator, format, server: data.server, sign_on: data.sign_on, data: data.path })
    }
}

/// A key that was made just now opens nothing: where secrets are there already, their key is missing, and the new one would only hide that.
async fn check_new_key(engine: &Engine, operator: &Operator, file: &Path) -> anyhow::Result<()> {
    let keys = engine.key_status(operator).await?;
    let Some((sealed_with, secrets)) = keys.secrets.iter().find(|(key, _)| **key != keys.current) else {
        return Ok(());
    };
    std::fs::remove_file(file)?;
    let file = file.display();
    bail!(
        "there is no key at {file}, and the database holds secrets ({secrets}) that are sealed with key {sealed_with}: put the file of that key there. \
         If it is lost, make a new one (openssl rand -hex 32 > {file}; chmod 600 {file}) and give the credentials again"
    )
}

/// Who asks: as given, else the person behind `sudo`, else the user of this shell.
pub(crate) fn operator(given: Option<&str>) -> Operator {
    let variable = |name: &str| std::env::var(name).ok().filter(|v| !v.trim().is_empty());
    let name = given.map(str::to_owned).or_else(|| variable("SUDO_USER")).or_else(|| variable("USER"));
    // In a container there are often no such variables: the system knows who runs this.
    let name = name.or_else(|| variable("LOGNAME")).or_else(|| whoami::username().ok());
    Operator::local(&name.unwrap_or_else(|| "unknown".to_owned()))
}
