//! What was sent, for the bench and the run log.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Requests sent since the connection was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RequestCounts {
    /// Requests that read.
    pub reads: u64,
    /// Requests that change something.
    pub writes: u64,
    /// Of these: sent again after a failure or a 429.
    pub retries: u64,
    /// Answers that were a 429.
    pub throttled: u64,
    /// Time that requests waited for their turn, all of them together.
    pub waited: Duration,
}

impl RequestCounts {
    /// All of them.
    pub const fn total(&self) -> u64 {
        self.reads + self.writes
    }
}

#[derive(Default)]
pub(super) struct Counts {
    reads: AtomicU64,
    writes: AtomicU64,
    retries: AtomicU64,
    throttled: AtomicU64,
    waited_micros: AtomicU64,
}

impl Counts {
    pub(super) fn sent(&self, is_write: bool) {
        let counter = if is_write { &self.writes } else { &self.reads };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn retried(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn throttled(&self) {
        self.throttled.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn waited(&self, time: Duration) {
        self.waited_micros.fetch_add(time.as_micros() as u64, Ordering::Relaxed);
    }

    pub(super) fn now(&self) -> RequestCounts {
        RequestCounts {
            reads: self.reads.load(Ordering::Relaxed),
            writes: self.writes.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
            throttled: self.throttled.load(Ordering::Relaxed),
            waited: Duration::from_micros(self.waited_micros.load(Ordering::Relaxed)),
        }
    }
}
