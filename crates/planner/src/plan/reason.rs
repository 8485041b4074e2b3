//! Why an account was selected.

use jiff::Timestamp;
use rollcall_criteria::Criterion;
use rollcall_model::AccountIndex;
use rollcall_snapshot::{Facts, Snapshot};

pub(super) struct Reasons<'a> {
    rule: String,
    snapshot: &'a Snapshot,
}

impl<'a> Reasons<'a> {
    pub(super) fn new(
        snapshot: &'a Snapshot,
        _facts: &Facts,
        criterion: &Criterion,
        _now: Timestamp,
    ) -> Self {
        Self { rule: criterion.to_string(), snapshot }
    }

    pub(super) fn why(&self, _account: AccountIndex) -> String {
        let _ = self.snapshot;
        self.rule.clone()
    }
}
