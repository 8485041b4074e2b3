//! Dates as Confluence spells them: three offsets, `Z`, epoch milliseconds, null (`confluence-data-center.md §2.4`).

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// What a date field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Moment {
    /// An instant.
    At(Timestamp),
    /// Null, empty or zero: never, or not recorded.
    Nothing,
    /// Something that cannot be read. It proves neither activity nor its absence.
    Unreadable,
}

impl Moment {
    /// The instant, if there is one.
    pub(crate) fn at(&self) -> Option<Timestamp> {
        match self {
            Self::At(instant) => Some(*instant),
            Self::Nothing | Self::Unreadable => None,
        }
    }

    fn read(value: &Value) -> Self {
        match value {
            Value::Null => Self::Nothing,
            Value::Number(number) => number.as_i64().map_or(Self::Unreadable, Self::from_milliseconds),
            Value::String(text) => Self::from_text(text.trim()),
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => Self::Unreadable,
        }
    }

    fn from_milliseconds(milliseconds: i64) -> Self {
        if milliseconds <= 0 {
            return Self::Nothing;
        }
        Timestamp::from_millisecond(milliseconds).map_or(Self::Unreadable, Self::At)
    }

    fn from_text(text: &str) -> Self {
        if text.is_empty() {
            return Self::Nothing;
        }
        if text.bytes().all(|b| b.is_ascii_digit() || b == b'-') && !text[1..].contains('-') {
            return text.parse().map_or(Self::Unreadable, Self::from_milliseconds);
        }
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Self::At(instant);
        }
        with_plain_offset(text).map_or(Self::Unreadable, Self::At)
    }
}

/// `…12.345+1000` and `…12.345+10`, should the parser of the standard forms refuse them.
fn with_plain_offset(text: &str) -> Option<Timestamp> {
    let sign = text.rfind(['+', '-']).filter(|position| *position > 10)?;
    let (local, offset) = text.split_at(sign);
    let digits: String = offset[1..].chars().filter(|c| *c != ':').collect();
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let hours: i32 = digits[..2].parse().ok()?;
    let minutes: i32 = if digits.len() == 4 { digits[2..].parse().ok()? } else { 0 };
    let seconds = (hours * 60 + minutes) * 60 * if offset.starts_with('-') { -1 } else { 1 };
    let offset = jiff::tz::Offset::from_seconds(seconds).ok()?;
    offset.to_timestamp(local.parse::<DateTime>().ok()?).ok()
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::read(&Value::deserialize(deserializer)?))
    }
}

/// A date field that may be missing: `None` = missing, which tells that the server does not serve it at all.
pub(crate) fn if_served<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Moment>, D::Error> {
    Moment::deserialize(deserializer).map(Some)
}

/// As the audit log wants its bounds: UTC, milliseconds, `Z` (`§4.9`).
pub(crate) fn in_utc(instant: Timestamp) -> String {
    format!("{instant:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    proptest! {
        #[test]
        fn one_instant_is_the_same_in_each_spelling(milliseconds in 1_i64..4_102_444_800_000, quarter in -47_i32..=56) {
            let instant = Timestamp::from_millisecond(milliseconds).unwrap();
            let offset = jiff::tz::Offset::from_seconds(quarter * 900).unwrap();
            let local = offset.to_datetime(instant);
            let sign = if quarter < 0 { '-' } else { '+' };
            let (hours, minutes) = (quarter.abs() / 4, quarter.abs() % 4 * 15);
            let spellings = [
                json!(format!("{local:.3}{sign}{hours:02}:{minutes:02}")),
                json!(format!("{local:.3}{sign}{hours:02}{minutes:02}")),
                json!(in_utc(instant)),
                json!(milliseconds),
                json!(milliseconds.to_string()),
            ];
            for spelling in spellings {
                prop_assert_eq!(Moment::read(&spelling), Moment::At(instant), "{}", spelling);
            }
        }

        #[test]
        fn no_text_whatever_is_taken_for_another_instant_or_breaks_the_reading(text in "\\PC{0,24}") {
            let _ = Moment::read(&json!(text));
        }
    }

    #[test]
    fn nothing_is_told_from_unreadable() {
        for nothing in [json!(null), json!(""), json!(0), json!(-1), json!("0")] {
            assert_eq!(Moment::read(&nothing), Moment::Nothing, "{nothing}");
        }
        for unreadable in [
            json!("yesterday"),
            json!("2026-02-11T08:15:30"),
            json!([]),
            json!(true),
            json!("-"),
            json!("é-"),
        ] {
            assert_eq!(Moment::read(&unreadable), Moment::Unreadable, "{unreadable}");
        }
        assert_eq!(
            Moment::read(&json!("2026-02-11T08:15:30+10")).at().unwrap().to_string(),
            "2026-02-10T22:15:30Z"
        );
    }
}
