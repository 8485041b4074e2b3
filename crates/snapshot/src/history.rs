//! What only a series of snapshots can tell: since when an account has existed at least, when it came back, and when it lost the way in.

use crate::column::instant::{SILENT, UNKNOWN};
use crate::column::key::RawKey;
use crate::column::{InstantColumn, KeyColumn, Point};
use crate::container::{Envelope, Kind, Opened};
use crate::lookup::Lookup;
use crate::wire::{Read, Reader, Writer};
use crate::{Snapshot, SnapshotError};
use jiff::Timestamp;
use roaring::RoaringBitmap;
use rollcall_model::AccountKey;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

/// Format 2 added when accounts lost the way in.
const KIND: Kind = Kind { what: "history", magic: *b"ROLLHIST", format: 2 };

/// What past snapshots of a site tell of its accounts, by key. Accounts without a key leave no trace.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The accounts of the newest snapshot in its order, then those that are gone.
    keys: KeyColumn,
    /// Hash of the newest snapshot.
    newest: String,
    first_seen: InstantColumn,
    reactivated: InstantColumn,
    /// Silent: enabled and with a seat ever since it was first seen.
    deactivated: InstantColumn,
    /// Accounts whose status was disabled, or enabled, when it was last known.
    disabled: RoaringBitmap,
    enabled: RoaringBitmap,
    /// Accounts that had a seat when that was last known.
    seated: RoaringBitmap,
    by_key: OnceLock<Lookup>,
}

/// Something that Rollcall itself did to an account: the snapshots around it tell that the account lost the way in, this tells when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnDeed {
    /// The account.
    pub account: AccountKey,
    /// When it was done.
    pub at: Timestamp,
    /// Whether it takes the way in by itself, as disabling does; leaving a group does only where the seat was lost by it.
    pub is_deactivation: bool,
}

/// A history beside a snapshot: one value for each of its accounts, in its order.
pub struct Beside<'a> {
    /// When each account was first seen.
    pub first_seen: Cow<'a, InstantColumn>,
    /// When each was last seen to have come back.
    pub reactivated: Cow<'a, InstantColumn>,
    /// When each last lost the way in; silent = it never did.
    pub deactivated: Cow<'a, InstantColumn>,
}

/// What was known of an account before the newest snapshot.
#[expect(clippy::struct_excessive_bools, reason = "facts that do not follow from one another")]
struct Past {
    first_seen: i64,
    reactivated: i64,
    deactivated: i64,
    was_disabled: bool,
    was_enabled: bool,
    was_seated: bool,
    was_there: bool,
}

impl History {
    /// The history after `current`: an account seen disabled and now enabled, or gone and now back and not disabled, was
    /// reactivated, at the latest when `current` was taken. Accounts that are gone stay remembered.
    pub fn advance(previous: Option<(&Snapshot, &Self)>, current: &Snapshot) -> Self {
        Self::advance_knowing(previous, current, &[])
    }

    /// The same, where Rollcall itself did something meanwhile: who lost the way in by that lost it then, not when it was seen.
    pub fn advance_knowing(
        previous: Option<(&Snapshot, &Self)>,
        current: &Snapshot,
        deeds: &[OwnDeed],
    ) -> Self {
        let now = current.taken_at().as_microsecond();
        let rows = current.len();
        let deeds = newest_deeds(deeds);
        let mut next = Columns::default();
        for row in 0..rows {
            let raw = current.columns.keys.raw(row);
            if !current.columns.keys.is_present(row) {
                next.push_unknown();
                continue;
            }
            let (enabled, seat) = (current.columns.enabled.get(row), current.columns.seat.get(row));
            let past = previous.and_then(|(snapshot, history)| history.past(snapshot, raw));
            let is_back = past.as_ref().is_some_and(|past| {
                (past.was_disabled && enabled == Some(true)) || (!past.was_there && enabled != Some(false))
            });
            let was = |fact: fn(&Past) -> bool| past.as_ref().is_some_and(fact);
            if enabled == Some(false) || (enabled.is_none() && was(|p| p.was_disabled)) {
                next.disabled.insert(row);
            }
            if enabled == Some(true) || (enabled.is_none() && was(|p| p.was_enabled)) {
                next.enabled.insert(row);
            }
            if seat == Some(true) || (seat.is_none() && was(|p| p.was_seated)) {
                next.seated.insert(row);
            }
            let is_seen_to_go = (was(|p| p.was_enabled) && enabled == Some(false))
                || (was(|p| p.was_seated) && seat == Some(false));
            let deed =
                if deeds.is_empty() { None } else { deeds.get(&current.columns.keys.get(row)).copied() };
            let known = past.as_ref().map_or_else(|| at_first_sight(enabled, seat), |past| past.deactivated);
            let deactivated = match deed {
                Some((at, true)) => known.max(at),
                Some((at, false)) if is_seen_to_go => known.max(at),
                _ if is_seen_to_go => now,
                _ => known,
            };
            next.first_seen.push(past.as_ref().map_or(now, |past| past.first_seen.min(now)));
            next.reactivated.push(if is_back { now } else { past.map_or(UNKNOWN, |past| past.reactivated) });
            next.deactivated.push(deactivated);
        }
        let mut keys: Vec<AccountKey> = (0..rows).map(|row| current.columns.keys.get(row)).collect();
        if let Some((_, history)) = previous {
            for row in 0..history.keys.len() as u32 {
                let key = history.keys.get(row);
                if key.is_empty() || current.find_key(&key).is_some() {
                    continue;
                }
                next.take_over(history, row, keys.len() as u32);
                keys.push(key);
            }
        }
        next.finish(&keys, current.hash())
    }

    fn past(&self, snapshot: &Snapshot, key: RawKey<'_>) -> Option<Past> {
        let seen = snapshot.find_raw(key);
        let enabled = seen.and_then(|row| snapshot.columns.enabled.get(row));
        let seat = seen.and_then(|row| snapshot.columns.seat.get(row));
        if let Some(row) = self.find(key) {
            return Some(Past {
                first_seen: self.first_seen.value(row),
                reactivated: self.reactivated.value(row),
                deactivated: self.deactivated.value(row),
                was_disabled: self.disabled.contains(row),
                // An older history does not tell; the snapshot beside it does.
                was_enabled: enabled.unwrap_or(self.enabled.contains(row)),
                was_seated: seat.unwrap_or(self.seated.contains(row)),
                was_there: seen.is_some(),
            });
        }
        // A snapshot from before there was a history.
        seen.map(|_| Past {
            first_seen: snapshot.taken_at().as_microsecond(),
            reactivated: UNKNOWN,
            deactivated: at_first_sight(enabled, seat),
            was_disabled: enabled == Some(false),
            was_enabled: enabled == Some(true),
            was_seated: seat == Some(true),
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

    /// When the account was last seen to go from enabled to disabled or to lose its seat, or lost it by Rollcall's own doing. Silent: it was
    /// enabled and had a seat when it was first seen, and has not lost either since. Unknown: it was found without.
    pub fn deactivated(&self, key: &AccountKey) -> Point {
        self.find(RawKey::of(key.as_str())).map_or(Point::Unknown, |row| self.deactivated.point(row))
    }

    /// What is known of every account of a snapshot, in its order. Costs nothing for the newest snapshot.
    pub fn beside(&self, snapshot: &Snapshot) -> Beside<'_> {
        if self.newest == snapshot.hash() {
            return Beside {
                first_seen: Cow::Borrowed(&self.first_seen),
                reactivated: Cow::Borrowed(&self.reactivated),
                deactivated: Cow::Borrowed(&self.deactivated),
            };
        }
        let rows: Vec<Option<u32>> =
            (0..snapshot.len()).map(|row| self.find(snapshot.columns.keys.raw(row))).collect();
        let align = |column: &InstantColumn| {
            let values = rows.iter().map(|row| row.map_or(UNKNOWN, |row| column.value(row)));
            Cow::Owned(InstantColumn::from_values(values.collect()))
        };
        Beside {
            first_seen: align(&self.first_seen),
            reactivated: align(&self.reactivated),
            deactivated: align(&self.deactivated),
        }
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
        let format = opened.format;
        let section = opened.take(*b"hist")?;
        opened.finish()?;
        let mut reader = Reader(&section);
        read(&mut reader, format)
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
        w.instants(&self.deactivated);
        w.bitmap(&self.enabled);
        w.bitmap(&self.seated);
        w.0
    }
}

/// Format 1 ends with the disabled: since when anybody has been without the way in is then unknown.
fn read(r: &mut Reader<'_>, format: u32) -> Read<History> {
    let length = r.count()?;
    let newest = std::str::from_utf8(r.bytes(length)?).map_err(|_| "a hash is not text")?.to_owned();
    let rows = r.count()?;
    let mut history = History {
        keys: r.keys(rows)?,
        newest,
        first_seen: r.instants(rows)?,
        reactivated: r.instants(rows)?,
        disabled: r.bitmap(rows)?,
        deactivated: InstantColumn::void(rows),
        enabled: RoaringBitmap::new(),
        seated: RoaringBitmap::new(),
        by_key: OnceLock::new(),
    };
    if format >= 2 {
        history.deactivated = r.instants(rows)?;
        history.enabled = r.bitmap(rows)?;
        history.seated = r.bitmap(rows)?;
    }
    let has_silence = |c: &InstantColumn| c.values.contains(&SILENT);
    if has_silence(&history.first_seen) || has_silence(&history.reactivated) {
        return Err("an instant is neither known nor unknown");
    }
    Ok(history)
}

/// Of an account that was never seen before. Whoever is found disabled or without a seat lost it at some time, or never had it.
fn at_first_sight(enabled: Option<bool>, seat: Option<bool>) -> i64 {
    if enabled == Some(true) && seat == Some(true) { SILENT } else { UNKNOWN }
}

/// The last deed on each account; that it takes the way in counts wherever one of them does.
fn newest_deeds(deeds: &[OwnDeed]) -> HashMap<AccountKey, (i64, bool)> {
    let mut newest: HashMap<AccountKey, (i64, bool)> = HashMap::new();
    for deed in deeds {
        let entry = newest.entry(deed.account.clone()).or_insert((i64::MIN, false));
        entry.0 = entry.0.max(deed.at.as_microsecond());
        entry.1 |= deed.is_deactivation;
    }
    newest
}

/// A history in the making.
#[derive(Default)]
struct Columns {
    first_seen: Vec<i64>,
    reactivated: Vec<i64>,
    deactivated: Vec<i64>,
    disabled: RoaringBitmap,
    enabled: RoaringBitmap,
    seated: RoaringBitmap,
}

impl Columns {
    fn push_unknown(&mut self) {
        for column in [&mut self.first_seen, &mut self.reactivated, &mut self.deactivated] {
            column.push(UNKNOWN);
        }
    }

    /// An account that is gone, as it was last known.
    fn take_over(&mut self, history: &History, row: u32, to: u32) {
        self.first_seen.push(history.first_seen.value(row));
        self.reactivated.push(history.reactivated.value(row));
        self.deactivated.push(history.deactivated.value(row));
        for (from, into) in [
            (&history.disabled, &mut self.disabled),
            (&history.enabled, &mut self.enabled),
            (&history.seated, &mut self.seated),
        ] {
            if from.contains(row) {
                into.insert(to);
            }
        }
    }

    fn finish(mut self, keys: &[AccountKey], newest: &str) -> History {
        for bitmap in [&mut self.disabled, &mut self.enabled, &mut self.seated] {
            bitmap.optimize();
        }
        History {
            // The keys were in columns before, together with those of the newest snapshot they still fit: no site has a gigabyte of them.
            keys: KeyColumn::collect(keys.iter().map(AccountKey::as_str)).unwrap_or_default(),
            newest: newest.to_owned(),
            first_seen: InstantColumn::from_values(self.first_seen),
            reactivated: InstantColumn::from_values(self.reactivated),
            deactivated: InstantColumn::from_values(self.deactivated),
            disabled: self.disabled,
            enabled: self.enabled,
            seated: self.seated,
            by_key: OnceLock::new(),
        }
    }
}
