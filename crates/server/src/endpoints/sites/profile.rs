//! What a site says of itself, as the API shows it.

use rollcall_model::{AccessMode, SiteProfile, Support};
use serde::Serialize;
use utoipa::ToSchema;

/// What a site says of itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Profile {
    /// The product.
    #[schema(example = "confluence-dc")]
    product: &'static str,
    /// Its version, where it says.
    #[schema(example = "9.3.1")]
    version: Option<String>,
    /// The address the site believes it has.
    base_url: String,
    /// The account that Rollcall uses there. Never acted upon.
    account: String,
    /// Whether that account administers the site; `null` where it cannot be told without writing.
    is_admin: Option<bool>,
    /// Whether writes are taken.
    writes: Writes,
    /// Seats in use, where the site says.
    seats_used: Option<u64>,
    /// Seats the licence allows; `null` where the site does not say, or where there is no bound.
    seats_max: Option<u64>,
    /// The licence has no upper bound.
    seats_unlimited: bool,
    /// User directories in order.
    directories: Vec<Directory>,
    /// What it can do.
    capabilities: Vec<Capability>,
    /// Sources of evidence that answered.
    evidence: Vec<String>,
    /// What an administrator should know.
    warnings: Vec<String>,
}

/// Whether a site takes writes at all.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Writes {
    /// It does.
    Accepted,
    /// It is in read-only mode.
    Refused,
    /// It does not say.
    Unknown,
}

/// A user directory.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Directory {
    /// Its name.
    name: String,
    /// `internal`, `ldap`, `delegated`, `crowd`, …; `null` where the site does not say.
    kind: Option<String>,
    /// Whether accounts can be changed in it; `null` where the site does not say.
    is_writable: Option<bool>,
}

/// Whether a site can do one kind of action.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Capability {
    /// The kind of action.
    #[schema(example = "disable")]
    action: &'static str,
    /// Whether it can.
    support: Supported,
    /// What is not certain, what is missing, what to do instead.
    remark: Option<String>,
}

/// Whether something can be done.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Supported {
    /// Yes.
    Yes,
    /// As far as documents tell.
    Expected,
    /// Not at this version, or not over this interface.
    No,
    /// The account that Rollcall uses lacks a right.
    NotPermitted,
}

impl Directory {
    /// From the model.
    pub(crate) fn of(directory: &rollcall_model::DirectoryRecord) -> Self {
        Self {
            name: directory.name.to_string(),
            kind: directory.kind.clone(),
            is_writable: directory.is_writable,
        }
    }
}

impl From<SiteProfile> for Profile {
    fn from(profile: SiteProfile) -> Self {
        let capability = |capability: rollcall_model::Capability| {
            let (support, remark) = match capability.support {
                Support::Yes => (Supported::Yes, None),
                Support::Expected { doubt } => (Supported::Expected, Some(doubt)),
                Support::No { reason } => (Supported::No, Some(reason)),
                Support::NotPermitted { reason } => (Supported::NotPermitted, Some(reason)),
            };
            Capability { action: capability.action.as_str(), support, remark }
        };
        Self {
            product: profile.product.as_str(),
            version: profile.version.map(|version| version.to_string()),
            base_url: profile.base_url,
            account: profile.own_account.username,
            is_admin: profile.is_admin,
            writes: match profile.access_mode {
                AccessMode::ReadWrite => Writes::Accepted,
                AccessMode::ReadOnly => Writes::Refused,
                AccessMode::Unknown => Writes::Unknown,
            },
            seats_used: profile.seats.used,
            seats_max: profile.seats.max,
            seats_unlimited: profile.seats.is_unlimited,
            directories: profile.directories.iter().map(Directory::of).collect(),
            capabilities: profile.capabilities.into_iter().map(capability).collect(),
            evidence: profile.evidence,
            warnings: profile.warnings,
        }
    }
}
