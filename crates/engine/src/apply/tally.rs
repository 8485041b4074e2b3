//! Counting outcomes while a run goes on: for progress, for the failure limit, for the canary.

use super::halt::{Halt, Reason};
use rollcall_model::ItemState;
use std::sync::atomic::{AtomicU32, Ordering};

/// Counts of one pass over a run.
pub(crate) struct Tally {
    /// Items in the whole run.
    total: u32,
    settled: AtomicU32,
    failed: AtomicU32,
    refused: AtomicU32,
    /// The run stops at so many failures.
    limit: Option<u32>,
    show: Box<dyn Fn(u32, u32, u32) + Send + Sync>,
}

impl Tally {
    /// `settled` items are done from earlier passes; `show` is told (settled, of, failed or refused).
    pub(crate) fn new(
        total: u32,
        settled: u32,
        limit: Option<u32>,
        show: Box<dyn Fn(u32, u32, u32) + Send + Sync>,
    ) -> Self {
        show(settled, total, 0);
        Self {
            total,
            settled: AtomicU32::new(settled),
            failed: AtomicU32::new(0),
            refused: AtomicU32::new(0),
            limit,
            show,
        }
    }

    /// Counts an outcome. An item that was not tried says nothing new about the site: the limit of failures leaves it out.
    pub(crate) fn count(&self, state: ItemState, was_tried: bool, halt: &Halt) {
        let settled = self.settled.fetch_add(1, Ordering::SeqCst) + 1;
        let is_failure = was_tried && matches!(state, ItemState::Failed | ItemState::Unknown);
        let failed = self.failed.fetch_add(u32::from(is_failure), Ordering::SeqCst) + u32::from(is_failure);
        let is_refusal = state == ItemState::Refused;
        let refused = self.refused.fetch_add(u32::from(is_refusal), Ordering::SeqCst) + u32::from(is_refusal);
        (self.show)(settled, self.total, failed + refused);
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
