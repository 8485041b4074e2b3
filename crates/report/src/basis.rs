//! What a plan's report and a run's report have in common.

use crate::{ItemRow, PlanReport, ProtectedRow, RefusedRow, RunReport};
use jiff::Timestamp;
use rollcall_model::{PlanId, Product, RunId, SiteName, SnapshotId, Version};
use serde::{Deserialize, Serialize};

/// Which Rollcall speaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installation {
    /// What the administrator calls it; host name or "Rollcall" where nobody named it.
    pub name: String,
    /// Version of the program.
    pub version: String,
}

/// Which site it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteFacts {
    /// The operator's name for it.
    pub name: SiteName,
    /// Its address.
    pub url: String,
    /// The product.
    pub product: Product,
    /// The product's version, where the site says.
    pub version: Option<Version>,
}

/// Whether changes are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Nothing is changed at the site.
    Test,
    /// Changes are made.
    Live,
}

impl Mode {
    /// The word of policy file and command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Live => "live",
        }
    }
}

/// Who asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Origin {
    /// A policy, at its time or by hand.
    Policy {
        /// Its name.
        name: String,
        /// Hash of that very version.
        version: String,
        /// Its description; may be empty.
        description: String,
    },
    /// An operator, in bulk.
    Bulk {
        /// The operator's name.
        operator: String,
    },
    /// An operator, taking a run back.
    Undo {
        /// The run taken back.
        run: RunId,
        /// The operator's name.
        operator: String,
    },
}

/// Who was selected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CriterionWords {
    /// The criterion as written.
    pub text: String,
    /// The same in plain words.
    pub words: String,
}

/// The plan that is reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanFacts {
    /// Its id.
    pub id: PlanId,
    /// Its fingerprint.
    pub fingerprint: String,
    /// The snapshot it was made on.
    pub snapshot: SnapshotId,
    /// When the site was read.
    pub snapshot_taken_at: Timestamp,
    /// When the plan was made.
    pub made_at: Timestamp,
    /// After this instant it is not applied any more.
    pub expires_at: Timestamp,
}

/// Licence seats around the changes. `None` = not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Seats {
    /// In use before.
    pub before: Option<u64>,
    /// Freed; in test mode and in a plan: what would be freed.
    pub freed: Option<u64>,
    /// In use afterwards; in test mode and in a plan: what would be in use.
    pub after: Option<u64>,
    /// What the licence allows.
    pub max: Option<u64>,
    /// The licence has no upper bound.
    pub is_unlimited: bool,
}

/// What a limit found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Within the limit.
    Within,
    /// Beyond it: nothing is changed before somebody decides.
    Exceeded,
    /// There was nothing to compare with: no earlier run.
    NotApplicable,
}

impl Verdict {
    /// The word shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Within => "within",
            Self::Exceeded => "exceeded",
            Self::NotApplicable => "not applicable",
        }
    }
}

/// One limit (I4) and what it found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitRow {
    /// Its name in the policy file: `accounts`, `percent`, `growth`, `minimum-idle`, …
    pub name: String,
    /// What is allowed, with its unit: `200`, `5 %`, `3x`.
    pub allowed: String,
    /// What was found, with its unit.
    pub found: String,
    /// Whether that is within.
    pub verdict: Verdict,
}

/// What the reader can do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextStep {
    /// In words: "take these changes back".
    pub words: String,
    /// The command that does it, where one does.
    pub command: Option<String>,
}

/// What every report says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// The Rollcall that speaks.
    pub installation: Installation,
    /// The site.
    pub site: SiteFacts,
    /// Who asked.
    pub origin: Origin,
    /// Who was selected; `None` for an undo, which selects by what a run changed.
    pub criterion: Option<CriterionWords>,
    /// Whom the plan was restricted to, in words: accounts that something happened to. `None`: it was not restricted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<String>,
    /// Test or live.
    pub mode: Mode,
    /// The plan.
    pub plan: PlanFacts,
    /// Licence seats.
    pub seats: Seats,
    /// Limits with their verdicts.
    pub limits: Vec<LimitRow>,
    /// What the plan refused, before anything was asked of the site (I6).
    pub refused: Vec<RefusedRow>,
    /// Who was selected and is protected (I5).
    pub protected: Vec<ProtectedRow>,
    /// What the reader should know besides.
    pub warnings: Vec<String>,
    /// What to do next.
    pub next: Vec<NextStep>,
    /// The page that shows the same, where there is one.
    pub link: Option<String>,
    /// The instant of the report; ages are counted from it.
    pub reported_at: Timestamp,
}

/// A report of either sort, by reference: what the forms take.
#[derive(Debug, Clone, Copy)]
pub enum Report<'a> {
    /// Before anything ran.
    Plan(&'a PlanReport),
    /// While or after it ran.
    Run(&'a RunReport),
}

impl<'a> Report<'a> {
    /// What both sorts say.
    pub fn basis(self) -> &'a Basis {
        match self {
            Self::Plan(report) => &report.basis,
            Self::Run(report) => &report.basis,
        }
    }

    /// The changes.
    pub fn items(self) -> &'a [ItemRow] {
        match self {
            Self::Plan(report) => &report.items,
            Self::Run(report) => &report.items,
        }
    }
}

impl<'a> From<&'a PlanReport> for Report<'a> {
    fn from(report: &'a PlanReport) -> Self {
        Self::Plan(report)
    }
}

impl<'a> From<&'a RunReport> for Report<'a> {
    fn from(report: &'a RunReport) -> Self {
        Self::Run(report)
    }
}
