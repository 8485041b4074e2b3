//! What Rollcall knows beside the site: exemptions and lists.

use clap::{Args, Subcommand};
use rollcall_model::SiteName;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum Exempt {
    /// Exempts an account or a group.
    Add(ExemptAdd),
    /// Lists the exemptions of a site.
    List {
        /// The site.
        site: SiteName,
    },
    /// Ends an exemption.
    Remove {
        /// The site.
        site: SiteName,
        #[command(flatten)]
        who: Who,
    },
}

/// An account or a group.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Who {
    /// Sign-in name of the account.
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Name of the group; its members, nested ones included, are exempt.
    #[arg(long, value_name = "NAME")]
    pub group: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ExemptAdd {
    /// The site.
    pub site: SiteName,
    #[command(flatten)]
    pub who: Who,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Until when, as in 2027-03-31 (that day included); default: for good.
    #[arg(long, value_name = "DATE")]
    pub until: Option<jiff::civil::Date>,
    /// In place of the exemption that the account or group has already; without it there must be none.
    #[arg(long)]
    pub replace: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum List {
    /// Keeps a list of sign-in names or addresses from a CSV file; replaces a list of that name.
    Import {
        /// What you call it in `list = "…"`.
        name: String,
        /// CSV; the column `username` or `email` is read, else the first.
        file: PathBuf,
    },
    /// Lists the lists.
    #[command(name = "list")]
    All,
    /// Forgets a list.
    Remove {
        /// Its name.
        name: String,
    },
}
