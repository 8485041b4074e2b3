//! How soon after an event a policy that waits for it runs.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// A length of time in whole minutes, from one minute to a day, written `15m` or `2h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PollPeriod {
    minutes: u32,
}

/// A text that is no such length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{text}\" cannot be the time between two looks: write whole minutes or hours, such as 15m or 2h, from 1m to 24h"
)]
pub struct PollPeriodError {
    text: String,
}

impl PollPeriod {
    const MOST: u32 = 24 * 60;

    /// In whole minutes.
    pub const fn minutes(self) -> u32 {
        self.minutes
    }

    /// As an exact duration.
    pub const fn duration(self) -> jiff::SignedDuration {
        jiff::SignedDuration::from_mins(self.minutes as i64)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for PollPeriod {
    fn default() -> Self {
        Self { minutes: 15 }
    }
}

impl fmt::Display for PollPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.minutes.is_multiple_of(60) {
            write!(f, "{}h", self.minutes / 60)
        } else {
            write!(f, "{}m", self.minutes)
        }
    }
}

impl FromStr for PollPeriod {
    type Err = PollPeriodError;

    fn from_str(text: &str) -> Result<Self, PollPeriodError> {
        let bad = || PollPeriodError { text: rollcall_model::plain(text).chars().take(40).collect() };
        let (number, unit) = match text.trim() {
            trimmed if trimmed.ends_with('m') => (trimmed.trim_end_matches('m'), 1),
            trimmed if trimmed.ends_with('h') => (trimmed.trim_end_matches('h'), 60),
            _ => return Err(bad()),
        };
        if number.is_empty()
            || !number.bytes().all(|b| b.is_ascii_digit())
            || number.len() + 1 != text.trim().len()
        {
            return Err(bad());
        }
        let count: u32 = number.parse().map_err(|_| bad())?;
        let minutes = count.checked_mul(unit).filter(|m| (1..=Self::MOST).contains(m)).ok_or_else(bad)?;
        Ok(Self { minutes })
    }
}

impl Serialize for PollPeriod {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PollPeriod {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for PollPeriod {
    fn schema_name() -> Cow<'static, str> {
        "PollPeriod".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A length of time from one minute to a day: a whole number and m or h.",
            "type": "string",
            "pattern": "^[0-9]+[mh]$",
            "examples": ["15m", "2h"]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_printed_poll_period_reads_back(minutes in 1u32..=1440) {
            let period = PollPeriod { minutes };
            prop_assert_eq!(period.to_string().parse::<PollPeriod>().ok(), Some(period));
        }
    }

    #[test]
    fn a_poll_period_needs_a_unit_and_a_sensible_size() {
        for bad in ["", "15", "m", "0m", "-5m", "1.5h", "25h", "1441m", "2d", "5mm", "5 m", "99999999999m"] {
            assert!(bad.parse::<PollPeriod>().is_err(), "{bad:?}");
        }
        assert_eq!("60m".parse::<PollPeriod>().map(|p| p.to_string()).as_deref(), Ok("1h"));
    }
}
