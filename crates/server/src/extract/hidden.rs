//! A secret in a body: read once, printed nowhere.

use super::Text;
use secrecy::SecretString;
use serde::de::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::fmt;
use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

/// A password or token of 1 to `MAX` characters.
#[derive(Clone)]
pub(crate) struct Hidden<const MAX: usize>(SecretString);

impl<const MAX: usize> Hidden<MAX> {
    /// The secret, for the engine.
    pub(crate) fn into_secret(self) -> SecretString {
        self.0
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Hidden<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Text::<1, MAX>::deserialize(deserializer).map(|text| Self(text.into_inner().into()))
    }
}

impl<const MAX: usize> fmt::Debug for Hidden<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

impl<const MAX: usize> PartialSchema for Hidden<MAX> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
            .write_only(true)
            .min_length(Some(1))
            .max_length(Some(MAX))
            .into()
    }
}

impl<const MAX: usize> ToSchema for Hidden<MAX> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("Secret{MAX}"))
    }
}
