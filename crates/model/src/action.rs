//! Actions, as a policy names them, and the elementary changes they are made of.

use crate::{DirectoryName, GroupName, Status};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

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

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AddToGroup { group } | Self::RemoveFromGroup { group } => {
                write!(f, "{}={}", self.kind(), listed(std::slice::from_ref(group)))
            }
            Self::ChangeDirectory { to, mode } => write_move(f, to, *mode),
            _ => f.write_str(self.kind().as_str()),
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

fn write_move(f: &mut fmt::Formatter<'_>, to: &DirectoryName, mode: MoveMode) -> fmt::Result {
    let mode = match mode {
        MoveMode::Move => "move",
        MoveMode::Copy => "copy",
    };
    write!(f, "{}=to:{},mode:{mode}", ActionKind::ChangeDirectory, quoted(to.as_str()))
}

/// Names as they stand after `=`: separated by commas, in double quotes where a name holds a comma, a quote or space at its ends.
fn listed(names: &[GroupName]) -> String {
    names.iter().map(|n| quoted(n.as_str())).collect::<Vec<_>>().join(",")
}

fn quoted(name: &str) -> String {
    if name.is_empty() || name.contains([',', '"', '\\']) || name.trim() != name {
        format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        name.to_owned()
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AddGroups(names) | Self::RemoveGroups(names) => {
                write!(f, "{}={}", self.kind(), listed(names))
            }
            Self::ChangeDirectory { to, mode } => write_move(f, to, *mode),
            _ => f.write_str(self.kind().as_str()),
        }
    }
}

/// An action on the command line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActionParseError {
    /// No such action.
    #[error("\"{word}\" is not an action; known: {known}")]
    Unknown {
        /// The word as given.
        word: String,
        /// Every word there is.
        known: String,
    },
    /// An argument is missing.
    #[error("`{kind}` needs {what}, as in `{example}`")]
    Missing {
        /// The action.
        kind: ActionKind,
        /// What is missing.
        what: &'static str,
        /// How it is written.
        example: &'static str,
    },
    /// An argument too much.
    #[error("`{kind}` takes no argument, but \"{argument}\" was given")]
    Unexpected {
        /// The action.
        kind: ActionKind,
        /// What was given.
        argument: String,
    },
    /// A quote without its end.
    #[error("a double quote in \"{text}\" is never closed")]
    Quote {
        /// The argument.
        text: String,
    },
}

impl FromStr for Action {
    type Err = ActionParseError;

    /// Reads `disable`, `add-groups=a,b`, `remove-groups="with, comma"`, `change-directory=to:NAME,mode:move`.
    fn from_str(text: &str) -> Result<Self, ActionParseError> {
        let (word, argument) = match text.split_once('=') {
            Some((word, argument)) => (word.trim(), Some(argument)),
            None => (text.trim(), None),
        };
        let kind = ActionKind::ALL.into_iter().find(|k| k.as_str() == word).ok_or_else(|| {
            ActionParseError::Unknown {
                word: word.to_owned(),
                known: ActionKind::ALL.map(ActionKind::as_str).join(", "),
            }
        })?;
        let groups = |example| {
            let names = split_names(argument.unwrap_or_default())?;
            if names.is_empty() || names.iter().any(String::is_empty) {
                return Err(ActionParseError::Missing { kind, what: "the names of groups", example });
            }
            Ok(names.into_iter().map(GroupName::from).collect())
        };
        match kind {
            ActionKind::AddGroups => return Ok(Self::AddGroups(groups("add-groups=a,b")?)),
            ActionKind::RemoveGroups => return Ok(Self::RemoveGroups(groups("remove-groups=a,b")?)),
            ActionKind::ChangeDirectory => return parse_move(argument.unwrap_or_default()),
            _ => {}
        }
        if let Some(argument) = argument {
            return Err(ActionParseError::Unexpected { kind, argument: argument.to_owned() });
        }
        Ok(match kind {
            ActionKind::Disable => Self::Disable,
            ActionKind::Enable => Self::Enable,
            ActionKind::Delete => Self::Delete,
            ActionKind::RemoveLicenceGroups => Self::RemoveLicenceGroups,
            ActionKind::ResetPassword => Self::ResetPassword,
            ActionKind::Notify => Self::Notify,
            ActionKind::Suspend => Self::Suspend,
            ActionKind::Restore => Self::Restore,
            ActionKind::RemoveFromDirectory => Self::RemoveFromDirectory,
            ActionKind::AddGroups | ActionKind::RemoveGroups | ActionKind::ChangeDirectory => {
                unreachable!("returned above")
            }
        })
    }
}

fn parse_move(argument: &str) -> Result<Action, ActionParseError> {
    let missing = |what| ActionParseError::Missing {
        kind: ActionKind::ChangeDirectory,
        what,
        example: "change-directory=to:NAME,mode:move",
    };
    let (mut to, mut mode) = (None, MoveMode::default());
    for part in split_names(argument)? {
        match part.split_once(':') {
            Some(("to", name)) if !name.is_empty() => to = Some(DirectoryName::from(name)),
            Some(("mode", "move")) => mode = MoveMode::Move,
            Some(("mode", "copy")) => mode = MoveMode::Copy,
            _ => return Err(missing("`to:DIRECTORY` and, if wanted, `mode:move` or `mode:copy`")),
        }
    }
    let to = to.ok_or_else(|| missing("the directory to go to"))?;
    Ok(Action::ChangeDirectory { to, mode })
}

/// Splits at commas outside double quotes; inside quotes `\"` and `\\` stand for themselves. White space around a part is dropped.
fn split_names(text: &str) -> Result<Vec<String>, ActionParseError> {
    let mut parts = Vec::new();
    let (mut part, mut is_quoted, mut was_quoted) = (String::new(), false, false);
    let mut chars = text.chars();
    let finish = |part: &mut String, was_quoted: &mut bool| {
        let done = if *was_quoted { std::mem::take(part) } else { part.trim().to_owned() };
        part.clear();
        *was_quoted = false;
        done
    };
    while let Some(c) = chars.next() {
        match c {
            '\\' if is_quoted => part.extend(chars.next()),
            '"' if is_quoted => is_quoted = false,
            '"' => {
                let head = part.trim_start().to_owned();
                part = head;
                (is_quoted, was_quoted) = (true, true);
            }
            ',' if !is_quoted => parts.push(finish(&mut part, &mut was_quoted)),
            _ if !is_quoted && was_quoted && c.is_whitespace() => {}
            _ => part.push(c),
        }
    }
    if is_quoted {
        return Err(ActionParseError::Quote { text: text.to_owned() });
    }
    if !text.trim().is_empty() {
        parts.push(finish(&mut part, &mut was_quoted));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn action() -> impl Strategy<Value = Action> {
        let name = "[a-zA-Z, \"\\\\é=:#-]{1,12}";
        let names = proptest::collection::vec(name.prop_map(GroupName::from), 1..4);
        prop_oneof![
            Just(Action::Disable),
            Just(Action::Delete),
            Just(Action::RemoveLicenceGroups),
            names.clone().prop_map(Action::AddGroups),
            names.prop_map(Action::RemoveGroups),
            (name, any::<bool>()).prop_map(|(to, is_copy)| Action::ChangeDirectory {
                to: to.into(),
                mode: if is_copy { MoveMode::Copy } else { MoveMode::Move }
            }),
        ]
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(action in action()) {
            prop_assert_eq!(action.to_string().parse::<Action>().unwrap(), action);
        }
    }

    #[test]
    fn bad_actions_say_what_is_wrong() {
        for (text, part) in [
            ("dissable", "is not an action"),
            ("add-groups", "needs the names of groups"),
            ("add-groups=a,,b", "needs the names of groups"),
            ("disable=now", "takes no argument"),
            ("change-directory=mode:copy", "needs the directory"),
            ("add-groups=\"a", "never closed"),
        ] {
            let error = text.parse::<Action>().unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn undo_of_undo_is_the_change_itself() {
        for change in [Change::Disable, Change::AddToGroup { group: "g".into() }, Change::Suspend] {
            assert_eq!(change.undo().and_then(|c| c.undo()), Some(change));
        }
        assert_eq!(Change::Delete.undo(), None);
    }
}
