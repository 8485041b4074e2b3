//! Actions and changes as text: one form for command line, policy, plan, audit log and mail.

use crate::action::{Action, ActionKind, Change, MoveMode};
use crate::{DirectoryName, GroupName};
use std::fmt;
use std::str::FromStr;

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
}
