//! Facts that are true, false or not known.

use super::all_rows;
use roaring::RoaringBitmap;
use std::sync::OnceLock;

/// Yes, no or unknown for each row.
#[derive(Debug, Clone, Default)]
pub struct FlagColumn {
    pub(crate) yes: RoaringBitmap,
    pub(crate) no: RoaringBitmap,
    len: usize,
    unknown: OnceLock<RoaringBitmap>,
}

impl FlagColumn {
    pub(crate) fn collect(rows: impl ExactSizeIterator<Item = Option<bool>>) -> Self {
        let len = rows.len();
        let (mut yes, mut no) = (Vec::new(), Vec::new());
        for (row, flag) in rows.enumerate() {
            match flag {
                Some(true) => yes.push(row as u32),
                Some(false) => no.push(row as u32),
                None => {}
            }
        }
        let (mut yes, mut no): (RoaringBitmap, RoaringBitmap) =
            (yes.into_iter().collect(), no.into_iter().collect());
        yes.optimize();
        no.optimize();
        Self::from_parts(yes, no, len)
    }

    pub(crate) fn from_parts(yes: RoaringBitmap, no: RoaringBitmap, len: usize) -> Self {
        Self { yes, no, len, unknown: OnceLock::new() }
    }

    /// The fact for a row.
    pub fn get(&self, row: u32) -> Option<bool> {
        if self.yes.contains(row) { Some(true) } else { self.no.contains(row).then_some(false) }
    }

    /// Rows where it is so.
    pub fn yes(&self) -> &RoaringBitmap {
        &self.yes
    }

    /// Rows where it is not so.
    pub fn no(&self) -> &RoaringBitmap {
        &self.no
    }

    /// Rows of which it is not known.
    pub fn unknown(&self) -> &RoaringBitmap {
        self.unknown.get_or_init(|| all_rows(self.len) - &self.yes - &self.no)
    }
}
