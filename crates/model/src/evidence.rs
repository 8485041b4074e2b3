//! Evidence: observations of activity, and how far each source of them can be trusted.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What was observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceKind {
    /// The person signed in.
    Login,
    /// The person created or edited content.
    Contribution,
    /// Any other sign of use: a page view, a token used, an entry in the audit log.
    Use,
}

impl EvidenceKind {
    /// The word shown beside a date.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Contribution => "contribution",
            Self::Use => "use",
        }
    }
}

/// What it means when a source covers an account and holds nothing about it (product.md §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Absence {
    /// The source would know: the account never did it.
    Never,
    /// The source may simply not have recorded it.
    Unknown,
}

/// How much a value of a source says about all activity of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// The newest activity of this kind is what the source says: a recorded last login.
    /// Only such a source can show that somebody was idle.
    Newest,
    /// There was activity at least then: an audit entry, a page found by search. It can show that somebody was
    /// active, never that somebody was not.
    AtLeast,
}

/// Position of a source in [`crate::Observation::sources`].
pub type SourceIndex = u16;

/// One source of evidence, as it stood when the site was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceSource {
    /// Short stable name, shown beside every date: `list-active`, `audit-events`, `cql`, `database`.
    pub name: String,
    /// What it observes.
    pub kind: EvidenceKind,
    /// How much a value says.
    pub reach: Reach,
    /// What silence about a covered account means.
    pub absence: Absence,
    /// When the source was read.
    pub read_at: Timestamp,
    /// Where the source says in words why it must not be trusted now (an index being rebuilt, half an answer). A source
    /// with a reason here can still show activity, never idleness.
    pub doubt: Option<String>,
}

/// What one source says of one account. An account that a source does not cover has no point of that source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidencePoint {
    /// Which source.
    pub source: SourceIndex,
    /// When the activity was; `None` = the source covers the account and holds nothing (see [`Absence`]).
    pub at: Option<Timestamp>,
}
