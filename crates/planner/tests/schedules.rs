//! Schedules over the changes of clocks, in many zones and years: nothing is due twice, nothing is lost, wherever one looks from.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rollcall_planner::Schedule;
use std::collections::BTreeMap;

/// Zones that change their clocks by an hour, by half an hour, at midnight, in either half of the world, around Ramadan, or never.
const ZONES: [&str; 12] = [
    "UTC",
    "Europe/Berlin",
    "Europe/Dublin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Havana",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Tehran",
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "Australia/Lord_Howe",
];

const PATTERNS: [&str; 12] = [
    "*/15 * * * *",
    "7 * * * *",
    "30 */2 * * *",
    "0 0 * * *",
    "30 1 * * *",
    "30 2 * * *",
    "15 0,2,3 * * SUN",
    "59 23 L * *",
    "0 6 * * SAT",
    "0 3 29 2 *",
    "30 2 * * SUN#L",
    "0 12 1,15 * MON",
];

fn zone() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&ZONES[..])
}

/// Any second from 1996 to 2045.
fn instant() -> impl Strategy<Value = Timestamp> {
    (820_454_400_i64..2_366_841_600).prop_map(|second| Timestamp::from_second(second).expect("an instant"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn occurrences_come_one_after_the_other_and_are_the_same_wherever_one_looks_from(
        cron in prop::sample::select(&PATTERNS[..]),
        zone in zone(),
        start in instant(),
        part in 0_i64..1000,
    ) {
        let schedule = Schedule::new(cron, zone).expect("a schedule");
        let occurrences = schedule.upcoming(start, 40);
        prop_assert_eq!(occurrences.len(), 40);
        prop_assert!(occurrences[0] > start);
        for pair in occurrences.windows(2) {
            let (one, next) = (pair[0], pair[1]);
            prop_assert!(one < next, "{} {}: {} {}", cron, zone, one, next);
            // From anywhere between the two the next one is the next one: a restart loses and doubles nothing.
            let gap = next.duration_since(one).as_secs();
            for between in [one + SignedDuration::from_secs(gap * part / 1000), next - SignedDuration::from_secs(1)] {
                prop_assert_eq!(schedule.next_after(between), Some(next), "{} {} from {}", cron, zone, between);
            }
        }
    }

    #[test]
    fn a_time_of_day_comes_once_on_every_day_of_a_year(
        hour in 0_i8..24,
        minute in 0_i8..60,
        zone in zone(),
        year in 2000_i16..2040,
    ) {
        let schedule = Schedule::new(&format!("{minute} {hour} * * *"), zone).expect("a schedule");
        let time_zone = TimeZone::get(zone).expect("a zone");
        let first = Date::constant(year, 1, 1);
        let start = first.to_zoned(time_zone.clone()).expect("a day").timestamp() - SignedDuration::from_secs(1);
        let mut on: BTreeMap<Date, u32> = BTreeMap::new();
        for at in schedule.upcoming(start, 366) {
            let wall = at.to_zoned(time_zone.clone());
            *on.entry(wall.date()).or_default() += 1;
            let is_meant = wall.hour() == hour && wall.minute() == minute;
            // Otherwise the time was skipped, and this is the first instant after the gap.
            let before = (at - SignedDuration::from_nanos(1)).to_zoned(time_zone.clone());
            prop_assert!(is_meant || before.offset() != wall.offset(), "{}: {}", zone, wall);
        }
        let days = first.days_in_year();
        let expected = first.series(jiff::Span::new().days(1)).take(usize::try_from(days).expect("a count"));
        for day in expected {
            prop_assert_eq!(on.get(&day), Some(&1), "{} {}:{} on {}", zone, hour, minute, day);
        }
    }

    #[test]
    fn what_has_passed_is_counted_as_it_would_be_walked(
        cron in prop::sample::select(&PATTERNS[..]),
        zone in zone(),
        start in instant(),
        hours in 0_i64..2000,
    ) {
        let schedule = Schedule::new(cron, zone).expect("a schedule");
        let due = schedule.next_after(start).expect("an occurrence");
        let now = start + SignedDuration::from_hours(hours);
        let walked: Vec<_> = std::iter::successors(Some(due), |at| schedule.next_after(*at)).take_while(|at| *at <= now).collect();
        let passed = schedule.passed(due, now);
        prop_assert_eq!(passed.map(|p| p.latest), walked.last().copied());
        if let Some(passed) = passed {
            prop_assert_eq!(passed.is_more, walked.len() > 1000);
            prop_assert_eq!(passed.count as usize, walked.len().min(1000));
        }
    }
}

#[test]
fn a_day_that_an_island_skipped_is_made_up_for_at_once() {
    // Samoa went over the date line: there was no 30 December 2011.
    let schedule = Schedule::new("0 6 * * *", "Pacific/Apia").expect("a schedule");
    let from: Timestamp = "2011-12-29T12:00:00Z".parse().expect("an instant");
    let times = schedule.upcoming(from, 3);
    assert!(times.is_sorted() && times[0] < times[1] && times[1] < times[2], "{times:?}");
}
