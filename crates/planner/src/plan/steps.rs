//! A change that is going to be an item, while the plan is still being made.

use super::item::Standing;
use rollcall_model::{AccountIndex, Change, MoveMode};

/// One change of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) account: AccountIndex,
    pub(super) change: Change,
    pub(super) before: Standing,
    pub(super) after: Standing,
}

impl Step {
    /// Whether an undo can restore what was: something takes the change back, and what was is known.
    pub(super) fn can_be_undone(&self) -> bool {
        self.change.undo().is_some() && self.before != Standing::Unrecorded
    }

    /// The steps sorted by account, those of one account in their order.
    pub(super) fn by_account(steps: &[Self]) -> Vec<&Self> {
        let mut sorted: Vec<&Self> = steps.iter().collect();
        sorted.sort_by_key(|step| step.account);
        sorted
    }
}

/// Whether a change takes something away from a person: what minimum idleness and the last administrator are about.
pub(super) const fn takes_away(change: &Change) -> bool {
    match change {
        Change::Disable
        | Change::Delete
        | Change::RemoveFromGroup { .. }
        | Change::ChangeDirectory { mode: MoveMode::Move, .. }
        | Change::Suspend
        | Change::RemoveFromDirectory => true,
        Change::Enable
        | Change::AddToGroup { .. }
        | Change::ChangeDirectory { mode: MoveMode::Copy, .. }
        | Change::ResetPassword
        | Change::Notify
        | Change::Restore => false,
    }
}
