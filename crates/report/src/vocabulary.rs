//! The filters and tests of templates: each named here, each with an end to what it makes.
//!
//! To add a filter: a function that gives no more than [`LONGEST_VALUE`], one line in `FILTERS` and in [`teach`], one word in docs/operations.md.

use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State, filters, tests};

/// Longest text that a filter takes or gives, in bytes: longer than anything a mail says in one place.
pub(crate) const LONGEST_VALUE: usize = 16 * 1024;
/// The filters.
pub(crate) const FILTERS: [&str; 15] = [
    "capitalize",
    "count",
    "d",
    "default",
    "e",
    "escape",
    "first",
    "join",
    "last",
    "length",
    "lower",
    "replace",
    "title",
    "trim",
    "upper",
];
/// The tests that may follow `is`.
pub(crate) const TESTS: [&str; 8] =
    ["defined", "divisibleby", "endingwith", "even", "none", "odd", "startingwith", "undefined"];

/// Gives an environment the words that are known here, and no others.
pub(crate) fn teach(environment: &mut Environment<'static>) {
    environment.add_filter("capitalize", |text: &str| fitting(capitalized(short(text)?)));
    environment.add_filter("lower", |text: &str| fitting(short(text)?.to_lowercase()));
    environment.add_filter("title", |text: &str| fitting(titled(short(text)?)));
    environment.add_filter("upper", |text: &str| fitting(short(text)?.to_uppercase()));
    environment.add_filter("trim", |text: &str| Ok::<_, Error>(short(text)?.trim().to_owned()));
    environment.add_filter("replace", replaced);
    environment.add_filter("join", joined);
    for name in ["e", "escape"] {
        environment.add_filter(name, escaped);
    }
    for name in ["d", "default"] {
        environment.add_filter(name, filters::default);
    }
    for name in ["count", "length"] {
        environment.add_filter(name, filters::length);
    }
    environment.add_filter("first", filters::first);
    environment.add_filter("last", filters::last);
    environment.add_test("defined", tests::is_defined);
    environment.add_test("divisibleby", tests::is_divisibleby);
    environment.add_test("endingwith", tests::is_endingwith);
    environment.add_test("even", tests::is_even);
    environment.add_test("none", tests::is_none);
    environment.add_test("odd", tests::is_odd);
    environment.add_test("startingwith", tests::is_startingwith);
    environment.add_test("undefined", tests::is_undefined);
}

fn short(text: &str) -> Result<&str, Error> {
    if text.len() > LONGEST_VALUE { Err(too_long()) } else { Ok(text) }
}

fn fitting(text: String) -> Result<String, Error> {
    short(&text)?;
    Ok(text)
}

fn too_long() -> Error {
    let words = format!("a text of more than {LONGEST_VALUE} bytes; filters take and give no longer ones");
    Error::new(ErrorKind::InvalidOperation, words)
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters.flat_map(char::to_lowercase))
        .collect()
}

fn titled(text: &str) -> String {
    let mut titled = String::with_capacity(text.len());
    for word in text.split_inclusive(|letter: char| !letter.is_alphanumeric()) {
        titled.push_str(&capitalized(word));
    }
    titled
}

fn replaced(text: &str, from: &str, to: &str) -> Result<String, Error> {
    let found = short(text)?.matches(from).count();
    // Counted before anything is made of it.
    if text.len().saturating_add(found.saturating_mul(to.len()))
        > LONGEST_VALUE.saturating_add(found * from.len())
    {
        return Err(too_long());
    }
    Ok(text.replace(from, to))
}

fn joined(list: &Value, between: Option<&str>) -> Result<String, Error> {
    let mut text = String::new();
    for (nth, item) in list.try_iter()?.enumerate() {
        if nth > 0 {
            text.push_str(between.unwrap_or_default());
        }
        match item.as_str() {
            Some(words) => text.push_str(words),
            None if matches!(item.kind(), ValueKind::Number | ValueKind::Bool) => {
                text.push_str(&item.to_string());
            }
            None => return Err(no_text(&item)),
        }
        short(&text)?;
    }
    Ok(text)
}

fn escaped(state: &mut State<'_, '_>, value: &Value) -> Result<Value, Error> {
    short(value.as_str().ok_or_else(|| no_text(value))?)?;
    let escaped = filters::escape(state, value)?;
    short(escaped.as_str().unwrap_or_default())?;
    Ok(escaped)
}

/// What is said where words are wanted and something else is there.
pub(crate) fn no_text(value: &Value) -> Error {
    let words =
        format!("a {} is no text; go through it with `for`, or name what of it is meant", value.kind());
    Error::new(ErrorKind::InvalidOperation, words)
}
