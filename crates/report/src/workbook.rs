//! XLSX: several sheets, real dates, and text that is never a formula.

use crate::sheets::{List, columns, rows, summary};
use crate::table::{Cell, Column, ColumnKind, Table};
use crate::words::cut;
use crate::{Report, ReportError};
use jiff::Timestamp;
use rollcall_model::plain;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

/// Rows of a sheet, the heading included (a property of the format).
const ROWS_OF_A_SHEET: u32 = 1_048_576;
/// Above this the sheets grow in temporary files without names, not in memory: 100,000 changes take 15 MB instead of
/// 430, and two thirds of the time.
const MOST_ROWS_IN_MEMORY: usize = 10_000;
/// Longest text of a cell, in characters; the format allows 32,767 UTF-16 units.
const LONGEST_TEXT: usize = 16_000;
/// 1970-01-01 as Excel counts days.
const EPOCH_DAY: f64 = 25_569.0;
/// Instants that Excel shows as dates: 1900-03-01 (it takes 1900 for a leap year) to 9999-12-31.
const DATES: std::ops::Range<i64> = -2_203_891_200..253_402_300_800;

/// The report as a workbook: summary, changes, refused, protected. The same report gives the same bytes.
pub fn report_xlsx<'a>(report: impl Into<Report<'a>>) -> Result<Vec<u8>, ReportError> {
    let report = report.into();
    let mut book = Book::new(report.basis().reported_at, report.items().len())?;
    let summary = summary(report);
    book.add("summary", &summary.columns, &summary.rows)?;
    let columns = columns();
    for list in List::ALL {
        book.add(
            list.title(),
            &columns[1..],
            rows(report, list).map(|row| row.into_iter().skip(1).collect::<Vec<_>>()),
        )?;
    }
    book.finish()
}

impl Table {
    /// The listing as a workbook of one sheet (more, where it has more rows than a sheet holds), made at that instant.
    pub fn to_xlsx(&self, made_at: Timestamp) -> Result<Vec<u8>, ReportError> {
        let mut book = Book::new(made_at, self.rows.len())?;
        book.add(&self.title, &self.columns, &self.rows)?;
        book.finish()
    }
}

impl From<XlsxError> for ReportError {
    fn from(error: XlsxError) -> Self {
        Self::Workbook(error.to_string())
    }
}

struct Book {
    workbook: Workbook,
    is_large: bool,
    rows_of_a_sheet: u32,
    head: Format,
    date: Format,
}

impl Book {
    fn new(made_at: Timestamp, rows: usize) -> Result<Self, ReportError> {
        let mut workbook = Workbook::new();
        // Without it the clock of the machine goes into the file, and no two are the same.
        let made = ExcelDateTime::from_timestamp(made_at.as_second())?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
        Ok(Self {
            workbook,
            is_large: rows > MOST_ROWS_IN_MEMORY,
            rows_of_a_sheet: ROWS_OF_A_SHEET,
            head: Format::new().set_bold(),
            date: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
        })
    }

    fn add<R: AsRef<[Cell]>>(
        &mut self,
        title: &str,
        columns: &[Column],
        rows: impl IntoIterator<Item = R>,
    ) -> Result<(), ReportError> {
        let mut rows = rows.into_iter().peekable();
        for part in 1_u32.. {
            let name = if part == 1 { sheet_name(title, "") } else { sheet_name(title, &format!(" {part}")) };
            let sheet = if self.is_large {
                self.workbook.add_worksheet_with_constant_memory()?
            } else {
                self.workbook.add_worksheet()
            };
            sheet.set_name(name)?;
            let mut used = begin(sheet, columns, &self.head)?;
            while used < self.rows_of_a_sheet
                && let Some(row) = rows.next()
            {
                for (column, cell) in row.as_ref().iter().take(columns.len()).enumerate() {
                    put(sheet, used, column as u16, cell, &self.date)?;
                }
                used += 1;
            }
            sheet.autofilter(0, 0, used - 1, columns.len().saturating_sub(1) as u16)?;
            if rows.peek().is_none() {
                break;
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<u8>, ReportError> {
        Ok(self.workbook.save_to_buffer()?)
    }
}

/// Heading, widths, frozen first row. Returns the number of rows used.
fn begin(sheet: &mut Worksheet, columns: &[Column], head: &Format) -> Result<u32, ReportError> {
    for (position, column) in columns.iter().enumerate() {
        let width = match (column.kind, column.key.as_str()) {
            (_, "value" | "reason" | "why") | (ColumnKind::Prose, _) => 60,
            (ColumnKind::Instant, _) => 20,
            (ColumnKind::Number | ColumnKind::Bool, _) => 10,
            (ColumnKind::Text | ColumnKind::Code, _) => 26,
        };
        sheet.set_column_width(position as u16, width)?;
        sheet.write_string_with_format(0, position as u16, plain(&column.heading), head)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(1)
}

fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell, date: &Format) -> Result<(), ReportError> {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) | Cell::Data { text, .. } => put_text(sheet, row, column, text)?,
        Cell::Number(n) => {
            sheet.write_number(row, column, *n as f64)?;
        }
        Cell::Bool(value) => {
            sheet.write_boolean(row, column, *value)?;
        }
        Cell::Instant(at) if DATES.contains(&at.as_second()) => {
            let day = at.as_second() as f64 / 86_400.0 + EPOCH_DAY;
            sheet.write_number_with_format(row, column, day, date)?;
        }
        Cell::Instant(at) => put_text(sheet, row, column, &at.to_string())?,
        Cell::Never => put_text(sheet, row, column, "never")?,
        Cell::Unknown => put_text(sheet, row, column, "unknown")?,
        Cell::List(words) => put_text(sheet, row, column, &words.join(", "))?,
    }
    Ok(())
}

/// `write_string` writes text whatever it begins with: never a formula, never a link.
fn put_text(sheet: &mut Worksheet, row: u32, column: u16, text: &str) -> Result<(), ReportError> {
    if !text.is_empty() {
        sheet.write_string(row, column, cut(&plain(text), LONGEST_TEXT))?;
    }
    Ok(())
}

/// At most 31 characters, none of `[ ] : * ? / \`, no apostrophe at the ends (properties of the format).
fn sheet_name(title: &str, suffix: &str) -> String {
    let clean: String = plain(title)
        .chars()
        .map(|c| if matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'') { '_' } else { c })
        .take(31 - suffix.len())
        .collect();
    let clean = clean.trim();
    if clean.is_empty() { format!("list{suffix}") } else { format!("{clean}{suffix}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn a_listing_longer_than_a_sheet_goes_on_in_the_next() {
        let title = "accounts: [all] of a site with a long name";
        let columns = [Column::new("n", ColumnKind::Number)];
        let mut book = Book::new(Timestamp::UNIX_EPOCH, 0).unwrap();
        book.rows_of_a_sheet = 5;
        book.add(title, &columns, (0..9_u64).map(|n| vec![Cell::Number(n)])).unwrap();
        let bytes = book.finish().unwrap();
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut part = |name: &str| {
            let mut text = String::new();
            archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        let rows: Vec<usize> =
            (1..=3).map(|n| part(&format!("xl/worksheets/sheet{n}.xml")).matches("<row ").count()).collect();
        assert_eq!(rows, [5, 5, 2]);
        let book = part("xl/workbook.xml");
        assert!(book.contains("name=\"accounts_ _all_ of a site with\""), "{book}");
        assert!(book.contains("name=\"accounts_ _all_ of a site wit 3\""), "{book}");
    }

    #[test]
    fn instants_that_excel_has_no_date_for_are_text() {
        let columns = [Column::new("at", ColumnKind::Instant)];
        let table = Table {
            title: String::new(),
            columns: columns.to_vec(),
            rows: vec![vec![Cell::Instant(Timestamp::MIN)]],
        };
        assert!(table.to_xlsx(Timestamp::UNIX_EPOCH).is_ok());
    }
}
