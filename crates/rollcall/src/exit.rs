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
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Partly => 3,
            Exit::Held => 4,
        })
    }
}
