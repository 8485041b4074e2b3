//! Small closed vocabularies, each with the names they have in the database, and the run's table of permitted steps.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// Each of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word used in database, command line and JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The one of that word.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.as_str() == name)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// Whether a site may be changed.
    Mode {
        /// The whole pipeline, with a site that cannot be written to.
        Test = "test",
        /// In earnest.
        Live = "live",
    }
}

words! {
    /// Whether a policy runs (I14).
    PolicyState {
        /// Saved, and no more.
        Off = "off",
        /// Runs without changing anything.
        Test = "test",
        /// Runs in earnest.
        Live = "live",
    }
}

words! {
    /// Where the approval of a plan stands.
    ApprovalState {
        /// The policy asks for none.
        NotNeeded = "not-needed",
        /// Somebody has to look at it.
        Awaited = "awaited",
        /// As many as were asked for have agreed.
        Approved = "approved",
        /// Somebody said no; for good.
        Rejected = "rejected",
    }
}

words! {
    /// Where a mail stands.
    MailState {
        /// To be sent, or sent again.
        Queued = "queued",
        /// The mail server took it, for everybody.
        Sent = "sent",
        /// Over, and at least one recipient was refused for good.
        Bounced = "bounced",
        /// Given up.
        Failed = "failed",
        /// An operator gave it up.
        Discarded = "discarded",
    }
}

words! {
    /// Where the delivery of an event to a webhook stands.
    DeliveryState {
        /// To be delivered, or delivered again.
        Queued = "queued",
        /// The receiver took it.
        Delivered = "delivered",
        /// Given up.
        Failed = "failed",
    }
}

words! {
    /// What a job does.
    JobKind {
        /// Reads a site.
        Sync = "sync",
        /// Plans a policy at a site and, where nothing holds it up, applies the plan.
        RunPolicy = "run-policy",
        /// Plans a policy.
        PlanPolicy = "plan-policy",
        /// Plans a selection made by hand.
        PlanSelection = "plan-selection",
        /// Applies a plan.
        Apply = "apply",
        /// Goes on with a run.
        Resume = "resume",
        /// Plans the undo of a run and, if asked to, applies it.
        Undo = "undo",
    }
}

words! {
    /// Where a job stands.
    JobState {
        /// Waits until it is due, and for somebody to take it.
        Queued = "queued",
        /// Somebody works on it, or died while working on it.
        Running = "running",
        /// Came to its end; its result says to which.
        Done = "done",
        /// Ended by an error.
        Failed = "failed",
        /// Somebody did not want it any more.
        Cancelled = "cancelled",
        /// Was not begun, for the reason in its note.
        Skipped = "skipped",
    }
}

impl JobState {
    /// Nothing more will happen to it.
    pub const fn is_over(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

words! {
    /// Whether an operator may sign in.
    Standing {
        /// They may.
        Active = "active",
        /// An admin said that they may not.
        Inactive = "inactive",
        /// Their provider no longer says that they belong here; they may again when it does.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// What failed attempts to sign in have in common.
    AttemptKind {
        /// The network address they come from.
        Address = "address",
        /// The name that was given, from wherever.
        Name = "name",
        /// Both.
        Pair = "pair",
    }
}

words! {
    /// What an exemption is about.
    ExemptKind {
        /// One account, by key.
        Account = "account",
        /// Every member of a group, by name.
        Group = "group",
    }
}

words! {
    /// Where a run stands.
    RunState {
        /// Created or resumed; nobody has taken it.
        Pending = "pending",
        /// Somebody works on it, or crashed while working on it.
        Running = "running",
        /// Somebody works on it and was asked to stop.
        Stopping = "stopping",
        /// Ended before its last item, on request; can be resumed.
        Stopped = "stopped",
        /// Every item has its outcome.
        Done = "done",
        /// Ended by an error that concerns all of it (credentials, storage); can be resumed.
        Failed = "failed",
    }
}

/// A step that a run must not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a run cannot go from {from} to {to}")]
pub struct RunTransitionError {
    /// Where the run stands.
    pub from: RunState,
    /// Where it was asked to go.
    pub to: RunState,
}

impl RunState {
    /// Nobody works on it, and nobody will unless it is resumed.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Stopped | Self::Done | Self::Failed)
    }

    /// The one table of permitted steps. `running → running` is another process that takes over a run whose owner is gone.
    pub fn step(self, to: Self) -> Result<Self, RunTransitionError> {
        let permitted = match self {
            Self::Pending => matches!(to, Self::Running | Self::Stopped),
            Self::Running => {
                matches!(to, Self::Running | Self::Stopping | Self::Stopped | Self::Done | Self::Failed)
            }
            Self::Stopping => matches!(to, Self::Stopping | Self::Stopped | Self::Done | Self::Failed),
            Self::Stopped | Self::Failed => matches!(to, Self::Pending),
            Self::Done => false,
        };
        if permitted { Ok(to) } else { Err(RunTransitionError { from: self, to }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_is_done_stays_done_and_others_can_be_resumed() {
        for to in RunState::ALL {
            assert!(RunState::Done.step(*to).is_err());
            for over in [RunState::Stopped, RunState::Failed] {
                assert_eq!(over.step(*to).is_ok(), *to == RunState::Pending);
            }
        }
        assert!(RunState::ALL.iter().all(|s| s.is_over() != s.step(RunState::Stopped).is_ok()));
    }

    #[test]
    fn words_come_back() {
        for state in RunState::ALL {
            assert_eq!(RunState::from_name(state.as_str()), Some(*state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }
}
