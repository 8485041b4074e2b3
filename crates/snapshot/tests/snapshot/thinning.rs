//! Thinning keeps what it should, and what it keeps it keeps.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rollcall_snapshot::{Thinning, kept};
use std::collections::BTreeSet;

fn at(text: &str) -> Timestamp {
    format!("{text}T06:00:00Z").parse().unwrap()
}

fn left(taken: &[Timestamp], keep: Thinning) -> Vec<Timestamp> {
    taken.iter().zip(kept(taken, keep)).filter(|(_, kept)| *kept).map(|(at, _)| *at).collect()
}

/// Some months of instants, several on a day now and then.
fn taken() -> impl Strategy<Value = Vec<Timestamp>> {
    let instants = proptest::collection::vec(0..60 * 24 * 500i64, 0..120);
    instants.prop_map(|minutes| {
        minutes.into_iter().map(|m| at("2025-01-01") + SignedDuration::from_mins(m)).collect()
    })
}

fn thinning() -> impl Strategy<Value = Thinning> {
    (0..10u16, 0..8u16, 0..14u16).prop_map(|(daily, weekly, monthly)| Thinning { daily, weekly, monthly })
}

proptest! {
    #[test]
    fn the_newest_is_always_kept(taken in taken(), keep in thinning()) {
        prop_assert_eq!(left(&taken, keep).into_iter().max(), taken.iter().copied().max());
    }

    #[test]
    fn thinning_twice_is_thinning_once(taken in taken(), keep in thinning()) {
        let once = left(&taken, keep);
        prop_assert_eq!(left(&once, keep), once);
    }

    #[test]
    fn no_more_are_kept_than_there_are_periods(taken in taken(), keep in thinning()) {
        let most = usize::from(keep.daily + keep.weekly + keep.monthly).max(1);
        prop_assert!(left(&taken, keep).len() <= most);
    }

    #[test]
    fn whoever_keeps_more_periods_keeps_every_one_kept_before(taken in taken(), keep in thinning(), more in thinning()) {
        let more = Thinning {
            daily: keep.daily + more.daily, weekly: keep.weekly + more.weekly, monthly: keep.monthly + more.monthly,
        };
        for (few, many) in kept(&taken, keep).into_iter().zip(kept(&taken, more)) {
            prop_assert!(many || !few);
        }
    }

    #[test]
    fn the_order_in_which_they_are_listed_does_not_count(taken in taken(), keep in thinning()) {
        let set = |taken: &[Timestamp]| left(taken, keep).into_iter().collect::<BTreeSet<_>>();
        let mut turned = taken.clone();
        turned.reverse();
        prop_assert_eq!(set(&taken), set(&turned));
    }
}

#[test]
fn thinned_every_day_for_two_years_there_is_still_one_of_each_of_twelve_months() {
    let keep = Thinning::default();
    let mut there = Vec::new();
    for day in 0..730 {
        there.push(at("2025-01-01") + SignedDuration::from_hours(24 * day));
        there = left(&there, keep);
    }
    let months: BTreeSet<_> =
        there.iter().map(|t| t.to_zoned(TimeZone::UTC).date().first_of_month()).collect();
    assert_eq!(months.len(), 12, "{there:?}");
    assert!(there.len() <= 7 + 5 + 12);
    let newest = *there.last().unwrap();
    for day in 0..7 {
        assert!(there.contains(&(newest - SignedDuration::from_hours(24 * day))), "{there:?}");
    }
}

#[test]
fn a_site_that_is_read_seldom_keeps_what_it_has() {
    let seldom = [at("2021-03-01"), at("2023-07-14"), at("2026-01-02")];
    assert_eq!(kept(&seldom, Thinning::default()), [true; 3]);
}

#[test]
fn of_a_day_the_last_one_is_kept() {
    let day = [at("2026-11-22"), at("2026-11-22") + SignedDuration::from_hours(5), at("2026-11-23")];
    assert_eq!(kept(&day, Thinning { daily: 2, weekly: 0, monthly: 0 }), [false, true, true]);
}
