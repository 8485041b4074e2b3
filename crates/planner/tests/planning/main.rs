//! What becomes of an order: changes, protections, refusals, limits.

mod limits;
mod orders;
mod protections;
mod refusals;
#[path = "../site/mod.rs"]
mod site;
mod whole;

use jiff::ToSpan;
use rollcall_model::{Absence, AccessMode, ActionKind, Reach, Status, Trigger};
use rollcall_planner::{
    Applying, Approval, GivenApproval, LimitKind, Limits, Only, Percent, Period, Plan, PlanError,
    PlanRefusal, ProtectionKind, RefusalCode, Standing, impossible_actions,
};
use rollcall_snapshot::{ExemptSubject, Exemption, History, Noticed};
use site::*;
