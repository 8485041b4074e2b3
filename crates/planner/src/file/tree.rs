//! A YAML or JSON document as a tree in which everything knows its line, so that every fault of a file can be named with its place.

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{DuplicateKeyPolicy, MergeKeyPolicy, Spanned};
use std::fmt;

/// Line and column, both from 1; absent where the document came as JSON values.
pub(super) type Place = Option<(u32, u32)>;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) value: Value,
}

/// What a document is made of. Doubled keys are kept: they are a fault to be named.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// A key and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) place: Place,
    pub(super) text: String,
}

impl Value {
    /// What it is, with its article, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a section",
        }
    }
}

/// Largest file that is read; a policy is a page.
const MAX_BYTES: usize = 4 << 20;
/// Deepest nesting that is read; a policy needs six levels.
const MAX_DEPTH: usize = 64;

/// How much aliases may repeat, so that a small file cannot unfold into a huge one.
const MAX_REPEATED: usize = 20_000;

/// A document that is not even a tree.
pub(super) struct Unreadable {
    pub(super) place: Place,
    pub(super) message: String,
}

impl Node {
    /// Reads YAML, of which JSON is a part.
    pub(super) fn from_yaml(text: &str) -> Result<Self, Unreadable> {
        let unplaced = |message: String| Unreadable { place: None, message };
        if text.len() > MAX_BYTES {
            return Err(unplaced(format!(
                "the file has {} bytes; at most {MAX_BYTES} are read. Is it a policy file?",
                text.len()
            )));
        }
        if text.trim().is_empty() {
            return Err(unplaced("the file is empty; write `policies:` and a list of policies".to_owned()));
        }
        let options = serde_saphyr::options! {
            duplicate_keys: DuplicateKeyPolicy::PassThrough,
            merge_keys: MergeKeyPolicy::AsOrdinary,
            strict_booleans: true,
            with_snippet: false,
            budget: serde_saphyr::budget! { max_depth: MAX_DEPTH },
            alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: MAX_REPEATED },
        };
        match serde_saphyr::from_str_with_options::<Spanned<Value>>(text, options) {
            Ok(root) => Ok(root.into()),
            Err(error) => {
                let place = error.location().and_then(place);
                Err(Unreadable { place, message: in_words(&error.to_string()) })
            }
        }
    }

    /// Takes a tree without places.
    pub(super) fn from_json(value: &serde_json::Value) -> Self {
        let value = match value {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(b) => Value::Bool(*b),
            serde_json::Value::Number(n) => Value::Number(n.as_f64().unwrap_or(f64::NAN)),
            serde_json::Value::String(text) => Value::Text(text.clone()),
            serde_json::Value::Array(items) => Value::List(items.iter().map(Self::from_json).collect()),
            serde_json::Value::Object(map) => Value::Map(
                map.iter().map(|(k, v)| (Key { place: None, text: k.clone() }, Self::from_json(v))).collect(),
            ),
        };
        Self { place: None, value }
    }
}

/// What the YAML reader says, without what is said by the place already and without advice to programmers.
fn in_words(error: &str) -> String {
    let line = error.lines().next().unwrap_or_default();
    let line = line.split(" at line ").next().unwrap_or(line);
    if line.contains("multiple YAML documents") {
        return "the file holds several documents (`---`); put all policies into one list under `policies:`"
            .to_owned();
    }
    if line.contains("cannot deserialize null into string") {
        return "the key in front of a `:` is missing".to_owned();
    }
    format!("the file is not readable YAML: {line}")
}

fn place(location: serde_saphyr::Location) -> Place {
    let (line, column) = (location.line(), location.column());
    (line > 0).then_some((line as u32, column as u32))
}

impl From<Spanned<Value>> for Node {
    fn from(spanned: Spanned<Value>) -> Self {
        Self { place: place(spanned.referenced), value: spanned.value }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value as f64))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value as f64))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Number(value))
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Spanned<Value>>()? {
            list.push(item.into());
        }
        Ok(Value::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Vec::new();
        while let Some(key) = entries.next_key::<Spanned<String>>()? {
            let value: Spanned<Value> = entries.next_value()?;
            map.push((Key { place: place(key.referenced), text: key.value }, value.into()));
        }
        Ok(Value::Map(map))
    }
}
