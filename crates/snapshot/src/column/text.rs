//! Texts, as the site spells them and folded.

use super::ranks::{Ranks, ranks};
use crate::SnapshotError;
use crate::arena::Arena;
use crate::fold::fold_onto;
use roaring::RoaringBitmap;
use std::sync::OnceLock;

/// A text for each row, or unknown.
#[derive(Debug, Default)]
pub struct TextColumn {
    pub(crate) texts: Arena,
    pub(crate) unknown: RoaringBitmap,
    /// Made when first needed; `None` inside: every text is its own folded form.
    folded: OnceLock<Option<Arena>>,
    /// Made when first needed.
    ranks: OnceLock<Box<[u32]>>,
}

impl TextColumn {
    pub(crate) fn collect<'a>(
        rows: impl Iterator<Item = Option<&'a str>> + Clone,
    ) -> Result<Self, SnapshotError> {
        let unknown = rows.clone().enumerate().filter(|(_, row)| row.is_none()).map(|(i, _)| i as u32);
        let mut unknown: RoaringBitmap = unknown.collect();
        unknown.optimize();
        Ok(Self::from_parts(Arena::collect(rows.map(Option::unwrap_or_default))?, unknown))
    }

    pub(crate) fn from_parts(texts: Arena, unknown: RoaringBitmap) -> Self {
        Self { texts, unknown, folded: OnceLock::new(), ranks: OnceLock::new() }
    }

    /// The text of a row.
    pub fn get(&self, row: u32) -> Option<&str> {
        if self.unknown.contains(row) { None } else { Some(self.texts.get(row as usize)) }
    }

    /// The folded text of a row; empty where it is unknown.
    pub fn folded(&self, row: u32) -> &str {
        self.folded_arena().get(row as usize)
    }

    /// The order of the folded texts.
    pub fn ranks(&self) -> Ranks<'_> {
        Ranks(self.ranks.get_or_init(|| ranks(self.folded_arena(), &self.unknown)))
    }

    /// The texts row by row.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<&str>> {
        (0..self.texts.len() as u32).map(|row| self.get(row))
    }

    /// Rows whose folded text is this one.
    pub fn equal(&self, folded: &str) -> RoaringBitmap {
        self.folded_arena().equal(folded) - &self.unknown
    }

    /// Rows whose folded text contains this one.
    pub fn containing(&self, folded: &str) -> RoaringBitmap {
        self.folded_arena().containing(folded) - &self.unknown
    }

    /// Rows whose folded text passes the test.
    pub fn select(&self, test: impl Fn(&str) -> bool) -> RoaringBitmap {
        let rows = self.folded_arena().iter().enumerate().filter(|(_, text)| test(text));
        rows.map(|(row, _)| row as u32).collect::<RoaringBitmap>() - &self.unknown
    }

    /// Rows of which it is not known.
    pub fn unknown(&self) -> &RoaringBitmap {
        &self.unknown
    }

    fn folded_arena(&self) -> &Arena {
        let folded = self.folded.get_or_init(|| {
            // Folding lengthens a text at most threefold; the texts keep to a quarter of what an offset can count.
            let folded = self.texts.mapped(fold_onto);
            (folded != self.texts).then_some(folded)
        });
        folded.as_ref().unwrap_or(&self.texts)
    }
}
