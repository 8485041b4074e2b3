//! How long people with a seat have been idle, in bands.

use jiff::{SignedDuration, Timestamp};
use roaring::RoaringBitmap;
use rollcall_snapshot::Snapshot;

/// Where the bands begin, in days.
const BOUNDS: [i64; 6] = [0, 30, 60, 90, 180, 365];

/// Enabled accounts with a seat, by how long they have been idle. An account counts in a band only where it is certain: of whom only
/// "active at least then" is known belongs to the first band or is unknown (I3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Idleness {
    counts: [u64; BOUNDS.len()],
    /// Never active, says a source that would know.
    pub never: u64,
    /// It cannot be told.
    pub unknown: u64,
}

/// A band of idleness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdleBand {
    /// Idle for at least so many days.
    pub from: i64,
    /// Idle for less than so many days; `None` = without end.
    pub to: Option<i64>,
    /// How many accounts.
    pub accounts: u64,
}

impl Idleness {
    pub(crate) fn of(snapshot: &Snapshot, now: Timestamp) -> Self {
        let columns = snapshot.columns();
        let seated = columns.enabled.yes() & columns.seat.yes();
        let activity = snapshot.activity(None);
        let days_ago = |days: i64| (now - SignedDuration::from_hours(24 * days)).as_microsecond();
        let mut counts = [0; BOUNDS.len()];
        let mut unclear = RoaringBitmap::new();
        for (band, from) in BOUNDS.into_iter().enumerate() {
            // The last instant that is at least so long ago, back to the first that is not yet in the next band.
            let newest = if band == 0 { i64::MAX } else { days_ago(from) };
            let oldest = BOUNDS.get(band + 1).map_or(i64::MIN, |to| days_ago(*to) + 1);
            let seen = activity.between(oldest..=newest) & &seated;
            if band == 0 {
                counts[band] = seen.len();
            } else {
                let open = &seen & activity.open();
                counts[band] = seen.len() - open.len();
                unclear |= open;
            }
        }
        Self {
            counts,
            never: activity.never().intersection_len(&seated),
            unknown: activity.unknown().intersection_len(&seated) + unclear.len(),
        }
    }

    /// The bands, the shortest first.
    pub fn bands(&self) -> [IdleBand; BOUNDS.len()] {
        std::array::from_fn(|band| IdleBand {
            from: BOUNDS[band],
            to: BOUNDS.get(band + 1).copied(),
            accounts: self.counts[band],
        })
    }

    /// All accounts that are counted: the enabled ones with a seat.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum::<u64>() + self.never + self.unknown
    }

    pub(crate) fn and(self, other: &Self) -> Self {
        Self {
            counts: std::array::from_fn(|band| self.counts[band] + other.counts[band]),
            never: self.never + other.never,
            unknown: self.unknown + other.unknown,
        }
    }
}
