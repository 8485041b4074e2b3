//! A clock that moves when it is told to.

use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex, PoisonError};

/// A clock that stands still until it is set or ticked. Clones show the same time.
#[derive(Debug, Clone)]
pub struct MockClock(Arc<Mutex<Timestamp>>);

impl MockClock {
    /// A clock that shows that instant, as in `2026-11-22T06:00:00Z`.
    ///
    /// # Panics
    /// Where the text is not an instant.
    pub fn at(instant: &str) -> Self {
        let now = instant.parse().unwrap_or_else(|error| panic!("\"{instant}\" is not an instant: {error}"));
        Self(Arc::new(Mutex::new(now)))
    }

    /// What it shows.
    pub fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets it, forwards or backwards.
    pub fn set(&self, now: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Moves it on, and gives what it shows then.
    ///
    /// # Panics
    /// Beyond the end of time (year 9999).
    pub fn tick(&self, by: SignedDuration) -> Timestamp {
        let now =
            self.now().checked_add(by).unwrap_or_else(|error| panic!("the clock cannot go on: {error}"));
        self.set(now);
        now
    }
}

#[cfg(test)]
mod tests {
    use super::MockClock;
    use jiff::SignedDuration;

    #[test]
    fn the_clock_stands_still_until_it_is_moved() {
        let clock = MockClock::at("2026-11-22T06:00:00Z");
        let same = clock.clone();
        assert_eq!(clock.now(), clock.now());
        clock.tick(SignedDuration::from_hours(24));
        assert_eq!(same.now().to_string(), "2026-11-23T06:00:00Z");
    }
}
