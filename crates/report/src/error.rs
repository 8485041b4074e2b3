//! What can go wrong when a report is put into a form.

/// A report that could not be put into a form.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A template of the administrator does not work. The run is not affected: mail it with the default templates and
    /// show this to whoever edits them.
    #[error("mail template \"{template}\"{}: {message}", place(*line, *column))]
    Template {
        /// Which template: `subject`, `text` or `html`.
        template: &'static str,
        /// Line in it, from 1, where known.
        line: Option<usize>,
        /// Column in that line, from 1, in characters, where known.
        column: Option<usize>,
        /// What is wrong.
        message: String,
    },
    /// The place the form is written to did not take it (disk full, pipe closed).
    #[error("the {form} could not be written: {source}")]
    Write {
        /// `CSV`, `JSON`, `ZIP`.
        form: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// The workbook could not be made.
    #[error("the XLSX workbook could not be made: {0}")]
    Workbook(String),
}

fn place(line: Option<usize>, column: Option<usize>) -> String {
    let part = |word: &str, at: Option<usize>| at.map(|n| format!(", {word} {n}")).unwrap_or_default();
    part("line", line) + &part("column", column)
}
