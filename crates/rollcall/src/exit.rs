//! Exit codes (product.md §7).

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Done.
    Done,
    /// Done, with some items refused or failed.
    Partly,
    /// Stopped by a limit, or awaiting approval.
    Held,
    /// Wrong usage or invalid policy.
    Usage,
    /// Failed.
    Failed,
}

impl Exit {
    /// The worse of two, for a command that did several things.
    pub(crate) fn and(self, other: Self) -> Self {
        self.max(other)
    }

    /// As a shell sees it.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Partly => 3,
            Self::Held => 4,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
