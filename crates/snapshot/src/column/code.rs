//! Fields with few different values: a number for each row, a name for each number.

use super::scan;
use roaring::RoaringBitmap;
use std::collections::HashMap;
use std::sync::OnceLock;

/// A small number for each row, or unknown.
#[derive(Debug, Clone, Default)]
pub struct CodeColumn {
    /// Empty when no row is known.
    pub(crate) codes: Box<[u32]>,
    len: usize,
    unknown: OnceLock<RoaringBitmap>,
}

impl CodeColumn {
    pub(crate) const UNKNOWN: u32 = u32::MAX;

    pub(crate) fn collect(rows: impl ExactSizeIterator<Item = Option<u32>>) -> Self {
        let codes: Vec<u32> = rows.map(|row| row.unwrap_or(Self::UNKNOWN)).collect();
        Self::from_codes(codes)
    }

    pub(crate) fn from_codes(codes: Vec<u32>) -> Self {
        let len = codes.len();
        let is_void = codes.iter().all(|c| *c == Self::UNKNOWN);
        Self { codes: if is_void { Box::default() } else { codes.into() }, len, unknown: OnceLock::new() }
    }

    /// Of as many rows, none known.
    pub(crate) fn void(len: usize) -> Self {
        Self { len, ..Self::default() }
    }

    /// The number of a row.
    pub fn get(&self, row: u32) -> Option<u32> {
        self.codes.get(row as usize).copied().filter(|c| *c != Self::UNKNOWN)
    }

    /// Rows with a known number that passes the test. The test may be asked of other numbers as well.
    pub fn select(&self, test: impl Fn(u32) -> bool) -> RoaringBitmap {
        scan(&self.codes, |code| (code != Self::UNKNOWN) & test(code))
    }

    /// Rows of which it is not known.
    pub fn unknown(&self) -> &RoaringBitmap {
        self.unknown.get_or_init(|| {
            if self.codes.is_empty() {
                return super::all_rows(self.len);
            }
            scan(&self.codes, |code| code == Self::UNKNOWN)
        })
    }
}

/// A [`CodeColumn`] with the text of each number.
#[derive(Debug, Clone, Default)]
pub struct NamedColumn {
    pub(crate) names: Vec<Box<str>>,
    pub(crate) codes: CodeColumn,
}

impl NamedColumn {
    pub(crate) fn collect<T: AsRef<str> + Into<Box<str>>>(
        rows: impl ExactSizeIterator<Item = Option<T>>,
    ) -> Self {
        let mut names: Vec<Box<str>> = Vec::new();
        let mut numbers: HashMap<Box<str>, u32> = HashMap::new();
        let codes = rows
            .map(|row| {
                let text = row?;
                Some(numbers.get(text.as_ref()).copied().unwrap_or_else(|| {
                    let (name, number): (Box<str>, u32) = (text.into(), names.len() as u32);
                    names.push(name.clone());
                    numbers.insert(name, number);
                    number
                }))
            })
            .collect::<Vec<_>>();
        Self { names, codes: CodeColumn::collect(codes.into_iter()) }
    }

    /// The different texts, by number.
    pub fn names(&self) -> &[Box<str>] {
        &self.names
    }

    /// The numbers of the rows.
    pub fn codes(&self) -> &CodeColumn {
        &self.codes
    }

    /// The text of a row.
    pub fn get(&self, row: u32) -> Option<&str> {
        Some(&*self.names[self.codes.get(row)? as usize])
    }

    /// Rows whose text passes the test; each different text is tested once.
    pub fn select(&self, test: impl Fn(&str) -> bool) -> RoaringBitmap {
        let passes: Vec<bool> = self.names.iter().map(|name| test(name)).collect();
        if passes.contains(&true) {
            self.codes.select(|code| passes.get(code as usize).copied().unwrap_or_default())
        } else {
            RoaringBitmap::new()
        }
    }

    /// Rows of which it is not known.
    pub fn unknown(&self) -> &RoaringBitmap {
        self.codes.unknown()
    }
}
