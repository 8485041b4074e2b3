//! What all evidence together says of when an account was last active.

use crate::column::instant::{SILENT, UNKNOWN, timestamp};
use crate::column::{InstantColumn, Point, scan, scan_between};
use jiff::Timestamp;
use roaring::RoaringBitmap;
use rollcall_model::{Absence, EvidenceKind, EvidenceSource, Reach, SourceIndex};
use std::ops::RangeInclusive;

/// When an account was last active, as far as evidence goes (product.md §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// Then, and not since.
    At {
        /// The newest activity.
        at: Timestamp,
        /// The source that saw it.
        source: SourceIndex,
    },
    /// Then, and perhaps since: no trusted source excludes something newer.
    AtLeast {
        /// The newest activity seen.
        at: Timestamp,
        /// The source that saw it.
        source: SourceIndex,
    },
    /// Never, says a source that would know.
    Never {
        /// The source that would know.
        source: SourceIndex,
    },
    /// Nothing is known. Such an account is never inactive (I3).
    Unknown,
}

/// Whether silence and age of this source prove anything about activity of this kind; `None` = of any kind, where logins are what
/// proves it: everybody who does anything signs in.
fn is_bound(source: &EvidenceSource, kind: Option<EvidenceKind>) -> bool {
    source.kind == kind.unwrap_or(EvidenceKind::Login)
        && source.reach == Reach::Newest
        && source.doubt.is_none()
}

/// Puts together what the sources say of one account.
pub(crate) fn last(
    sources: &[EvidenceSource],
    columns: &[InstantColumn],
    kind: Option<EvidenceKind>,
    row: u32,
) -> Activity {
    let mut newest: Option<(Timestamp, SourceIndex)> = None;
    let mut bound: Option<SourceIndex> = None;
    for (index, (source, column)) in sources.iter().zip(columns).enumerate() {
        if kind.is_some_and(|kind| source.kind != kind) {
            continue;
        }
        let index = index as SourceIndex;
        let speaks = match column.point(row) {
            Point::Unknown => false,
            Point::Silent => source.absence == Absence::Never,
            Point::At(at) => {
                if newest.is_none_or(|(best, _)| at > best) {
                    newest = Some((at, index));
                }
                true
            }
        };
        if speaks && is_bound(source, kind) {
            bound.get_or_insert(index);
        }
    }
    match (newest, bound) {
        (Some((at, source)), Some(_)) => Activity::At { at, source },
        (Some((at, source)), None) => Activity::AtLeast { at, source },
        (None, Some(source)) => Activity::Never { source },
        (None, None) => Activity::Unknown,
    }
}

/// [`Activity`] of every account, for scans. Instants are microseconds since 1970.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivityColumn {
    /// [`UNKNOWN`], [`SILENT`] for never, or the newest activity seen.
    newest: Box<[i64]>,
    open: RoaringBitmap,
    never: RoaringBitmap,
    unknown: RoaringBitmap,
}

impl ActivityColumn {
    pub(crate) fn new(
        sources: &[EvidenceSource],
        columns: &[InstantColumn],
        kind: Option<EvidenceKind>,
        rows: u32,
    ) -> Self {
        let (mut newest, mut is_bounded) = (vec![UNKNOWN; rows as usize], vec![false; rows as usize]);
        for (source, column) in sources.iter().zip(columns) {
            if kind.is_some_and(|kind| source.kind != kind) {
                continue;
            }
            let (bounds, knows_never) = (is_bound(source, kind), source.absence == Absence::Never);
            for ((newest, is_bounded), value) in newest.iter_mut().zip(&mut is_bounded).zip(&column.values) {
                *is_bounded |= bounds && (*value > SILENT || (*value == SILENT && knows_never));
                *newest = (*newest).max(if *value > SILENT { *value } else { UNKNOWN });
            }
        }
        for (newest, is_bounded) in newest.iter_mut().zip(&is_bounded) {
            if *newest == UNKNOWN && *is_bounded {
                *newest = SILENT;
            }
        }
        let open = scan(&is_bounded, |is_bounded| !is_bounded) & scan(&newest, |v| v > SILENT);
        let (never, unknown) = (scan(&newest, |v| v == SILENT), scan(&newest, |v| v == UNKNOWN));
        Self { newest: newest.into(), open, never, unknown }
    }

    /// Accounts with activity seen whose newest seen instant, in microseconds since 1970, lies within this range.
    pub fn between(&self, range: RangeInclusive<i64>) -> RoaringBitmap {
        scan_between(&self.newest, range)
    }

    /// Accounts of which only "at least then" is known.
    pub fn open(&self) -> &RoaringBitmap {
        &self.open
    }

    /// Accounts that were never active, says a source that would know.
    pub fn never(&self) -> &RoaringBitmap {
        &self.never
    }

    /// Accounts of which nothing is known.
    pub fn unknown(&self) -> &RoaringBitmap {
        &self.unknown
    }

    /// The newest activity seen of one account.
    pub fn newest(&self, row: u32) -> Option<Timestamp> {
        let value = self.newest[row as usize];
        (value > SILENT).then(|| timestamp(value))
    }
}
