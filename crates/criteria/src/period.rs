//! Lengths of time as people write them: `90d`, `6M`.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is what its name says")]
pub enum Unit {
    #[serde(rename = "h")]
    Hour,
    #[serde(rename = "d")]
    Day,
    #[serde(rename = "w")]
    Week,
    #[serde(rename = "M")]
    Month,
    #[serde(rename = "y")]
    Year,
}

impl Unit {
    pub(crate) const ALL: [Self; 5] = [Self::Hour, Self::Day, Self::Week, Self::Month, Self::Year];

    /// As it is written.
    pub const fn letter(self) -> char {
        match self {
            Self::Hour => 'h',
            Self::Day => 'd',
            Self::Week => 'w',
            Self::Month => 'M',
            Self::Year => 'y',
        }
    }

    const fn noun(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// How many make a thousand years: more than anybody means, and little enough to count with.
    pub(crate) const fn most(self) -> u32 {
        match self {
            Self::Hour => 8_766_000,
            Self::Day => 365_250,
            Self::Week => 52_178,
            Self::Month => 12_000,
            Self::Year => 1_000,
        }
    }
}

/// A number of units. Days, weeks, months and years are those of the calendar in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

impl Period {
    /// The instant that lies so long before `now`.
    pub fn before(self, now: Timestamp) -> Timestamp {
        let count = i64::from(self.count.min(self.unit.most()));
        let span = match self.unit {
            Unit::Hour => Span::new().try_hours(count),
            Unit::Day => Span::new().try_days(count),
            Unit::Week => Span::new().try_weeks(count),
            Unit::Month => Span::new().try_months(count),
            Unit::Year => Span::new().try_years(count),
        };
        let before = span.and_then(|span| now.to_zoned(TimeZone::UTC).checked_sub(span));
        before.map_or(Timestamp::MIN, |zoned| zoned.timestamp())
    }

    /// In words: `90 days`.
    pub fn words(self) -> String {
        let plural = if self.count == 1 { "" } else { "s" };
        format!("{} {}{plural}", self.count, self.unit.noun())
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.letter())
    }
}

#[cfg(test)]
mod tests {
    use super::{Period, Unit};
    use jiff::Timestamp;

    #[test]
    fn months_and_years_are_those_of_the_calendar() {
        let now: Timestamp = "2024-05-31T12:00:00Z".parse().unwrap();
        let before = |count, unit| Period { count, unit }.before(now).to_string();
        assert_eq!(before(3, Unit::Hour), "2024-05-31T09:00:00Z");
        assert_eq!(before(90, Unit::Day), "2024-03-02T12:00:00Z");
        assert_eq!(before(2, Unit::Week), "2024-05-17T12:00:00Z");
        assert_eq!(before(3, Unit::Month), "2024-02-29T12:00:00Z");
        assert_eq!(before(1, Unit::Year), "2023-05-31T12:00:00Z");
        for unit in Unit::ALL {
            assert!(Period { count: u32::MAX, unit }.before(now) < now);
        }
    }
}
