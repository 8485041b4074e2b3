//! `rollcall backup`, `restore`, `key …`, `retention …`: shapes and help.

use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The backup.
    pub file: PathBuf,
    /// Only read it to its end and verify its hash and the audit log in it. Touches no database.
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Which key seals, how many secrets are sealed with it, which were replaced.
    Status,
    /// Makes a new key, seals every secret anew and puts it in the old one's place. Processes that run go on.
    Rotate {
        /// Without asking.
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Retention {
    /// How long what is kept.
    Show,
    /// Changes how long what is kept. Drops nothing yet.
    Set(RetentionSet),
    /// Drops what is past its time. What is dropped is itself in the audit log.
    Run {
        /// Only tells what would be dropped.
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct RetentionSet {
    /// Of so many days a snapshot of each site is kept.
    #[arg(long, value_name = "N")]
    pub daily: Option<u16>,
    /// Of so many weeks a snapshot of each site is kept.
    #[arg(long, value_name = "N")]
    pub weekly: Option<u16>,
    /// Of so many months a snapshot of each site is kept.
    #[arg(long, value_name = "N")]
    pub monthly: Option<u16>,
    /// Items and reports of runs are kept for so many days.
    #[arg(long, value_name = "DAYS")]
    pub runs: Option<u32>,
    /// Mails that were sent are kept for so many days.
    #[arg(long, value_name = "DAYS")]
    pub mails: Option<u32>,
    /// The audit log is kept for so many years, or `forever`.
    #[arg(long, value_name = "YEARS|forever", value_parser = years)]
    pub audit: Option<Years>,
}

/// For how long the audit log is kept; `None` = for ever.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Years(pub Option<u32>);

fn years(text: &str) -> Result<Years, String> {
    match text {
        "forever" => Ok(Years(None)),
        text => text
            .parse()
            .map(|years| Years(Some(years)))
            .map_err(|_| "expected is a number of years, or forever".to_owned()),
    }
}
