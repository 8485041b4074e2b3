//! What retention leaves behind where it drops the oldest entries: an entry that names the last of them with its hash, and stands in the
//! chain itself. A log without its beginning is believed only if it holds that entry.

use crate::{Entry, EntryKind, Head};
use jiff::Timestamp;
use serde_json::{Value, json};

/// The beginning of a log that retention dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// The last entry that was dropped; all before it are gone as well.
    pub last: Head,
    /// When.
    pub at: Timestamp,
    /// Who had it dropped.
    pub by: String,
}

impl Dropped {
    /// The details of the entry that says so.
    pub fn details(last: Head, count: u64) -> Value {
        json!({ "what": "audit", "count": count, "through": last.seq, "hash": last.hash })
    }

    /// What an entry says about dropped ones, if it is of that kind.
    pub fn said_by(entry: &Entry) -> Option<Self> {
        if entry.kind != EntryKind::AUDIT_DROPPED {
            return None;
        }
        let last = Head {
            seq: entry.details["through"].as_u64()?,
            hash: entry.details["hash"].as_str()?.parse().ok()?,
        };
        Some(Self { last, at: entry.at, by: entry.actor.clone() })
    }
}
