//! A text of bounded length in a body.

use serde::de::{Deserialize, Deserializer, Error};
use std::borrow::Cow;
use std::ops::Deref;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// A text of `MIN` to `MAX` characters, without NUL (which no database keeps).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub(crate) struct Text<const MIN: usize, const MAX: usize>(String);

impl<const MIN: usize, const MAX: usize> Text<MIN, MAX> {
    /// A text of ours, which is as it is.
    pub(crate) fn of(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text.
    pub(crate) fn into_inner(self) -> String {
        self.0
    }
}

impl<const MIN: usize, const MAX: usize> Deref for Text<MIN, MAX> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de, const MIN: usize, const MAX: usize> Deserialize<'de> for Text<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let length = text.chars().count();
        if length > MAX {
            return Err(D::Error::custom(format!("is longer than {MAX} characters")));
        }
        if length < MIN {
            return Err(D::Error::custom(if length == 0 {
                "is empty".to_owned()
            } else {
                format!("is shorter than {MIN} characters")
            }));
        }
        if text.contains('\0') {
            return Err(D::Error::custom("holds a NUL character"));
        }
        Ok(Self(text))
    }
}

impl<const MIN: usize, const MAX: usize> PartialSchema for Text<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        let least = (MIN > 0).then_some(MIN);
        ObjectBuilder::new().schema_type(Type::String).min_length(least).max_length(Some(MAX)).into()
    }
}

impl<const MIN: usize, const MAX: usize> ToSchema for Text<MIN, MAX> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("Text{MIN}To{MAX}"))
    }
}
