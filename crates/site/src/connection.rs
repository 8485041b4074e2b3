//! The settings of a connection. Credentials are secret types: they print as nothing and are wiped when dropped (I12).

use rollcall_model::{AddressRule, GroupName, Product};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

/// How Rollcall signs in at a site.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// A personal access token, sent as `Bearer` (`confluence-data-center.md §3.2`).
    Token(SecretString),
    /// Name and password, sent as `Basic` (`confluence-data-center.md §3.1`).
    Basic {
        /// The sign-in name.
        username: String,
        /// The password. Never retried (I9).
        password: SecretString,
    },
}

/// How fast a site is asked. The site's own hints (429, `Retry-After`, `X-RateLimit-*`) slow this down further, never speed it up.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Pacing {
    /// Requests under way at once.
    pub concurrency: u16,
    /// Requests per second; `None` = as fast as the site answers.
    pub per_second: Option<u32>,
    /// Seconds until a request is given up.
    pub timeout_seconds: u16,
}

impl Default for Pacing {
    fn default() -> Self {
        Self { concurrency: 4, per_second: None, timeout_seconds: 30 }
    }
}

/// What an administrator tells Rollcall about a site because the site does not say it itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct SiteSettings {
    /// The servers record every login, so that a missing `lastLogin` means "never" and not "unknown" (product.md §3).
    pub records_every_login: bool,
    /// Groups whose members cost a seat, where the site does not list its global permissions.
    pub licence_groups: Vec<GroupName>,
    /// Groups whose members administer the site, where the site does not list its global permissions.
    pub admin_groups: Vec<GroupName>,
    /// Members of these groups, nested ones included, are never changed (I5).
    pub protected_groups: Vec<GroupName>,
    /// How many accounts at most are searched for their newest contribution at each sync, one request each.
    pub contributions: u32,
    /// How many days of the audit log are read at each sync as evidence; 0 = it is not read.
    pub audit_days: u16,
    /// How fast the site is asked.
    pub pacing: Pacing,
}

impl Default for SiteSettings {
    fn default() -> Self {
        Self {
            records_every_login: false,
            licence_groups: vec!["confluence-users".into()],
            admin_groups: vec!["confluence-administrators".into()],
            protected_groups: vec!["confluence-administrators".into()],
            contributions: 0,
            audit_days: 90,
            pacing: Pacing::default(),
        }
    }
}

/// Everything needed to open a connection.
#[derive(Debug, Clone)]
pub struct Connection {
    /// The product.
    pub product: Product,
    /// Scheme, host, port and context path; no query, no credentials.
    pub url: Url,
    /// How to sign in.
    pub credentials: Credentials,
    /// Further certificate authorities to trust, PEM; for sites behind a company's own authority.
    pub certificate_authorities: Option<String>,
    /// What the administrator said of the site.
    pub settings: SiteSettings,
    /// Which network addresses the connection may lead to, asked about at every connect.
    pub addresses: AddressRule,
}
