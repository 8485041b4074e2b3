//! What a job can be asked to do, and what it can come to.

use crate::UseCase;
use rollcall_model::{AccountKey, Action, PlanId, RunId, SiteName, SnapshotId};
use rollcall_planner::{Limits, Mode, Period};
use rollcall_store::JobKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a job does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Task {
    /// Reads a site.
    Sync {
        /// The site.
        site: SiteName,
    },
    /// Plans a policy at a site and, where nothing holds it up, applies the plan.
    RunPolicy {
        /// The policy.
        policy: String,
        /// One of its sites.
        site: SiteName,
    },
    /// Runs a policy at a site for those alone that something happened to.
    RunForEvents {
        /// The policy.
        policy: String,
        /// One of its sites.
        site: SiteName,
    },
    /// Plans a policy; changes nothing.
    PlanPolicy {
        /// The policy.
        policy: String,
        /// Only there; absent: one plan for each of its sites.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        site: Option<SiteName>,
        /// In this mode; absent: the one it is switched to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mode: Option<Mode>,
        /// The site is read if the newest snapshot is older; absent: as the policy says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_age: Option<Period>,
    },
    /// Plans a selection made by hand; changes nothing.
    PlanSelection {
        /// The site.
        site: SiteName,
        /// Who, as a criterion.
        select: String,
        /// Only these of them, by key; absent: all of them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        accounts: Option<BTreeSet<AccountKey>>,
        /// What, in order.
        actions: Vec<Action>,
        /// Test or live.
        mode: Mode,
        /// How much; absent: as a policy that names none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limits: Option<Box<Limits>>,
        /// The site is read if the newest snapshot is older; absent: 24 h.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_age: Option<Period>,
    },
    /// Applies a plan.
    Apply {
        /// The plan.
        plan: PlanId,
        /// Also in a freeze: only for the undo of a run, and only for an administrator.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        during_freeze: bool,
    },
    /// Goes on with a run.
    Resume {
        /// The run.
        run: RunId,
    },
    /// Plans the undo of a run.
    Undo {
        /// The run.
        run: RunId,
        /// Whether the plan is also applied, unless it needs an approval.
        #[serde(default)]
        apply: bool,
        /// Also in a freeze: only for an administrator.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        during_freeze: bool,
    },
}

/// How a job that is done ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// The site was read.
    Read,
    /// There is a plan.
    Planned,
    /// There is a plan, and it awaits approval.
    AwaitingApproval,
    /// There is a plan, and it exceeds a limit.
    OverLimit,
    /// There was a run, and all went well.
    Done,
    /// There was a run; some items were refused or failed, or could not be told.
    Partly,
    /// There was a run, and it stopped before its last item.
    Stopped,
}

/// What a job came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobResult {
    /// How it ended.
    pub ended: Ending,
    /// The snapshot it took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<SnapshotId>,
    /// The plans it made or applied, one for each site.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<PlanId>,
    /// The run it began or went on with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
}

impl Task {
    /// The word for it.
    pub fn kind(&self) -> JobKind {
        match self {
            Self::Sync { .. } => JobKind::Sync,
            Self::RunPolicy { .. } | Self::RunForEvents { .. } => JobKind::RunPolicy,
            Self::PlanPolicy { .. } => JobKind::PlanPolicy,
            Self::PlanSelection { .. } => JobKind::PlanSelection,
            Self::Apply { .. } => JobKind::Apply,
            Self::Resume { .. } => JobKind::Resume,
            Self::Undo { .. } => JobKind::Undo,
        }
    }

    /// What its asker must be allowed, when it is asked for and when it is done.
    pub fn use_case(&self) -> UseCase {
        match self {
            Self::Sync { .. } => UseCase::Sync,
            Self::RunPolicy { .. } | Self::RunForEvents { .. } | Self::Apply { during_freeze: false, .. } => {
                UseCase::Apply
            }
            Self::PlanPolicy { .. } | Self::PlanSelection { .. } => UseCase::Plan,
            Self::Resume { .. } => UseCase::ResumeRun,
            Self::Undo { during_freeze: false, .. } => UseCase::Undo,
            Self::Apply { during_freeze: true, .. } | Self::Undo { during_freeze: true, .. } => {
                UseCase::OverrideFreeze
            }
        }
    }

    /// Whether it may change accounts.
    pub(crate) fn writes(&self) -> bool {
        matches!(
            self,
            Self::RunPolicy { .. }
                | Self::RunForEvents { .. }
                | Self::Apply { .. }
                | Self::Resume { .. }
                | Self::Undo { apply: true, .. }
        )
    }
}
