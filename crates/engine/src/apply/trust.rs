//! When to look back at what was sent: often at first, rarely once it has gone well.
//!
//! Reading back after every single change would cost as many requests again. A site that silently ignores writes
//! (`confluence-data-center.md §7.3`, a read-only directory that answers 204) must all the same be noticed at the first account.
//! So the number of changes sent before the next look doubles while all of them are seen to have happened, and falls back to one when one has not.

use std::time::{Duration, Instant};

/// Longest that a change sent waits to be seen.
const LONGEST: Duration = Duration::from_secs(45);
/// Most changes that wait to be seen.
const MOST: usize = 5_000;

#[derive(Debug)]
pub(crate) struct Trust {
    batch: usize,
}

impl Trust {
    pub(crate) const fn new() -> Self {
        Self { batch: 1 }
    }

    /// Whether it is time to look back.
    pub(crate) fn is_due(&self, waiting: usize, oldest: Option<Instant>, now: Instant) -> bool {
        waiting >= self.batch || oldest.is_some_and(|oldest| now.duration_since(oldest) >= LONGEST)
    }

    /// What the last look showed.
    pub(crate) fn learn(&mut self, seen: usize, all_so: bool) {
        self.batch = if !all_so {
            1
        } else if seen >= self.batch {
            (self.batch * 2).min(MOST)
        } else {
            self.batch
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_grows_by_doubling_and_is_lost_at_once() {
        let now = Instant::now();
        let mut trust = Trust::new();
        assert!(trust.is_due(1, Some(now), now));
        for expected in [2, 4, 8, 16] {
            trust.learn(trust.batch, true);
            assert_eq!(trust.batch, expected);
        }
        assert!(!trust.is_due(15, Some(now), now));
        assert!(trust.is_due(1, Some(now), now + LONGEST), "nothing waits longer than {LONGEST:?}");
        trust.learn(16, false);
        assert_eq!(trust.batch, 1);
    }

    #[test]
    fn no_more_than_a_bounded_number_wait() {
        let mut trust = Trust::new();
        for _ in 0..40 {
            trust.learn(trust.batch, true);
        }
        assert_eq!(trust.batch, MOST);
    }
}
