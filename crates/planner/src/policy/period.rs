//! A length of time as a policy writes it.

use jiff::SignedDuration;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// A length of time in whole hours, written `12h`, `7d` (24 hours each) or `2w`. Two weeks and fourteen days are the same period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    hours: u32,
}

/// A text that is not a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{text}\" is not a length of time: write a whole number and `h`, `d` or `w`, such as 24h, 7d or 2w, at most {} days",
    Period::MAX_DAYS
)]
pub struct PeriodError {
    text: String,
}

impl Period {
    const MAX_DAYS: u32 = 3660;

    /// That many hours.
    pub const fn hours(hours: u32) -> Self {
        Self { hours }
    }

    /// That many days of 24 hours.
    pub const fn days(days: u32) -> Self {
        Self { hours: days.saturating_mul(24) }
    }

    /// As an exact duration.
    pub const fn duration(self) -> SignedDuration {
        SignedDuration::from_secs(self.hours as i64 * 3600)
    }

    /// Whether it is no time at all: a rule with such a period is switched off.
    pub const fn is_zero(self) -> bool {
        self.hours == 0
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.hours.is_multiple_of(24) {
            write!(f, "{}d", self.hours / 24)
        } else {
            write!(f, "{}h", self.hours)
        }
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let bad = || PeriodError { text: text.to_owned() };
        let text = text.trim();
        let unit = text.chars().next_back().ok_or_else(bad)?;
        let hours = match unit {
            'h' => 1,
            'd' => 24,
            'w' => 168,
            _ => return Err(bad()),
        };
        let number = &text[..text.len() - 1];
        if !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(bad());
        }
        let count: u32 = number.parse().map_err(|_| bad())?;
        let hours = count.checked_mul(hours).filter(|h| *h <= Self::MAX_DAYS * 24).ok_or_else(bad)?;
        Ok(Self { hours })
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Period {
    fn schema_name() -> Cow<'static, str> {
        "Period".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A length of time: a whole number and h, d or w.",
            "type": "string",
            "pattern": "^[0-9]+[hdw]$",
            "examples": ["24h", "7d", "2w"]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_printed_period_reads_back(hours in 0u32..80_000) {
            let period = Period::hours(hours);
            prop_assert_eq!(period.to_string().parse::<Period>().ok(), Some(period));
        }
    }

    #[test]
    fn a_period_needs_a_unit_and_a_sensible_size() {
        for bad in ["", "7", "d", "-7d", "1.5d", "7m", "7 d", "4000d", "99999999999w", "+7d", "7д"] {
            assert!(bad.parse::<Period>().is_err(), "{bad:?}");
        }
        assert_eq!("2w".parse::<Period>().ok(), Some(Period::days(14)));
    }
}
