//! Many short texts in one piece of memory.

use crate::SnapshotError;
use memchr::memmem::Finder;
use roaring::RoaringBitmap;

/// Longest sum of all texts of one column, in bytes. Far above any site; bounds what a crafted file can make us allocate.
pub(crate) const MAX_TEXT: usize = 1 << 30;

/// Texts by row, one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Arena {
    text: Box<str>,
    /// Where each row ends.
    ends: Box<[u32]>,
}

impl Arena {
    pub(crate) fn collect<T: AsRef<str>>(rows: impl Iterator<Item = T>) -> Result<Self, SnapshotError> {
        let mut text = String::new();
        let mut ends = Vec::with_capacity(rows.size_hint().0);
        for row in rows {
            text.push_str(row.as_ref());
            if text.len() > MAX_TEXT {
                return Err(SnapshotError::TooLarge {
                    what: "bytes of text in one field",
                    found: text.len() as u64,
                    limit: MAX_TEXT as u64,
                });
            }
            ends.push(text.len() as u32);
        }
        Ok(Self { text: text.into(), ends: ends.into() })
    }

    /// Each row as `write` adds it to a text.
    pub(crate) fn mapped(&self, write: impl Fn(&mut String, &str)) -> Self {
        let (mut text, mut ends) = (String::with_capacity(self.text.len()), Vec::with_capacity(self.len()));
        for row in self.iter() {
            write(&mut text, row);
            ends.push(text.len() as u32);
        }
        Self { text: text.into(), ends: ends.into() }
    }

    /// From parts as they were stored; `None` where they do not fit together.
    pub(crate) fn from_parts(text: Box<str>, ends: Box<[u32]>) -> Option<Self> {
        let fits = ends.last().map_or(0, |e| *e as usize) == text.len()
            && ends.is_sorted()
            && ends.iter().all(|e| text.is_char_boundary(*e as usize));
        fits.then_some(Self { text, ends })
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn get(&self, row: usize) -> &str {
        let start = if row == 0 { 0 } else { self.ends[row - 1] as usize };
        &self.text[start..self.ends[row] as usize]
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|row| self.get(row))
    }

    /// Rows that are exactly this text.
    pub(crate) fn equal(&self, wanted: &str) -> RoaringBitmap {
        let (bytes, mut start, mut found) = (self.text.as_bytes(), 0, Vec::new());
        for (row, end) in self.ends.iter().enumerate() {
            let end = *end as usize;
            if end - start == wanted.len() && &bytes[start..end] == wanted.as_bytes() {
                found.push(row as u32);
            }
            start = end;
        }
        found.into_iter().collect()
    }

    /// Rows that contain this text. One search through all rows at once; a find across the end of a row does not count.
    pub(crate) fn containing(&self, wanted: &str) -> RoaringBitmap {
        if wanted.is_empty() {
            return (0..self.len() as u32).collect();
        }
        let (bytes, finder) = (self.text.as_bytes(), Finder::new(wanted));
        let (mut from, mut row, mut found) = (0, 0, Vec::new());
        while let Some(at) = finder.find(&bytes[from..]) {
            let start = from + at;
            row = self.row_at(start, row);
            let end = self.ends[row] as usize;
            if start + wanted.len() <= end {
                found.push(row as u32);
                from = end;
            } else {
                from = start + 1;
            }
        }
        found.into_iter().collect()
    }

    /// The row that holds this byte, not before row `from`.
    fn row_at(&self, byte: usize, from: usize) -> usize {
        const NEAR: usize = 8;
        let ends = &self.ends[from..];
        let near = ends.iter().take(NEAR).position(|e| *e as usize > byte);
        from + near.unwrap_or_else(|| ends.partition_point(|e| *e as usize <= byte))
    }
}

#[cfg(test)]
mod tests {
    use super::Arena;
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn searching_all_rows_at_once_is_searching_row_by_row(
            rows in prop::collection::vec("[abé]{0,5}", 0..40), wanted in "[abé]{0,3}",
        ) {
            let arena = Arena::collect(rows.iter()).unwrap();
            let expected: Vec<u32> =
                (0..rows.len()).filter(|i| rows[*i].contains(&wanted)).map(|i| i as u32).collect();
            prop_assert_eq!(arena.containing(&wanted).iter().collect::<Vec<_>>(), expected);
            let expected: Vec<u32> = (0..rows.len()).filter(|i| rows[*i] == wanted).map(|i| i as u32).collect();
            prop_assert_eq!(arena.equal(&wanted).iter().collect::<Vec<_>>(), expected);
        }
    }
}
