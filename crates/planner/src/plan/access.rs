//! What group memberships give: a seat, the right to administer; and what is left of it after a plan.

use roaring::RoaringBitmap;
use rollcall_model::{AccountIndex, Change, GroupIndex, Status};
use rollcall_snapshot::{Account, Group, Snapshot};

/// The groups of which direct members enjoy something, because the group itself or one that it is inside of gives it.
pub(super) struct Giving {
    entries: RoaringBitmap,
    is_known: bool,
}

impl Giving {
    /// Groups through which a seat is had.
    pub(super) fn seats(snapshot: &Snapshot) -> Self {
        Self::by(snapshot, |group| group.gives_seat() == Some(true))
    }

    /// Groups through which the site is administered.
    pub(super) fn administration(snapshot: &Snapshot) -> Self {
        Self::by(snapshot, |group| group.gives_admin() == Some(true))
    }

    fn by(snapshot: &Snapshot, gives: impl Fn(Group<'_>) -> bool) -> Self {
        let mut open: Vec<GroupIndex> = snapshot.groups().filter(|g| gives(*g)).map(Group::index).collect();
        let is_known = !open.is_empty();
        let mut entries = RoaringBitmap::new();
        while let Some(group) = open.pop() {
            if entries.insert(group) {
                open.extend(snapshot.group(group).children());
            }
        }
        Self { entries, is_known }
    }

    /// Whether any group is known to give it.
    pub(super) const fn is_known(&self) -> bool {
        self.is_known
    }

    /// Whether direct members of this group have it.
    pub(super) fn is_given_by(&self, group: GroupIndex) -> bool {
        self.entries.contains(group)
    }

    /// Whether the account has it through a group, after these changes of its memberships.
    fn is_had(&self, snapshot: &Snapshot, account: AccountIndex, changes: &[&Change]) -> bool {
        let removed = |group: GroupIndex| {
            let name = snapshot.group(group).name();
            changes.iter().any(|c| matches!(c, Change::RemoveFromGroup { group } if group == name))
        };
        let direct = snapshot.direct_groups(account);
        if direct.iter().any(|g| self.entries.contains(*g) && !removed(*g)) {
            return true;
        }
        changes.iter().any(|c| match c {
            Change::AddToGroup { group } => {
                snapshot.find_group(group.as_str()).is_some_and(|g| self.entries.contains(g))
            }
            _ => false,
        })
    }
}

/// Whether the account may sign in after these changes; `None` where it is not known even before.
fn signs_in(account: Account<'_>, changes: &[&Change]) -> Option<bool> {
    let mut may = account.status().map(|status| status == Status::Enabled);
    for change in changes {
        match change {
            Change::Enable | Change::Restore => may = Some(true),
            Change::Disable | Change::Delete | Change::Suspend | Change::RemoveFromDirectory => {
                may = Some(false);
            }
            // Where the account goes, its status and groups are that directory's affair: do not count on them.
            Change::ChangeDirectory { .. } => may = None,
            _ => {}
        }
    }
    may
}

/// Whether the account can still administer the site after these changes.
pub(super) fn administers_after(
    administration: &Giving,
    snapshot: &Snapshot,
    account: AccountIndex,
    changes: &[&Change],
) -> bool {
    signs_in(snapshot.account(account), changes) == Some(true)
        && administration.is_had(snapshot, account, changes)
}

/// Whether the account counts towards the licence, before and after these changes.
pub(super) fn seat_before_and_after(
    seats: &Giving,
    snapshot: &Snapshot,
    account: AccountIndex,
    changes: &[&Change],
) -> (bool, bool) {
    let view = snapshot.account(account);
    let could_before = signs_in(view, &[]) != Some(false);
    let by_group_before = seats.is_had(snapshot, account, &[]);
    let before = view.seat().unwrap_or(could_before && by_group_before);
    let could_after = signs_in(view, changes) != Some(false);
    let by_group_after = seats.is_had(snapshot, account, changes);
    if could_before == could_after && by_group_before == by_group_after {
        return (before, before);
    }
    // A seat that no group explains stays as long as the account can sign in.
    let is_unexplained = before && !by_group_before;
    (before, could_after && (by_group_after || is_unexplained))
}
