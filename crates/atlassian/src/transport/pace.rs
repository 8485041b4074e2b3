//! How fast a site is asked: the administrator's bound, and the server's own token bucket mirrored from its headers
//! (`confluence-data-center.md §9`), so that the bucket is used up evenly and hardly ever overdrawn.

use super::LONGEST_PATIENCE;
use super::answer::Limits;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use rollcall_site::SiteError;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Tokens never touched while others are left: the server's own count is "not always exact".
const RESERVE: f64 = 1.0;

/// The pace of one site, shared by every request to it.
pub(super) struct Pace {
    quota: Option<DefaultDirectRateLimiter>,
    state: Mutex<State>,
    concurrency: usize,
}

#[derive(Default)]
struct State {
    paused_until: Option<Instant>,
    bucket: Option<Bucket>,
    under_way: u32,
}

/// The server's bucket as far as we can know it. `tokens` is never above what the server has.
struct Bucket {
    tokens: f64,
    capacity: f64,
    per_second: f64,
    at: Instant,
}

impl Bucket {
    fn refill(&mut self, now: Instant) {
        let gained = now.duration_since(self.at).as_secs_f64() * self.per_second;
        self.tokens = (self.tokens + gained).min(self.capacity);
        self.at = now;
    }
}

/// A request under way; counts against the bucket until its answer is there.
pub(super) struct UnderWay<'a>(&'a Pace);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.under_way = state.under_way.saturating_sub(1);
    }
}

impl UnderWay<'_> {
    /// Learns from the answer's headers.
    pub(super) fn answered(self, limits: &Limits) {
        let pace = self.0;
        drop(self);
        pace.learn(limits);
    }
}

impl Pace {
    pub(super) fn new(per_second: Option<u32>, concurrency: usize) -> Self {
        let quota = per_second.and_then(NonZeroU32::new).map(|rate| {
            // A small burst, so that a late wake-up of the runtime costs nothing of the rate.
            let burst = NonZeroU32::new((rate.get() / 10).max(1)).unwrap_or(NonZeroU32::MIN);
            RateLimiter::direct(Quota::per_second(rate).allow_burst(burst))
        });
        Self { quota, state: Mutex::default(), concurrency }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a request may be sent. A wait that is too long is the caller's decision: [`SiteError::Busy`].
    pub(super) async fn permission(&self) -> Result<UnderWay<'_>, SiteError> {
        if let Some(quota) = &self.quota {
            quota.until_ready().await;
        }
        loop {
            let wait = {
                let mut state = self.state();
                match state.wait(Instant::now()) {
                    None => {
                        state.under_way += 1;
                        return Ok(UnderWay(self));
                    }
                    Some(wait) => wait,
                }
            };
            if wait > LONGEST_PATIENCE {
                return Err(SiteError::Busy { retry_after: wait });
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// The whole site pauses (I10).
    pub(super) fn pause(&self, length: Duration) {
        let until = Instant::now().checked_add(length);
        let mut state = self.state();
        state.paused_until = state.paused_until.max(until);
    }

    fn learn(&self, limits: &Limits) {
        let (Some(capacity), Some(remaining)) = (limits.limit, limits.remaining) else { return };
        let per_second = limits.rate.unwrap_or_default();
        if limits.is_block() || per_second <= 0.0 || capacity <= 0.0 {
            return;
        }
        let now = Instant::now();
        let mut state = self.state();
        // Requests under way may or may not be in the server's count: the lower reading is the safe one. Where the bucket is small
        // beside the concurrency, the reserve would keep it from being used at all.
        let reserve = if capacity >= 4.0 * self.concurrency as f64 { RESERVE } else { 0.0 };
        let left = remaining - f64::from(state.under_way) - reserve;
        let bucket = state.bucket.get_or_insert(Bucket { tokens: left, capacity, per_second, at: now });
        (bucket.capacity, bucket.per_second) = (capacity, per_second);
        bucket.refill(now);
        bucket.tokens = bucket.tokens.min(left);
        if remaining < 1.0
            && !limits.throttled
            && let Some(seconds @ 1..=60) = limits.retry_after
        {
            let until = now.checked_add(Duration::from_secs(seconds));
            state.paused_until = state.paused_until.max(until);
        }
    }
}

impl State {
    /// How long to wait before the next request; `None` = it may go, and its token is taken.
    fn wait(&mut self, now: Instant) -> Option<Duration> {
        if let Some(until) = self.paused_until {
            if until > now {
                return Some(until - now);
            }
            self.paused_until = None;
        }
        let bucket = self.bucket.as_mut()?;
        bucket.refill(now);
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            return None;
        }
        let missing = (1.0 - bucket.tokens) / bucket.per_second;
        Some(Duration::try_from_secs_f64(missing).unwrap_or(Duration::MAX).max(Duration::from_millis(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A server's bucket, filled continuously or once per interval.
    struct Server {
        tokens: f64,
        capacity: f64,
        rate: f64,
        interval: Option<f64>,
        began: Instant,
        filled_to: f64,
        allowed: u32,
        refused: u32,
    }

    impl Server {
        fn answer(&mut self) -> Limits {
            let now = self.began.elapsed().as_secs_f64();
            let filled = match self.interval {
                Some(interval) => (now / interval).floor() * interval,
                None => now,
            };
            self.tokens = (self.tokens + (filled - self.filled_to) * self.rate).min(self.capacity);
            self.filled_to = filled;
            let throttled = self.tokens < 1.0;
            if throttled {
                self.refused += 1;
            } else {
                self.tokens -= 1.0;
                self.allowed += 1;
            }
            Limits {
                limit: Some(self.capacity),
                remaining: Some(self.tokens.floor()),
                rate: Some(self.rate),
                retry_after: Some(u64::from(self.tokens < 1.0)),
                throttled,
            }
        }
    }

    async fn drive(
        capacity: f64,
        rate: f64,
        interval: Option<f64>,
        workers: usize,
        latency: u64,
        seconds: u64,
    ) -> (f64, f64) {
        let pace = Pace::new(None, workers);
        let server = Mutex::new(Server {
            tokens: capacity,
            capacity,
            rate,
            interval,
            began: Instant::now(),
            filled_to: 0.0,
            allowed: 0,
            refused: 0,
        });
        let end = Instant::now() + Duration::from_secs(seconds);
        let worker = || async {
            while Instant::now() < end {
                let under_way = pace.permission().await.unwrap();
                tokio::time::sleep(Duration::from_millis(latency / 2)).await;
                let limits = server.lock().unwrap().answer();
                tokio::time::sleep(Duration::from_millis(latency - latency / 2)).await;
                if limits.throttled {
                    pace.pause(Duration::from_secs(limits.retry_after.unwrap()));
                }
                under_way.answered(&limits);
            }
        };
        futures::future::join_all((0..workers).map(|_| worker())).await;
        let server = server.into_inner().unwrap();
        let permitted = capacity + rate * seconds as f64;
        (f64::from(server.allowed) / permitted, f64::from(server.refused) / f64::from(server.allowed))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn a_token_bucket_is_used_up_and_hardly_ever_overdrawn(
            rate in 10_u32..80, burst in 1_u32..4, workers in 1_usize..9, is_stepwise: bool, latency in 2_u64..40,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
            let (rate, workers) = (f64::from(rate), workers);
            // Enough workers to reach the rate at all.
            prop_assume!(workers as f64 * 1000.0 / latency as f64 > rate * 1.5);
            // A bucket that one step fills to the brim loses whatever is left at each step; it must hold a little more than that.
            let capacity = (rate * f64::from(burst) * if is_stepwise { 2.0 } else { 1.0 }).max(4.0 * workers as f64);
            let (used, refused) = runtime.block_on(drive(capacity, rate, is_stepwise.then_some(1.0), workers, latency, 120));
            prop_assert!(used >= 0.98, "only {used} of the permitted rate was used");
            prop_assert!(refused <= 0.001, "{refused} of the answers were a 429");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_every_request_and_a_long_one_is_the_callers_decision() {
        let pace = Pace::new(None, 4);
        pace.pause(Duration::from_secs(7));
        let began = Instant::now();
        drop(pace.permission().await.unwrap());
        assert!(began.elapsed() >= Duration::from_secs(7));
        pace.pause(Duration::from_hours(1));
        assert!(matches!(pace.permission().await, Err(SiteError::Busy { .. })));
    }

    #[tokio::test]
    async fn the_administrators_bound_holds() {
        let pace = Pace::new(Some(200), 4);
        let began = std::time::Instant::now();
        for _ in 0..60 {
            drop(pace.permission().await.unwrap());
        }
        // 20 at once, the other 40 at 200 a second.
        assert!(began.elapsed() >= Duration::from_millis(190), "{:?}", began.elapsed());
    }
}
