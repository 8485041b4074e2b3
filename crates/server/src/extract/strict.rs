//! JSON read as it is declared, and in no other way. By itself serde takes a list for an object whose fields stand in their order, and of a
//! key that stands twice in an object of any keys it keeps the last.

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Unexpected, VariantAccess,
    Visitor,
};
use std::collections::BTreeSet;
use std::fmt;

/// The keys of an object until now.
type Keys = BTreeSet<String>;

/// A deserializer that is strict, at every depth.
pub(super) struct Strict<'k, D> {
    inner: D,
    /// Where a key is read: those before it.
    keys: Option<&'k mut Keys>,
}

impl<D> Strict<'_, D> {
    pub(super) fn new(inner: D) -> Self {
        Self { inner, keys: None }
    }
}

/// What is told of what was read.
struct Watch<'k, V> {
    inner: V,
    keys: Option<&'k mut Keys>,
    /// Whether only an object will do.
    is_object: bool,
}

macro_rules! deserialize {
    ($($name:ident)*) => {
        $(fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$name(Watch { inner: visitor, keys: self.keys, is_object: false })
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<'_, D> {
    type Error = D::Error;

    deserialize! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf deserialize_option
        deserialize_unit deserialize_seq deserialize_map deserialize_identifier deserialize_ignored_any
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_unit_struct(name, Watch { inner: visitor, keys: self.keys, is_object: false })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner
            .deserialize_newtype_struct(name, Watch { inner: visitor, keys: self.keys, is_object: false })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_tuple(length, Watch { inner: visitor, keys: self.keys, is_object: false })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let watch = Watch { inner: visitor, keys: self.keys, is_object: false };
        self.inner.deserialize_tuple_struct(name, length, watch)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let watch = Watch { inner: visitor, keys: self.keys, is_object: true };
        self.inner.deserialize_struct(name, fields, watch)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let watch = Watch { inner: visitor, keys: self.keys, is_object: false };
        self.inner.deserialize_enum(name, variants, watch)
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

impl<V> Watch<'_, V> {
    /// A key must not stand there twice; a value may.
    fn key<E: Error>(&mut self, text: &str) -> Result<(), E> {
        let is_new = self.keys.as_mut().is_none_or(|keys| keys.insert(text.to_owned()));
        if is_new { Ok(()) } else { Err(E::custom(format_args!("duplicate field `{text}`"))) }
    }
}

macro_rules! visit {
    ($($name:ident: $value:ty;)*) => {
        $(fn $name<E: Error>(self, value: $value) -> Result<V::Value, E> {
            self.inner.$name(value)
        })*
    };
}

macro_rules! visit_text {
    ($($name:ident: $value:ty;)*) => {
        $(fn $name<E: Error>(mut self, value: $value) -> Result<V::Value, E> {
            self.key(&value)?;
            self.inner.$name(value)
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Watch<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    visit! {
        visit_bool: bool; visit_i8: i8; visit_i16: i16; visit_i32: i32; visit_i64: i64; visit_i128: i128;
        visit_u8: u8; visit_u16: u16; visit_u32: u32; visit_u64: u64; visit_u128: u128; visit_f32: f32; visit_f64: f64;
        visit_char: char; visit_bytes: &[u8]; visit_borrowed_bytes: &'de [u8]; visit_byte_buf: Vec<u8>;
    }

    visit_text! { visit_str: &str; visit_borrowed_str: &'de str; visit_string: String; }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.inner.visit_some(Strict { inner: deserializer, keys: self.keys })
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.inner.visit_newtype_struct(Strict { inner: deserializer, keys: self.keys })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        if self.is_object {
            return Err(A::Error::invalid_type(Unexpected::Seq, &self.inner));
        }
        self.inner.visit_seq(Inside { inner: access, keys: Keys::new() })
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(Inside { inner: access, keys: Keys::new() })
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.inner.visit_enum(Inside { inner: access, keys: Keys::new() })
    }
}

/// What is inside a list, an object or a variant.
struct Inside<A> {
    inner: A,
    keys: Keys,
}

/// A seed that reads strictly.
struct Seed<'k, S> {
    inner: S,
    keys: Option<&'k mut Keys>,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Seed<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.inner.deserialize(Strict { inner: deserializer, keys: self.keys })
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Inside<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.inner.next_element_seed(Seed { inner: seed, keys: None })
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Inside<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.inner.next_key_seed(Seed { inner: seed, keys: Some(&mut self.keys) })
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.inner.next_value_seed(Seed { inner: seed, keys: None })
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Inside<A> {
    type Error = A::Error;
    type Variant = Inside<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        let (value, variant) = self.inner.variant_seed(seed)?;
        Ok((value, Inside { inner: variant, keys: Keys::new() }))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Inside<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.inner.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.inner.newtype_variant_seed(Seed { inner: seed, keys: None })
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.inner.tuple_variant(length, Watch { inner: visitor, keys: None, is_object: false })
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.inner.struct_variant(fields, Watch { inner: visitor, keys: None, is_object: true })
    }
}

#[cfg(test)]
mod tests {
    use super::super::body::parse;
    use crate::problem::Problem;
    use serde::Deserialize;
    use serde_json::Value;
    use std::collections::BTreeMap;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        name: String,
        #[serde(default)]
        inner: Option<Inner>,
        #[serde(default)]
        several: Vec<Inner>,
        #[serde(default)]
        any: BTreeMap<String, u8>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        a: u8,
        b: Option<(u8, u8)>,
    }

    fn places<T: serde::de::DeserializeOwned>(text: &str) -> Vec<String> {
        let problem: Problem = parse::<T>(text).map(drop).expect_err(text);
        problem.places().map(|(at, message)| format!("{at} {message}")).collect()
    }

    #[test]
    fn what_is_declared_is_read() {
        let text = r#"{"name": "x", "inner": {"a": 1, "b": [1, 2]}, "several": [{"a": 3, "b": null}], "any": {"a": 1, "b": 2}}"#;
        let inner = |a, b| Inner { a, b };
        let any = BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 2)]);
        let expected = Outer {
            name: "x".to_owned(),
            inner: Some(inner(1, Some((1, 2)))),
            several: vec![inner(3, None)],
            any,
        };
        assert_eq!(parse::<Outer>(text).unwrap(), expected);
        assert_eq!(parse::<Value>(text).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn a_list_is_no_object_at_any_depth() {
        assert_eq!(places::<Outer>(r#"["x"]"#), [" expected an object, not a list"]);
        assert_eq!(
            places::<Outer>(r#"{"name": "x", "inner": [1, null]}"#),
            ["/inner expected an object, not a list"]
        );
        assert_eq!(
            places::<Outer>(r#"{"name": "x", "several": [{"a": 1}, [1]]}"#),
            ["/several/1 expected an object, not a list"]
        );
    }

    #[test]
    fn a_key_that_stands_twice_is_refused_at_any_depth() {
        assert_eq!(places::<Outer>(r#"{"name": "x", "name": "y"}"#), ["/name stands there twice"]);
        let nested = r#"{"name": "x", "any": {"k": 1, "k": 2}}"#;
        assert_eq!(places::<Outer>(nested), ["/any/k stands there twice"]);
        assert_eq!(places::<Value>(nested), ["/any/k stands there twice"]);
        assert_eq!(places::<Value>(r#"[{"a~/b": 1, "a~/b": 1}]"#), ["/0/a~0~1b stands there twice"]);
        assert!(parse::<Value>(r#"[{"k": "k"}, {"k": {"k": ["k", "k"]}}]"#).is_ok());
    }
}
