//! Limits (I4): what stops a run before its first write.

use super::Period;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// How much one run may do (product.md §4, I4). A plan that exceeds one of `accounts`, `percent`, `growth` or `minimum-idle`
/// is blocked as a whole: it shows everything and changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Limits {
    /// Accounts changed at most. Absent: no such limit (`percent` still holds).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub accounts: Option<u32>,
    /// Accounts changed at most, in percent of all accounts of the site, enabled or not. Default 5.
    pub percent: Percent,
    /// How many times as many accounts as the last run of the same policy. Default 3x. The first run has nothing to be compared with;
    /// a last run of fewer than 5 accounts counts as one of 5.
    pub growth: Growth,
    /// The first so many accounts are worked alone; the rest follows only if all of them went well. Absent: no such batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub canary: Option<u32>,
    /// The run stops when so many items have failed. Default 5.
    #[schemars(range(min = 1))]
    pub failures: u32,
    /// Nobody known to have been active more recently than this may lose anything. Default 30d; 0d switches it off.
    pub minimum_idle: Period,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            accounts: None,
            percent: Percent { hundredths: 500 },
            growth: Growth { hundredths: 300 },
            canary: None,
            failures: 5,
            minimum_idle: Period::days(30),
        }
    }
}

impl Limits {
    /// The limits of an undo: only the stop after failures. What a run did within its limits may be taken back whole.
    pub fn of_an_undo() -> Self {
        Self { percent: Percent::ALL, growth: Growth::ANY, minimum_idle: Period::hours(0), ..Self::default() }
    }
}

/// A number with two decimals that a policy wrote out of range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LimitError(String);

/// More than 0 and at most 100 per cent, in steps of a hundredth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent {
    hundredths: u32,
}

impl Percent {
    /// Every account of the site.
    pub const ALL: Self = Self { hundredths: 10_000 };

    /// Reads a number such as 5 or 2.5.
    pub fn new(value: f64) -> Result<Self, LimitError> {
        match hundredths(value).filter(|h| (1..=10_000).contains(h)) {
            Some(hundredths) => Ok(Self { hundredths }),
            None => Err(LimitError(format!(
                "{value} is not a limit in percent: write a number above 0 and at most 100, with at most two decimals (5 means 5 %)"
            ))),
        }
    }

    /// How many of `total` accounts it allows, rounded down.
    pub fn of(self, total: u32) -> u32 {
        (u64::from(total) * u64::from(self.hundredths) / 10_000) as u32
    }
}

/// How many times the last run; at least once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Growth {
    hundredths: u32,
}

impl Growth {
    /// A last run of fewer accounts than this counts as one of this many, so that a quiet week does not stop the next one.
    pub const FLOOR: u32 = 5;
    const MAX: u32 = 100_000_000;
    /// No limit of any use.
    pub(crate) const ANY: Self = Self { hundredths: Self::MAX };

    /// How many accounts it allows after a run that changed `previous`, rounded down.
    pub fn of(self, previous: u32) -> u32 {
        let allowed = u64::from(previous.max(Self::FLOOR)) * u64::from(self.hundredths) / 100;
        u32::try_from(allowed).unwrap_or(u32::MAX)
    }
}

/// The number in hundredths, if it has no more than two decimals.
fn hundredths(value: f64) -> Option<u32> {
    let scaled = value * 100.0;
    let rounded = scaled.round();
    ((scaled - rounded).abs() < 1e-6 && (0.0..=f64::from(u32::MAX)).contains(&rounded))
        .then_some(rounded as u32)
}

fn write_hundredths(f: &mut fmt::Formatter<'_>, hundredths: u32) -> fmt::Result {
    match (hundredths / 100, hundredths % 100) {
        (whole, 0) => write!(f, "{whole}"),
        (whole, part) if part % 10 == 0 => write!(f, "{whole}.{}", part / 10),
        (whole, part) => write!(f, "{whole}.{part:02}"),
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hundredths(f, self.hundredths)
    }
}

impl fmt::Display for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hundredths(f, self.hundredths)?;
        f.write_str("x")
    }
}

impl FromStr for Growth {
    type Err = LimitError;

    fn from_str(text: &str) -> Result<Self, LimitError> {
        let bad = || {
            LimitError(format!(
                "\"{text}\" is not a limit of growth: write a number from 1 to {} and an x, such as 3x or 1.5x (3x: at most three times as many accounts as the last run)",
                Self::MAX / 100
            ))
        };
        let number = text.trim().strip_suffix('x').ok_or_else(bad)?;
        if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            return Err(bad());
        }
        let value = number.parse().ok().and_then(hundredths).ok_or_else(bad)?;
        if (100..=Self::MAX).contains(&value) { Ok(Self { hundredths: value }) } else { Err(bad()) }
    }
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.hundredths.is_multiple_of(100) {
            serializer.serialize_u32(self.hundredths / 100)
        } else {
            serializer.serialize_f64(f64::from(self.hundredths) / 100.0)
        }
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(f64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl Serialize for Growth {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Growth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Percent {
    fn schema_name() -> Cow<'static, str> {
        "Percent".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Percent of all accounts of the site: 5 means 5 %.",
            "type": "number", "exclusiveMinimum": 0, "maximum": 100
        })
    }
}

impl JsonSchema for Growth {
    fn schema_name() -> Cow<'static, str> {
        "Growth".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "How many times as many accounts as the last run.",
            "type": "string", "pattern": "^[0-9]+(\\.[0-9]{1,2})?x$", "examples": ["3x", "1.5x"]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_of_nothing_or_of_more_than_everything_is_refused() {
        for bad in [0.0, -1.0, 101.0, 100.001, 0.001, f64::NAN, f64::INFINITY] {
            assert!(Percent::new(bad).is_err(), "{bad}");
        }
        assert_eq!(Percent::new(2.5).map(|p| p.of(1000)), Ok(25));
        assert_eq!(Percent::new(5.0).map(|p| p.of(19)), Ok(0));
        for bad in ["3", "x", "0x", "0.5x", "-3x", "3 x", "threex", "1e9x", "3xx", "3.333x"] {
            assert!(bad.parse::<Growth>().is_err(), "{bad}");
        }
        assert_eq!("1.5x".parse::<Growth>().map(|g| g.to_string()), Ok("1.5x".to_owned()));
    }

    #[test]
    fn growth_after_a_quiet_run_is_measured_against_five() {
        let triple: Growth = "3x".parse().unwrap();
        assert_eq!((triple.of(0), triple.of(4), triple.of(20)), (15, 15, 60));
    }
}
