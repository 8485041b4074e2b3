//! Rate limiting: a token bucket for each account (`confluence-data-center.md §9`).

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Instant;

use crate::faults::RateLimit;
use crate::http::Reply;
use crate::state::AccountId;

/// The buckets of all accounts.
#[derive(Debug, Default)]
pub(crate) struct Buckets {
    buckets: Mutex<HashMap<AccountId, Bucket>>,
}

#[derive(Debug)]
struct Bucket {
    tokens: u32,
    /// When the tokens were last filled up: a whole number of intervals after the first request.
    filled: Instant,
}

/// What the bucket said to one request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verdict {
    limit: RateLimit,
    remaining: u32,
    pub(crate) allowed: bool,
    retry_after: u64,
}

impl Buckets {
    /// Takes a token of the account, if there is one.
    pub(crate) fn take(&self, account: AccountId, limit: RateLimit, now: Instant) -> Verdict {
        let mut buckets = self.buckets.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let bucket = buckets.entry(account).or_insert(Bucket { tokens: limit.capacity, filled: now });
        let interval = limit.interval_ms.max(1);
        let passed =
            u64::try_from(now.saturating_duration_since(bucket.filled).as_millis()).unwrap_or(u64::MAX);
        let intervals = passed / interval;
        bucket.filled += std::time::Duration::from_millis(intervals * interval);
        let filled =
            u64::from(bucket.tokens).saturating_add(intervals.saturating_mul(u64::from(limit.fill_rate)));
        bucket.tokens = u32::try_from(filled.min(u64::from(limit.capacity))).unwrap_or(limit.capacity);
        let allowed = bucket.tokens > 0;
        bucket.tokens = bucket.tokens.saturating_sub(1);
        let wait = interval - passed % interval;
        let retry_after = if bucket.tokens > 0 { 0 } else { wait.div_ceil(1000) };
        Verdict { limit, remaining: bucket.tokens, allowed, retry_after }
    }

    pub(crate) fn clear(&self) {
        self.buckets.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
    }
}

impl Verdict {
    /// The headers that every limited request shows.
    pub(crate) fn headers(&self) -> [(&'static str, String); 5] {
        [
            ("X-RateLimit-Limit", self.limit.capacity.to_string()),
            ("X-RateLimit-Remaining", self.remaining.to_string()),
            ("X-RateLimit-FillRate", self.limit.fill_rate.to_string()),
            ("X-RateLimit-Interval-Seconds", self.limit.interval_ms.div_ceil(1000).to_string()),
            ("Retry-After", self.retry_after.to_string()),
        ]
    }
}

/// 429 without more.
pub(crate) fn too_many() -> Reply {
    Reply::error(429, "Rate limit exceeded.")
}

/// The answer to an account that the administrator has blocked (§9).
pub(crate) fn blocked() -> Reply {
    too_many()
        .with("X-RateLimit-Limit", "0")
        .with("X-RateLimit-Remaining", "0")
        .with("X-RateLimit-FillRate", "0")
        .with("Retry-After", "9223372036854775807")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_bucket_is_emptied_and_filled_up_again() {
        let buckets = Buckets::default();
        let limit = RateLimit { capacity: 3, fill_rate: 2, interval_ms: 1000 };
        let start = Instant::now();
        let allowed = |at: u64| buckets.take(1, limit, start + Duration::from_millis(at)).allowed;
        assert_eq!([allowed(0), allowed(0), allowed(0), allowed(999)], [true, true, true, false]);
        assert_eq!([allowed(1000), allowed(1001), allowed(1002)], [true, true, false]);
        assert!(buckets.take(2, limit, start).allowed, "another account has its own bucket");
        let late = buckets.take(1, limit, start + Duration::from_mins(1));
        assert_eq!((late.remaining, late.retry_after), (2, 0));
    }
}
