//! Planner: policy files, and from a snapshot, a criterion, actions, protections and limits to a frozen plan.
//!
//! Here: the policy file (read, write, schema), schedules, the pure function [`plan`] with every protection and limit of
//! product.md §4, the plan as data, and the plan that takes a run back ([`plan_undo`]).
//! Not here: where snapshots come from, storing and approving plans, doing what a plan says. No clock, no I/O: the same
//! inputs give the same plan with the same fingerprint.
//! To add a limit: a field in `policy/limits.rs`, a line in `file/read.rs`, a check in `plan/gauge.rs`, a row in docs/policies.md.
//! To add an action: a variant of `rollcall_model::Action`, its reading in `file/read.rs`, its expansion in `plan/expand.rs`.

mod file;
mod freeze;
mod nearest;
mod plan;
mod policy;

pub use file::{
    CriterionFault, NoticePart, PolicyError, PolicyProblem, policy_schema, read_policies, read_policies_with,
    write_policies,
};
pub use freeze::{Freeze, FreezeError, Frozen, frozen};
pub use plan::{
    Already, Applying, ApprovalNeed, DoneItem, GivenApproval, ImpossibleAction, ItemEvidence, LimitCheck,
    LimitKind, LimitReport, Only, Order, OrderProblem, Origin, Plan, PlanError, PlanInput, PlanItem,
    PlanRefusal, PlanRow, Protection, ProtectionKind, Protections, Refusal, RefusalCode, SeatEffect,
    Standing, UndoInput, impossible_actions, plan, plan_undo, protection_of, seat_effect_of,
};
pub use policy::{
    Approval, Attachment, Growth, LimitError, Limits, Mode, Notice, Passed, Percent, Period, PeriodError,
    Policy, PollPeriod, PollPeriodError, ReportWhen, ReportWish, Schedule, ScheduleError,
};
