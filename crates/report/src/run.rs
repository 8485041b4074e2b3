//! What a run is told as, while and after it runs.

use crate::{Basis, ItemRow};
use jiff::Timestamp;
use rollcall_model::{ItemState, RunId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// Not yet begun.
    Pending,
    /// Under way.
    Running,
    /// Every item has its outcome.
    Done,
    /// Ended before its last item: by an operator, a limit, the site.
    Stopped,
    /// Could not go on.
    Failed,
}

impl RunState {
    /// The word shown, and of the JSON form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Done => "done",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
        }
    }
}

/// The run itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFacts {
    /// Its id.
    pub id: RunId,
    /// Where it stands.
    pub state: RunState,
    /// When it began, if it has.
    pub started_at: Option<Timestamp>,
    /// When it ended, if it has.
    pub finished_at: Option<Timestamp>,
    /// Why it ended before its last item.
    pub stopped_because: Option<String>,
    /// Who approved the plan, where somebody had to.
    pub approved_by: Option<String>,
}

/// A run, as it is shown, mailed and kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunReport {
    /// What every report says.
    pub basis: Basis,
    /// The run.
    pub run: RunFacts,
    /// The changes, in the order of the plan.
    pub items: Vec<ItemRow>,
    /// Hash of the newest audit entry when the report was made: whoever holds the report can show that the log was
    /// rewritten.
    pub audit_head: String,
}

impl RunReport {
    /// How many items are in each state; states that nobody is in are absent. An item without a result counts as pending.
    pub fn counts(&self) -> BTreeMap<ItemState, u64> {
        let mut counts = BTreeMap::new();
        for item in &self.items {
            *counts.entry(item.state()).or_default() += 1;
        }
        counts
    }
}
