//! The plan: what will be done to whom and why, as data that never changes (product.md §1).

mod access;
mod administrators;
mod apply_check;
mod error;
mod expand;
mod fingerprint;
mod gauge;
mod guard;
mod item;
mod make;
mod only;
mod orders;
mod reason;
mod show;
mod steps;
mod undo;

pub use apply_check::{Applying, GivenApproval, PlanRefusal};
pub use error::{OrderProblem, PlanError};
pub use gauge::{ApprovalNeed, LimitCheck, LimitKind, LimitReport};
pub use item::{ItemEvidence, PlanItem, Protection, ProtectionKind, Refusal, RefusalCode, Standing};
pub use make::{plan, protection_of, seat_effect_of};
pub use only::Only;
pub use orders::{ImpossibleAction, impossible_actions};
pub use show::PlanRow;
pub use undo::{DoneItem, UndoInput, plan_undo};

use steps::{Step, takes_away};

use crate::policy::{Approval, Limits, Mode, Period, default_grace};
use jiff::{SignedDuration, Timestamp};
use rollcall_criteria::Criterion;
use rollcall_model::{Action, GroupName, PlanId, RunId, SiteId, SnapshotId};
use rollcall_snapshot::{Facts, Snapshot};
use serde::{Deserialize, Serialize};

/// Where a plan comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "origin")]
pub enum Origin {
    /// A policy in one of its versions.
    Policy {
        /// Its name.
        name: String,
        /// [`crate::Policy::version`].
        version: String,
    },
    /// A selection made by hand.
    Bulk {
        /// Who made it.
        operator: String,
    },
    /// A run is to be taken back.
    Undo {
        /// The run.
        run: RunId,
        /// Who asked for it.
        operator: String,
    },
}

/// What is wanted: a policy, or a selection made by hand.
#[derive(Clone)]
pub struct Order<'a> {
    /// Where it comes from.
    pub origin: Origin,
    /// Who is meant.
    pub criterion: &'a Criterion,
    /// What is to be made true of each, in this order.
    pub actions: &'a [Action],
    /// Whether the run will write.
    pub mode: Mode,
    /// How much one run may do.
    pub limits: &'a Limits,
    /// Whether somebody must agree.
    pub approval: &'a Approval,
    /// The only accounts that are meant, of those that the criterion selects; `None`: all of them.
    pub only: Option<&'a Only>,
}

/// What no policy overrides, as far as it is configured (I5). The account that Rollcall uses, the last administrator and exemptions
/// need no configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protections {
    /// Groups whose effective members are never changed: those of the site's settings and those of the policy.
    pub groups: Vec<GroupName>,
    /// Accounts younger than this, or enabled again more recently, are left alone.
    pub grace: Period,
}

impl Default for Protections {
    fn default() -> Self {
        Self { groups: Vec::new(), grace: default_grace() }
    }
}

/// Everything a plan depends on.
pub struct PlanInput<'a> {
    /// The id of the plan to be.
    pub id: PlanId,
    /// The site as it was.
    pub snapshot: &'a Snapshot,
    /// What Rollcall itself knows.
    pub facts: &'a Facts,
    /// What is wanted.
    pub order: &'a Order<'a>,
    /// What no order overrides.
    pub protections: &'a Protections,
    /// How many accounts the last run of the same policy changed (or, in test mode, would have); `None`: there was none.
    pub previous: Option<u32>,
    /// The instant of planning.
    pub now: Timestamp,
    /// How long the plan may be applied.
    pub expires_after: SignedDuration,
}

/// The frozen result of an order on one snapshot. Stored and sent as JSON by serde; [`Plan::to_json`] is the form of product.md §7.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Plan {
    /// Its id.
    pub id: PlanId,
    /// Hash of what it does and what that was decided on: the same for the same inputs, whatever its id and the time of making.
    pub fingerprint: String,
    /// The site.
    pub site: SiteId,
    /// The snapshot it was made on.
    pub snapshot: SnapshotId,
    /// Content hash of that snapshot.
    pub snapshot_hash: String,
    /// When that snapshot was taken.
    pub snapshot_taken_at: Timestamp,
    /// Where it comes from.
    pub origin: Origin,
    /// The criterion; empty for an undo.
    pub criterion: String,
    /// The actions; empty for an undo.
    pub actions: Vec<Action>,
    /// The only accounts it may be about; `None`: it was not restricted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Only>,
    /// Whether its run will write.
    pub mode: Mode,
    /// When it was made.
    pub made_at: Timestamp,
    /// From when on it is refused.
    pub expires_at: Timestamp,
    /// How many accounts were selected: those of `items`, `refused`, `protected` and `already` together.
    pub selected: u32,
    /// How many accounts `items` are about.
    pub accounts: u32,
    /// What will be done, in the order of doing.
    pub items: Vec<PlanItem>,
    /// Who is left as is because an action cannot be done.
    pub refused: Vec<Refusal>,
    /// Who is left as is because of a protection.
    pub protected: Vec<Protection>,
    /// What is so already.
    pub already: Already,
    /// Seats freed and taken.
    pub seats: SeatEffect,
    /// The limits and whether they are kept.
    pub limits: LimitReport,
    /// Whether somebody must agree.
    pub approval: ApprovalNeed,
    /// What whoever approves should know.
    pub warnings: Vec<String>,
}

/// What needs no doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Already {
    /// Selected accounts of which everything is so already.
    pub accounts: u32,
    /// Changes left out because they are so already, of all accounts.
    pub changes: u32,
}

/// What a plan does to the licence, as far as the snapshot tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SeatEffect {
    /// Accounts that count towards the licence now and will not.
    pub freed: u32,
    /// Accounts that do not count now and will.
    pub taken: u32,
    /// Seats in use before, where the site says.
    pub used: Option<u64>,
    /// Seats of the licence, where it has a bound and the site says.
    pub max: Option<u64>,
}

impl Plan {
    /// Whether a limit forbids applying it (I4).
    pub fn is_blocked(&self) -> bool {
        self.limits.is_blocked()
    }
}
