//! An observation: one complete reading of a site, before it is packed into a snapshot.

use crate::{AccountKey, DirectoryName, EvidencePoint, EvidenceSource, GroupName, SiteId, SiteProfile};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Position of an account in an observation or snapshot.
pub type AccountIndex = u32;
/// Position of a group in an observation or snapshot.
pub type GroupIndex = u32;

/// Whether an account may sign in.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// May sign in.
    Enabled,
    /// Switched off: kept, but cannot sign in and costs no seat.
    Disabled,
}

impl Status {
    /// The word of the criterion language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
        }
    }
}

/// A user directory, in the site's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryRecord {
    /// Its name.
    pub name: DirectoryName,
    /// `internal`, `ldap`, `delegated`, `crowd`, … ; `None` where the site does not say.
    pub kind: Option<String>,
    /// Whether accounts can be changed in it; `None` where the site does not say.
    pub is_writable: Option<bool>,
}

/// A group with its direct members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRecord {
    /// Its name.
    pub name: GroupName,
    /// Direct members, as positions in [`Observation::accounts`]; any order, doubles allowed.
    pub members: Vec<AccountIndex>,
    /// Groups that are directly inside it, as positions in [`Observation::groups`]; cycles allowed.
    pub children: Vec<GroupIndex>,
    /// Whether membership gives its members a licence seat; `None` where the site does not say.
    pub gives_seat: Option<bool>,
    /// Whether membership makes its members administrators of the site; `None` where the site does not say.
    pub gives_admin: Option<bool>,
}

/// An account as the site shows it. `None` always means "the site does not say".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRecord {
    /// Immutable identity.
    pub key: AccountKey,
    /// Sign-in name; may change.
    pub username: String,
    /// Full name.
    pub name: String,
    /// E-mail address; `Some("")` is an address known to be empty.
    pub email: Option<String>,
    /// Enabled or disabled.
    pub status: Option<Status>,
    /// The directory in which the account takes effect, as position in [`Observation::directories`].
    pub directory: Option<u16>,
    /// When the account was made.
    pub created: Option<Timestamp>,
    /// When it was last seen to go from disabled to enabled, where the site's own records tell.
    pub reactivated: Option<Timestamp>,
    /// Whether it counts towards the licence.
    pub seat: Option<bool>,
    /// Whether the same name also exists in an earlier directory, so that this account never takes effect.
    pub shadowed: Option<bool>,
    /// How often it signed in.
    pub logins: Option<u32>,
    /// Cloud: `atlassian`, `app`, `customer`.
    pub account_type: Option<String>,
    /// Cloud: whether the organisation manages the account.
    pub managed: Option<bool>,
    /// What each source of evidence says.
    pub evidence: Vec<EvidencePoint>,
}

impl AccountRecord {
    /// An account of which only identity and names are known; the rest is for the caller to fill in.
    pub fn new(key: impl Into<AccountKey>, username: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            username: username.into(),
            name: name.into(),
            email: None,
            status: None,
            directory: None,
            created: None,
            reactivated: None,
            seat: None,
            shadowed: None,
            logins: None,
            account_type: None,
            managed: None,
            evidence: Vec::new(),
        }
    }
}

/// One complete reading of one site. A reading of which a part failed is not an observation (product.md §2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// The site that was read.
    pub site: SiteId,
    /// What the site said of itself: version, capabilities, seats, the account Rollcall uses.
    pub profile: SiteProfile,
    /// When reading began.
    pub started_at: Timestamp,
    /// When it ended; the instant of the snapshot.
    pub finished_at: Timestamp,
    /// In the site's order.
    pub directories: Vec<DirectoryRecord>,
    /// All groups.
    pub groups: Vec<GroupRecord>,
    /// All accounts, each key once.
    pub accounts: Vec<AccountRecord>,
    /// The sources the evidence points refer to.
    pub sources: Vec<EvidenceSource>,
    /// What could not be read and is therefore unknown, in words for the administrator.
    pub notes: Vec<String>,
}

/// An observation that contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ObservationError {
    /// Two accounts with one key.
    #[error(
        "two accounts have the key \"{key}\"; the site was read while it changed, or its paging is broken: read it again"
    )]
    DoubleKey {
        /// The key.
        key: AccountKey,
    },
    /// Two groups with one name.
    #[error("two groups are called \"{name}\"; the site was read while it changed: read it again")]
    DoubleGroup {
        /// The name.
        name: GroupName,
    },
    /// A position that points outside.
    #[error("{what} {index} does not exist in the observation")]
    Dangling {
        /// What was pointed at.
        what: &'static str,
        /// The position.
        index: u32,
    },
}
