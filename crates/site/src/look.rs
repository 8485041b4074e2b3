//! Looking at an account again before and after a change.

use rollcall_model::{AccountKey, GroupName, Status};
use std::collections::BTreeSet;

/// What is wanted of an account. Each facet may cost a request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facets {
    /// Whether it exists and is enabled.
    pub status: bool,
    /// Whether it is a direct member of each of these groups.
    pub groups: BTreeSet<GroupName>,
    /// How many further accounts will be looked at within the minute, as far as the caller knows: lets the site choose a bulk read.
    pub upcoming: usize,
}

/// Whether an account is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existence {
    /// It is there.
    Present,
    /// The site does not know it, or knows it as deleted.
    Gone,
}

/// An account as it is now, as far as it was asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountState {
    /// The identity that was asked about.
    pub key: AccountKey,
    /// Whether it is there. The rest is empty when it is gone.
    pub existence: Existence,
    /// Its sign-in name now.
    pub username: String,
    /// Its status; `None` = not asked, or the site does not say.
    pub status: Option<Status>,
    /// Which of the groups asked about it is a direct member of; `None` = not asked, or the site does not say.
    pub groups: Option<BTreeSet<GroupName>>,
}
