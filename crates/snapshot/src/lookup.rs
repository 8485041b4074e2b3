//! From a text to its row, in four bytes or so per row.

use std::hash::{DefaultHasher, Hash, Hasher};

const FREE: u32 = u32::MAX;

/// An open-addressing table of row numbers. It holds no texts: the caller compares.
#[derive(Debug, Clone)]
pub(crate) struct Lookup {
    slots: Box<[u32]>,
}

/// Hash of a text, the same on every run.
pub(crate) fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl Lookup {
    /// Takes up all rows that have a hash. Where two rows are the same, `wins(new, old)` says whether the new one takes the place.
    pub(crate) fn build(
        rows: usize,
        hash: impl Fn(u32) -> Option<u64>,
        same: impl Fn(u32, u32) -> bool,
        mut wins: impl FnMut(u32, u32) -> bool,
    ) -> Self {
        let mut slots = vec![FREE; (rows * 2).next_power_of_two().max(2)].into_boxed_slice();
        let mask = slots.len() - 1;
        for row in 0..rows as u32 {
            let Some(hash) = hash(row) else { continue };
            let mut slot = hash as usize & mask;
            loop {
                match slots[slot] {
                    FREE => slots[slot] = row,
                    old if same(row, old) => {
                        if wins(row, old) {
                            slots[slot] = row;
                        }
                    }
                    _ => {
                        slot = (slot + 1) & mask;
                        continue;
                    }
                }
                break;
            }
        }
        Self { slots }
    }

    pub(crate) fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            match self.slots[slot] {
                FREE => return None,
                row if is_it(row) => return Some(row),
                _ => slot = (slot + 1) & mask,
            }
        }
    }
}
