//! Giving drafts their place.

use crate::{Draft, Entry, EntryHash, canonical};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The end of a chain: what the next entry is chained to, and what a report mail gives away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// How many entries there are; the place of the newest.
    pub seq: u64,
    /// The hash of the newest; [`EntryHash::GENESIS`] where there is none.
    pub hash: EntryHash,
}

impl Head {
    /// The head of an empty log.
    pub const EMPTY: Self = Self { seq: 0, hash: EntryHash::GENESIS };
}

impl From<&Entry> for Head {
    fn from(entry: &Entry) -> Self {
        Self { seq: entry.seq, hash: entry.hash }
    }
}

/// Puts drafts behind the head, in their order. The new head is that of the last entry, or `head` where there are no drafts.
pub fn chain(head: Head, drafts: impl IntoIterator<Item = Draft>) -> Vec<Entry> {
    let mut head = head;
    let add = |draft: Draft| {
        let mut entry = Entry {
            seq: head.seq + 1,
            at: to_microsecond(draft.at),
            actor: draft.actor,
            kind: draft.kind,
            subject: draft.subject,
            why: draft.why,
            before: draft.before,
            after: draft.after,
            details: draft.details,
            previous_hash: head.hash,
            hash: EntryHash::GENESIS,
        };
        entry.hash = canonical::hash(&entry);
        head = Head::from(&entry);
        entry
    };
    drafts.into_iter().map(add).collect()
}

/// Databases keep instants to the microsecond, so the entry says no more than what will come back.
fn to_microsecond(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}
