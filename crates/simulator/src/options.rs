//! How a simulated site is set up, and what can be wrong with that.

use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::date;

use crate::faults::Faults;
use crate::population::{Mix, Population};
use crate::switches::Switches;

/// How a simulated site is set up. Begin with [`Options::small`] or [`Options::new`].
#[derive(Clone, Debug)]
pub struct Options {
    /// Version of Confluence Data Center, `8.2` to `10.2`, with or without a patch number.
    pub version: String,
    /// Number of accounts, 40 to 1,000,000.
    pub accounts: u32,
    /// Seed of the population. The administrator's password is `admin-{seed}` unless `password` is given.
    pub seed: u64,
    /// Port of the site on 127.0.0.1; `None`: any free one.
    pub port: Option<u16>,
    /// Port of the controls; `None`: any free one.
    pub control_port: Option<u16>,
    /// "Today" of the simulated world when it starts; from then on its time runs as ours.
    pub now: Timestamp,
    /// `""` or e.g. `"/confluence"`: everything is served below it.
    pub context_path: String,
    /// Shares of kinds of people and directories.
    pub mix: Mix,
    /// Answers to UNVERIFIED questions.
    pub switches: Switches,
    /// Faults from the start.
    pub faults: Faults,
    /// Password of the administrator.
    pub password: Option<String>,
    /// Which system administrator of real rows to log in as; `None`: the first. Not for generated sites.
    pub administrator: Option<String>,
    /// Serves the site by TLS.
    pub tls: Option<Tls>,
    /// Base URL that the site believes to have, in `_links.base`; `None`: the one it is served at.
    pub base_url: Option<String>,
    /// Journal entries kept, the newest.
    pub journal_capacity: usize,
}

/// Certificate and key of a site served by TLS.
#[derive(Clone, Debug)]
pub struct Tls {
    /// Certificate chain, PEM.
    pub certificate_pem: String,
    /// Private key, PEM.
    pub key_pem: String,
    /// Host name written in the URL of the site; it must lead to 127.0.0.1.
    pub host: String,
}

impl Options {
    /// A generated site.
    pub fn new(version: &str, accounts: u32, seed: u64, now: Timestamp) -> Self {
        Self {
            version: version.to_owned(),
            accounts,
            seed,
            port: None,
            control_port: None,
            now,
            context_path: String::new(),
            mix: Mix::default(),
            switches: Switches::default(),
            faults: Faults::default(),
            password: None,
            administrator: None,
            tls: None,
            base_url: None,
            journal_capacity: 5_000_000,
        }
    }

    /// 100 accounts, seed 1, version 9.3, on 22 November 2026, noon UTC.
    pub fn small() -> Self {
        let now = date(2026, 11, 22).at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC);
        Self::new("9.3", 100, 1, now.map_or(Timestamp::UNIX_EPOCH, |now| now.timestamp()))
    }

    /// The same site at another version.
    #[must_use]
    pub fn version(mut self, version: &str) -> Self {
        version.clone_into(&mut self.version);
        self
    }

    /// What the population of a generated site is made from.
    pub fn population(&self) -> Population {
        Population { accounts: self.accounts, seed: self.seed, now: self.now, mix: self.mix }
    }

    pub(crate) fn check(&self) -> Result<(), SimulatorError> {
        if !(40..=1_000_000).contains(&self.accounts) {
            return Err(SimulatorError::Accounts { accounts: self.accounts });
        }
        if !self.mix.is_sound() {
            return Err(SimulatorError::Mix);
        }
        let path = &self.context_path;
        if !path.is_empty()
            && (!path.starts_with('/') || path.ends_with('/') || path.contains(['?', '#', '%']))
        {
            return Err(SimulatorError::ContextPath { path: path.clone() });
        }
        Ok(())
    }
}

/// Why a simulated site does not start.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    /// Not a version that is simulated.
    #[error("version {version:?} cannot be simulated: {reason}")]
    Version {
        /// As given.
        version: String,
        /// Why.
        reason: &'static str,
    },
    /// Too few or too many.
    #[error("a simulated site has 40 to 1000000 accounts, not {accounts}")]
    Accounts {
        /// As given.
        accounts: u32,
    },
    /// Shares that do not fit.
    #[error(
        "the mix of the population is wrong: the directories must sum up to 100 percent, idle, never, once and disabled to at most 100"
    )]
    Mix,
    /// Not a context path.
    #[error(
        "context path {path:?} must be empty or begin with \"/\", without one at its end and without ?, # or %"
    )]
    ContextPath {
        /// As given.
        path: String,
    },
    /// Not a time zone.
    #[error("switch timeZone: {zone:?} is not a known time zone; write e.g. Europe/Berlin")]
    TimeZone {
        /// As given.
        zone: String,
    },
    /// The port is taken or may not be used.
    #[error("cannot listen on 127.0.0.1:{port} for the {purpose}: {source}")]
    Listen {
        /// Port asked for; 0: any.
        port: u16,
        /// "site" or "controls".
        purpose: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// No thread or runtime could be started.
    #[error("cannot start the simulated site: {0}")]
    Start(std::io::Error),
    /// Certificate or key cannot be used.
    #[error("cannot serve by TLS: {0}")]
    Tls(String),
    /// The file of rows cannot be read.
    #[error("cannot read rows of an installation from {path}: {source}", path = path.display())]
    RowsFile {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file of rows is not what it should be.
    #[error("{path}: not rows of an installation: {reason}", path = path.display())]
    Rows {
        /// Which file.
        path: PathBuf,
        /// Where and why.
        reason: String,
    },
}
