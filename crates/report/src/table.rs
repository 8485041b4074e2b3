//! A listing: columns and rows, whatever they are about.

use jiff::Timestamp;

/// What a column holds; decides alignment and the type of a spreadsheet's cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Words; may be cut on a narrow terminal.
    Text,
    /// Sentences that are of use only whole: on a narrow terminal they go on in the next line.
    Prose,
    /// Ids, hashes, commands: words that are of use only whole, and are never cut.
    Code,
    /// A count.
    Number,
    /// An instant, UTC.
    Instant,
    /// Yes or no.
    Bool,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its key in JSON and CSV: `lastActive`.
    pub key: String,
    /// Its heading on a terminal and in a workbook: `last active`.
    pub heading: String,
    /// What it holds.
    pub kind: ColumnKind,
}

impl Column {
    /// A column whose heading is derived from its key: `lastActive` is headed `last active`.
    pub fn new(key: impl Into<String>, kind: ColumnKind) -> Self {
        let key = key.into();
        let mut heading = String::with_capacity(key.len() + 2);
        for c in key.chars() {
            if c.is_uppercase() {
                heading.push(' ');
            }
            heading.extend(c.to_lowercase());
        }
        Self { key, heading, kind }
    }
}

/// One cell. Text is taken as it came from the site; each form makes it harmless.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing to say: empty, `null` in JSON.
    Empty,
    /// Words.
    Text(String),
    /// A count.
    Number(u64),
    /// Yes or no.
    Bool(bool),
    /// An instant.
    Instant(Timestamp),
    /// It never happened: `"never"` in JSON.
    Never,
    /// It is not known: `"unknown"` in JSON.
    Unknown,
    /// Several words: joined by `, ` (CSV: `; `), an array in JSON.
    List(Vec<String>),
    /// A value that brings its own JSON form along, and the words for the others.
    Data {
        /// The JSON form.
        json: serde_json::Value,
        /// The words.
        text: String,
    },
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Cell {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<bool> for Cell {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Timestamp> for Cell {
    fn from(at: Timestamp) -> Self {
        Self::Instant(at)
    }
}

/// A listing, as every listing command makes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What it lists, for the sheet of a workbook: `accounts`.
    pub title: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each with one cell for each column; a short row is filled up with empty cells.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A listing without rows.
    pub fn new(title: impl Into<String>, columns: Vec<Column>) -> Self {
        Self { title: title.into(), columns, rows: Vec::new() }
    }
}
