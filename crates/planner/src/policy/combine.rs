//! Actions that cannot stand together in one policy.

use rollcall_model::{Action, ActionKind, GroupName, MoveMode};
use rollcall_snapshot::fold;
use std::collections::BTreeMap;

/// Pairs that contradict each other in whatever order they stand, with the reason.
const OPPOSITES: [(ActionKind, ActionKind, &str); 6] = [
    (ActionKind::Disable, ActionKind::Enable, "they contradict each other"),
    (ActionKind::Suspend, ActionKind::Restore, "they contradict each other"),
    (ActionKind::Disable, ActionKind::ResetPassword, "whoever is disabled cannot choose a new password"),
    (ActionKind::Suspend, ActionKind::ResetPassword, "whoever is suspended cannot choose a new password"),
    (ActionKind::Enable, ActionKind::Delete, "whoever is deleted needs no enabling"),
    (ActionKind::Restore, ActionKind::RemoveFromDirectory, "whoever is removed needs no restoring"),
];

/// What is wrong with the actions as a list: the position of the action that is at fault, and why.
pub(crate) fn contradictions(actions: &[Action]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (position, action) in actions.iter().enumerate() {
        let kind = action.kind();
        let earlier = &actions[..position];
        if earlier.iter().any(|a| a.kind() == kind) {
            found.push((position, format!("`{kind}` stands twice; name it once, with all its arguments")));
        }
        for (one, other, reason) in OPPOSITES {
            let partner = if kind == one { other } else { one };
            if (kind == one || kind == other) && earlier.iter().any(|a| a.kind() == partner) {
                found.push((position, format!("`{kind}` cannot stand beside `{partner}`: {reason}")));
            }
        }
        if let Some(last) = earlier.iter().find(|a| ends_the_account(a)) {
            found.push((
                position,
                format!("nothing can follow `{}`: the account is no longer what the snapshot shows; put `{kind}` before it or into a policy of its own", last.kind()),
            ));
        }
    }
    found.extend(groups_both_ways(actions));
    found.sort();
    found.dedup();
    found
}

/// After these the account is not where, or not what, the snapshot showed.
fn ends_the_account(action: &Action) -> bool {
    matches!(
        action,
        Action::Delete
            | Action::RemoveFromDirectory
            | Action::ChangeDirectory { mode: MoveMode::Move | MoveMode::Copy, .. }
    )
}

fn groups_both_ways(actions: &[Action]) -> Vec<(usize, String)> {
    let mut seen: BTreeMap<String, (bool, &GroupName)> = BTreeMap::new();
    let mut found = Vec::new();
    for (position, action) in actions.iter().enumerate() {
        let (names, adds) = match action {
            Action::AddGroups(names) => (names, true),
            Action::RemoveGroups(names) => (names, false),
            _ => continue,
        };
        for name in names {
            match seen.insert(fold(name.as_str()), (adds, name)) {
                Some((added, _)) if added != adds => {
                    found.push((position, format!("the group \"{name}\" is both added and removed")));
                }
                Some((_, first)) => found.push((
                    position,
                    format!("the group \"{name}\" stands twice (\"{first}\" and \"{name}\" are one group: case does not count)"),
                )),
                None => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::contradictions;
    use rollcall_model::Action;

    fn faults(actions: &[&str]) -> Vec<(usize, String)> {
        let actions: Vec<Action> = actions.iter().map(|a| a.parse().unwrap()).collect();
        contradictions(&actions)
    }

    #[test]
    fn actions_that_contradict_each_other_are_named_with_the_reason() {
        for (actions, position, part) in [
            (&["disable", "enable"][..], 1, "contradict"),
            (&["enable", "notify", "disable"], 2, "contradict"),
            (&["add-groups=a,b", "remove-groups=B"], 1, "both added and removed"),
            (&["delete", "notify"], 1, "nothing can follow `delete`"),
            (&["disable", "disable"], 1, "stands twice"),
            (&["add-groups=a,A"], 0, "stands twice"),
            (&["disable", "reset-password"], 1, "cannot choose"),
            (&["change-directory=to:x,mode:move", "disable"], 1, "nothing can follow"),
        ] {
            let faults = faults(actions);
            assert_eq!(faults.len(), 1, "{actions:?}: {faults:?}");
            assert!(faults[0].0 == position && faults[0].1.contains(part), "{actions:?}: {faults:?}");
        }
    }

    #[test]
    fn actions_in_a_sensible_order_stand_together() {
        for actions in [
            &["remove-groups=a", "add-groups=b", "disable"][..],
            &["notify", "disable", "delete"],
            &["enable", "add-groups=a"],
        ] {
            assert_eq!(faults(actions), [], "{actions:?}");
        }
    }
}
