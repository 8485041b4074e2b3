//! Errors of a site, each saying what the caller must decide.

use rollcall_model::ActionKind;
use std::time::Duration;

/// Why a site did not do or say what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SiteError {
    /// Credentials were refused; asking again may lock the account. **Stop everything** (I9).
    #[error("the site refused the credentials: {hint}")]
    Unauthorized {
        /// What to do.
        hint: String,
    },
    /// The account that Rollcall uses may not do that. Stop: it will not be permitted for the next account either.
    #[error("the site does not permit it: {reason}")]
    Forbidden {
        /// What the site said, and which right is missing.
        reason: String,
    },
    /// The site has blocked the account that Rollcall uses from its API. **Stop everything** (I10).
    #[error("the site has blocked this account from its API: {reason}")]
    Blocked {
        /// What the site said.
        reason: String,
    },
    /// Too many requests for longer than the transport is willing to wait. Ask again after this long; applies to the whole site (I10).
    #[error("the site is busy; ask again in {} s", retry_after.as_secs())]
    Busy {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The site takes no writes now (read-only access mode). Stop.
    #[error("the site is in read-only mode: {reason}")]
    ReadOnlyMode {
        /// What the site said.
        reason: String,
    },
    /// This site cannot do that at its version, or not over this interface. Refuse the item.
    #[error("the site cannot do `{action}`: {reason}")]
    Unsupported {
        /// What was asked.
        action: ActionKind,
        /// Why, and what to do instead.
        reason: String,
    },
    /// The account or group does not exist. Fail the item.
    #[error("the site does not know {what}")]
    NotFound {
        /// What was named.
        what: String,
    },
    /// It is already so, or somebody else holds the name. Look.
    #[error("conflict: {reason}")]
    Conflict {
        /// What the site said.
        reason: String,
    },
    /// The site understood and refused this one change. Fail the item, go on with the next.
    #[error("the site refused: {reason}")]
    Rejected {
        /// HTTP status, where there was one.
        status: Option<u16>,
        /// What the site said.
        reason: String,
    },
    /// No answer, or one that does not tell whether it took effect. Look before acting again.
    #[error("no clear answer from the site: {reason}")]
    Unanswered {
        /// Whether the request may have reached the site.
        may_have_taken_effect: bool,
        /// What happened.
        reason: String,
    },
    /// What answers is not the site it should be: other product, other address, a login page, HTML instead of JSON. Stop.
    #[error("{url} does not answer like {expected}: {reason}")]
    NotASite {
        /// What was asked.
        url: String,
        /// What was expected.
        expected: String,
        /// What was found, and what to do.
        reason: String,
    },
    /// The site cannot be reached at all: name, network, TLS. Stop, or try later.
    #[error("cannot reach {url}: {reason}")]
    Unreachable {
        /// What was asked.
        url: String,
        /// What happened, and what to do.
        reason: String,
    },
    /// A bulk reading contradicts itself or is incomplete: pages missing, doubled, cut. There is no observation.
    #[error("the site could not be read completely: {reason}")]
    Incomplete {
        /// What is missing.
        reason: String,
    },
}

impl SiteError {
    /// Whether the whole run must stop, not only this item.
    pub const fn stops_run(&self) -> bool {
        match self {
            Self::Unauthorized { .. }
            | Self::Forbidden { .. }
            | Self::Blocked { .. }
            | Self::ReadOnlyMode { .. }
            | Self::NotASite { .. }
            | Self::Unreachable { .. }
            | Self::Busy { .. } => true,
            Self::Unsupported { .. }
            | Self::NotFound { .. }
            | Self::Conflict { .. }
            | Self::Rejected { .. }
            | Self::Unanswered { .. }
            | Self::Incomplete { .. } => false,
        }
    }

    /// Short stable code for JSON and the run log.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unauthorized { .. } => "unauthorized",
            Self::Forbidden { .. } => "forbidden",
            Self::Blocked { .. } => "blocked",
            Self::Busy { .. } => "busy",
            Self::ReadOnlyMode { .. } => "read-only-mode",
            Self::Unsupported { .. } => "unsupported",
            Self::NotFound { .. } => "not-found",
            Self::Conflict { .. } => "conflict",
            Self::Rejected { .. } => "rejected",
            Self::Unanswered { .. } => "unanswered",
            Self::NotASite { .. } => "not-a-site",
            Self::Unreachable { .. } => "unreachable",
            Self::Incomplete { .. } => "incomplete",
        }
    }
}
