//! What to do with an item after looking at its account: the one decision of a run, and it is pure.

use rollcall_model::{Change, GroupName, Status, plain};
use rollcall_site::{AccountState, Existence};
use std::collections::BTreeSet;

/// Whether what a change asks for is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// It is so.
    So,
    /// It is not so.
    NotSo,
    /// The site's answer does not tell.
    CannotTell,
}

/// What to do with an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is so already.
    Already,
    /// The account changed since the plan; both values in words.
    Drifted(String),
    /// Make the change, addressing the account by this name.
    Go {
        /// The sign-in name now.
        username: String,
    },
}

/// What the item was planned on.
#[derive(Debug, Clone)]
pub(crate) struct Expected<'a> {
    pub(crate) change: &'a Change,
    /// Sign-in name when the plan was made: what whoever approved it has read.
    pub(crate) username: &'a str,
    /// Status when the plan was made, where the change is about status or deletion.
    pub(crate) status: Option<Status>,
    /// Protected groups (with the groups inside them) whose members are never changed.
    pub(crate) protected: &'a BTreeSet<GroupName>,
}

/// Compares names as Data Center does: without regard to case (`confluence-data-center.md §7.6`).
fn holds(groups: &BTreeSet<GroupName>, group: &GroupName) -> bool {
    groups.contains(group)
        || groups
            .iter()
            .any(|g| rollcall_snapshot::fold(g.as_str()) == rollcall_snapshot::fold(group.as_str()))
}

/// Whether the change is already true of the account.
pub(crate) fn sight(change: &Change, state: &AccountState) -> Sight {
    if state.existence == Existence::Gone {
        return if matches!(change, Change::Delete) { Sight::So } else { Sight::CannotTell };
    }
    let tell = |is_so: Option<bool>| match is_so {
        Some(true) => Sight::So,
        Some(false) => Sight::NotSo,
        None => Sight::CannotTell,
    };
    match change {
        Change::Disable | Change::Suspend => tell(state.status.map(|s| s == Status::Disabled)),
        Change::Enable | Change::Restore => tell(state.status.map(|s| s == Status::Enabled)),
        Change::AddToGroup { group } => tell(state.groups.as_ref().map(|g| holds(g, group))),
        Change::RemoveFromGroup { group } => tell(state.groups.as_ref().map(|g| !holds(g, group))),
        Change::Delete => Sight::NotSo,
        Change::ChangeDirectory { .. }
        | Change::ResetPassword
        | Change::Notify
        | Change::RemoveFromDirectory => Sight::CannotTell,
    }
}

/// Decides about an item. `active` is an activity seen since the snapshot, in words, where the plan rests on inactivity.
pub(crate) fn judge(expected: &Expected<'_>, state: &AccountState, active: Option<&str>) -> Verdict {
    if sight(expected.change, state) == Sight::So {
        return Verdict::Already;
    }
    if state.existence == Existence::Gone {
        return Verdict::Drifted("planned on an account that existed; it is gone now".to_owned());
    }
    if rollcall_snapshot::fold(&state.username) != rollcall_snapshot::fold(expected.username) {
        return Verdict::Drifted(format!(
            "was called \"{}\" when the plan was made; is called \"{}\" now",
            plain(expected.username),
            plain(&state.username)
        ));
    }
    if let Some(group) = state.groups.iter().flatten().find(|g| holds(expected.protected, g)) {
        return Verdict::Drifted(format!(
            "was not protected when the plan was made; now a member of the protected group \"{group}\""
        ));
    }
    if let Some(active) = active {
        return Verdict::Drifted(format!("was idle when the plan was made; {active}"));
    }
    if let (Some(then), Some(now)) = (expected.status, state.status)
        && then != now
    {
        return Verdict::Drifted(format!(
            "was {} when the plan was made; is {} now",
            then.as_str(),
            now.as_str()
        ));
    }
    Verdict::Go { username: state.username.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(status: Status, groups: &[&str]) -> AccountState {
        AccountState {
            key: "k1".into(),
            existence: Existence::Present,
            username: "mira".into(),
            status: Some(status),
            groups: Some(groups.iter().map(|g| GroupName::from(*g)).collect()),
        }
    }

    fn disable(protected: &BTreeSet<GroupName>) -> Expected<'_> {
        Expected { change: &Change::Disable, username: "Mira", status: Some(Status::Enabled), protected }
    }

    #[test]
    fn somebody_already_disabled_is_left_alone() {
        let none = BTreeSet::new();
        assert_eq!(judge(&disable(&none), &state(Status::Disabled, &[]), None), Verdict::Already);
    }

    #[test]
    fn somebody_who_signed_in_since_the_snapshot_has_drifted() {
        let none = BTreeSet::new();
        let verdict = judge(&disable(&none), &state(Status::Enabled, &[]), Some("signed in yesterday"));
        assert_eq!(verdict, Verdict::Drifted("was idle when the plan was made; signed in yesterday".into()));
    }

    #[test]
    fn somebody_renamed_since_the_plan_has_drifted_and_another_case_is_no_other_name() {
        let none = BTreeSet::new();
        let renamed = AccountState { username: "mira.koval".into(), ..state(Status::Enabled, &[]) };
        assert!(
            matches!(judge(&disable(&none), &renamed, None), Verdict::Drifted(why) if why.contains("mira.koval"))
        );
        assert_eq!(
            judge(&disable(&none), &state(Status::Enabled, &[]), None),
            Verdict::Go { username: "mira".into() }
        );
    }

    #[test]
    fn somebody_protected_since_the_plan_has_drifted_whatever_the_case_of_the_group() {
        let protected = BTreeSet::from(["Keep-Me".into()]);
        let verdict = judge(&disable(&protected), &state(Status::Enabled, &["keep-me"]), None);
        assert!(matches!(verdict, Verdict::Drifted(why) if why.contains("keep-me")));
    }

    #[test]
    fn a_deleted_account_is_already_deleted_and_otherwise_drifted() {
        let none = BTreeSet::new();
        let gone = AccountState {
            existence: Existence::Gone,
            status: None,
            groups: None,
            ..state(Status::Enabled, &[])
        };
        let delete = Expected { change: &Change::Delete, ..disable(&none) };
        assert_eq!(judge(&delete, &gone, None), Verdict::Already);
        assert!(matches!(judge(&disable(&none), &gone, None), Verdict::Drifted(_)));
    }

    #[test]
    fn a_status_the_site_does_not_tell_is_neither_so_nor_not_so() {
        let blank = AccountState { status: None, ..state(Status::Enabled, &[]) };
        assert_eq!(sight(&Change::Disable, &blank), Sight::CannotTell);
    }
}
