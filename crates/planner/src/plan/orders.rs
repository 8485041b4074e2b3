//! Actions seen against one site: names found, contradictions named, before any account is looked at.

use super::PlanError;
use super::error::OrderProblem;
use crate::nearest::suggestion;
use crate::policy::contradictions;
use rollcall_model::{
    Action, ActionKind, DirectoryName, GroupIndex, GroupName, MoveMode, SiteProfile, Support,
};
use rollcall_snapshot::Snapshot;

/// An action whose names have been found at the site.
pub(super) enum Resolved {
    Status { kind: ActionKind },
    Groups { kind: ActionKind, groups: Vec<GroupIndex> },
    LicenceGroups,
    Directory { to: DirectoryName, mode: MoveMode },
    Other { kind: ActionKind },
}

impl Resolved {
    pub(super) const fn kind(&self) -> ActionKind {
        match self {
            Self::Status { kind } | Self::Groups { kind, .. } | Self::Other { kind } => *kind,
            Self::LicenceGroups => ActionKind::RemoveLicenceGroups,
            Self::Directory { .. } => ActionKind::ChangeDirectory,
        }
    }
}

/// Finds every name at the site; all problems at once.
pub(super) fn resolve(snapshot: &Snapshot, actions: &[Action]) -> Result<Vec<Resolved>, PlanError> {
    let mut problems = Vec::new();
    if actions.is_empty() {
        problems
            .push(OrderProblem { action: "actions".to_owned(), message: "no action is named".to_owned() });
    }
    for (position, message) in contradictions(actions) {
        problems.push(OrderProblem { action: actions[position].to_string(), message });
    }
    let mut resolved = Vec::with_capacity(actions.len());
    for action in actions {
        let mut fault = |message| problems.push(OrderProblem { action: action.to_string(), message });
        let kind = action.kind();
        match action {
            Action::Disable | Action::Enable => resolved.push(Resolved::Status { kind }),
            Action::AddGroups(names) | Action::RemoveGroups(names) => {
                let mut groups = Vec::with_capacity(names.len());
                for name in names {
                    match find(snapshot, name) {
                        Ok(group) => groups.push(group),
                        Err(message) => fault(with_advice(message, kind, name)),
                    }
                }
                if names.is_empty() {
                    fault("no group is named".to_owned());
                }
                resolved.push(Resolved::Groups { kind, groups });
            }
            Action::RemoveLicenceGroups => resolved.push(Resolved::LicenceGroups),
            Action::ChangeDirectory { to, mode } => match directory(snapshot, to) {
                Ok(to) => resolved.push(Resolved::Directory { to, mode: *mode }),
                Err(message) => fault(message),
            },
            Action::Delete
            | Action::ResetPassword
            | Action::Notify
            | Action::Suspend
            | Action::Restore
            | Action::RemoveFromDirectory => resolved.push(Resolved::Other { kind }),
        }
    }
    problems.extend(seat_both_ways(snapshot, &resolved));
    if problems.is_empty() { Ok(resolved) } else { Err(PlanError::Order(problems)) }
}

/// The one group of that name. Where the site tells groups apart by case only, the spelling must be exact.
fn find(snapshot: &Snapshot, name: &GroupName) -> Result<GroupIndex, String> {
    let named = snapshot.groups_named(name.as_str());
    let exact = named.iter().find(|g| snapshot.group(**g).name() == name);
    match (named, exact) {
        (_, Some(group)) | ([group], None) => Ok(*group),
        ([], None) => {
            let near = suggestion(name.as_str(), snapshot.groups().map(|g| g.name().as_str()));
            Err(format!("the group \"{name}\" does not exist at this site{near}"))
        }
        (several, None) => {
            let spellings: Vec<_> =
                several.iter().map(|g| format!("\"{}\"", snapshot.group(*g).name())).collect();
            Err(format!(
                "the site has several groups of this name, which differ in case: {}; write one of them exactly",
                spellings.join(", ")
            ))
        }
    }
}

fn with_advice(message: String, kind: ActionKind, name: &GroupName) -> String {
    if kind == ActionKind::AddGroups && message.contains("does not exist") {
        format!("{message}. To have it, create it first: rollcall site create-group SITE \"{name}\"")
    } else {
        message
    }
}

fn directory(snapshot: &Snapshot, to: &DirectoryName) -> Result<DirectoryName, String> {
    let directories = snapshot.directories();
    if directories.is_empty() {
        return Err("the site does not list its directories, so nobody can be moved between them".to_owned());
    }
    let Some(found) = directories.iter().find(|d| d.name == *to) else {
        let near = suggestion(to.as_str(), directories.iter().map(|d| d.name.as_str()));
        return Err(format!("the directory \"{to}\" does not exist at this site{near}"));
    };
    if found.is_writable == Some(false) {
        return Err(format!("the directory \"{to}\" is read-only: nobody can be moved into it"));
    }
    Ok(found.name.clone())
}

/// A seat cannot be taken away and given by the same order.
fn seat_both_ways(snapshot: &Snapshot, resolved: &[Resolved]) -> Option<OrderProblem> {
    resolved.iter().find(|r| matches!(r, Resolved::LicenceGroups))?;
    let seats = super::access::Giving::seats(snapshot);
    let added = resolved.iter().find_map(|r| match r {
        Resolved::Groups { kind: ActionKind::AddGroups, groups } => {
            groups.iter().copied().find(|g| seats.is_given_by(*g))
        }
        _ => None,
    })?;
    Some(OrderProblem {
        action: ActionKind::RemoveLicenceGroups.to_string(),
        message: format!(
            "the group \"{}\", which is to be added, gives a seat again",
            snapshot.group(added).name()
        ),
    })
}

/// An action that a site cannot do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImpossibleAction {
    /// Which.
    pub action: ActionKind,
    /// Why, and what to do instead.
    pub reason: String,
}

/// Which of the actions the site cannot do for anybody, by its capability table. A plan refuses them account by account (I6); this tells
/// whoever writes the policy at once.
pub fn impossible_actions(actions: &[Action], profile: &SiteProfile) -> Vec<ImpossibleAction> {
    let impossible = |action: &Action| {
        let kind = action.kind();
        let support: Support = profile.support(kind);
        support.refusal().map(|reason| ImpossibleAction { action: kind, reason: reason.to_owned() })
    };
    actions.iter().filter_map(impossible).collect()
}
