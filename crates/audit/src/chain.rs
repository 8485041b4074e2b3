//! Giving drafts their place.

use crate::{Draft, Entry, EntryHash, canonical};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

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

/// As `seq:hash`, the form in which a head is given away and taken back.
impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

/// A text that is not a head.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not the head of an audit log: it is written SEQ:HASH, as in the report")]
pub struct HeadError(String);

impl FromStr for Head {
    type Err = HeadError;

    fn from_str(text: &str) -> Result<Self, HeadError> {
        let bad = || HeadError(text.chars().take(80).collect());
        let (seq, hash) = text.trim().split_once(':').ok_or_else(bad)?;
        Ok(Self { seq: seq.parse().map_err(|_| bad())?, hash: hash.parse().map_err(|_| bad())? })
    }
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
        let draft = keepable(draft);
        let mut entry = Entry {
            seq: head.seq + 1,
            at: draft.at,
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

/// The draft as every database gives it back: instants to the microsecond, no NUL in a text outside JSON. An entry must not say more
/// than what will be read again, or it would not give its hash then.
fn keepable(mut draft: Draft) -> Draft {
    const NUL: char = '\0';
    draft.at = Timestamp::from_microsecond(draft.at.as_microsecond()).unwrap_or(draft.at);
    for text in [&mut draft.actor, &mut draft.why].into_iter().chain(&mut draft.subject.policy) {
        if text.contains(NUL) {
            *text = text.replace(NUL, "\u{FFFD}");
        }
    }
    let subject = &mut draft.subject;
    replace_nul(&mut subject.site);
    replace_nul(&mut subject.account);
    replace_nul(&mut subject.snapshot);
    replace_nul(&mut subject.plan);
    replace_nul(&mut subject.run);
    draft
}

fn replace_nul<T: AsRef<str> + From<String>>(id: &mut Option<T>) {
    if let Some(text) = id.as_ref().map(AsRef::as_ref).filter(|text| text.contains('\0')) {
        *id = Some(T::from(text.replace('\0', "\u{FFFD}")));
    }
}
