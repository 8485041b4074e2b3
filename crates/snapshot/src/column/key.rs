//! Identities. The user keys of Data Center are 32 hexadecimal digits (`confluence-data-center.md §7.6`) and take 16 bytes.

use crate::SnapshotError;
use crate::arena::Arena;
use crate::lookup::{Lookup, hash};
use rollcall_model::AccountKey;

/// Set in a place: the row's key is in `texts`, not in `packed`.
const IS_TEXT: u32 = 1 << 31;

/// The key of each row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct KeyColumn {
    places: Box<[u32]>,
    pub(crate) packed: Box<[[u8; 16]]>,
    pub(crate) texts: Arena,
}

/// A key as it is compared.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum RawKey<'a> {
    Packed([u8; 16]),
    Text(&'a str),
}

impl<'a> RawKey<'a> {
    /// Packed if, and only if, unpacking gives the same text back.
    pub(crate) fn of(key: &'a str) -> Self {
        let mut packed = [0; 16];
        let is_plain = key.len() == 32 && !key.bytes().any(|b| b.is_ascii_uppercase());
        if is_plain && hex::decode_to_slice(key, &mut packed).is_ok() {
            Self::Packed(packed)
        } else {
            Self::Text(key)
        }
    }
}

impl KeyColumn {
    pub(crate) fn collect<'a>(keys: impl Iterator<Item = &'a str>) -> Result<Self, SnapshotError> {
        let (mut places, mut packed, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        for key in keys {
            match RawKey::of(key) {
                RawKey::Packed(bytes) => {
                    places.push(packed.len() as u32);
                    packed.push(bytes);
                }
                RawKey::Text(text) => {
                    places.push(texts.len() as u32 | IS_TEXT);
                    texts.push(text);
                }
            }
        }
        Ok(Self { places: places.into(), packed: packed.into(), texts: Arena::collect(texts.into_iter())? })
    }

    /// From parts as they were stored, `is_text` for each row; `None` where they do not fit together.
    pub(crate) fn from_parts(
        is_text: impl Iterator<Item = bool>,
        packed: Box<[[u8; 16]]>,
        texts: Arena,
    ) -> Option<Self> {
        let (mut packed_rows, mut text_rows) = (0_u32, 0_u32);
        let places: Box<[u32]> = is_text
            .map(|is_text| {
                let next = if is_text { &mut text_rows } else { &mut packed_rows };
                *next += 1;
                (*next - 1) | if is_text { IS_TEXT } else { 0 }
            })
            .collect();
        let fits = packed_rows as usize == packed.len() && text_rows as usize == texts.len();
        fits.then_some(Self { places, packed, texts })
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    pub(crate) fn is_text(&self, row: u32) -> bool {
        self.places[row as usize] & IS_TEXT != 0
    }

    pub(crate) fn raw(&self, row: u32) -> RawKey<'_> {
        let place = self.places[row as usize];
        if place & IS_TEXT == 0 {
            RawKey::Packed(self.packed[place as usize])
        } else {
            RawKey::Text(self.texts.get((place & !IS_TEXT) as usize))
        }
    }

    /// Whether the account has a key at all.
    pub(crate) fn is_present(&self, row: u32) -> bool {
        self.raw(row) != RawKey::Text("")
    }

    pub(crate) fn get(&self, row: u32) -> AccountKey {
        match self.raw(row) {
            RawKey::Packed(bytes) => hex::encode(bytes).into(),
            RawKey::Text(text) => text.into(),
        }
    }

    /// A table for [`Self::find`]; rows without a key are not in it. `doubled` is told of each row whose key an earlier one has.
    pub(crate) fn lookup(&self, mut doubled: impl FnMut(u32)) -> Lookup {
        Lookup::build(
            self.len(),
            |row| self.is_present(row).then(|| hash(self.raw(row))),
            |a, b| self.raw(a) == self.raw(b),
            |new, _| {
                doubled(new);
                false
            },
        )
    }

    pub(crate) fn find(&self, lookup: &Lookup, key: RawKey<'_>) -> Option<u32> {
        lookup.find(hash(key), |row| self.raw(row) == key)
    }
}
