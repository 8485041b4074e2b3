//! The places of texts in their order, so that whoever sorts by them compares numbers.

use crate::arena::Arena;
use roaring::RoaringBitmap;

/// Where there is no text.
const NO_RANK: u32 = u32::MAX;
/// How many bytes of a text make one number.
const PIECE: usize = 8;
/// Texts that are alike for so many pieces count as alike: longer than any name that a site takes, and no hostile one makes us dig deeper.
const PIECES: usize = 64;

/// The place of each row's text among all texts of its column; equal texts share theirs.
#[derive(Debug, Clone, Copy)]
pub struct Ranks<'a>(pub(super) &'a [u32]);

impl Ranks<'_> {
    /// The place of a row's text; `None` where the text is unknown.
    pub fn get(self, row: u32) -> Option<u32> {
        Some(self.0[row as usize]).filter(|rank| *rank != NO_RANK)
    }
}

/// Sorts the known texts by their bytes.
pub(super) fn ranks(texts: &Arena, unknown: &RoaringBitmap) -> Box<[u32]> {
    let mut ranks = vec![NO_RANK; texts.len()].into_boxed_slice();
    let all = 0..texts.len() as u32;
    let mut rows: Vec<(u64, u32)> = all.filter(|row| !unknown.contains(*row)).map(|row| (0, row)).collect();
    place(texts, &mut rows, 0, &mut 0, &mut ranks);
    ranks
}

/// Gives the rows, whose texts are alike up to this piece, the places from `next` on.
fn place(texts: &Arena, rows: &mut [(u64, u32)], piece: usize, next: &mut u32, ranks: &mut [u32]) {
    for (number, row) in rows.iter_mut() {
        *number = number_of(rest(texts, *row, piece));
    }
    rows.sort_unstable();
    for alike in rows.chunk_by_mut(|a, b| a.0 == b.0) {
        let goes_on = |(_, row): &(u64, u32)| !rest(texts, *row, piece + 1).is_empty();
        if alike.len() > 1 && piece + 1 < PIECES && alike.iter().any(goes_on) {
            place(texts, alike, piece + 1, next, ranks);
        } else {
            for (_, row) in alike {
                ranks[*row as usize] = *next;
            }
            *next += 1;
        }
    }
}

fn rest(texts: &Arena, row: u32, piece: usize) -> &[u8] {
    texts.get(row as usize).as_bytes().get(piece * PIECE..).unwrap_or_default()
}

/// The first bytes as a number: in the same order as the texts.
fn number_of(text: &[u8]) -> u64 {
    let mut bytes = [0; PIECE];
    let length = text.len().min(PIECE);
    bytes[..length].copy_from_slice(&text[..length]);
    u64::from_be_bytes(bytes)
}
