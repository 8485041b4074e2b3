//! The data folder: database, sealing key and settings of one installation.

use crate::outlets::Outlet;
use crate::secrets::read_secret;
use crate::server_settings::Server;
use crate::settings::Settings;
use crate::sign_on::SignOnSettings;
use anyhow::Context;
use rollcall_engine::{AuditOutlet, DatabaseLocation, MailSettings, SealingKey, WebhookSettings};
use std::fs;
use std::path::{Path, PathBuf};
use url::Url;

/// The file of settings in the data folder. Every setting has a default; the file need not exist.
const SETTINGS: &str = "rollcall.yaml";
const KEY: &str = "sealing.key";

/// An opened data folder.
pub(crate) struct DataFolder {
    pub path: PathBuf,
    pub database: DatabaseLocation,
    pub key: SealingKey,
    /// The key's file, where it was made just now.
    pub new_key: Option<PathBuf>,
    pub mail: Option<MailSettings>,
    pub outlets: Vec<AuditOutlet>,
    pub webhooks: WebhookSettings,
    /// The address that links in mails begin with.
    pub public_url: Option<Url>,
    pub server: Server,
    pub sign_on: Option<SignOnSettings>,
}

/// Where a data folder has its parts. The key need not be there yet.
pub(crate) struct Located {
    pub path: PathBuf,
    pub database: DatabaseLocation,
    pub key_file: PathBuf,
    pub settings: Settings,
}

impl Located {
    /// Finds the folder, and makes it where there is none.
    pub(crate) fn find(given: Option<&Path>) -> anyhow::Result<Self> {
        let path = folder(given)?;
        let settings = settings(&path)?;
        Self::within(path, settings)
    }

    /// The parts of a folder with these settings.
    pub(crate) fn within(path: PathBuf, settings: Settings) -> anyhow::Result<Self> {
        let inside = |p: &Path| path.join(p);
        let database = match (std::env::var("ROLLCALL_DATABASE_URL").ok(), &settings.database_url_file) {
            (Some(url), _) => url.trim().parse().context("ROLLCALL_DATABASE_URL")?,
            (None, Some(file)) => read_secret(&inside(file))
                .and_then(|url| Ok(url.trim().parse()?))
                .context("rollcall.yaml, database-url-file")?,
            (None, None) => DatabaseLocation::in_folder(&path),
        };
        let key_file = settings.key_file.as_deref().map_or_else(|| path.join(KEY), inside);
        let key_file = std::env::var_os("ROLLCALL_KEY_FILE").map_or(key_file, PathBuf::from);
        Ok(Self { path, database, key_file, settings })
    }
}

impl DataFolder {
    /// Opens the folder, and makes it with a new key where there is none.
    pub(crate) fn open(given: Option<&Path>) -> anyhow::Result<Self> {
        Self::of(Located::find(given)?)
    }

    /// Opens a folder whose parts were found.
    pub(crate) fn of(located: Located) -> anyhow::Result<Self> {
        let Located { path, database, key_file, settings } = located;
        let (key, new_key) = key(&key_file)?;
        let mail = settings.mail.map(|mail| mail.settings(&path)).transpose()?;
        let outlets = Outlet::all(settings.audit_outlets, &path)?;
        let webhooks = settings.webhooks.settings(&path)?;
        Ok(Self {
            path,
            database,
            key,
            new_key,
            mail,
            outlets,
            webhooks,
            public_url: settings.server.public_url()?,
            server: settings.server,
            sign_on: settings.sign_on,
        })
    }
}

/// The data folder that is given, or the usual one; made where there is none.
pub(crate) fn folder(given: Option<&Path>) -> anyhow::Result<PathBuf> {
    let path = given.map_or_else(default_folder, |p| Ok(p.to_owned()))?;
    fs::create_dir_all(&path).with_context(|| {
        format!(
            "the data folder {} cannot be made; name another with --data DIR or ROLLCALL_DATA",
            path.display()
        )
    })?;
    protect(&path)?;
    Ok(path)
}

/// The settings in a data folder.
pub(crate) fn settings(folder: &Path) -> anyhow::Result<Settings> {
    Settings::read(&folder.join(SETTINGS))
}

/// `$XDG_DATA_HOME/rollcall`, or `~/.local/share/rollcall`.
fn default_folder() -> anyhow::Result<PathBuf> {
    let base = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|p| p.is_absolute());
    let base = base.or_else(|| std::env::home_dir().map(|home| home.join(".local/share")));
    Ok(base
        .context("there is no home folder to keep data in; name one with --data DIR or ROLLCALL_DATA")?
        .join("rollcall"))
}

/// The sealing key in a file; a new one is made where there is none, and its file named.
fn key(file: &Path) -> anyhow::Result<(SealingKey, Option<PathBuf>)> {
    let mut new = None;
    if !file.exists() {
        match SealingKey::create_file(file) {
            Ok(_) => new = Some(file.to_owned()),
            // Another process may have made it at the same moment: that one counts.
            Err(_) if file.exists() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok((SealingKey::from_file(file)?, new))
}

/// Only the owner may look into a folder that holds keys.
#[cfg(unix)]
fn protect(folder: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let is_empty = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    if is_empty {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).with_context(|| {
            format!(
                "the data folder {} cannot be made private; name another with --data DIR or ROLLCALL_DATA",
                folder.display()
            )
        })?;
    }
    Ok(())
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the Unix form can fail")]
fn protect(_folder: &Path) -> anyhow::Result<()> {
    Ok(())
}
