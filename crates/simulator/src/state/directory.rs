//! User directories: their order and what may be written to them (`confluence-data-center.md §7, §8`).

use serde::{Deserialize, Serialize};

/// A user directory. Their order in the state is the order in which names are looked up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Directory {
    /// Id as the administration pages show it.
    pub id: u64,
    /// Name.
    pub name: String,
    /// What it is, and so what can be changed in it.
    pub kind: DirectoryKind,
    /// Switched on.
    pub active: bool,
}

/// What can be changed in a directory (§7.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DirectoryKind {
    /// Everything.
    Internal,
    /// Groups only, and only groups kept by Confluence.
    LdapLocalGroups,
    /// Nothing.
    LdapReadOnly,
    /// Internal with LDAP authentication: everything but passwords.
    Delegated,
}

impl DirectoryKind {
    /// May accounts be disabled, enabled, changed, deleted here.
    pub(crate) fn writes_accounts(self) -> bool {
        matches!(self, Self::Internal | Self::Delegated)
    }

    /// May memberships of its accounts in groups kept by Confluence be changed.
    pub(crate) fn writes_memberships(self) -> bool {
        !matches!(self, Self::LdapReadOnly)
    }

    /// Synchronised from elsewhere.
    pub(crate) fn is_synced(self) -> bool {
        matches!(self, Self::LdapLocalGroups | Self::LdapReadOnly)
    }

    /// The type word of embedded Crowd.
    pub(crate) fn type_word(self) -> &'static str {
        match self {
            Self::Internal => "INTERNAL",
            Self::LdapLocalGroups | Self::LdapReadOnly => "CONNECTOR",
            Self::Delegated => "DELEGATING",
        }
    }
}
