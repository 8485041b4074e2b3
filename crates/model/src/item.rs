//! The states of a run item (product.md §5).

use serde::{Deserialize, Serialize};
use std::fmt;

/// Where one item of a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemState {
    /// Not yet begun.
    Pending,
    /// Claimed: the intent is recorded, the site may or may not have been asked.
    Started,
    /// The change was made and seen to have been made.
    Done,
    /// It was so already; nothing was sent.
    Already,
    /// The account changed since the plan in a way that matters; nothing was sent.
    Drifted,
    /// It cannot be done here, and the site said so for good.
    Refused,
    /// It was tried and did not happen.
    Failed,
    /// It was tried, and looking again could not tell whether it happened.
    Unknown,
    /// The run was stopped before this item began.
    Stopped,
}

/// A step that an item must not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a run item cannot go from {from} to {to}")]
pub struct TransitionError {
    /// Where the item stands.
    pub from: ItemState,
    /// Where it was asked to go.
    pub to: ItemState,
}

impl ItemState {
    /// Every state, in the order of a run.
    pub const ALL: [Self; 9] = [
        Self::Pending,
        Self::Started,
        Self::Done,
        Self::Already,
        Self::Drifted,
        Self::Refused,
        Self::Failed,
        Self::Unknown,
        Self::Stopped,
    ];

    /// The name used in code, API, command line and database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Started => "started",
            Self::Done => "done",
            Self::Already => "already",
            Self::Drifted => "drifted",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Stopped => "stopped",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// No further step is taken by the run; `stopped` items become pending again by `runs resume`.
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Pending | Self::Started)
    }

    /// The one table of permitted steps. `started → started` is a new attempt after a crash; `stopped → pending` is a resume.
    pub fn step(self, to: Self) -> Result<Self, TransitionError> {
        let permitted = match self {
            Self::Pending => matches!(to, Self::Started | Self::Stopped),
            Self::Started => !matches!(to, Self::Pending | Self::Stopped),
            Self::Stopped => to == Self::Pending,
            Self::Done | Self::Already | Self::Drifted | Self::Refused | Self::Failed | Self::Unknown => {
                false
            }
        };
        if permitted { Ok(to) } else { Err(TransitionError { from: self, to }) }
    }
}

impl fmt::Display for ItemState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_never_overwritten() {
        for from in ItemState::ALL.into_iter().filter(|s| s.is_final() && *s != ItemState::Stopped) {
            for to in ItemState::ALL {
                assert!(from.step(to).is_err(), "{from} → {to}");
            }
        }
    }

    #[test]
    fn names_come_back() {
        for state in ItemState::ALL {
            assert_eq!(ItemState::from_name(state.as_str()), Some(state));
        }
    }
}
