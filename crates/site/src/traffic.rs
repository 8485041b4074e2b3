//! What a site was asked, for those who watch over it.

use std::ops::AddAssign;
use std::time::Duration;

/// What a site was asked, and how much of the time went into not asking too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
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

impl AddAssign for Traffic {
    fn add_assign(&mut self, more: Self) {
        self.reads += more.reads;
        self.writes += more.writes;
        self.retries += more.retries;
        self.throttled += more.throttled;
        self.waited += more.waited;
    }
}
