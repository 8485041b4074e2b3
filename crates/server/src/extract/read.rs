//! From serde's words to ours: which place, and what is wrong there, without repeating what was sent (it may be a secret).

use serde_path_to_error::{Path, Segment};
use std::fmt::Write as _;

/// A JSON pointer (RFC 6901).
pub(super) fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => {
                let _ = write!(pointer, "/{index}");
            }
            Segment::Map { key } => push(&mut pointer, key),
            // Which form of a choice was read is no place in the document.
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

fn push(pointer: &mut String, key: &str) {
    pointer.push('/');
    pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
}

/// Adds a key, unless the pointer leads to it already.
fn push_once(pointer: &mut String, key: &str) {
    let mut end = String::new();
    push(&mut end, key);
    if !pointer.ends_with(&end) {
        pointer.push_str(&end);
    }
}

/// What is wrong, in words, and the place made more exact where serde names a field.
pub(super) fn explain(mut pointer: String, words: &str) -> (String, String) {
    let words = words.rsplit_once(" at line ").map_or(words, |(words, _)| words);
    if let Some(name) = words.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        push(&mut pointer, name);
        return (pointer, "is missing".to_owned());
    }
    if let Some(name) = words.strip_prefix("duplicate field `").and_then(|rest| rest.strip_suffix('`')) {
        push_once(&mut pointer, name);
        return (pointer, "stands there twice".to_owned());
    }
    if let Some(rest) = words.strip_prefix("unknown field `") {
        let (name, rest) = rest.split_once('`').unwrap_or((rest, ""));
        let known =
            rest.strip_prefix(", expected ").map(|known| known.replace("one of ", "")).unwrap_or_default();
        push_once(&mut pointer, name);
        let known = if known.is_empty() || known.starts_with("there are") {
            String::new()
        } else {
            format!("; known: {known}")
        };
        return (pointer, format!("there is no such field{known}"));
    }
    for (start, noun) in
        [("invalid type: ", "type"), ("invalid value: ", "value"), ("invalid length ", "length")]
    {
        if let Some(rest) = words.strip_prefix(start) {
            let (found, expected) = rest.rsplit_once(", expected ").unwrap_or((rest, "something else"));
            let found = kind(found);
            let found = if noun == "type" { format!(", not {found}") } else { String::new() };
            return (pointer, format!("expected {}{found}", plainly(expected)));
        }
    }
    if words.starts_with("unknown variant `") {
        let known = words.rsplit_once(", expected ").map_or("something else", |(_, known)| known);
        return (pointer, format!("expected {known}"));
    }
    (pointer, of_text(words))
}

/// Of texts that are read as numbers and times, the words of the libraries that read them: in ours, where they speak of programs.
fn of_text(words: &str) -> String {
    let known = match words {
        "invalid digit found in string" => "expected a whole number, not below 0",
        "number too large to fit in target type" => "is too large a number",
        "number too small to fit in target type" => "is too small a number",
        "cannot parse integer from empty string" => "is empty; expected a whole number",
        "provided string was not `true` or `false`" => "expected true or false",
        _ if words.starts_with("failed to parse") => {
            "expected an instant such as 2026-11-22T06:00:00Z, or a day such as 2026-11-22"
        }
        other => return rollcall_model::plain(other).into_owned(),
    };
    known.to_owned()
}

/// What was expected, without the names that only programmers know.
fn plainly(expected: &str) -> String {
    let bounds = match expected {
        "u8" => (0, i128::from(u8::MAX)),
        "u16" => (0, i128::from(u16::MAX)),
        "u32" => (0, i128::from(u32::MAX)),
        "i32" => (i128::from(i32::MIN), i128::from(i32::MAX)),
        "u64" | "usize" => return "a whole number that is not below 0".to_owned(),
        "i64" => return "a whole number".to_owned(),
        "f32" | "f64" => return "a number".to_owned(),
        "a sequence" => return "a list".to_owned(),
        "a map" => return "an object".to_owned(),
        "a boolean" => return "true or false".to_owned(),
        other if other.starts_with("struct ") || other.starts_with("internally tagged enum ") => {
            return "an object".to_owned();
        }
        other => return other.to_owned(),
    };
    format!("a whole number from {} to {}", bounds.0, bounds.1)
}

/// The kind of what was sent, without itself.
fn kind(found: &str) -> &str {
    match found.split([' ', '`']).next().unwrap_or_default() {
        "string" => "a text",
        "integer" => "a number",
        "floating" => "a number with a fraction",
        "boolean" => "true or false",
        "null" | "unit" => "null",
        "map" => "an object",
        "sequence" => "a list",
        _ => "this",
    }
}

#[cfg(test)]
mod tests {
    use super::explain;

    #[test]
    fn what_was_sent_is_never_repeated() {
        let (at, words) = explain(
            "/password".to_owned(),
            "invalid type: integer `12345`, expected a string at line 1 column 4",
        );
        assert_eq!((at.as_str(), words.as_str()), ("/password", "expected a string, not a number"));
    }

    #[test]
    fn bounds_are_said_in_numbers() {
        let (_, words) = explain("/days".to_owned(), "invalid value: integer `-1`, expected u16");
        assert_eq!(words, "expected a whole number from 0 to 65535");
        let (_, words) = explain("/days".to_owned(), "invalid type: floating point `1.5`, expected u32");
        assert_eq!(words, "expected a whole number from 0 to 4294967295, not a number with a fraction");
    }

    #[test]
    fn missing_and_unknown_fields_are_places() {
        assert_eq!(explain("/limits".to_owned(), "missing field `a/b`").0, "/limits/a~1b");
        let (at, words) = explain(String::new(), "unknown field `nmae`, expected `name` or `url`");
        assert_eq!(
            (at.as_str(), words.as_str()),
            ("/nmae", "there is no such field; known: `name` or `url`")
        );
    }
}
