//! A report as a file: attached to a mail, offered for download.

use crate::headline::label;
use crate::{CsvReader, Mode, Report, ReportError, report_csv, report_xlsx};
use jiff::tz::TimeZone;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// CSV above this size travels zipped: many mail servers refuse messages of more than 10 MB, and base64 adds a third.
const LARGEST_BARE_CSV: usize = 2_000_000;
/// Longest name of a file without its ending, in characters.
const LONGEST_STEM: usize = 80;

/// What sort of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileForm {
    /// One flat table for a spreadsheet; zipped where it is large.
    Csv,
    /// A workbook.
    Xlsx,
}

/// A file of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportFile {
    /// Its name: `wiki-reclaim-idle-seats-test-2026-11-21.csv`; ASCII, safe everywhere.
    pub name: String,
    /// Its type, for a mail or an answer over HTTP.
    pub content_type: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// The file of a report. The same report gives the same bytes.
pub fn report_file<'a>(report: impl Into<Report<'a>>, form: FileForm) -> Result<ReportFile, ReportError> {
    let report = report.into();
    let stem = stem(report);
    match form {
        FileForm::Xlsx => Ok(ReportFile {
            name: format!("{stem}.xlsx"),
            content_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            bytes: report_xlsx(report)?,
        }),
        FileForm::Csv => {
            let mut bytes = Vec::new();
            report_csv(report, CsvReader::Spreadsheet, &mut bytes)?;
            let name = format!("{stem}.csv");
            if bytes.len() <= LARGEST_BARE_CSV {
                return Ok(ReportFile { name, content_type: "text/csv; charset=utf-8", bytes });
            }
            let bytes = zipped(report, &name, &bytes)?;
            Ok(ReportFile { name: format!("{name}.zip"), content_type: "application/zip", bytes })
        }
    }
}

fn zipped(report: Report<'_>, name: &str, bytes: &[u8]) -> Result<Vec<u8>, ReportError> {
    let fault = |source: std::io::Error| ReportError::Write { form: "ZIP", source };
    let at = report.basis().reported_at.to_zoned(TimeZone::UTC);
    let date = u16::try_from(at.year()).ok().and_then(|year| {
        let part = |n: i8| u8::try_from(n).unwrap_or(0);
        DateTime::from_date_and_time(
            year,
            part(at.month()),
            part(at.day()),
            part(at.hour()),
            part(at.minute()),
            part(at.second()),
        )
        .ok()
    });
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(date.unwrap_or_default());
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file(name, options).map_err(|e| fault(e.into()))?;
    archive.write_all(bytes).map_err(fault)?;
    Ok(archive.finish().map_err(|e| fault(e.into()))?.into_inner())
}

fn stem(report: Report<'_>) -> String {
    let basis = report.basis();
    let mode = match (report, basis.mode) {
        (Report::Plan(_), _) => "plan",
        (Report::Run(_), Mode::Test) => "test",
        (Report::Run(_), Mode::Live) => "live",
    };
    let date = basis.reported_at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string();
    let mut stem = String::new();
    for c in format!("{}-{}", basis.site.name, label(report)).chars() {
        if c.is_ascii_alphanumeric() || c == '_' {
            stem.push(c.to_ascii_lowercase());
        } else if !stem.ends_with('-') {
            stem.push('-');
        }
        if stem.len() >= LONGEST_STEM {
            break;
        }
    }
    format!("{}-{mode}-{date}", stem.trim_matches('-'))
}
