//! From the columns both databases have to the types of the house, and back.

use crate::StoreError;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;

/// PostgreSQL keeps no NUL in a text; a name from a site may contain one.
pub(crate) fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{FFFD}")) } else { Cow::Borrowed(text) }
}

/// JSON as text. A NUL inside is escaped by JSON itself.
pub(crate) fn json(value: &Value) -> String {
    value.to_string()
}

/// JSON of a value whose serialisation cannot fail: no maps with keys other than text, no foreign `Serialize`.
pub(crate) fn json_of(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::corrupt("a value to be stored", &error))
}

pub(crate) fn parse_json(text: &str, what: &str) -> Result<Value, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::corrupt(what, &error))
}

pub(crate) fn parse_optional_json(text: Option<&str>, what: &str) -> Result<Option<Value>, StoreError> {
    text.map(|text| parse_json(text, what)).transpose()
}

pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

pub(crate) fn instant(micros: i64, what: &str) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros).map_err(|error| StoreError::corrupt(what, &error))
}

pub(crate) fn optional_instant(micros: Option<i64>, what: &str) -> Result<Option<Timestamp>, StoreError> {
    micros.map(|micros| instant(micros, what)).transpose()
}

/// A count or number that must fit its type.
pub(crate) fn number<T: TryFrom<i64>>(value: i64, what: &str) -> Result<T, StoreError> {
    T::try_from(value).map_err(|_| StoreError::corrupt(what, &format!("{value} is out of range")))
}

/// A count on its way to a column; nothing here counts beyond 2^63.
pub(crate) fn column(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A word of one of the closed vocabularies.
pub(crate) fn word<T>(found: Option<T>, text: &str, what: &str) -> Result<T, StoreError> {
    found.ok_or_else(|| StoreError::corrupt(what, &format!("\"{text}\" is not known")))
}
