//! The time of the simulated world: it begins where the options say, and runs as ours.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use jiff::Timestamp;

#[derive(Debug)]
pub(crate) struct Clock {
    began: Instant,
    /// Microseconds since 1970 at `began`.
    origin: AtomicI64,
}

impl Clock {
    pub(crate) fn starting_at(now: Timestamp) -> Self {
        Self { began: Instant::now(), origin: AtomicI64::new(now.as_microsecond()) }
    }

    pub(crate) fn now(&self) -> Timestamp {
        let passed = i64::try_from(self.began.elapsed().as_micros()).unwrap_or(i64::MAX);
        let now = self.origin.load(Ordering::Relaxed).saturating_add(passed);
        Timestamp::from_microsecond(now).unwrap_or(Timestamp::MAX)
    }

    /// Moves the simulated world to another instant.
    pub(crate) fn set(&self, now: Timestamp) {
        let passed = i64::try_from(self.began.elapsed().as_micros()).unwrap_or(i64::MAX);
        self.origin.store(now.as_microsecond().saturating_sub(passed), Ordering::Relaxed);
    }
}
