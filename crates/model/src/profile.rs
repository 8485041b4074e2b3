//! What a site says of itself: product, version, rights, what it can do.

use crate::{AccountKey, ActionKind, DirectoryRecord};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The products Rollcall connects to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Product {
    /// Confluence Server and Data Center.
    ConfluenceDc,
}

impl Product {
    /// Every product.
    pub const ALL: [Self; 1] = [Self::ConfluenceDc];

    /// The word after `--kind`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConfluenceDc => "confluence-dc",
        }
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Product {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|p| p.as_str() == text).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|p| p.as_str()).collect();
            format!("\"{text}\" is not a kind of site; known: {}", known.join(", "))
        })
    }
}

/// A product version, compared number by number; a suffix after `-` is kept for display and ignored in comparisons.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version {
    numbers: [u32; 3],
    text: String,
}

impl Version {
    /// `major.minor`, for comparisons with a table of the contract.
    pub fn at(major: u32, minor: u32) -> Self {
        Self { numbers: [major, minor, 0], text: format!("{major}.{minor}") }
    }

    /// Whether this version is `major.minor` or later.
    pub fn reaches(&self, major: u32, minor: u32) -> bool {
        self.numbers >= [major, minor, 0]
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.numbers == other.numbers
    }
}
impl Eq for Version {}
impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Version {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.numbers.cmp(&other.numbers)
    }
}

impl FromStr for Version {
    type Err = String;

    /// Reads `9.2.13`, `10.2.3-m05`, `8.5`.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let bad = || format!("\"{text}\" is not a version number such as 9.2.13");
        let plain = text.split(['-', '+', ' ']).next().unwrap_or_default();
        let mut numbers = [0; 3];
        let mut parts = plain.split('.');
        let first = parts.next().filter(|p| !p.is_empty()).ok_or_else(bad)?;
        numbers[0] = first.parse().map_err(|_| bad())?;
        for slot in &mut numbers[1..] {
            if let Some(part) = parts.next() {
                *slot = part.parse().map_err(|_| bad())?;
            }
        }
        Ok(Self { numbers, text: text.to_owned() })
    }
}

impl TryFrom<String> for Version {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}
impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.text
    }
}
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// An account as it is named when it is asked about or acted upon: the key decides, the username is how most calls address it
/// and is read again by key before a write (`confluence-data-center.md §7.6`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AccountRef {
    /// Immutable identity.
    pub key: AccountKey,
    /// Sign-in name when it was last read.
    pub username: String,
}

/// Whether a site takes writes at all (`confluence-data-center.md §4.5`, `accessmode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccessMode {
    /// Reads and writes.
    ReadWrite,
    /// Every write fails.
    ReadOnly,
    /// The site does not say.
    Unknown,
}

/// Licence seats. `None` = the site does not say; `max` absent with `unlimited` set = no upper bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SeatCounts {
    /// Seats in use.
    pub used: Option<u64>,
    /// Seats the licence allows.
    pub max: Option<u64>,
    /// The licence has no upper bound.
    pub is_unlimited: bool,
}

/// Whether a site can do one kind of action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "support")]
pub enum Support {
    /// It can.
    Yes,
    /// It can, as far as documents tell; nobody has seen it on this version. Every write is read back anyway.
    Expected {
        /// What is not certain.
        doubt: String,
    },
    /// Not at this version, or not over this interface at all. Refused in the plan.
    No {
        /// Why, and what to do instead.
        reason: String,
    },
    /// The product can, the account that Rollcall uses may not. Refused in the plan.
    NotPermitted {
        /// Which right is missing.
        reason: String,
    },
}

impl Support {
    /// Why an action is refused, if it is.
    pub fn refusal(&self) -> Option<&str> {
        match self {
            Self::Yes | Self::Expected { .. } => None,
            Self::No { reason } | Self::NotPermitted { reason } => Some(reason),
        }
    }
}

/// One row of the capability table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capability {
    /// The kind of action.
    pub action: ActionKind,
    /// Whether the site can do it.
    #[serde(flatten)]
    pub support: Support,
}

/// A site's description of itself, read by probing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SiteProfile {
    /// The product.
    pub product: Product,
    /// Its version, where it says.
    pub version: Option<Version>,
    /// The address the site believes it has.
    pub base_url: String,
    /// The account that Rollcall uses. Never acted upon (I5).
    pub own_account: AccountRef,
    /// Whether that account administers the site; `None` where it cannot be told without writing.
    pub is_admin: Option<bool>,
    /// Whether writes are taken.
    pub access_mode: AccessMode,
    /// Licence seats.
    pub seats: SeatCounts,
    /// User directories in order; empty where the site does not list them.
    pub directories: Vec<DirectoryRecord>,
    /// What it can do, a row for each kind of action.
    pub capabilities: Vec<Capability>,
    /// What an administrator should know: evidence that is missing, an index being rebuilt, a licence that ends.
    pub warnings: Vec<String>,
    /// Sources of evidence that answered, in words: `list-active: last login of licensed users`.
    pub evidence: Vec<String>,
}

impl SiteProfile {
    /// Whether the site can do that kind of action. A kind without a row is not supported. Notices are Rollcall's own affair: no site
    /// has a part in them.
    pub fn support(&self, action: ActionKind) -> Support {
        if action == ActionKind::Notify {
            return Support::Yes;
        }
        self.capabilities.iter().find(|c| c.action == action).map_or_else(
            || Support::No { reason: format!("{} sites cannot do `{action}`", self.product) },
            |c| c.support.clone(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn versions_compare_by_number_and_keep_their_text() {
        let v = |t: &str| t.parse::<Version>().unwrap();
        assert!(v("10.0.3") > v("9.4"));
        assert!(v("8.10") > v("8.9.9"));
        assert_eq!(v("10.2.3-m05").to_string(), "10.2.3-m05");
        assert!(v("9.3.1").reaches(9, 3) && !v("9.2.18").reaches(9, 3));
        for bad in ["", "x", "9.x", ".1", "9..1"] {
            assert!(bad.parse::<Version>().is_err(), "{bad}");
        }
    }
}
