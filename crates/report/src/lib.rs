//! Report: one typed report, many forms.
//!
//! Here: what a plan or a run is told as ([`PlanReport`], [`RunReport`]), any listing ([`Table`]), and their forms: terminal,
//! JSON, CSV, XLSX, mail (subject, text, HTML).
//! Not here: what happened (the engine fills the report in), how a mail travels (`mail`), any clock: the instant of a
//! report is part of it.
//! To add a form: a module that takes a [`Report`] or a [`Table`]; to add a column: one line in `sheets.rs`, one in the
//! JSON form, one in the CSV test.
//!
//! Every name, address and group in a report is hostile text (see [`rollcall_model::plain`]); each form makes it harmless
//! in its own way, and its tests say so.

mod basis;
mod delimited;
mod error;
mod file;
mod grammar;
mod headline;
mod item;
mod json;
mod letter;
mod mail;
mod notice;
mod overview;
mod plan;
mod run;
mod sample;
mod sandbox;
mod sheets;
mod table;
mod terminal;
mod vocabulary;
mod words;
mod workbook;

pub use basis::{
    Basis, CriterionWords, Installation, LimitRow, Mode, NextStep, Origin, PlanFacts, Report, Seats,
    SiteFacts, Verdict,
};
pub use delimited::{CsvReader, report_csv, write_csv};
pub use error::ReportError;
pub use file::{FileForm, ReportFile, report_file};
pub use item::{EvidenceRow, ItemResult, ItemRow, ProtectedRow, RefusedRow};
pub use json::{report_json, write_json, write_json_lines};
pub use letter::Letter;
pub use mail::{MailBody, TemplateName, TemplateNameError, TemplateTexts, Templates};
pub use notice::{NoticeFacts, NoticeTemplates, NoticeWords};
pub use overview::report_terminal;
pub use plan::{ApprovalState, PlanReport};
pub use run::{RunFacts, RunReport, RunState};
pub use table::{Cell, Column, ColumnKind, Table};
pub use terminal::TerminalStyle;
pub use workbook::report_xlsx;
