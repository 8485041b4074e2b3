//! Every error of the engine as a problem: the one place where that is decided.

use super::{Code, Part, Place, Problem};
use rollcall_engine::{EngineError, SiteError, StoreError};
use rollcall_report::ReportError;

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        let words = error.to_string();
        match error {
            EngineError::Store(error) => of_store(&error),
            EngineError::Site { error, .. } | EngineError::NewSite(error) => of_site(&error, words),
            EngineError::Criterion { text, error } => {
                let place = Place::criterion("/criterion", &text, &error);
                Self::new(Code::BadCriterion, error.to_string()).with_place(place)
            }
            EngineError::Mail(_) => Self::new(Code::MailFailed, words),
            EngineError::Plan(_) => Self::new(Code::BadPlan, words),
            EngineError::Refused { .. } => Self::new(Code::Held, words),
            EngineError::NotFound { .. } | EngineError::Link(_) => Self::new(Code::NotFound, words),
            EngineError::SignInRefused => Self::new(Code::SignInRefused, words).challenged(),
            EngineError::SignOnRefused => Self::new(Code::SignOnRefused, words),
            EngineError::TooManyAttempts { retry_after } => Self::new(Code::TooMany, words)
                .retry_after(retry_after.as_millis().div_ceil(1000).max(1) as u64),
            EngineError::Unfit { field, reason } => Self::body(&format!("/{field}"), reason),
            EngineError::Forbidden { .. } => Self::new(Code::Forbidden, words),
            EngineError::NeedsPerson { .. } => Self::new(Code::NeedsPerson, words),
            EngineError::NotNow(_)
            | EngineError::Interrupted { .. }
            | EngineError::InHand { .. }
            | EngineError::PolicyRuns { .. }
            | EngineError::RunFailed { .. } => Self::new(Code::NotNow, words),
            EngineError::Frozen { .. } => Self::new(Code::Frozen, words),
            EngineError::Freeze(_) => Self::body("", words),
            EngineError::Closing => Self::new(Code::NotReady, words),
            EngineError::Report(ReportError::Template { template, .. }) => {
                Self::body(&format!("/{template}"), words)
            }
            EngineError::Address(_) => Self::body("/url", words),
            EngineError::Altered { .. } | EngineError::Taken { .. } | EngineError::ExemptAlready { .. } => {
                Self::new(Code::Conflict, words)
            }
            EngineError::Snapshot(_)
            | EngineError::Report(_)
            | EngineError::Document { .. }
            | EngineError::Schedules(_)
            | EngineError::File { .. } => Self::internal(words),
        }
    }
}

fn of_store(error: &StoreError) -> Problem {
    let words = error.to_string();
    match error {
        StoreError::Busy { .. } => {
            Problem::new(Code::Busy, "the database is busy; nothing was changed, try again").retry_after(1)
        }
        // The place of a database is nothing for those who ask over the network: it is in the log.
        StoreError::Unavailable { .. }
        | StoreError::Full { .. }
        | StoreError::ReadOnly { .. }
        | StoreError::AccessDenied { .. } => {
            tracing::error!("{words}");
            Problem::new(
                Code::Unavailable,
                "the database does not take requests now; the log of the server says why",
            )
            .retry_after(30)
        }
        StoreError::Conflict { .. } => Problem::new(Code::Conflict, words),
        StoreError::Stale { .. } => Problem::at(Code::PreconditionFailed, Part::Header, "if-match", words),
        StoreError::NotFound { .. } => Problem::new(Code::NotFound, words),
        StoreError::LeaseHeld { .. }
        | StoreError::SiteHeld { .. }
        | StoreError::LeaseLost { .. }
        | StoreError::RunStep { .. }
        | StoreError::ItemStep { .. }
        | StoreError::Dropped { .. } => Problem::new(Code::NotNow, words),
        StoreError::NotADatabase { .. }
        | StoreError::NewerSchema { .. }
        | StoreError::Location { .. }
        | StoreError::NoKey { .. }
        | StoreError::WrongKey { .. }
        | StoreError::Key { .. }
        | StoreError::KeyRetired { .. }
        | StoreError::OtherKey { .. }
        | StoreError::Backup { .. }
        | StoreError::BackupFile { .. }
        | StoreError::NotEmpty { .. }
        | StoreError::Corrupt { .. }
        | StoreError::Internal { .. } => Problem::internal(words),
    }
}

fn of_site(error: &SiteError, words: String) -> Problem {
    match error {
        SiteError::Busy { retry_after } => {
            Problem::new(Code::SiteBusy, words).retry_after(retry_after.as_secs().max(1))
        }
        SiteError::Conflict { .. } => Problem::new(Code::Conflict, words),
        SiteError::Unauthorized { .. }
        | SiteError::Forbidden { .. }
        | SiteError::Blocked { .. }
        | SiteError::ReadOnlyMode { .. }
        | SiteError::Unsupported { .. }
        | SiteError::NotFound { .. }
        | SiteError::Rejected { .. }
        | SiteError::Unanswered { .. }
        | SiteError::NotASite { .. }
        | SiteError::Unreachable { .. }
        | SiteError::Incomplete { .. } => Problem::new(Code::SiteFailed, words),
    }
}
