//! Actions, as a policy names them, and the elementary changes they are made of.

use crate::{DirectoryName, GroupName, Status};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What is to be made true of an account, as a policy or an operator says it (product.md §6).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// The account cannot sign in.
    Disable,
    /// The account can sign in.
    Enable,
    /// The account is gone. Cannot be undone.
    Delete,
    /// The account is a direct member of each of these groups.
    AddGroups(Vec<GroupName>),
    /// The account is a direct member of none of these groups.
    RemoveGroups(Vec<GroupName>),
    /// The account is a direct member of no group that gives a seat.
    RemoveLicenceGroups,
    /// The account lives in another directory.
    ChangeDirectory {
        /// The target directory.
        to: DirectoryName,
        /// Whether the account leaves its old directory.
        #[serde(default)]
        mode: MoveMode,
    },
    /// The account has a new, unknown password and is asked by mail to choose one.
    ResetPassword,
    /// The account's owner has been told by mail.
    Notify,
    /// Cloud: access to the products of a directory stops, groups and roles are remembered.
    Suspend,
    /// Cloud: the opposite of suspend.
    Restore,
    /// Cloud: the account leaves the organisation's directory.
    RemoveFromDirectory,
}

/// Whether a change of directory leaves the account behind.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum MoveMode {
    /// The account leaves its old directory.
    #[default]
    Move,
    /// The account exists in both directories afterwards.
    Copy,
}

/// The kind of an action, without its arguments: a row of the capability table.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is the kind of the Action of that name")]
pub enum ActionKind {
    Disable,
    Enable,
    Delete,
    AddGroups,
    RemoveGroups,
    RemoveLicenceGroups,
    ChangeDirectory,
    ResetPassword,
    Notify,
    Suspend,
    Restore,
    RemoveFromDirectory,
}

impl ActionKind {
    /// Every kind, in the order of product.md §6.
    pub const ALL: [Self; 12] = [
        Self::Disable,
        Self::Enable,
        Self::Delete,
        Self::AddGroups,
        Self::RemoveGroups,
        Self::RemoveLicenceGroups,
        Self::ChangeDirectory,
        Self::ResetPassword,
        Self::Notify,
        Self::Suspend,
        Self::Restore,
        Self::RemoveFromDirectory,
    ];

    /// The word of policy file and command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::Delete => "delete",
            Self::AddGroups => "add-groups",
            Self::RemoveGroups => "remove-groups",
            Self::RemoveLicenceGroups => "remove-licence-groups",
            Self::ChangeDirectory => "change-directory",
            Self::ResetPassword => "reset-password",
            Self::Notify => "notify",
            Self::Suspend => "suspend",
            Self::Restore => "restore",
            Self::RemoveFromDirectory => "remove-from-directory",
        }
    }
}

impl fmt::Display for ActionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One elementary change of one account: what one request to the site can do, what one run item is about, and what undo turns round.
/// Always an *ensure*: asking twice is safe.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "change")]
pub enum Change {
    /// Status becomes disabled.
    Disable,
    /// Status becomes enabled.
    Enable,
    /// The account is gone.
    Delete,
    /// Direct member of the group.
    AddToGroup {
        /// The group.
        group: GroupName,
    },
    /// Not a direct member of the group.
    RemoveFromGroup {
        /// The group.
        group: GroupName,
    },
    /// Lives in that directory.
    ChangeDirectory {
        /// The target directory.
        to: DirectoryName,
        /// Whether the account leaves its old directory.
        mode: MoveMode,
    },
    /// Has a new, unknown password.
    ResetPassword,
    /// Its owner was told.
    Notify,
    /// Cloud: suspended.
    Suspend,
    /// Cloud: restored.
    Restore,
    /// Cloud: out of the organisation's directory.
    RemoveFromDirectory,
}

impl Change {
    /// The kind of action the change belongs to.
    pub const fn kind(&self) -> ActionKind {
        match self {
            Self::Disable => ActionKind::Disable,
            Self::Enable => ActionKind::Enable,
            Self::Delete => ActionKind::Delete,
            Self::AddToGroup { .. } => ActionKind::AddGroups,
            Self::RemoveFromGroup { .. } => ActionKind::RemoveGroups,
            Self::ChangeDirectory { .. } => ActionKind::ChangeDirectory,
            Self::ResetPassword => ActionKind::ResetPassword,
            Self::Notify => ActionKind::Notify,
            Self::Suspend => ActionKind::Suspend,
            Self::Restore => ActionKind::Restore,
            Self::RemoveFromDirectory => ActionKind::RemoveFromDirectory,
        }
    }

    /// The change that takes this one back, from the state before it; `None` where nothing can (I13).
    pub fn undo(&self) -> Option<Self> {
        match self {
            Self::Disable => Some(Self::Enable),
            Self::Enable => Some(Self::Disable),
            Self::AddToGroup { group } => Some(Self::RemoveFromGroup { group: group.clone() }),
            Self::RemoveFromGroup { group } => Some(Self::AddToGroup { group: group.clone() }),
            Self::Suspend => Some(Self::Restore),
            Self::Restore => Some(Self::Suspend),
            Self::Delete
            | Self::ChangeDirectory { .. }
            | Self::ResetPassword
            | Self::Notify
            | Self::RemoveFromDirectory => None,
        }
    }

    /// The status the change leads to, where it is about status.
    pub const fn wanted_status(&self) -> Option<Status> {
        match self {
            Self::Disable => Some(Status::Disabled),
            Self::Enable => Some(Status::Enabled),
            _ => None,
        }
    }
}

impl Action {
    /// The kind, without arguments.
    pub const fn kind(&self) -> ActionKind {
        match self {
            Self::Disable => ActionKind::Disable,
            Self::Enable => ActionKind::Enable,
            Self::Delete => ActionKind::Delete,
            Self::AddGroups(_) => ActionKind::AddGroups,
            Self::RemoveGroups(_) => ActionKind::RemoveGroups,
            Self::RemoveLicenceGroups => ActionKind::RemoveLicenceGroups,
            Self::ChangeDirectory { .. } => ActionKind::ChangeDirectory,
            Self::ResetPassword => ActionKind::ResetPassword,
            Self::Notify => ActionKind::Notify,
            Self::Suspend => ActionKind::Suspend,
            Self::Restore => ActionKind::Restore,
            Self::RemoveFromDirectory => ActionKind::RemoveFromDirectory,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undo_of_undo_is_the_change_itself() {
        for change in [Change::Disable, Change::AddToGroup { group: "g".into() }, Change::Suspend] {
            assert_eq!(change.undo().and_then(|c| c.undo()), Some(change));
        }
        assert_eq!(Change::Delete.undo(), None);
    }
}
