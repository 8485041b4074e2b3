//! Selecting accounts, and listing them in order, page by page.

use crate::evaluate::Scene;
use crate::sort;
use crate::tree::{Criterion, OrderBy};
use crate::{CriterionError, check};
use jiff::Timestamp;
use roaring::RoaringBitmap;
use rollcall_model::AccountIndex;
use rollcall_snapshot::{Facts, Snapshot};

/// The accounts a criterion is true for.
pub struct Selection<'a> {
    /// For whom it is true: the only ones that are selected.
    pub accounts: RoaringBitmap,
    /// For whom it is neither true nor false, because something is not known (I3).
    pub unknown: RoaringBitmap,
    order: Vec<OrderBy>,
    scene: Scene<'a>,
}

/// Selects the accounts for which the criterion is true at this instant. Errors as [`check`].
pub fn select<'a>(
    snapshot: &'a Snapshot,
    facts: &'a Facts,
    criterion: &Criterion,
    now: Timestamp,
) -> Result<Selection<'a>, CriterionError> {
    check(criterion, snapshot, facts)?;
    let scene = Scene::new(snapshot, facts, now);
    let truth = scene.evaluate(criterion.root());
    Ok(Selection { accounts: truth.yes, unknown: truth.unknown, order: criterion.order().to_vec(), scene })
}

impl Selection<'_> {
    /// How many are selected.
    pub fn len(&self) -> u32 {
        self.accounts.len() as u32
    }

    /// Whether nobody is.
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty()
    }

    /// All of them in the order that the criterion asks for; accounts that are alike in it in the order of the site.
    pub fn ordered(&self) -> Vec<AccountIndex> {
        self.page(0, usize::MAX)
    }

    /// A part of [`Self::ordered`], without sorting the rest.
    pub fn page(&self, offset: usize, limit: usize) -> Vec<AccountIndex> {
        self.page_by(&self.order, offset, limit)
    }

    /// A part of the selection in another order than the criterion's.
    pub fn page_by(&self, order: &[OrderBy], offset: usize, limit: usize) -> Vec<AccountIndex> {
        sort::page(&self.scene, &self.accounts, order, offset, limit)
    }
}

impl std::fmt::Debug for Selection<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Selection")
            .field("accounts", &self.accounts)
            .field("unknown", &self.unknown)
            .finish_non_exhaustive()
    }
}
