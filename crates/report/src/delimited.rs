//! CSV, harmless to spreadsheets.
//!
//! A cell that begins with `=`, `+`, `-` or `@` (also after blanks, also in the full-width forms) is a formula to a
//! spreadsheet. Such cells get an apostrophe in front. The same after a semicolon inside a cell, because a spreadsheet
//! of a country that separates cells by semicolons begins a new cell there. Line breaks, tabs and other controls become
//! `U+FFFD`. Whoever needs the text to the letter takes JSON.

use crate::sheets::{List, columns, rows};
use crate::table::{Cell, Column, Table};
use crate::{Report, ReportError};
use rollcall_model::plain;
use std::borrow::Cow;
use std::io::Write;

/// Who reads the CSV.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CsvReader {
    /// A spreadsheet: begins with a byte order mark, without which Excel does not read UTF-8, and lines end in CR LF.
    /// For files that are mailed or downloaded.
    Spreadsheet,
    /// A program: no byte order mark, lines end in LF. For `--format csv`.
    Program,
}

/// Writes a listing, row by row; keeps nothing.
pub fn write_csv<R: AsRef<[Cell]>>(
    columns: &[Column],
    rows: impl IntoIterator<Item = R>,
    reader: CsvReader,
    out: impl Write,
) -> Result<(), ReportError> {
    let fault = |error: csv::Error| ReportError::Write { form: "CSV", source: error.into() };
    let mut out = out;
    let terminator = match reader {
        CsvReader::Spreadsheet => {
            let mark = "\u{FEFF}".as_bytes();
            out.write_all(mark).map_err(|source| ReportError::Write { form: "CSV", source })?;
            csv::Terminator::CRLF
        }
        CsvReader::Program => csv::Terminator::Any(b'\n'),
    };
    let mut writer = csv::WriterBuilder::new().terminator(terminator).flexible(true).from_writer(out);
    writer.write_record(columns.iter().map(|c| guarded(&c.key).into_owned())).map_err(fault)?;
    for row in rows {
        let cells = row.as_ref();
        for position in 0..columns.len() {
            let text = cells.get(position).map_or(Cow::Borrowed(""), cell_text);
            writer.write_field(text.as_bytes()).map_err(fault)?;
        }
        writer.write_record(None::<&[u8]>).map_err(fault)?;
    }
    writer.flush().map_err(|source| ReportError::Write { form: "CSV", source })
}

/// The whole report as one flat table: changes, then what was refused, then who was protected; the column `list` tells
/// which.
pub fn report_csv<'a>(
    report: impl Into<Report<'a>>,
    reader: CsvReader,
    out: impl Write,
) -> Result<(), ReportError> {
    let report = report.into();
    write_csv(&columns(), List::ALL.into_iter().flat_map(|list| rows(report, list)), reader, out)
}

impl Table {
    /// The listing as CSV.
    pub fn to_csv(&self, reader: CsvReader) -> Result<Vec<u8>, ReportError> {
        let mut bytes = Vec::new();
        write_csv(&self.columns, &self.rows, reader, &mut bytes)?;
        Ok(bytes)
    }
}

fn cell_text(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Empty => Cow::Borrowed(""),
        Cell::Text(text) | Cell::Data { text, .. } => guarded(text),
        Cell::Number(n) => Cow::Owned(n.to_string()),
        Cell::Bool(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
        Cell::Instant(at) => Cow::Owned(at.to_string()),
        Cell::Never => Cow::Borrowed("never"),
        Cell::Unknown => Cow::Borrowed("unknown"),
        Cell::List(words) => Cow::Owned(guarded(&words.join("; ")).into_owned()),
    }
}

/// The text as no spreadsheet takes it for a formula.
fn guarded(text: &str) -> Cow<'_, str> {
    let text = plain(text);
    if !text.split(';').any(is_formula) {
        return text;
    }
    let parts: Vec<Cow<'_, str>> = text
        .split(';')
        .map(|part| if is_formula(part) { Cow::Owned(format!("'{part}")) } else { Cow::Borrowed(part) })
        .collect();
    Cow::Owned(parts.join(";"))
}

/// Begins like a formula, perhaps after blanks or a quote.
pub(crate) fn is_formula(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '"');
    text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '−'])
}
