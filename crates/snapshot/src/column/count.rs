//! Numbers that count something.

use super::{all_rows, scan};
use roaring::RoaringBitmap;
use std::sync::OnceLock;

/// A count for each row, or unknown.
#[derive(Debug, Clone, Default)]
pub struct CountColumn {
    /// Empty when no row is known; otherwise the count plus one, 0 for unknown.
    pub(crate) values: Box<[u64]>,
    len: usize,
    unknown: OnceLock<RoaringBitmap>,
}

impl CountColumn {
    pub(crate) fn collect(rows: impl ExactSizeIterator<Item = Option<u32>>) -> Self {
        Self::from_values(rows.map(|row| row.map_or(0, |n| u64::from(n) + 1)).collect())
    }

    pub(crate) fn from_values(values: Vec<u64>) -> Self {
        let len = values.len();
        let is_void = values.iter().all(|v| *v == 0);
        Self { values: if is_void { Box::default() } else { values.into() }, len, unknown: OnceLock::new() }
    }

    /// Of as many rows, none known.
    pub(crate) fn void(len: usize) -> Self {
        Self { len, ..Self::default() }
    }

    /// The count of a row.
    pub fn get(&self, row: u32) -> Option<u32> {
        self.values.get(row as usize).and_then(|v| v.checked_sub(1)).map(|v| v as u32)
    }

    /// Rows with a known count that passes the test. The test may be asked of other numbers as well.
    pub fn select(&self, test: impl Fn(u64) -> bool) -> RoaringBitmap {
        scan(&self.values, |v| (v != 0) & test(v.wrapping_sub(1)))
    }

    /// Rows of which it is not known.
    pub fn unknown(&self) -> &RoaringBitmap {
        self.unknown.get_or_init(|| {
            if self.values.is_empty() { all_rows(self.len) } else { scan(&self.values, |v| v == 0) }
        })
    }
}
