//! Looking at what has been planned and done: lists that are read page by page, and the stream of a run's events.
//!
//! Here: what pages, API and command line look at. Nothing in here changes anything.

mod audit_page;
mod plan_decidable;
mod plan_page;
mod policy_page;
mod run_events;
mod run_items;
mod run_page;
mod text_difference;

pub use audit_page::{AuditExport, AuditPageQuery};
pub use plan_decidable::{Permission, PlanPermissions};
pub use plan_page::{PlanLine, PlanLines, PlanListQuery, PlanListing, PlanSummary, PlanTab};
pub use policy_page::{FieldChange, PolicyDifference, PolicyVersionView, SiteProblem};
pub use run_events::{RunFollower, RunMoment};
pub use run_items::{RunItemPage, RunItemQuery, RunItemView};
pub use run_page::RunListQuery;
pub use text_difference::{DifferentLine, LineMark};

pub(crate) use run_events::Followed;

use crate::shelf::Shelf;
use rollcall_model::{PlanId, SnapshotId};
use rollcall_planner::Plan;
use rollcall_snapshot::Difference;
use std::sync::Arc;

/// How much memory plans may take that are looked at.
const PLANS: usize = 128 << 20;
/// How much memory comparisons of snapshots may take.
const DIFFERENCES: usize = 64 << 20;

/// What is kept for those who look.
pub(crate) struct Reading {
    pub(crate) plans: Arc<Shelf<PlanId, Arc<Plan>>>,
    pub(crate) differences: Arc<Shelf<(SnapshotId, SnapshotId), Arc<Difference>>>,
    pub(crate) followed: Followed,
}

impl Reading {
    pub(crate) fn new() -> Self {
        Self {
            plans: Shelf::of_bytes(PLANS),
            differences: Shelf::of_bytes(DIFFERENCES),
            followed: Followed::default(),
        }
    }
}
