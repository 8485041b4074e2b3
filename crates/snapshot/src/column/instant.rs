//! Instants, in microseconds since 1970.

use super::{all_rows, scan, scan_between};
use jiff::Timestamp;
use roaring::RoaringBitmap;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

/// What a column holds for a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// Nothing: the site does not say; the source of evidence does not cover the account.
    Unknown,
    /// The source of evidence covers the account and has no activity of it.
    Silent,
    /// An instant.
    At(Timestamp),
}

/// An instant for each row.
#[derive(Debug, Clone, Default)]
pub struct InstantColumn {
    /// Empty when no row holds anything.
    pub(crate) values: Box<[i64]>,
    len: usize,
    unknown: OnceLock<RoaringBitmap>,
}

/// Below every instant.
pub(crate) const UNKNOWN: i64 = i64::MIN;
/// Below every instant, above [`UNKNOWN`].
pub(crate) const SILENT: i64 = i64::MIN + 1;

pub(crate) fn timestamp(micros: i64) -> Timestamp {
    // Every stored value came from a Timestamp or was checked when it was read, so the bound is never used.
    Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

impl InstantColumn {
    pub(crate) fn collect(rows: impl ExactSizeIterator<Item = Option<Timestamp>>) -> Self {
        Self::from_values(rows.map(|row| row.map_or(UNKNOWN, Timestamp::as_microsecond)).collect())
    }

    pub(crate) fn from_values(values: Vec<i64>) -> Self {
        let len = values.len();
        let is_void = values.iter().all(|v| *v == UNKNOWN);
        Self { values: if is_void { Box::default() } else { values.into() }, len, unknown: OnceLock::new() }
    }

    /// Of as many rows, none known.
    pub(crate) fn void(len: usize) -> Self {
        Self { len, ..Self::default() }
    }

    pub(crate) fn value(&self, row: u32) -> i64 {
        self.values.get(row as usize).copied().unwrap_or(UNKNOWN)
    }

    /// What a row holds.
    pub fn point(&self, row: u32) -> Point {
        match self.value(row) {
            UNKNOWN => Point::Unknown,
            SILENT => Point::Silent,
            micros => Point::At(timestamp(micros)),
        }
    }

    /// The instant of a row.
    pub fn get(&self, row: u32) -> Option<Timestamp> {
        match self.point(row) {
            Point::At(at) => Some(at),
            Point::Unknown | Point::Silent => None,
        }
    }

    /// The instant of a row in microseconds since 1970.
    pub fn micros(&self, row: u32) -> Option<i64> {
        Some(self.value(row)).filter(|v| *v > SILENT)
    }

    /// Rows with an instant, in microseconds since 1970, within this range.
    pub fn between(&self, range: RangeInclusive<i64>) -> RoaringBitmap {
        scan_between(&self.values, range)
    }

    /// Rows of which it is known that there is no instant.
    pub fn silent(&self) -> RoaringBitmap {
        scan(&self.values, |v| v == SILENT)
    }

    /// Rows without anything.
    pub fn unknown(&self) -> &RoaringBitmap {
        self.unknown.get_or_init(|| {
            if self.values.is_empty() { all_rows(self.len) } else { scan(&self.values, |v| v == UNKNOWN) }
        })
    }
}
