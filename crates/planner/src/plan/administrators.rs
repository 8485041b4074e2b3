//! The last enabled administrator (I5): whatever a plan does, somebody must be left who can administer the site.

use super::access::{Giving, administers_after};
use super::{PlanError, Step, takes_away};
use jiff::Timestamp;
use roaring::RoaringBitmap;
use rollcall_model::{AccountIndex, Status};
use rollcall_snapshot::{Account, Group, Snapshot};
use std::cmp::Reverse;

/// The account that must be taken out of the plan so that an administrator is left, if there is need to. Of several that the plan
/// would hit, the one that was active most recently is kept, then the one whose key is first.
///
/// The account that Rollcall uses does not count: a site that only a program can administer has lost its administrators.
pub(super) fn to_be_kept(
    snapshot: &Snapshot,
    own: Option<AccountIndex>,
    steps: &[Step],
) -> Result<Option<AccountIndex>, PlanError> {
    if !steps.iter().any(|s| takes_away(&s.change)) {
        return Ok(None);
    }
    let administration = Giving::administration(snapshot);
    if !administration.is_known() {
        return Err(PlanError::AdministratorsUnknown);
    }
    let before = enabled_administrators(snapshot, own);
    let mut lost = RoaringBitmap::new();
    let sorted = Step::by_account(steps);
    for of_one in sorted.chunk_by(|a, b| a.account == b.account) {
        let account = of_one[0].account;
        let changes: Vec<_> = of_one.iter().map(|step| &step.change).collect();
        if before.contains(account) && !administers_after(&administration, snapshot, account, &changes) {
            lost.insert(account);
        }
    }
    if lost.is_empty() || lost.len() < before.len() {
        return Ok(None);
    }
    Ok(lost.iter().min_by_key(|index| {
        let account = snapshot.account(*index);
        (Reverse(newest_activity(account)), account.key())
    }))
}

/// Who can administer the site now, besides the account that Rollcall uses.
fn enabled_administrators(snapshot: &Snapshot, own: Option<AccountIndex>) -> RoaringBitmap {
    let groups = snapshot.groups().filter(|g| g.gives_admin() == Some(true));
    let members = groups.map(Group::members).fold(RoaringBitmap::new(), |all, some| all | some);
    let takes_effect = |index: &AccountIndex| {
        let account = snapshot.account(*index);
        account.status() == Some(Status::Enabled) && account.shadowed() != Some(true) && own != Some(*index)
    };
    members.iter().filter(takes_effect).collect()
}

fn newest_activity(account: Account<'_>) -> Option<Timestamp> {
    account.evidence().filter_map(|(_, _, at)| at).max()
}
