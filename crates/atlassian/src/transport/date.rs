//! What the site's clock says: every answer carries a `Date`, to the second.

use jiff::{SignedDuration, Timestamp};
use std::sync::{Mutex, PoisonError};
use tokio::time::Instant;

/// The newest `Date`, and when it came.
#[derive(Default)]
pub(super) struct ServerClock(Mutex<Option<(Timestamp, Instant)>>);

impl ServerClock {
    /// Takes note of a `Date` header (RFC 9110 §5.6.7).
    pub(super) fn read(&self, date: &str) {
        if let Ok(at) = jiff::fmt::rfc2822::parse(date) {
            let seen = Some((at.timestamp(), Instant::now()));
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = seen;
        }
    }

    /// What it says now, if it goes on as clocks do.
    pub(super) fn now(&self) -> Option<Timestamp> {
        let (at, seen) = (*self.0.lock().unwrap_or_else(PoisonError::into_inner))?;
        at.checked_add(SignedDuration::try_from(seen.elapsed()).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::ServerClock;

    #[tokio::test(start_paused = true)]
    async fn it_goes_on_from_the_last_answer() {
        let clock = ServerClock::default();
        assert_eq!(clock.now(), None);
        clock.read("Sun, 22 Nov 2026 06:00:00 GMT");
        clock.read("yesterday");
        tokio::time::advance(std::time::Duration::from_secs(5)).await;
        assert_eq!(clock.now().map(|now| now.to_string()).as_deref(), Some("2026-11-22T06:00:05Z"));
    }
}
