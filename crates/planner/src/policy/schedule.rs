//! When a policy runs: a cron pattern in a time zone.

use super::schedule_words;
use crate::nearest::suggestion;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
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

    /// The first instant after `instant` at which the policy is due. A time that a change of clocks skips falls at the first instant after it;
    /// one that it repeats falls once.
    pub fn next_after(&self, instant: Timestamp) -> Option<Timestamp> {
        /// A whole day is missing where an island goes over the date line. Nothing is found in it; so it is looked again from behind it.
        const FROM_SECONDS: [i64; 3] = [0, 86_399, 2 * 86_399];
        FROM_SECONDS.into_iter().find_map(|later| {
            let start =
                instant.checked_add(SignedDuration::from_secs(later)).ok()?.to_zoned(self.zone.clone());
            let found: Zoned = self.pattern.find_next_occurrence(&start, false).ok()?;
            Some(found.timestamp()).filter(|at| *at > instant)
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
        assert!(words("*/7 * * * *").ends_with(", UTC"));
    }
}
