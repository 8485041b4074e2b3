//! How long attempts to sign in have to wait after failures.
//!
//! Failures are counted three times, in the database so that every node knows them: by the name and the address together, by the
//! address, and by the name alone. The first few cost nothing; then the wait doubles, up to a limit. A stranger who keeps trying a name
//! holds himself up, not its owner: from an address the owner signed in from before, failures made elsewhere do not count, and from
//! others they hold up for a minute at most. Attempts that have to wait are not made, not counted and not logged.

use super::{Origin, secret};
use jiff::{SignedDuration, Timestamp};
use rollcall_store::{AttemptKey, AttemptKind, Attempts};

/// After so long without a failure all of them are forgotten.
pub(crate) const FORGOTTEN: SignedDuration = SignedDuration::from_hours(24);

/// How the wait grows for one kind of count.
struct Schedule {
    /// So many failures cost nothing.
    free: u32,
    /// No wait is longer.
    longest: SignedDuration,
}

const fn schedule(kind: AttemptKind) -> Schedule {
    match kind {
        AttemptKind::Pair => Schedule { free: 5, longest: SignedDuration::from_mins(15) },
        // Several people may sit behind one address.
        AttemptKind::Address => Schedule { free: 30, longest: SignedDuration::from_mins(15) },
        // Whoever has many addresses is slowed down here; short, since it holds up the owner as well.
        AttemptKind::Name => Schedule { free: 50, longest: SignedDuration::from_mins(1) },
    }
}

/// How long to wait after so many failures: nothing, then a second, doubling.
fn wait(kind: AttemptKind, failures: u32) -> SignedDuration {
    let schedule = schedule(kind);
    if failures < schedule.free {
        return SignedDuration::ZERO;
    }
    let doublings = (failures - schedule.free).min(30);
    SignedDuration::from_secs(1 << doublings).min(schedule.longest)
}

/// Counts one more, or tells when the next may be made.
pub(crate) fn count(
    kind: AttemptKind,
    before: Option<Attempts>,
    now: Timestamp,
) -> Result<Attempts, Timestamp> {
    let before = before.filter(|before| now < before.failed_at.saturating_add(FORGOTTEN).unwrap_or(now));
    // A clock that was set back must not hold anybody up for longer than the longest wait.
    let latest = now.saturating_add(schedule(kind).longest).unwrap_or(now);
    if let Some(before) = before.filter(|before| before.free_at > now) {
        return Err(before.free_at.min(latest));
    }
    let failures = before.map_or(0, |before| before.failures).saturating_add(1);
    let free_at = now.saturating_add(wait(kind, failures)).unwrap_or(now);
    Ok(Attempts { failures, failed_at: now, free_at })
}

/// What an attempt is counted by. Where the operator signed in from that address before, it is no stranger's.
pub(super) fn keys(folded: &str, origin: &Origin, is_known_there: bool) -> Vec<AttemptKey> {
    let address = origin.network();
    let key = |kind, label, text: &str| AttemptKey { kind, subject: secret::labelled(label, text) };
    let mut keys = vec![
        key(AttemptKind::Address, "address", &address),
        key(AttemptKind::Pair, "pair", &format!("{address}\0{folded}")),
    ];
    if !is_known_there {
        keys.push(key(AttemptKind::Name, "name", folded));
    }
    keys
}

/// What attempts at the old password are counted by, when an operator changes their own.
pub(crate) fn own_password(id: &str) -> AttemptKey {
    AttemptKey { kind: AttemptKind::Pair, subject: secret::labelled("own password", id) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn now() -> Timestamp {
        "2026-11-22T06:00:00Z".parse().unwrap()
    }

    fn kinds() -> impl Strategy<Value = AttemptKind> {
        proptest::sample::select(AttemptKind::ALL)
    }

    #[test]
    fn the_first_few_cost_nothing_and_then_the_wait_doubles() {
        let waits: Vec<_> = (1..=10).map(|n| wait(AttemptKind::Pair, n).as_secs()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32]);
        assert_eq!(wait(AttemptKind::Pair, 1000), SignedDuration::from_mins(15));
        assert_eq!(wait(AttemptKind::Name, u32::MAX), SignedDuration::from_mins(1));
    }

    proptest! {
        #[test]
        fn more_failures_never_wait_less_nor_longer_than_the_limit(kind in kinds(), failures in 0..100_000_u32) {
            prop_assert!(wait(kind, failures) <= wait(kind, failures + 1));
            prop_assert!(wait(kind, failures) <= schedule(kind).longest);
        }

        /// Whoever guesses as fast as he may gets no further than this.
        #[test]
        fn a_day_of_guessing_is_bounded(kind in kinds()) {
            let (mut at, mut guesses, mut state) = (now(), 0_i64, None);
            let end = now() + SignedDuration::from_hours(24);
            while at < end {
                match count(kind, state, at) {
                    Ok(next) => { guesses += 1; at = at.max(next.free_at); state = Some(next); }
                    Err(free_at) => { prop_assert!(free_at > at); at = free_at; }
                }
            }
            let longest = schedule(kind).longest.as_secs();
            prop_assert!(guesses <= i64::from(schedule(kind).free) + 12 + 86_400 / longest, "{guesses}");
        }

        #[test]
        fn a_wait_ends_and_old_failures_are_forgotten(kind in kinds(), failures in 1..1000_u32, ago in 0..200_000_i64) {
            let failed_at = now() - SignedDuration::from_secs(ago);
            let free_at = failed_at + wait(kind, failures);
            let state = Attempts { failures, failed_at, free_at };
            match count(kind, Some(state), now()) {
                Ok(next) if ago >= FORGOTTEN.as_secs() => prop_assert_eq!(next.failures, 1),
                Ok(next) => prop_assert_eq!(next.failures, failures + 1),
                Err(at) => { prop_assert!(at > now() && at <= now() + schedule(kind).longest); }
            }
        }
    }
}
