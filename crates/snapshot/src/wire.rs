//! How columns are written into a section and read from it. Nothing read is trusted: every count and position is checked.

use crate::arena::Arena;
use crate::build::MAX_ACCOUNTS;
use crate::column::instant::{SILENT, UNKNOWN};
use crate::column::{CodeColumn, CountColumn, FlagColumn, InstantColumn, KeyColumn, TextColumn};
use jiff::Timestamp;
use roaring::RoaringBitmap;

/// A column that is being read fits, or a word about why it does not.
pub(crate) type Read<T> = Result<T, &'static str>;

const SHORT: &str = "a column ends early";

/// A section being written.
#[derive(Default)]
pub(crate) struct Writer(pub(crate) Vec<u8>);

impl Writer {
    pub(crate) fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    pub(crate) fn bitmap(&mut self, bitmap: &RoaringBitmap) {
        // Writing into memory does not fail; a half-written bitmap would not load again.
        let _ = bitmap.serialize_into(&mut self.0);
    }

    pub(crate) fn arena(&mut self, arena: &Arena) {
        self.varint(arena.len() as u64);
        for row in arena.iter() {
            self.varint(row.len() as u64);
        }
        self.0.extend_from_slice(arena.text().as_bytes());
    }

    pub(crate) fn keys(&mut self, keys: &KeyColumn) {
        let texts: RoaringBitmap = (0..keys.len() as u32).filter(|row| keys.is_text(*row)).collect();
        self.bitmap(&texts);
        for packed in &keys.packed {
            self.0.extend_from_slice(packed);
        }
        self.arena(&keys.texts);
    }

    pub(crate) fn texts(&mut self, column: &TextColumn) {
        self.bitmap(&column.unknown);
        self.arena(&column.texts);
    }

    pub(crate) fn flags(&mut self, column: &FlagColumn) {
        self.bitmap(&column.yes);
        self.bitmap(&column.no);
    }

    pub(crate) fn codes(&mut self, column: &CodeColumn) {
        let values = column
            .codes
            .iter()
            .map(|code| if *code == CodeColumn::UNKNOWN { 0 } else { u64::from(*code) + 1 });
        self.planes(&values.collect::<Vec<_>>());
    }

    pub(crate) fn counts(&mut self, column: &CountColumn) {
        self.planes(&column.values);
    }

    /// Instants in the coarsest of microseconds, milliseconds and seconds that keeps them exact, above the smallest of them.
    pub(crate) fn instants(&mut self, column: &InstantColumn) {
        let rows = |wanted: fn(i64) -> bool| -> RoaringBitmap {
            let rows = column.values.iter().enumerate().filter(move |(_, v)| wanted(**v));
            let mut rows: RoaringBitmap = rows.map(|(row, _)| row as u32).collect();
            rows.optimize();
            rows
        };
        self.bitmap(&rows(|v| v > SILENT));
        self.bitmap(&rows(|v| v == SILENT));
        let values: Vec<i64> = column.values.iter().copied().filter(|v| *v > SILENT).collect();
        let base = values.iter().copied().min().unwrap_or(0);
        let scale =
            [1_000_000, 1_000].into_iter().find(|scale| values.iter().all(|v| (v - base) % scale == 0));
        let scale = scale.unwrap_or(1);
        self.0.extend_from_slice(&base.to_le_bytes());
        self.varint(scale as u64);
        self.planes(&values.iter().map(|v| ((v - base) / scale) as u64).collect::<Vec<_>>());
    }

    /// Numbers byte by byte: all lowest bytes, then all second bytes, up to the highest that is used. Like bytes lie together, which
    /// is what makes them small.
    fn planes(&mut self, values: &[u64]) {
        let used = values.iter().copied().max().map_or(0, |max| 8 - max.leading_zeros() / 8);
        self.varint(values.len() as u64);
        self.0.push(used as u8);
        for plane in 0..used {
            self.0.extend(values.iter().map(|v| (v >> (8 * plane)) as u8));
        }
    }
}

/// A section being read.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn varint(&mut self) -> Read<u64> {
        let mut value = 0_u64;
        for shift in (0..63).step_by(7) {
            let (byte, rest) = self.0.split_first().ok_or(SHORT)?;
            self.0 = rest;
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err("a number is too large")
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Read<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count).ok_or(SHORT)?;
        self.0 = rest;
        Ok(bytes)
    }

    /// A count of things that take at least one byte each, so that it cannot claim more than is there.
    pub(crate) fn count(&mut self) -> Read<usize> {
        usize::try_from(self.varint()?).ok().filter(|count| *count <= self.0.len()).ok_or(SHORT)
    }

    pub(crate) fn bitmap(&mut self, rows: usize) -> Read<RoaringBitmap> {
        let bitmap = RoaringBitmap::deserialize_from(&mut self.0).map_err(|_| "a bitmap cannot be read")?;
        if bitmap.max().is_some_and(|max| max as usize >= rows) {
            return Err("a bitmap names a row that does not exist");
        }
        Ok(bitmap)
    }

    pub(crate) fn arena(&mut self, rows: Option<usize>) -> Read<Arena> {
        let count = self.count()?;
        if rows.is_some_and(|rows| rows != count) {
            return Err("a column has another number of rows");
        }
        let (mut ends, mut end) = (Vec::with_capacity(count), 0_u32);
        for _ in 0..count {
            let length = u32::try_from(self.varint()?).map_err(|_| "a text is too long")?;
            end = end.checked_add(length).ok_or("texts are too long")?;
            ends.push(end);
        }
        let text = std::str::from_utf8(self.bytes(end as usize)?).map_err(|_| "a text is not UTF-8")?;
        Arena::from_parts(text.into(), ends.into()).ok_or("a text ends within a character")
    }

    pub(crate) fn keys(&mut self, rows: usize) -> Read<KeyColumn> {
        let texts = self.bitmap(rows)?;
        let packed = self.bytes((rows - texts.len() as usize) * 16)?;
        let packed = packed.as_chunks::<16>().0.into();
        let mut is_text = vec![false; rows];
        for row in texts {
            is_text[row as usize] = true;
        }
        KeyColumn::from_parts(is_text.into_iter(), packed, self.arena(None)?)
            .ok_or("keys do not match their rows")
    }

    pub(crate) fn texts(&mut self, rows: usize) -> Read<TextColumn> {
        let unknown = self.bitmap(rows)?;
        Ok(TextColumn::from_parts(self.arena(Some(rows))?, unknown))
    }

    pub(crate) fn flags(&mut self, rows: usize) -> Read<FlagColumn> {
        let (yes, no) = (self.bitmap(rows)?, self.bitmap(rows)?);
        if !yes.is_disjoint(&no) {
            return Err("a fact is both true and false");
        }
        Ok(FlagColumn::from_parts(yes, no, rows))
    }

    /// Codes below `names`.
    pub(crate) fn codes(&mut self, rows: usize, names: usize) -> Read<CodeColumn> {
        let values = self.planes(rows)?;
        let codes = values.iter().map(|v| match v.checked_sub(1) {
            None => Ok(CodeColumn::UNKNOWN),
            Some(code) if code < names as u64 => Ok(code as u32),
            Some(_) => Err("a code has no name"),
        });
        let codes: Vec<u32> = codes.collect::<Read<_>>()?;
        Ok(if codes.is_empty() { CodeColumn::void(rows) } else { CodeColumn::from_codes(codes) })
    }

    pub(crate) fn counts(&mut self, rows: usize) -> Read<CountColumn> {
        let values = self.planes(rows)?;
        if values.iter().any(|v| *v > u64::from(u32::MAX) + 1) {
            return Err("a count is too large");
        }
        Ok(if values.is_empty() { CountColumn::void(rows) } else { CountColumn::from_values(values) })
    }

    pub(crate) fn instants(&mut self, rows: usize) -> Read<InstantColumn> {
        let (present, silent) = (self.bitmap(rows)?, self.bitmap(rows)?);
        let base = i64::from_le_bytes(*self.0.first_chunk().ok_or(SHORT)?);
        self.bytes(8)?;
        let scale = self.varint()?;
        let count = present.len() as usize;
        let values = self.planes(count)?;
        if values.len() != count || !present.is_disjoint(&silent) {
            return Err("instants do not match their rows");
        }
        if present.is_empty() && silent.is_empty() {
            return Ok(InstantColumn::void(rows));
        }
        let range = Timestamp::MIN.as_microsecond()..=Timestamp::MAX.as_microsecond();
        let mut column = vec![UNKNOWN; rows];
        for (row, value) in present.iter().zip(values) {
            let micros = value.checked_mul(scale).and_then(|v| base.checked_add_unsigned(v));
            column[row as usize] =
                micros.filter(|m| range.contains(m)).ok_or("an instant is out of range")?;
        }
        for row in silent {
            column[row as usize] = SILENT;
        }
        Ok(InstantColumn::from_values(column))
    }

    /// As many numbers as there are rows, or none.
    fn planes(&mut self, rows: usize) -> Read<Vec<u64>> {
        let count = usize::try_from(self.varint()?).map_err(|_| SHORT)?;
        let used = self.bytes(1)?[0];
        if (count != rows && count != 0) || used > 8 || count > MAX_ACCOUNTS {
            return Err("a column has another number of rows");
        }
        let mut values = vec![0_u64; count];
        for plane in 0..used {
            for (value, byte) in values.iter_mut().zip(self.bytes(count)?) {
                *value |= u64::from(*byte) << (8 * plane);
            }
        }
        Ok(values)
    }

    pub(crate) fn finish(self) -> Read<()> {
        if self.0.is_empty() { Ok(()) } else { Err("a column is longer than it says") }
    }
}
