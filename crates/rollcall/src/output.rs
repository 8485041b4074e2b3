//! Printing: listings and reports in the form that was asked for. Results go to standard output, everything else to standard error.

use crate::cli::Format;
use anyhow::Context;
use rollcall_report::{
    Cell, Column, ColumnKind, CsvReader, Report, Table, TerminalStyle, report_csv, report_json,
    report_terminal,
};
use std::io::{IsTerminal, Write};

/// Rows of a report shown on a terminal; a pipe or a file gets all of them.
const MOST_ROWS: usize = 40;

/// How this standard output likes its text.
fn style() -> TerminalStyle {
    let is_terminal = std::io::stdout().is_terminal();
    let colours = is_terminal && std::env::var_os("NO_COLOR").is_none();
    let width = is_terminal.then(|| console_width().unwrap_or(100));
    TerminalStyle { width, colours }
}

fn console_width() -> Option<usize> {
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
}

/// Prints a listing.
pub(crate) fn table(format: Format, table: &Table) -> anyhow::Result<()> {
    match format {
        Format::Table if table.rows.is_empty() => text(&format!("{}: none\n", table.title)),
        Format::Table => text(&table.to_terminal(&style())),
        Format::Json => text(&table.to_json()?),
        Format::Csv => bytes(&table.to_csv(CsvReader::Program)?),
    }
}

/// Prints a plan or a run.
pub(crate) fn report<'a>(format: Format, report: impl Into<Report<'a>>) -> anyhow::Result<()> {
    let report = report.into();
    let mut out = Vec::new();
    match format {
        Format::Table => {
            let style = style();
            out = report_terminal(report, &style, style.width.map(|_| MOST_ROWS)).into_bytes();
        }
        Format::Json => report_json(report, &mut out)?,
        Format::Csv => report_csv(report, CsvReader::Program, &mut out)?,
    }
    bytes(&out)
}

/// Prints a plan or a run for reading, with at most so many of its changes.
pub(crate) fn excerpt<'a>(report: impl Into<Report<'a>>, most_rows: usize) -> anyhow::Result<()> {
    text(&report_terminal(report, &style(), Some(most_rows)))
}

/// Prints text as it is.
pub(crate) fn text(text: &str) -> anyhow::Result<()> {
    bytes(text.as_bytes())
}

fn bytes(bytes: &[u8]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        // Whoever reads has seen enough (`| head`).
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("standard output cannot be written"),
    }
}

/// Writes row by row what may be very long.
pub(crate) fn stream(
    write: impl FnOnce(&mut dyn Write) -> Result<(), rollcall_report::ReportError>,
) -> anyhow::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match write(&mut out).map_err(anyhow::Error::from).and_then(|()| Ok(out.flush()?)) {
        Err(error) if is_broken_pipe(&error) => Ok(()),
        result => result.context("standard output cannot be written"),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|e| {
        e.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

/// A listing of properties: two columns, one row each. As JSON it is one object in an array.
pub(crate) fn properties(format: Format, title: &str, rows: Vec<(&str, Cell)>) -> anyhow::Result<()> {
    let listing = if format == Format::Table {
        let mut listing = Table::new(
            title,
            vec![Column::new("property", ColumnKind::Text), Column::new("value", ColumnKind::Prose)],
        );
        listing.rows = rows.into_iter().map(|(name, value)| vec![Cell::from(name), value]).collect();
        listing
    } else {
        let (names, values): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let mut listing =
            Table::new(title, names.into_iter().map(|n| Column::new(n, ColumnKind::Text)).collect());
        listing.rows = vec![values];
        listing
    };
    table(format, &listing)
}
