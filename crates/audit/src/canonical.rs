//! The bytes that are hashed. Two entries have the same bytes only if they say the same.
//!
//! Every text is preceded by its length, every optional part by a mark, every JSON value by its type, so that no
//! text can pretend to be the end of its field. The order of the members of a JSON object does not count.

use crate::{Entry, EntryHash, Subject};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The version of the form below; it stands first in the bytes.
pub const VERSION: u8 = 1;

/// The canonical bytes of an entry: everything but its own hash.
pub fn bytes(entry: &Entry) -> Vec<u8> {
    let mut out = Bytes(Vec::with_capacity(512));
    out.0.extend_from_slice(b"rollcall audit entry\0");
    out.0.push(VERSION);
    out.number(entry.seq);
    out.0.extend_from_slice(entry.previous_hash.as_bytes());
    out.0.extend_from_slice(&entry.at.as_microsecond().to_be_bytes());
    out.text(&entry.actor);
    out.text(entry.kind.as_str());
    out.subject(&entry.subject);
    out.text(&entry.why);
    out.optional(entry.before.as_ref(), Bytes::value);
    out.optional(entry.after.as_ref(), Bytes::value);
    out.value(&entry.details);
    out.0
}

/// The hash an entry must have.
pub fn hash(entry: &Entry) -> EntryHash {
    EntryHash::new(Sha256::digest(bytes(entry)).into())
}

struct Bytes(Vec<u8>);

impl Bytes {
    fn number(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_be_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }

    fn optional<T: ?Sized>(&mut self, part: Option<&T>, write: impl FnOnce(&mut Self, &T)) {
        match part {
            None => self.0.push(0),
            Some(part) => {
                self.0.push(1);
                write(self, part);
            }
        }
    }

    fn subject(&mut self, subject: &Subject) {
        let Subject { site, account, policy, snapshot, plan, run, item } = subject;
        self.optional(site.as_ref().map(AsRef::as_ref), Self::text);
        self.optional(account.as_ref().map(AsRef::as_ref), Self::text);
        self.optional(policy.as_deref(), Self::text);
        self.optional(snapshot.as_ref().map(AsRef::as_ref), Self::text);
        self.optional(plan.as_ref().map(AsRef::as_ref), Self::text);
        self.optional(run.as_ref().map(AsRef::as_ref), Self::text);
        self.optional(item.as_ref(), |out, item| out.number(u64::from(*item)));
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.0.push(b'n'),
            Value::Bool(false) => self.0.push(b'f'),
            Value::Bool(true) => self.0.push(b't'),
            // Numbers as they are written: an integer and a fraction of equal value (1 and 1.0) are written differently and stay apart.
            Value::Number(number) => {
                self.0.push(b'#');
                self.text(&number.to_string());
            }
            Value::String(text) => {
                self.0.push(b's');
                self.text(text);
            }
            Value::Array(items) => {
                self.0.push(b'a');
                self.number(items.len() as u64);
                for item in items {
                    self.value(item);
                }
            }
            Value::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                members.sort_unstable_by_key(|(name, _)| *name);
                self.0.push(b'o');
                self.number(members.len() as u64);
                for (name, member) in members {
                    self.text(name);
                    self.value(member);
                }
            }
        }
    }
}
