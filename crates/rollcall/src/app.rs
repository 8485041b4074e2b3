//! Wiring: the data folder, the products and the operator make an engine.

use crate::cli::{Cli, Format};
use crate::data::DataFolder;
use rollcall_engine::{Act, Connection, Engine, OpenSite, Operator, Settings, SiteError, SystemClock};
use rollcall_model::Product;
use std::sync::Arc;

/// What every command is given.
pub(crate) struct App {
    pub engine: Engine,
    pub operator: Operator,
    pub format: Format,
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
    pub(crate) fn setup_link(token: &str) -> String {
        format!("http://127.0.0.1:8474/setup#{token}")
    }

    /// Opens a given data folder.
    pub(crate) async fn over(data: DataFolder, operator: Operator, format: Format) -> anyhow::Result<Self> {
        let settings = Settings {
            database: data.database,
            key: data.key,
            mail: data.mail,
            name: "Rollcall".to_owned(),
            locks: data.path.join("locks"),
            clock: Arc::new(SystemClock),
            sites: Arc::new(Products),
        };
        Ok(Self {
            engine: Engine::open(settings).await?.telling(data.outlets, data.webhooks),
            operator,
            format,
        })
    }
}

/// Who asks: as given, else the person behind `sudo`, else the user of this shell.
pub(crate) fn operator(given: Option<&str>) -> Operator {
    let variable = |name: &str| std::env::var(name).ok().filter(|v| !v.trim().is_empty());
    let name = given.map(str::to_owned).or_else(|| variable("SUDO_USER")).or_else(|| variable("USER"));
    Operator::local(&name.or_else(|| variable("LOGNAME")).unwrap_or_else(|| "unknown".to_owned()))
}
