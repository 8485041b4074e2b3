//! What happened to accounts between two snapshots of one site, as far as a policy may wait for it.

use crate::Snapshot;
use crate::difference::counterparts;
use jiff::Timestamp;
use rollcall_model::{AccountRef, EvidenceKind, Trigger};

/// Something that happened to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// To whom.
    pub account: AccountRef,
    /// What.
    pub kind: Trigger,
    /// When; of an account of which the site does not say when it was made, when it was first seen.
    pub at: Timestamp,
}

/// Who came, and who signed in, between two snapshots: accounts only in the newer one, and accounts whose newest evidence of a login is later
/// than in the older one. Accounts without a key are left out: nothing can be ordered for them alone.
pub fn events(old: &Snapshot, new: &Snapshot) -> Vec<Event> {
    let (before, after) = (old.activity(Some(EvidenceKind::Login)), new.activity(Some(EvidenceKind::Login)));
    let mut events = Vec::new();
    for (account, counterpart) in new.accounts().zip(counterparts(old, new)) {
        if account.key().is_empty() {
            continue;
        }
        let mut note = |kind, at| events.push(Event { account: account.reference(), kind, at });
        if counterpart.is_none() {
            note(Trigger::AccountCreated, account.created().unwrap_or(new.taken_at()));
        }
        let seen = after.newest(account.index());
        if let Some(at) = seen.filter(|_| seen > counterpart.and_then(|old| before.newest(old))) {
            note(Trigger::Login, at);
        }
    }
    events
}

/// What a snapshot itself dates at or after an instant, without another one to compare it with: accounts of which the site says that they were made
/// then, and logins.
pub fn events_since(snapshot: &Snapshot, since: Timestamp) -> Vec<Event> {
    let logins = snapshot.activity(Some(EvidenceKind::Login));
    let mut events = Vec::new();
    for account in snapshot.accounts().filter(|account| !account.key().is_empty()) {
        let dated =
            [(Trigger::AccountCreated, account.created()), (Trigger::Login, logins.newest(account.index()))];
        for (kind, at) in dated {
            if let Some(at) = at.filter(|at| *at >= since) {
                events.push(Event { account: account.reference(), kind, at });
            }
        }
    }
    events
}
