//! An account: one user mapping, and what its effective directory says of it.

use super::GroupId;

/// `last_login` of an account that never logged in.
pub(crate) const NEVER: i64 = i64::MIN;

/// An account. Instants are milliseconds since 1970.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    /// As spelled by its directory; may be mixed case when synced from LDAP (§7.6).
    pub(crate) name: Box<str>,
    pub(crate) display: Box<str>,
    pub(crate) mail: Box<str>,
    /// The user key: fixed and unique (§7.6).
    pub(crate) key: u128,
    /// Direct groups, ascending.
    pub(crate) groups: Vec<GroupId>,
    pub(crate) created: i64,
    pub(crate) last_login: i64,
    pub(crate) logins: u32,
    /// The first directory that has the name: the one that counts (§7.4).
    pub(crate) directory: u8,
    pub(crate) life: Life,
    pub(crate) active: bool,
    /// Global permissions granted to the account itself.
    pub(crate) rights: super::Rights,
    /// The same name in later directories.
    pub(crate) shadows: Option<Box<[Shadow]>>,
}

/// The same name in a later directory, without effect (§7.4).
#[derive(Clone, Debug)]
pub(crate) struct Shadow {
    pub(crate) directory: u8,
    pub(crate) display: Box<str>,
    pub(crate) active: bool,
}

/// §6: what became of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    /// In a directory.
    Present,
    /// In no directory any more; only its user mapping is left.
    Unsynced,
    /// Deleted and anonymised.
    Deleted,
}

impl Account {
    pub(crate) fn key_text(&self) -> String {
        format!("{:032x}", self.key)
    }

    pub(crate) fn is_member(&self, group: GroupId) -> bool {
        self.groups.binary_search(&group).is_ok()
    }

    pub(crate) fn last_login(&self) -> Option<i64> {
        (self.last_login != NEVER).then_some(self.last_login)
    }
}

/// User keys look like `2c9580839013922301901a0000010001`: a node part, an instant, a running number.
pub(crate) fn key_of(node: u64, number: u32) -> u128 {
    (u128::from(node) << 64) | (0x0190_1a00_u128 << 32) | u128::from(number)
}
