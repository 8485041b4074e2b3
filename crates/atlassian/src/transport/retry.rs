//! What may be asked again, when, and how often.
//!
//! A read: after a cut, a time-out, a 5xx, a 429. A write: after a 429 only, which says that nothing was done.
//! A refusal of the credentials never comes here: it closes the transport.

use super::LONGEST_PATIENCE;
use super::answer::{Answer, Limits};
use super::pace::Pace;
use super::trouble::Trouble;
use rollcall_site::SiteError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How often a read is sent at most when answers fail.
const READ_ATTEMPTS: u32 = 5;
/// A plain 500 is more often the request's own doing than a passing trouble.
const READ_ATTEMPTS_AT_500: u32 = 3;
/// How often a request that is turned away by a 429 is sent at most.
const THROTTLED_ATTEMPTS: u32 = 10;
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// What to do next.
pub(super) enum Next {
    /// The answer stands.
    Take(Answer),
    /// Once more, after this long.
    Again { after: Duration },
    /// No more.
    GiveUp(SiteError),
}

/// The tries of one request so far.
pub(super) struct Attempts {
    is_write: bool,
    failed: u32,
    throttled: u32,
}

impl Attempts {
    pub(super) fn new(is_write: bool) -> Self {
        Self { is_write, failed: 0, throttled: 0 }
    }

    /// A 429: the whole site pauses, not only this request (I10).
    pub(super) fn after_throttling(&mut self, answer: &Answer, pace: &Pace) -> Next {
        let limits = Limits::read(answer);
        if limits.is_block() {
            return Next::GiveUp(SiteError::Blocked {
                reason: format!(
                    "{}. An administrator of the site must allow the account that Rollcall uses in its rate limiting",
                    answer.message()
                ),
            });
        }
        self.throttled += 1;
        let asked = limits.retry_after.map(Duration::from_secs).unwrap_or_default();
        let pause = if asked.is_zero() { backoff(self.throttled) } else { asked };
        if pause > LONGEST_PATIENCE || self.throttled >= THROTTLED_ATTEMPTS {
            pace.pause(pause);
            return Next::GiveUp(SiteError::Busy { retry_after: pause });
        }
        pace.pause(pause);
        // The pause is kept where permission is asked for; here only the herd is spread a little.
        Next::Again { after: jitter(Duration::from_millis(20)) }
    }

    /// Any other answer.
    pub(super) fn after_answer(&mut self, answer: Answer) -> Next {
        let attempts = match answer.status() {
            500 => READ_ATTEMPTS_AT_500,
            502..=504 => READ_ATTEMPTS,
            _ => return Next::Take(answer),
        };
        if self.is_write {
            return Next::Take(answer);
        }
        self.failed += 1;
        if self.failed >= attempts {
            let reason = format!("{} answered {} times with {}", answer.url(), self.failed, answer.message());
            return Next::GiveUp(SiteError::Unanswered { may_have_taken_effect: false, reason });
        }
        let asked = Limits::read(&answer).retry_after.map(Duration::from_secs).unwrap_or_default();
        Next::Again { after: backoff(self.failed).max(asked.min(LONGEST_WAIT)) }
    }

    /// No answer. `has_answered`: the site was there before, so that a refused connection is probably a restart.
    pub(super) fn after_trouble(&mut self, trouble: Trouble, has_answered: bool) -> Next {
        self.failed += 1;
        let may_repeat = !self.is_write && self.failed < READ_ATTEMPTS;
        match trouble {
            Trouble::NotReached { is_final: false, .. } if may_repeat && has_answered => {
                Next::Again { after: backoff(self.failed + 1) }
            }
            Trouble::NotReached { url, reason, .. } => Next::GiveUp(SiteError::Unreachable { url, reason }),
            Trouble::Cut { .. } if may_repeat => Next::Again { after: backoff(self.failed) },
            Trouble::Cut { reason } => {
                Next::GiveUp(SiteError::Unanswered { may_have_taken_effect: self.is_write, reason })
            }
            Trouble::TooLarge { .. } if self.is_write => Next::GiveUp(SiteError::Unanswered {
                may_have_taken_effect: true,
                reason: trouble.to_string(),
            }),
            Trouble::TooLarge { .. } => Next::GiveUp(SiteError::Incomplete { reason: trouble.to_string() }),
        }
    }
}

/// Doubling waits, each with up to half of itself on top.
fn backoff(tries: u32) -> Duration {
    let wait = FIRST_WAIT.saturating_mul(1 << (tries.clamp(1, 10) - 1)).min(LONGEST_WAIT);
    wait + jitter(wait / 2)
}

/// A share of `most`, different each time and in each process, so that clients do not come back in step. Nothing depends on it
/// being hard to guess.
fn jitter(most: Duration) -> Duration {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let mut mixed = COUNTER
        .fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed)
        .wrapping_add(u64::from(std::process::id()) << 32);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    most.mul_f64(f64::from((mixed >> 40) as u32) / f64::from(1_u32 << 24))
}
