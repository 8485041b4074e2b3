//! `rollcall site …`: shapes and help.

use clap::{Args, Subcommand};
use rollcall_model::{Product, SiteName};
use std::path::PathBuf;
use url::Url;

#[derive(Debug, Subcommand)]
pub(crate) enum Site {
    /// Connects a site. The connection is tried before it is kept.
    Add(SiteAdd),
    /// Lists the sites.
    List,
    /// Forgets a site, its credentials, snapshots and plans. The audit log keeps what happened there.
    Remove {
        /// The site.
        site: SiteName,
        /// Without asking.
        #[arg(long)]
        yes: bool,
    },
    /// Version, rights, capabilities and sources of evidence.
    Test {
        /// The site.
        site: SiteName,
    },
    /// Changes what Rollcall was told about a site; without options prints it.
    Set(SiteSet),
    /// Makes a group without members, for `add-groups`.
    CreateGroup {
        /// The site.
        site: SiteName,
        /// The group's name.
        group: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct SiteAdd {
    /// What you call it: letters, digits, '-', '_', '.'.
    pub site: SiteName,
    /// The product.
    #[arg(long, default_value = "confluence-dc")]
    pub kind: Product,
    /// Where it is, with its context path, as in a browser.
    #[arg(long)]
    pub url: Url,
    #[command(flatten)]
    pub credentials: CredentialArgs,
    /// Further certificate authorities to trust, PEM.
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    #[command(flatten)]
    pub told: ToldArgs,
}

/// How to sign in. Without any of these, the environment is asked (`ROLLCALL_TOKEN`, or `ROLLCALL_USERNAME` and `ROLLCALL_PASSWORD`), then the person.
#[derive(Debug, Args)]
pub(crate) struct CredentialArgs {
    /// File that holds a personal access token.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["username", "password_file"])]
    pub token_file: Option<PathBuf>,
    /// Sign-in name, for a password.
    #[arg(long, value_name = "NAME")]
    pub username: Option<String>,
    /// File that holds the password.
    #[arg(long, value_name = "FILE", requires = "username")]
    pub password_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct SiteSet {
    /// The site.
    pub site: SiteName,
    /// Where it is from now on. It must be the same site: snapshots, exemptions and plans stay. At another server, credentials are to be
    /// given as well: those of now are sent to no other than the one they were given for.
    #[arg(long)]
    pub url: Option<Url>,
    /// Further certificate authorities to trust, PEM; replaces those given before.
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    #[command(flatten)]
    pub credentials: CredentialArgs,
    #[command(flatten)]
    pub told: ToldArgs,
}

/// What the site does not say itself.
#[derive(Debug, Args, Default)]
pub(crate) struct ToldArgs {
    /// The servers record every login: a missing last login means never, not unknown.
    #[arg(long, value_name = "BOOL")]
    pub records_every_login: Option<bool>,
    /// Group whose members cost a seat, where the site does not say; repeatable, replaces the list.
    #[arg(long, value_name = "GROUP")]
    pub licence_group: Vec<String>,
    /// Group whose members administer the site, where the site does not say; repeatable, replaces the list.
    #[arg(long, value_name = "GROUP")]
    pub admin_group: Vec<String>,
    /// Group whose members are never changed; repeatable, replaces the list.
    #[arg(long, value_name = "GROUP")]
    pub protected_group: Vec<String>,
    /// Search the newest contribution of at most so many accounts at each sync, one request each.
    #[arg(long, value_name = "N")]
    pub contributions: Option<u32>,
    /// Days of the audit log to read at each sync; 0 = none.
    #[arg(long, value_name = "DAYS")]
    pub audit_days: Option<u16>,
    /// Requests under way at once.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub concurrency: Option<u16>,
    /// Requests per second at most; 0 = as fast as the site answers.
    #[arg(long, value_name = "N")]
    pub per_second: Option<u32>,
    /// Seconds until a request is given up.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..=60))]
    pub timeout: Option<u16>,
}
