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

/// Servers may add tokens evenly or all at once when an interval ends, and do not say which, nor when. With intervals up to this many
/// seconds the wait they name (whole seconds) is too coarse to go by: there a whole interval's tokens are kept in the bucket and
/// requests are spread evenly, which is right either way. With longer ones the bucket is emptied, and the wait they name is kept.
const SHORT_INTERVAL: f64 = 2.0;
/// Share of the rate that is used when spreading: what is left makes up for clocks and the network.
const SPREAD: f64 = 0.996;

/// The pace of one site, shared by every request to it.
pub(super) struct Pace {
    quota: Option<DefaultDirectRateLimiter>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    paused_until: Option<Instant>,
    bucket: Option<Bucket>,
    under_way: u32,
}

/// The server's bucket as far as we can know it.
struct Bucket {
    /// What the server has, less what is under way.
    tokens: f64,
    capacity: f64,
    per_second: f64,
    /// Tokens that are only spent as fast as they come.
    floor: f64,
    /// What may be spent of those now.
    credit: f64,
    at: Instant,
}

impl Bucket {
    fn refill(&mut self, now: Instant) {
        let seconds = now.duration_since(self.at).as_secs_f64();
        if self.floor == 0.0 && seconds < 1.0 {
            // Emptying the bucket: only the server knows whether anything was added.
            return;
        }
        self.tokens = (self.tokens + seconds * self.per_second).min(self.capacity);
        // A little may be saved up, so that a late wake-up costs nothing of the rate; but no more than the server saves up too: a bucket
        // that one interval fills to the brim has lost what was not used, and catching up would overdraw it.
        let most = (self.per_second / 10.0).min(self.capacity - self.floor).max(2.0);
        self.credit = (self.credit + seconds * self.per_second * SPREAD).min(most);
        self.at = now;
    }

    /// Takes a token, or says how long to wait for one.
    fn take(&mut self, now: Instant, under_way: u32) -> Option<Duration> {
        self.refill(now);
        let is_surplus = self.tokens >= self.floor + 1.0 + f64::from(under_way);
        if self.tokens >= 1.0 && (is_surplus || self.credit >= 1.0) {
            self.tokens -= 1.0;
            if !is_surplus {
                self.credit -= 1.0;
            }
            return None;
        }
        let missing = if self.tokens < 1.0 { 1.0 - self.tokens } else { (1.0 - self.credit) / SPREAD };
        let mut seconds = missing / self.per_second;
        if self.floor == 0.0 {
            seconds = seconds.max(1.0 - now.duration_since(self.at).as_secs_f64());
        }
        let wait = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        Some(wait.max(Duration::from_millis(1)))
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
    pub(super) fn new(per_second: Option<u32>) -> Self {
        let quota = per_second.and_then(NonZeroU32::new).map(|rate| {
            // A small burst, so that a late wake-up of the runtime costs nothing of the rate.
            let burst = NonZeroU32::new((rate.get() / 10).max(1)).unwrap_or(NonZeroU32::MIN);
            RateLimiter::direct(Quota::per_second(rate).allow_burst(burst))
        });
        Self { quota, state: Mutex::default() }
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
        let (Some(fill), Some(interval)) = (limits.fill, limits.interval) else { return };
        if limits.is_block() || fill <= 0.0 || capacity <= 0.0 {
            return;
        }
        // What does not fit in the bucket is lost, should it be filled in steps.
        let fill = fill.min(capacity);
        let now = Instant::now();
        let is_short = interval <= SHORT_INTERVAL;
        let mut state = self.state();
        // Requests under way may or may not be in the server's count. Spread evenly, half of them are; in a rush, be sure.
        let counted_twice = if is_short { 0.5 } else { 0.0 };
        let under_way = state.under_way;
        let tokens = remaining - f64::from(under_way) * (1.0 - counted_twice);
        let bucket = state.bucket.get_or_insert(Bucket {
            tokens,
            capacity,
            per_second: fill / interval,
            floor: 0.0,
            // What was sent before anything was known was on account.
            credit: -1.0 - f64::from(under_way),
            at: now,
        });
        bucket.refill(now);
        bucket.at = now;
        (bucket.tokens, bucket.capacity, bucket.per_second) = (tokens, capacity, fill / interval);
        bucket.floor = if is_short { fill } else { 0.0 };
        if !is_short
            && remaining < 1.0
            && !limits.throttled
            && let Some(seconds @ 1..) = limits.retry_after
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
        let under_way = self.under_way;
        self.bucket.as_mut()?.take(now, under_way)
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
            let next = self.interval.map_or(1.0 / self.rate, |interval| interval - now % interval);
            let interval = self.interval.unwrap_or(1.0).max(1.0);
            Limits {
                limit: Some(self.capacity),
                remaining: Some(self.tokens.floor()),
                fill: Some(self.rate * interval),
                interval: Some(interval),
                retry_after: Some(if self.tokens < 1.0 { next.ceil() as u64 } else { 0 }),
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
        let pace = Pace::new(None);
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
        // What a step adds counts from the step on.
        let step = interval.unwrap_or(f64::MIN_POSITIVE);
        let filled = if interval.is_some() { (seconds as f64 / step).floor() * step } else { seconds as f64 };
        let permitted = capacity + rate * filled;
        (f64::from(server.allowed) / permitted, f64::from(server.refused) / f64::from(server.allowed))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn a_token_bucket_is_used_up_and_hardly_ever_overdrawn(
            rate in 20_u32..80, burst in 1_u32..4, workers in 1_usize..9, latency in 2_u64..40,
            interval in prop_oneof![Just(None), Just(Some(1_u32)), Just(Some(10))],
        ) {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
            let rate = f64::from(rate);
            // Enough workers to reach the rate at all.
            prop_assume!(workers as f64 * 1000.0 / latency as f64 > rate * 1.5);
            let fill = rate * f64::from(interval.unwrap_or(1));
            let capacity = fill * f64::from(burst);
            let drive = drive(capacity, rate, interval.map(f64::from), workers, latency, 119);
            let (used, refused) = runtime.block_on(drive);
            // A bucket that one step fills to the brim loses what is left in it at each step: what was under way.
            let is_brimful = interval.is_some() && burst == 1;
            let lost = if is_brimful { rate * latency as f64 / 1000.0 / fill } else { 0.0 };
            prop_assert!(used >= 0.98 - lost, "only {used} of the permitted rate was used");
            prop_assert!(refused <= 0.001, "{refused} of the answers were a 429");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_every_request_and_a_long_one_is_the_callers_decision() {
        let pace = Pace::new(None);
        pace.pause(Duration::from_secs(7));
        let began = Instant::now();
        drop(pace.permission().await.unwrap());
        assert!(began.elapsed() >= Duration::from_secs(7));
        pace.pause(Duration::from_hours(1));
        assert!(matches!(pace.permission().await, Err(SiteError::Busy { .. })));
    }

    #[tokio::test]
    async fn the_administrators_bound_holds() {
        let pace = Pace::new(Some(200));
        let began = std::time::Instant::now();
        for _ in 0..60 {
            drop(pace.permission().await.unwrap());
        }
        // 20 at once, the other 40 at 200 a second.
        assert!(began.elapsed() >= Duration::from_millis(190), "{:?}", began.elapsed());
    }
}
