//! Reading one section of a document key by key. The keys that are asked for are the keys that exist: whatever was not asked
//! for is unknown, and the nearest of those asked for is proposed.

use super::tree::{Node, Place, Value};
use super::{CriterionFault, NoticePart, PolicyError, PolicyProblem};
use crate::nearest::suggestion;
use std::str::FromStr;

/// Where faults are collected.
pub(super) struct Faults<'c> {
    problems: Vec<PolicyProblem>,
    /// What is wrong with words for a notice, as whoever writes the mails sees it.
    words: &'c dyn Fn(NoticePart, &str) -> Option<String>,
}

impl<'c> Faults<'c> {
    pub(super) fn new(words: &'c dyn Fn(NoticePart, &str) -> Option<String>) -> Self {
        Self { problems: Vec::new(), words }
    }

    /// What is wrong with words for a notice, if anything.
    pub(super) fn of_words(&self, part: NoticePart, words: &str) -> Option<String> {
        (self.words)(part, words)
    }

    pub(super) fn add(&mut self, path: impl Into<String>, place: Place, message: impl Into<String>) {
        let (line, column) = place.unzip();
        let message = message.into();
        self.problems.push(PolicyProblem { path: path.into(), line, column, message, criterion: None });
    }

    /// A criterion that cannot be read.
    pub(super) fn add_criterion(
        &mut self,
        path: impl Into<String>,
        place: Place,
        picture: String,
        fault: CriterionFault,
    ) {
        let (line, column) = place.unzip();
        let criterion = Some(Box::new(fault));
        self.problems.push(PolicyProblem { path: path.into(), line, column, message: picture, criterion });
    }

    /// The value if nothing was wrong; all faults in the order of the file otherwise.
    pub(super) fn result<T>(mut self, value: Option<T>) -> Result<T, PolicyError> {
        match value {
            Some(value) if self.problems.is_empty() => Ok(value),
            _ => {
                self.problems.sort_by_key(|p| (p.line, p.column));
                Err(PolicyError { problems: self.problems })
            }
        }
    }
}

/// A section (a map) being read.
pub(super) struct Section<'n> {
    path: String,
    place: Place,
    entries: &'n [(super::tree::Key, Node)],
    asked: Vec<&'static str>,
}

/// A value with the path that leads to it.
pub(super) struct Entry<'n> {
    pub(super) path: String,
    pub(super) node: &'n Node,
}

impl<'n> Section<'n> {
    pub(super) fn open(entry: &Entry<'n>, faults: &mut Faults) -> Option<Self> {
        let Value::Map(entries) = &entry.node.value else {
            faults.add(
                &*entry.path,
                entry.node.place,
                format!("here a section with keys is expected, not {}", entry.node.value.kind()),
            );
            return None;
        };
        for (position, (key, _)) in entries.iter().enumerate() {
            if let Some((first, _)) = entries[..position].iter().find(|(k, _)| k.text == key.text) {
                let first =
                    first.place.map(|(line, _)| format!(" (first in line {line})")).unwrap_or_default();
                faults.add(
                    join(&entry.path, &key.text),
                    key.place,
                    format!("the key \"{}\" stands twice{first}; keep one", shown(&key.text)),
                );
            }
        }
        Some(Self { path: entry.path.clone(), place: entry.node.place, entries, asked: Vec::new() })
    }

    /// The value of a key that may be missing; nothing (`key:`) is the same as missing.
    pub(super) fn optional(&mut self, key: &'static str) -> Option<Entry<'n>> {
        self.asked.push(key);
        let (_, node) =
            self.entries.iter().find(|(k, n)| k.text == key && !matches!(n.value, Value::Null))?;
        Some(Entry { path: join(&self.path, key), node })
    }

    /// The value of a key that must be there.
    pub(super) fn required(
        &mut self,
        key: &'static str,
        meaning: &str,
        faults: &mut Faults,
    ) -> Option<Entry<'n>> {
        let entry = self.optional(key);
        if entry.is_none() {
            faults.add(join(&self.path, key), self.place, format!("the key \"{key}\" is missing: {meaning}"));
        }
        entry
    }

    /// Names every key that was not asked for.
    pub(super) fn close(self, faults: &mut Faults) {
        for (key, _) in self.entries.iter().filter(|(k, _)| !self.asked.contains(&k.text.as_str())) {
            let near = suggestion(&key.text, self.asked.iter().copied());
            faults.add(
                join(&self.path, &key.text),
                key.place,
                format!("unknown key \"{}\"{near} (known here: {})", shown(&key.text), self.asked.join(", ")),
            );
        }
    }
}

impl<'n> Entry<'n> {
    pub(super) fn fault(&self, faults: &mut Faults, message: impl Into<String>) {
        faults.add(&*self.path, self.node.place, message);
    }

    /// Text that is not blank.
    pub(super) fn text(&self, faults: &mut Faults) -> Option<&'n str> {
        match &self.node.value {
            Value::Text(text) if text.trim().is_empty() => {
                self.fault(faults, "this is empty");
                None
            }
            Value::Text(text) => Some(text),
            Value::Number(_) | Value::Bool(_) => {
                self.fault(
                    faults,
                    format!("here text is expected, not {}; put it in quotes", self.node.value.kind()),
                );
                None
            }
            other => {
                self.fault(faults, format!("here text is expected, not {}", other.kind()));
                None
            }
        }
    }

    /// Text that is read as something.
    pub(super) fn parsed<T: FromStr<Err: std::fmt::Display>>(&self, faults: &mut Faults) -> Option<T> {
        let text = match &self.node.value {
            // `growth: 3` and `grace: 7` are told how they are written, not that they are numbers.
            Value::Number(number) => number.to_string(),
            _ => self.text(faults)?.to_owned(),
        };
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.fault(faults, T::Err::to_string(&error));
                None
            }
        }
    }

    /// A whole number from `least` on.
    pub(super) fn count(&self, least: u32, faults: &mut Faults) -> Option<u32> {
        let number = self.number(faults)?;
        if number.fract() == 0.0 && number >= f64::from(least) && number <= f64::from(u32::MAX) {
            return Some(number as u32);
        }
        self.fault(faults, format!("{number} is not possible here: write a whole number, {least} or more"));
        None
    }

    pub(super) fn number(&self, faults: &mut Faults) -> Option<f64> {
        if let Value::Number(number) = self.node.value {
            return Some(number);
        }
        self.fault(
            faults,
            format!("here a number is expected, not {}{}", self.node.value.kind(), self.shown()),
        );
        None
    }

    pub(super) fn bool(&self, faults: &mut Faults) -> Option<bool> {
        if let Value::Bool(value) = self.node.value {
            return Some(value);
        }
        self.fault(
            faults,
            format!("here true or false is expected, not {}{}", self.node.value.kind(), self.shown()),
        );
        None
    }

    /// One word of a few.
    pub(super) fn choice<T: Copy>(&self, words: &[(&'static str, T)], faults: &mut Faults) -> Option<T> {
        let text = self.text(faults)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let near = suggestion(text, words.iter().map(|(word, _)| *word));
            let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            self.fault(faults, format!("\"{}\" is not one of {}{near}", shown(text), known.join(", ")));
        }
        found
    }

    /// The members of a list.
    pub(super) fn list(&self, faults: &mut Faults) -> Option<Vec<Entry<'n>>> {
        let Value::List(items) = &self.node.value else {
            self.fault(
                faults,
                format!(
                    "here a list is expected, not {}; write it in square brackets: [a, b]",
                    self.node.value.kind()
                ),
            );
            return None;
        };
        let item = |(position, node)| Entry { path: format!("{}[{position}]", self.path), node };
        Some(items.iter().enumerate().map(item).collect())
    }

    fn shown(&self) -> String {
        match &self.node.value {
            Value::Text(text) => format!(" (\"{}\")", shown(text)),
            _ => String::new(),
        }
    }
}

fn join(path: &str, key: &str) -> String {
    let key = shown(key);
    if path.is_empty() { key } else { format!("{path}.{key}") }
}

/// Text of a file as it may stand in a message: without control characters, and short.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 80;
    let plain = rollcall_model::plain(text);
    match plain.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &plain[..end]),
        None => plain.into_owned(),
    }
}
