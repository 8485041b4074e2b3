//! What happened to accounts lately: what a site tells in a few requests, so that it may be asked often.

use jiff::Timestamp;
use rollcall_model::{AccountRef, Trigger};
use std::collections::BTreeSet;

/// Something that happened to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteEvent {
    /// To whom; the name may be empty where the site tells the key alone.
    pub account: AccountRef,
    /// What.
    pub kind: Trigger,
    /// When, by the site's clock.
    pub at: Timestamp,
}

/// What happened since an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Events {
    /// Each event that was found, in no order; of several of one kind and account the one that decides (the first creation, the last login).
    pub events: Vec<SiteEvent>,
    /// Everything up to then, by the site's clock, has been read.
    pub read_until: Timestamp,
    /// The kinds that the site tells this way: of these, what is not in the answer did not happen, as far as the site knows. For the others only
    /// two snapshots tell.
    pub told: BTreeSet<Trigger>,
}

impl Events {
    /// The answer of a site that cannot be asked.
    pub fn untold(since: Timestamp) -> Self {
        Self { events: Vec::new(), read_until: since, told: BTreeSet::new() }
    }
}
