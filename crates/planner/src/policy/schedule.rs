//! When a policy runs: a cron pattern in a time zone.

use super::schedule_words;
use crate::nearest::suggestion;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt;

/// When a policy runs. Always valid: the pattern fires, the time zone exists.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Minute, hour, day of month, month, day of week; as in crontab. When both days are restricted, either is enough.
    cron: String,
    /// IANA name such as Pacific/Auckland. Default UTC.
    #[serde(default)]
    timezone: String,
    #[serde(skip)]
    #[schemars(skip)]
    pattern: Cron,
    #[serde(skip)]
    #[schemars(skip)]
    zone: TimeZone,
}

/// A schedule that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// The pattern cannot be read.
    #[error(
        "\"{cron}\" is not a cron pattern: {reason}. Write minute, hour, day of month, month and day of week, such as \"0 6 * * SAT\""
    )]
    Pattern {
        /// As given.
        cron: String,
        /// What is wrong.
        reason: String,
    },
    /// The pattern can be read and never comes true, such as on 30 February.
    #[error("the cron pattern \"{cron}\" never fires: there is no such day")]
    NeverFires {
        /// As given.
        cron: String,
    },
    /// No such time zone.
    #[error("\"{timezone}\" is not a time zone of the IANA database{suggestion}")]
    TimeZone {
        /// As given.
        timezone: String,
        /// The nearest that exists, in words; may be empty.
        suggestion: String,
    },
}

/// Occurrences that have passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    /// The last of them.
    pub latest: Timestamp,
    /// How many.
    pub count: u32,
    /// Whether there are more than that.
    pub is_more: bool,
}

impl Schedule {
    /// The time zone of a schedule that names none.
    pub const DEFAULT_TIMEZONE: &'static str = "UTC";

    /// Reads pattern and time zone, and makes sure that the pattern fires at all.
    pub fn new(cron: &str, timezone: &str) -> Result<Self, ScheduleError> {
        let zone = time_zone(timezone)?;
        let cron = cron.split_whitespace().collect::<Vec<_>>().join(" ");
        let bad = |reason: String| ScheduleError::Pattern { cron: cron.clone(), reason };
        if cron.starts_with('@') {
            return Err(bad("short names are not read".to_owned()));
        }
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let pattern = parser.parse(&cron).map_err(|error| {
            let reason = error.to_string();
            let reason = reason.split_once(": ").map_or(reason.as_str(), |(_, rest)| rest);
            bad(reason.trim_end_matches('.').to_owned())
        })?;
        let schedule = Self { cron: cron.clone(), timezone: timezone.to_owned(), pattern, zone };
        // Leap days, and every weekday on every date, occur within 28 years of any instant.
        if schedule.next_after(Timestamp::UNIX_EPOCH).is_none() {
            return Err(ScheduleError::NeverFires { cron });
        }
        Ok(schedule)
    }

    /// The pattern, with single spaces.
    pub fn cron(&self) -> &str {
        &self.cron
    }

    /// The name of the time zone.
    pub fn timezone(&self) -> &str {
        &self.timezone
    }

    /// The first instant after `instant` at which the policy is due. A time at the wall that a change of clocks skips falls at the first instant after
    /// it; one that it repeats falls once. A pattern of every hour goes on through an hour that is repeated.
    pub fn next_after(&self, instant: Timestamp) -> Option<Timestamp> {
        // Matches are looked for at the wall of a place whose clocks never change, and put into the zone one by one.
        let mut wall = instant.to_zoned(self.zone.clone()).datetime();
        let repeated = self.repeated_after(instant);
        loop {
            wall = self.next_match(wall, false)?;
            let at = self.first_instant(wall)?;
            if let Some(repeated) = repeated.filter(|repeated| *repeated < at) {
                return Some(repeated);
            }
            if at > instant {
                return Some(at);
            }
        }
    }

    /// The next time at the wall that matches, whatever the clocks do.
    fn next_match(&self, wall: DateTime, inclusive: bool) -> Option<DateTime> {
        let start = wall.to_zoned(TimeZone::UTC).ok()?;
        Some(self.pattern.find_next_occurrence(&start, inclusive).ok()?.datetime())
    }

    /// When the wall shows that time first; where it never does, when its clocks jump over it.
    fn first_instant(&self, wall: DateTime) -> Option<Timestamp> {
        match self.zone.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => {
                offset.to_timestamp(wall).ok()
            }
            AmbiguousOffset::Gap { before, .. } => {
                let behind =
                    before.to_timestamp(wall).ok()?.checked_add(SignedDuration::from_nanos(1)).ok()?;
                Some(self.zone.preceding(behind).next()?.timestamp())
            }
        }
    }

    /// For a pattern of every hour: what matches next while the clocks show an hour for the second time, or before they do so next.
    fn repeated_after(&self, instant: Timestamp) -> Option<Timestamp> {
        if self.cron.split(' ').nth(1) != Some("*") {
            return None;
        }
        let just_behind = instant.checked_add(SignedDuration::from_nanos(1)).ok()?;
        let last = self.zone.preceding(just_behind).next().map(|change| change.timestamp());
        let next = self.zone.following(instant).next().map(|change| change.timestamp());
        [last, next].into_iter().flatten().find_map(|change| {
            let before = self.zone.to_offset(change.checked_sub(SignedDuration::from_nanos(1)).ok()?);
            let after = self.zone.to_offset(change);
            let (first, end) = (after.to_datetime(change), before.to_datetime(change));
            let from = after.to_datetime(instant);
            let wall = if from < first { self.next_match(first, true) } else { self.next_match(from, false) };
            let wall = wall.filter(|wall| *wall < end)?;
            after.to_timestamp(wall).ok().filter(|at| *at > instant)
        })
    }

    /// The next `count` instants.
    pub fn upcoming(&self, after: Timestamp, count: usize) -> Vec<Timestamp> {
        std::iter::successors(self.next_after(after), |at| self.next_after(*at)).take(count).collect()
    }

    /// Which occurrences have passed from `due` on, itself included, up to `now`; `None` where `due` is still to come.
    pub fn passed(&self, due: Timestamp, now: Timestamp) -> Option<Passed> {
        /// So many are counted; nobody is helped by a larger number.
        const COUNTED: u32 = 1000;
        if due > now {
            return None;
        }
        let (mut latest, mut count) = (due, 1);
        while count < COUNTED {
            match self.next_after(latest).filter(|next| *next <= now) {
                Some(next) => (latest, count) = (next, count + 1),
                None => return Some(Passed { latest, count, is_more: false }),
            }
        }
        // Too many to walk: the last one is looked for from the end.
        let mut span = SignedDuration::from_mins(1);
        while let Ok(from) = now.checked_sub(span)
            && from > latest
        {
            if self.next_after(from).is_some_and(|at| at <= now) {
                latest = from;
                break;
            }
            span = span.checked_mul(2).unwrap_or(SignedDuration::MAX);
        }
        while let Some(next) = self.next_after(latest).filter(|next| *next <= now) {
            latest = next;
        }
        Some(Passed { latest, count, is_more: true })
    }

    /// In words: `every Saturday at 06:00, Pacific/Auckland`.
    pub fn describe(&self) -> String {
        let words = schedule_words::words(&self.cron);
        let words = words.unwrap_or_else(|| {
            let words = self.pattern.describe();
            let words = words.trim_end_matches('.');
            words.strip_prefix("At ").unwrap_or(words).to_owned()
        });
        format!("{words}, {}", self.timezone)
    }
}

impl PartialEq for Schedule {
    fn eq(&self, other: &Self) -> bool {
        self.cron == other.cron && self.timezone == other.timezone
    }
}
impl Eq for Schedule {}

impl fmt::Debug for Schedule {
    /// Without the compiled pattern, which is a page long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Schedule({:?}, {:?})", self.cron, self.timezone)
    }
}

pub(crate) fn time_zone(name: &str) -> Result<TimeZone, ScheduleError> {
    TimeZone::get(name).map_err(|_| {
        let known: Vec<String> = jiff::tz::db().available().map(|n| n.to_string()).collect();
        // "Auckland" is nearer to "Pacific/Auckland" than any edit distance tells.
        let by_city =
            known.iter().find(|k| k.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(name)));
        let suggestion = match by_city {
            Some(zone) => format!("; did you mean \"{zone}\"?"),
            None => suggestion(name, known.iter().map(String::as_str)),
        };
        ScheduleError::TimeZone { timezone: name.to_owned(), suggestion }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_policy_runs_at_the_hour_of_its_own_time_zone_whatever_the_clocks_do() {
        let saturday = Schedule::new("0 6 * * SAT", "Pacific/Auckland").unwrap();
        // Daylight saving ends there on 5 April 2026: the hour at the wall stays, the instant moves.
        assert_eq!(
            saturday.upcoming(at("2026-04-01T00:00:00Z"), 2),
            [at("2026-04-03T17:00:00Z"), at("2026-04-10T18:00:00Z")]
        );
    }

    #[test]
    fn a_time_that_the_clocks_skip_still_comes_once() {
        let skipped = Schedule::new("30 2 * * *", "Europe/Berlin").unwrap();
        let days = skipped.upcoming(at("2026-03-28T12:00:00Z"), 2);
        assert_eq!(days.len(), 2);
        assert!(days[0] >= at("2026-03-29T01:00:00Z") && days[0] < at("2026-03-29T02:00:00Z"), "{days:?}");
        assert_eq!(days[1], at("2026-03-30T00:30:00Z"));
    }

    /// The times at the wall, with their offset, of a day.
    fn on(cron: &str, zone: &str, day: &str) -> Vec<String> {
        let schedule = Schedule::new(cron, zone).unwrap();
        let zone = TimeZone::get(zone).unwrap();
        let day: jiff::civil::Date = day.parse().unwrap();
        let begin = day.to_zoned(zone.clone()).unwrap().timestamp() - SignedDuration::from_nanos(1);
        let times = std::iter::successors(schedule.next_after(begin), |at| schedule.next_after(*at));
        let times = times.map(|at| at.to_zoned(zone.clone())).take_while(|at| at.date() == day);
        times.map(|at| at.strftime("%H:%M%z").to_string()).collect()
    }

    #[test]
    fn no_time_is_lost_in_spring_whatever_the_pattern() {
        let day = "2027-03-28";
        let berlin = |cron| on(cron, "Europe/Berlin", day);
        assert_eq!(berlin("0 2,14 * * *"), ["03:00+0200", "14:00+0200"]);
        assert_eq!(berlin("0,30 2 28 3 *"), ["03:00+0200"]);
        assert_eq!(berlin("15-20/5 2 28 3 *"), ["03:00+0200"]);
        assert_eq!(berlin("0 1-3 * * *"), ["01:00+0100", "03:00+0200"]);
        assert_eq!(
            berlin("30 0-4 * * *"),
            ["00:30+0100", "01:30+0100", "03:00+0200", "03:30+0200", "04:30+0200"]
        );
        assert_eq!(berlin("0 * * * *").len(), 23);
        // On an island that goes over the date line a day is missing: what was due then comes as the next begins.
        assert_eq!(on("0 6 30 12 *", "Pacific/Apia", "2011-12-31"), ["00:00+1400"]);
        assert_eq!(on("0 6 * * *", "Pacific/Apia", "2011-12-31"), ["00:00+1400", "06:00+1400"]);
    }

    #[test]
    fn no_time_comes_twice_in_autumn_but_every_hour_is_every_hour() {
        let day = "2027-10-31";
        let berlin = |cron| on(cron, "Europe/Berlin", day);
        assert_eq!(berlin("0 2,14 * * *"), ["02:00+0200", "14:00+0100"]);
        assert_eq!(berlin("0,30 2 31 10 *"), ["02:00+0200", "02:30+0200"]);
        assert_eq!(berlin("0 1-3 * * *"), ["01:00+0200", "02:00+0200", "03:00+0100"]);
        assert_eq!(berlin("0 */2 * * *")[..3], ["00:00+0200", "02:00+0200", "04:00+0100"]);
        assert_eq!(berlin("0 * * * *").len(), 25);
        assert_eq!(
            berlin("*/30 * * * *")[3..8],
            ["01:30+0200", "02:00+0200", "02:30+0200", "02:00+0100", "02:30+0100"]
        );
        assert_eq!(berlin("* * * * *").len(), 25 * 60);
        // Half an hour, on Lord Howe Island.
        assert_eq!(
            on("*/15 * * * *", "Australia/Lord_Howe", "2027-04-04")[6..12],
            ["01:30+1100", "01:45+1100", "01:30+1030", "01:45+1030", "02:00+1030", "02:15+1030"]
        );
    }

    #[test]
    fn every_time_at_the_wall_comes_once_in_every_zone() {
        for zone in
            ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia"]
        {
            for hour in 0..24 {
                let schedule = Schedule::new(&format!("10,40 {hour} * * *"), zone).unwrap();
                let year = schedule.upcoming(at("2010-12-31T23:00:00Z"), 4 * 365 * 2);
                assert!(year.is_sorted_by(|earlier, later| earlier < later));
                let zone = TimeZone::get(zone).unwrap();
                let days: std::collections::BTreeSet<_> =
                    year.iter().map(|at| at.to_zoned(zone.clone()).date()).collect();
                // Where both times of a day are skipped they come together; nowhere are there more than two a day.
                assert!(days.len() >= year.len() / 2, "{hour}: {} times on {} days", year.len(), days.len());
                let first = days.first().unwrap();
                let last = days.last().unwrap();
                let missing = (*last - *first).get_days() + 1 - days.len() as i32;
                assert!((0..=1).contains(&missing), "{hour}: {missing} days without a run");
            }
        }
    }

    #[test]
    fn a_pattern_that_never_fires_is_an_error() {
        for never in ["0 0 30 2 *", "0 0 31 4,6,9,11 *"] {
            assert!(
                matches!(Schedule::new(never, "UTC"), Err(ScheduleError::NeverFires { .. })),
                "{never}: {:?}",
                Schedule::new(never, "UTC")
            );
        }
        let leap = Schedule::new("0 0 29 2 *", "UTC").unwrap();
        assert_eq!(leap.next_after(at("2026-01-01T00:00:00Z")), Some(at("2028-02-29T00:00:00Z")));
    }

    #[test]
    fn a_pattern_that_is_none_says_how_one_is_written() {
        for bad in [
            "",
            "soon",
            "0 6 * *",
            "0 0 6 * * SAT",
            "60 6 * * *",
            "0 6 * * XYZ",
            "@daily",
            "0 6 * * SAT 2027",
        ] {
            let error = Schedule::new(bad, "UTC").expect_err(bad).to_string();
            assert!(error.contains("0 6 * * SAT"), "{error}");
        }
    }

    #[test]
    fn an_unknown_time_zone_names_the_nearest() {
        let error = |zone| Schedule::new("0 6 * * *", zone).unwrap_err().to_string();
        assert!(
            error("Pacific/Aukland").contains("did you mean \"Pacific/Auckland\"?"),
            "{}",
            error("Pacific/Aukland")
        );
        assert!(error("auckland").contains("Pacific/Auckland"), "{}", error("auckland"));
        assert!(!error("the moon over the mountains").contains("did you mean"));
    }

    #[test]
    fn a_schedule_is_told_in_words() {
        let words = |cron| Schedule::new(cron, "UTC").unwrap().describe();
        assert_eq!(words("0 6 * * SAT"), "every Saturday at 06:00, UTC");
        assert_eq!(words("5  18 * * *"), "every day at 18:05, UTC");
        assert_eq!(words("0 6 * * 1,3"), "every Monday and Wednesday at 06:00, UTC");
        assert_eq!(words("0 6 * * MON-FRI"), "Monday to Friday at 06:00, UTC");
        assert_eq!(words("30 1 1 * *"), "on day 1 of every month at 01:30, UTC");
        assert_eq!(words("*/15 * * * *"), "every 15 minutes, UTC");
        assert_eq!(words("*/7 * * * *"), "every 7 minutes from each full hour on, UTC");
        assert_eq!(words("*/45 * * * *"), "every hour at minutes 0 and 45, UTC");
        assert_eq!(words("*/90 * * * *"), "every hour, UTC");
        assert_eq!(words("0 */5 * * *"), "every day every 5 hours from 00:00 on, UTC");
        assert_eq!(words("15 */7 * * MON"), "every Monday every 7 hours from 00:15 on, UTC");
        assert_eq!(words("0 */12 * * *"), "every 12 hours, UTC");
        assert_eq!(words("0 */30 * * *"), "every day at 00:00, UTC");
        assert_eq!(words("*/25 6 * * *"), "every day at 06:00, 06:25 and 06:50, UTC");
        assert_eq!(words("*/7 6-8 * * *"), "every 7 minutes from each full hour on from 06:00 to 08:59, UTC");
    }
}
