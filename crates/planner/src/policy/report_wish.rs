//! Who is told about a run, and how.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who is told about a run by mail. Without addresses nobody is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct ReportWish {
    /// Mail addresses, bare: it-ops@example.org.
    pub to: Vec<String>,
    /// When a mail is sent. Default always.
    pub when: ReportWhen,
    /// What the mail carries besides its text. Default csv.
    pub attach: Attachment,
}

/// When a report is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReportWhen {
    /// After every run.
    #[default]
    Always,
    /// When something was changed, or would have been.
    Changes,
    /// When something was refused, failed, was stopped or waits for approval.
    Problems,
    /// Never by mail.
    Never,
}

impl ReportWhen {
    pub(crate) const ALL: [(&'static str, Self); 4] = [
        ("always", Self::Always),
        ("changes", Self::Changes),
        ("problems", Self::Problems),
        ("never", Self::Never),
    ];

    /// Whether a run with that result is reported.
    pub const fn is_wanted(self, has_changes: bool, has_problems: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Changes => has_changes || has_problems,
            Self::Problems => has_problems,
            Self::Never => false,
        }
    }
}

/// What a report mail carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Attachment {
    /// Every item as comma-separated values.
    #[default]
    Csv,
    /// Every item as a spreadsheet.
    Xlsx,
    /// Nothing.
    None,
}

impl Attachment {
    pub(crate) const ALL: [(&'static str, Self); 3] =
        [("csv", Self::Csv), ("xlsx", Self::Xlsx), ("none", Self::None)];
}
