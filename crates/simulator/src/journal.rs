//! The journal: every request the site received, in order of arrival.

use std::collections::VecDeque;
use std::sync::Mutex;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::faults::is_write;

/// One request as it was received and answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JournalEntry {
    /// Number of the request, from 1, in order of arrival; goes on after the journal was emptied.
    pub seq: u64,
    /// When it arrived, in the time of the simulated world.
    pub at: Timestamp,
    /// Method.
    pub method: String,
    /// Path as sent, still percent-encoded.
    pub path: String,
    /// Query as sent, without the question mark.
    pub query: String,
    /// Status of the answer; 0 while there is none, and for ever if the connection was cut before it.
    pub status: u16,
    /// Who asked: an account, or `anonymous`.
    #[serde(rename = "as")]
    pub caller: String,
    /// Of writes: did it change the state of the site. Missing for reads.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub effect: Option<bool>,
}

impl JournalEntry {
    /// `true` if the request asked for a change, whether or not it had one.
    pub fn is_write(&self) -> bool {
        is_write(&self.method)
    }
}

/// Kept entries, compact: about 100 bytes each.
pub(crate) struct Journal {
    capacity: usize,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    entries: VecDeque<Compact>,
    /// Number of the first kept entry.
    first: u64,
    next: u64,
    callers: Vec<String>,
}

struct Compact {
    at: i64,
    target: Box<str>,
    path_length: u32,
    caller: u32,
    status: u16,
    method: Method,
    effect: Option<bool>,
}

type Method = [u8; 7];

impl Journal {
    pub(crate) fn new(capacity: usize) -> Self {
        let inner = Inner { first: 1, next: 1, callers: vec!["anonymous".to_owned()], ..Inner::default() };
        Self { capacity: capacity.max(1), inner: Mutex::new(inner) }
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Notes the arrival of a request; the number it gets is used to complete the entry.
    pub(crate) fn arrive(&self, at: Timestamp, method: &str, path: &str, query: &str) -> u64 {
        let mut packed = [0; 7];
        for (slot, byte) in packed.iter_mut().zip(method.bytes()) {
            *slot = byte;
        }
        let target = if query.is_empty() { path.into() } else { format!("{path}?{query}").into_boxed_str() };
        let entry = Compact {
            at: at.as_microsecond(),
            target,
            path_length: path.len() as u32,
            caller: 0,
            status: 0,
            method: packed,
            effect: is_write(method).then_some(false),
        };
        let mut inner = self.inner();
        if inner.entries.len() >= self.capacity {
            inner.entries.pop_front();
            inner.first += 1;
        }
        inner.entries.push_back(entry);
        let seq = inner.next;
        inner.next += 1;
        seq
    }

    /// Notes who asked.
    pub(crate) fn identify(&self, seq: u64, caller: &str) {
        let mut inner = self.inner();
        // A site has a handful of callers; a search from the end finds them at once.
        let index = inner.callers.iter().rposition(|known| known == caller).unwrap_or_else(|| {
            inner.callers.push(caller.to_owned());
            inner.callers.len() - 1
        });
        if let Some(entry) = inner.entry(seq) {
            entry.caller = index as u32;
        }
    }

    /// Notes that the request changed something; called as soon as it did.
    pub(crate) fn took_effect(&self, seq: u64, effect: bool) {
        if let Some(entry) = self.inner().entry(seq)
            && entry.effect.is_some()
        {
            entry.effect = Some(effect);
        }
    }

    /// Notes the status of the answer.
    pub(crate) fn answered(&self, seq: u64, status: u16) {
        if let Some(entry) = self.inner().entry(seq) {
            entry.status = status;
        }
    }

    /// Kept entries with a larger number than `after`, or only the writes among them, in order of arrival.
    pub(crate) fn read(&self, only_writes: bool, after: u64) -> Vec<JournalEntry> {
        let inner = self.inner();
        (inner.first..)
            .zip(&inner.entries)
            .filter(|(seq, entry)| *seq > after && (!only_writes || entry.effect.is_some()))
            .map(|(seq, entry)| inner.expand(seq, entry))
            .collect()
    }

    /// Forgets all entries; numbers go on.
    pub(crate) fn clear(&self) {
        let mut inner = self.inner();
        inner.entries.clear();
        inner.first = inner.next;
    }
}

impl Inner {
    fn entry(&mut self, seq: u64) -> Option<&mut Compact> {
        let index = seq.checked_sub(self.first)?;
        self.entries.get_mut(usize::try_from(index).ok()?)
    }

    fn expand(&self, seq: u64, entry: &Compact) -> JournalEntry {
        let (path, query) = entry.target.split_at(entry.path_length as usize);
        let method =
            entry.method.iter().take_while(|byte| **byte != 0).map(|byte| char::from(*byte)).collect();
        JournalEntry {
            seq,
            at: Timestamp::from_microsecond(entry.at).unwrap_or(Timestamp::UNIX_EPOCH),
            method,
            path: path.to_owned(),
            query: query.strip_prefix('?').unwrap_or(query).to_owned(),
            status: entry.status,
            caller: self.callers.get(entry.caller as usize).cloned().unwrap_or_default(),
            effect: entry.effect,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_journal_keeps_order_and_forgets_the_oldest_first() {
        let journal = Journal::new(2);
        for path in ["/a", "/b", "/c"] {
            let seq = journal.arrive(Timestamp::UNIX_EPOCH, "DELETE", path, "x=1");
            journal.identify(seq, "admin");
            journal.took_effect(seq, true);
            journal.answered(seq, 204);
        }
        let read = journal.read(true, 0);
        assert_eq!(read.iter().map(|e| (e.seq, e.path.as_str())).collect::<Vec<_>>(), [(2, "/b"), (3, "/c")]);
        assert_eq!(
            (read[0].method.as_str(), read[0].query.as_str(), read[0].caller.as_str()),
            ("DELETE", "x=1", "admin")
        );
        assert_eq!((read[0].effect, read[0].status), (Some(true), 204));
    }

    #[test]
    fn a_request_in_flight_while_the_journal_is_emptied_disturbs_no_later_entry() {
        let journal = Journal::new(10);
        let early = journal.arrive(Timestamp::UNIX_EPOCH, "GET", "/early", "");
        journal.clear();
        let late = journal.arrive(Timestamp::UNIX_EPOCH, "GET", "/late", "");
        journal.answered(early, 500);
        journal.answered(late, 200);
        assert_eq!(journal.read(false, 0).iter().map(|e| e.status).collect::<Vec<_>>(), [200]);
        assert!(journal.read(true, 0).is_empty());
    }
}
