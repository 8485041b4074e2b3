//! The order in which accounts are listed: worked out once for everybody, whoever is selected later.

use super::Choice;
use crate::Picture;
use jiff::Timestamp;
use rollcall_criteria::{Criterion, Direction, Field, OrderBy, select};
use rollcall_model::{AccountIndex, SnapshotId};
use std::sync::Arc;

/// Accounts in order.
pub(crate) type Order = Arc<[AccountIndex]>;

/// What an order depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct OrderKey {
    snapshot: SnapshotId,
    by: Vec<(Field, bool)>,
    /// The facts and the instant, where the order depends on them.
    beside: Option<(u64, i64)>,
}

impl OrderKey {
    pub(crate) fn new(picture: &Picture, order: &[OrderBy], at: Timestamp) -> Self {
        let depends = order.iter().any(|by| !is_of_the_site(by.field));
        Self {
            snapshot: picture.snapshot.id().clone(),
            by: order.iter().map(|by| (by.field, by.direction == Direction::Desc)).collect(),
            beside: depends.then(|| {
                // Idleness grows for everybody alike; only exemptions end.
                let ends = order.iter().any(|by| by.field == Field::Exempt);
                (picture.facts_number, if ends { at.as_microsecond() } else { 0 })
            }),
        }
    }
}

/// Whether a snapshot alone says how accounts are ordered by it.
fn is_of_the_site(field: Field) -> bool {
    use Field::{
        AccountType, Directory, DirectoryType, Email, EmailDomain, Groups, LastActive, LastContribution,
        LastLogin, Logins, Managed, Name, Seat, Shadowed, Status, Username, Writable,
    };
    matches!(
        field,
        AccountType
            | Directory
            | DirectoryType
            | Email
            | EmailDomain
            | Groups
            | LastActive
            | LastContribution
            | LastLogin
            | Logins
            | Managed
            | Name
            | Seat
            | Shadowed
            | Status
            | Username
            | Writable
    )
}

/// Everybody in order.
pub(crate) fn everybody(picture: &Picture, order: &[OrderBy], at: Timestamp) -> Order {
    if order.is_empty() {
        return (0..picture.snapshot.len()).collect();
    }
    // Everybody is selected by a criterion that names nothing, so there is nothing that could be missing.
    match select(&picture.snapshot, &picture.facts, &Criterion::everybody(), at) {
        Ok(selection) => selection.page_by(order, 0, usize::MAX).into(),
        Err(_) => Arc::default(),
    }
}

/// Those of everybody who are chosen, in the same order.
pub(crate) fn of_choice(everybody: &[AccountIndex], choice: &Choice) -> Order {
    // A bit for each account: to ask a compressed set a million times is slower.
    let mut chosen = vec![0_u64; everybody.len() / 64 + 1];
    for account in &choice.accounts {
        chosen[account as usize / 64] |= 1 << (account % 64);
    }
    let is_chosen = |account: &AccountIndex| chosen[*account as usize / 64] >> (account % 64) & 1 == 1;
    everybody.iter().copied().filter(is_chosen).collect()
}

/// A part of the chosen in order, without ordering the rest.
pub(crate) fn page(
    picture: &Picture,
    choice: &Choice,
    order: &[OrderBy],
    at: Timestamp,
    from: usize,
    limit: usize,
) -> Vec<AccountIndex> {
    // Who is chosen is known: nobody is asked again.
    match select(&picture.snapshot, &picture.facts, &Criterion::everybody(), at) {
        Ok(mut selection) => {
            selection.accounts.clone_from(&choice.accounts);
            selection.page_by(order, from, limit)
        }
        Err(_) => Vec::new(),
    }
}
