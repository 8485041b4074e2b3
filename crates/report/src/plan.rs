//! What a plan is told as, before it runs.

use crate::{Basis, ItemRow};
use serde::{Deserialize, Serialize};

/// Whether the plan may run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum ApprovalState {
    /// Nobody has to agree.
    NotNeeded,
    /// Somebody has to.
    Needed {
        /// Why, and who may: "above 50 accounts; by a second person".
        because: String,
    },
    /// Somebody has.
    Given {
        /// The operator's name.
        by: String,
    },
    /// A limit forbids it; see the limits.
    Forbidden {
        /// Which limit, in words.
        because: String,
    },
}

/// A plan, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanReport {
    /// What every report says.
    pub basis: Basis,
    /// Whether it may run.
    pub approval: ApprovalState,
    /// The changes, in their order. Their `result` is `None`.
    pub items: Vec<ItemRow>,
}
