//! What only a series of snapshots can tell: since when an account has existed at least, and when it came back.

use crate::column::instant::{SILENT, UNKNOWN};
use crate::column::key::RawKey;
use crate::column::{InstantColumn, KeyColumn};
use crate::container::{Envelope, Kind, Opened};
use crate::lookup::Lookup;
use crate::wire::{Read, Reader, Writer};
use crate::{Snapshot, SnapshotError};
use jiff::Timestamp;
use roaring::RoaringBitmap;
use rollcall_model::AccountKey;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::sync::OnceLock;

const KIND: Kind = Kind { what: "history", magic: *b"ROLLHIST", format: 1 };

/// What past snapshots of a site tell of its accounts, by key. Accounts without a key leave no trace.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The accounts of the newest snapshot in its order, then those that are gone.
    keys: KeyColumn,
    /// Hash of the newest snapshot.
    newest: String,
    first_seen: InstantColumn,
    reactivated: InstantColumn,
    /// Accounts whose status was disabled when it was last known.
    disabled: RoaringBitmap,
    by_key: OnceLock<Lookup>,
}

/// What was known of an account before the newest snapshot.
struct Past {
    first_seen: i64,
    reactivated: i64,
    was_disabled: bool,
    was_there: bool,
}

impl History {
    /// The history after `current`: an account seen disabled and now enabled, or gone and now back and not disabled, was
    /// reactivated, at the latest when `current` was taken. Accounts that are gone stay remembered.
    pub fn advance(previous: Option<(&Snapshot, &Self)>, current: &Snapshot) -> Self {
        let now = current.taken_at().as_microsecond();
        let rows = current.len();
        let (mut first_seen, mut reactivated) = (Vec::new(), Vec::new());
        let mut disabled = RoaringBitmap::new();
        for row in 0..rows {
            if !current.columns.keys.is_present(row) {
                first_seen.push(UNKNOWN);
                reactivated.push(UNKNOWN);
                continue;
            }
            let enabled = current.columns.enabled.get(row);
            let past = previous
                .and_then(|(snapshot, history)| history.past(snapshot, current.columns.keys.raw(row)));
            let is_back = past.as_ref().is_some_and(|past| {
                (past.was_disabled && enabled == Some(true)) || (!past.was_there && enabled != Some(false))
            });
            let was_disabled = past.as_ref().is_some_and(|past| past.was_disabled);
            if enabled == Some(false) || (enabled.is_none() && was_disabled) {
                disabled.insert(row);
            }
            first_seen.push(past.as_ref().map_or(now, |past| past.first_seen.min(now)));
            reactivated.push(if is_back { now } else { past.map_or(UNKNOWN, |past| past.reactivated) });
        }
        let mut keys: Vec<AccountKey> = (0..rows).map(|row| current.columns.keys.get(row)).collect();
        if let Some((_, history)) = previous {
            for row in 0..history.keys.len() as u32 {
                let key = history.keys.get(row);
                if key.is_empty() || current.find_key(&key).is_some() {
                    continue;
                }
                if history.disabled.contains(row) {
                    disabled.insert(keys.len() as u32);
                }
                keys.push(key);
                first_seen.push(history.first_seen.value(row));
                reactivated.push(history.reactivated.value(row));
            }
        }
        disabled.optimize();
        Self {
            // The keys were in columns before, together with those of the newest snapshot they still fit: no site has a gigabyte of them.
            keys: KeyColumn::collect(keys.iter().map(AccountKey::as_str)).unwrap_or_default(),
            newest: current.hash().to_owned(),
            first_seen: InstantColumn::from_values(first_seen),
            reactivated: InstantColumn::from_values(reactivated),
            disabled,
            by_key: OnceLock::new(),
        }
    }

    fn past(&self, snapshot: &Snapshot, key: RawKey<'_>) -> Option<Past> {
        let seen = snapshot.find_raw(key);
        if let Some(row) = self.find(key) {
            return Some(Past {
                first_seen: self.first_seen.value(row),
                reactivated: self.reactivated.value(row),
                was_disabled: self.disabled.contains(row),
                was_there: seen.is_some(),
            });
        }
        // A snapshot from before there was a history.
        let row = seen?;
        Some(Past {
            first_seen: snapshot.taken_at().as_microsecond(),
            reactivated: UNKNOWN,
            was_disabled: snapshot.columns.enabled.no().contains(row),
            was_there: true,
        })
    }

    fn find(&self, key: RawKey<'_>) -> Option<u32> {
        if self.keys.len() == 0 {
            return None;
        }
        let lookup = self.by_key.get_or_init(|| self.keys.lookup(|_| {}));
        self.keys.find(lookup, key)
    }

    /// When the account was first seen: it has existed at least since then.
    pub fn first_seen(&self, key: &AccountKey) -> Option<Timestamp> {
        self.first_seen.get(self.find(RawKey::of(key.as_str()))?)
    }

    /// When the account was last seen to have been reactivated or to have come back.
    pub fn reactivated(&self, key: &AccountKey) -> Option<Timestamp> {
        self.reactivated.get(self.find(RawKey::of(key.as_str()))?)
    }

    /// First seen and reactivated of every account of a snapshot, in its order. Costs nothing for the newest snapshot.
    pub fn beside(&self, snapshot: &Snapshot) -> (Cow<'_, InstantColumn>, Cow<'_, InstantColumn>) {
        if self.newest == snapshot.hash() {
            return (Cow::Borrowed(&self.first_seen), Cow::Borrowed(&self.reactivated));
        }
        let rows: Vec<Option<u32>> =
            (0..snapshot.len()).map(|row| self.find(snapshot.columns.keys.raw(row))).collect();
        let align = |column: &InstantColumn| {
            let values = rows.iter().map(|row| row.map_or(UNKNOWN, |row| column.value(row)));
            Cow::Owned(InstantColumn::from_values(values.collect()))
        };
        (align(&self.first_seen), align(&self.reactivated))
    }

    /// The history as bytes, compressed and sealed.
    pub fn encode(&self) -> Vec<u8> {
        let mut envelope = Envelope::new(KIND);
        envelope.put(*b"hist", &self.written());
        envelope.seal()
    }

    /// A history from its bytes, of this format or an older one.
    pub fn decode(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let mut opened = Opened::open(KIND, bytes)?;
        let section = opened.take(*b"hist")?;
        opened.finish()?;
        let mut reader = Reader(&section);
        read(&mut reader)
            .and_then(|history| reader.finish().map(|()| history))
            .map_err(|reason| KIND.damaged(reason))
    }

    /// SHA-256 of what is known, in hexadecimal digits.
    pub(crate) fn fingerprint(&self) -> String {
        hex::encode(Sha256::digest(self.written()))
    }

    fn written(&self) -> Vec<u8> {
        let mut w = Writer::default();
        w.varint(self.newest.len() as u64);
        w.0.extend_from_slice(self.newest.as_bytes());
        w.varint(self.keys.len() as u64);
        w.keys(&self.keys);
        w.instants(&self.first_seen);
        w.instants(&self.reactivated);
        w.bitmap(&self.disabled);
        w.0
    }
}

fn read(r: &mut Reader<'_>) -> Read<History> {
    let length = r.count()?;
    let newest = std::str::from_utf8(r.bytes(length)?).map_err(|_| "a hash is not text")?.to_owned();
    let rows = r.count()?;
    let history = History {
        keys: r.keys(rows)?,
        newest,
        first_seen: r.instants(rows)?,
        reactivated: r.instants(rows)?,
        disabled: r.bitmap(rows)?,
        by_key: OnceLock::new(),
    };
    let has_silence = |c: &InstantColumn| c.values.contains(&SILENT);
    if has_silence(&history.first_seen) || has_silence(&history.reactivated) {
        return Err("an instant is neither known nor unknown");
    }
    Ok(history)
}
