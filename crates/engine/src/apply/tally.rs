//! Counting outcomes while a run goes on: for progress, for the failure limit, for the canary.

use super::halt::{Halt, Reason};
use super::ledger::NOT_TRIED;
use rollcall_model::ItemState;
use std::sync::atomic::{AtomicU32, Ordering};

/// Counts of one pass over a run.
pub(crate) struct Tally {
    /// Items in the whole run.
    total: u32,
    settled: AtomicU32,
    failed: AtomicU32,
    /// Failures of earlier passes that count towards the limit.
    failed_before: u32,
    refused: AtomicU32,
    /// The run stops at so many failures.
    limit: Option<u32>,
    show: Box<dyn Fn(u32, u32, u32) + Send + Sync>,
}

impl Tally {
    /// `settled` items are done from earlier passes, and `failed_before` of them count as failures: a process that died does not give the
    /// next one a new allowance. `show` is told (settled, of, failed or refused).
    pub(crate) fn new(
        total: u32,
        settled: u32,
        failed_before: u32,
        limit: Option<u32>,
        show: Box<dyn Fn(u32, u32, u32) + Send + Sync>,
    ) -> Self {
        show(settled, total, 0);
        Self {
            total,
            settled: AtomicU32::new(settled),
            failed: AtomicU32::new(0),
            failed_before,
            refused: AtomicU32::new(0),
            limit,
            show,
        }
    }

    /// Counts an outcome, with its code.
    pub(crate) fn count(&self, state: ItemState, code: &str, halt: &Halt) {
        let is_failure = is_failure(state, Some(code));
        let settled = self.settled.fetch_add(1, Ordering::SeqCst) + 1;
        let failed = self.failed.fetch_add(u32::from(is_failure), Ordering::SeqCst) + u32::from(is_failure);
        let is_refusal = state == ItemState::Refused;
        let refused = self.refused.fetch_add(u32::from(is_refusal), Ordering::SeqCst) + u32::from(is_refusal);
        (self.show)(settled, self.total, failed + refused);
        let failed = failed + self.failed_before;
        if let Some(limit) = self.limit
            && is_failure
            && failed >= limit
        {
            halt.set(Reason::Failures { failed, limit });
        }
    }

    /// Failures so far in this pass.
    pub(crate) fn failed(&self) -> u32 {
        self.failed.load(Ordering::SeqCst)
    }
}

/// Whether an outcome counts towards the limit of failures. An item that was not tried says nothing new about the site and is left out.
pub(crate) fn is_failure(state: ItemState, code: Option<&str>) -> bool {
    matches!(state, ItemState::Failed | ItemState::Unknown) && code != Some(NOT_TRIED)
}
