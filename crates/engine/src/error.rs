//! Errors of a use case, sorted by what the caller tells the operator.

use crate::{ExemptionView, KeepRefusal, UseCase};
use rollcall_criteria::CriterionError;
use rollcall_mail::MailError;
use rollcall_model::{Role, SiteName};
use rollcall_planner::{PlanError, PlanRefusal};
use rollcall_site::SiteError;
use rollcall_snapshot::SnapshotError;
use rollcall_store::StoreError;

/// Why a use case was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A site; named, because an installation has several.
    #[error("site \"{site}\": {error}")]
    Site {
        /// Which.
        site: SiteName,
        /// What it answered.
        error: SiteError,
    },
    /// A site that is not connected and has no name yet.
    #[error("{0}")]
    NewSite(SiteError),
    /// A criterion that cannot be read or does not fit the site; the text is kept for the caret picture.
    #[error("{}", error.render(text))]
    Criterion {
        /// The criterion as it was written.
        text: String,
        /// What is wrong, and where.
        error: Box<CriterionError>,
    },
    /// A mail that was to be sent at once was not taken: in the words of the mail server.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// What was asked for cannot be planned.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A plan that must not be applied (expired, another site, over its limits, not approved).
    #[error("plan {plan} is not applied: {refusal}")]
    Refused {
        /// The plan.
        plan: String,
        /// Why.
        refusal: PlanRefusal,
    },
    /// A snapshot that cannot be made or read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// A name that nothing has; `remedy` says what to do.
    #[error("there is no {what} \"{name}\"{remedy}")]
    NotFound {
        /// What kind of thing.
        what: &'static str,
        /// The name as given.
        name: String,
        /// Begins with a separator, or is empty.
        remedy: String,
    },
    /// The operator's role is not enough. Nothing was changed.
    #[error("{operator} is {} and may not {}; it takes the role {}", articled(*role), use_case.words(), use_case.role())]
    Forbidden {
        /// Who asked.
        operator: String,
        /// Their role.
        role: Role,
        /// What they asked for.
        use_case: UseCase,
    },
    /// A program asked, by a token, for what only somebody may do who signed in. Nothing was changed.
    #[error("a token {what}, lest one that leaked live for ever; sign in for that")]
    NeedsPerson {
        /// What a token does not do: "makes no tokens".
        what: &'static str,
    },
    /// Name or password is wrong, or there is no such operator, or they may not sign in: which of it is nobody's business.
    #[error("the name or the password is wrong")]
    SignInRefused,
    /// The provider vouches for them, and yet they may not sign in here; why is in the audit log.
    #[error("you may not sign in here; the admins of Rollcall find the reason in the audit log")]
    SignOnRefused,
    /// Too many attempts failed, or too many are under way. Nothing was tried.
    #[error("too many attempts; try again in {} seconds", retry_after.as_secs().max(1))]
    TooManyAttempts {
        /// Until the next may be made.
        retry_after: std::time::Duration,
    },
    /// A part of what was given that cannot be so. Nothing was changed.
    #[error("{field}: {reason}")]
    Unfit {
        /// Which part, as the API calls it.
        field: &'static str,
        /// What is wrong, and what is expected.
        reason: String,
    },
    /// A name that something else has already.
    #[error("{what} \"{name}\" exists already")]
    Taken {
        /// What kind of thing.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// Whoever is to be exempt is so already, and that is not to be replaced unseen. Nothing was changed.
    #[error(
        "{who} is exempt at {site} already, {} ({}, by {}). Nothing was changed: end that one first, or say that the new one replaces it \
         (`--replace`; in the API `If-Match` with its ETag)",
        there.until.map_or_else(|| "for good".to_owned(), |until| format!("until {until}")), there.reason, there.added_by
    )]
    ExemptAlready {
        /// The account or group, in words.
        who: String,
        /// Where.
        site: SiteName,
        /// The exemption there is.
        there: Box<ExemptionView>,
    },
    /// Asked for at the wrong moment or of the wrong thing; the text is the whole message.
    #[error("{0}")]
    NotNow(String),
    /// An address of a site that is not permitted to whoever gave it.
    #[error("{0}")]
    Address(String),
    /// Another process works on the run.
    #[error("run {run} is being worked on by another process on this data folder")]
    InHand {
        /// Which.
        run: String,
    },
    /// The policy runs at the site already.
    #[error(
        "policy \"{policy}\" is running on {site} already (run {run}); it never runs twice at the same time"
    )]
    PolicyRuns {
        /// The policy.
        policy: String,
        /// The site.
        site: SiteName,
        /// The run.
        run: String,
    },
    /// Nothing may change at the site now.
    #[error(
        "site \"{site}\" is frozen until {until} (freeze \"{freeze}\": {}), so no live run begins or goes on there. Wait until then, or let \
         an administrator end the freeze: rollcall freeze remove {freeze}",
        rollcall_model::plain(reason)
    )]
    Frozen {
        /// The site.
        site: SiteName,
        /// The freeze.
        freeze: String,
        /// When it ends.
        until: jiff::Timestamp,
        /// Why there is one.
        reason: String,
    },
    /// Schedules that are due and could not be taken; all others were. They are tried again.
    #[error("not every schedule that is due could be taken; it is tried again. {0}")]
    Schedules(String),
    /// A freeze that cannot be.
    #[error(transparent)]
    Freeze(#[from] rollcall_planner::FreezeError),
    /// A run that ended by an error of the site.
    #[error("run {run} failed: {reason}")]
    RunFailed {
        /// Which.
        run: String,
        /// The site's error, by its code.
        code: String,
        /// In words.
        reason: String,
    },
    /// The program is about to end. Nothing was lost; ask again.
    #[error("Rollcall is about to end; nothing was begun")]
    Closing,
    /// A run that had to be left where it was; it can be resumed.
    #[error("{reason}. The run ended there; go on with it later: rollcall runs resume {run}")]
    Interrupted {
        /// Which.
        run: String,
        /// What came between.
        reason: String,
    },
    /// A link in a notice that does nothing; the text is for whoever opened it.
    #[error(transparent)]
    Link(#[from] KeepRefusal),
    /// A report that could not be rendered.
    #[error(transparent)]
    Report(#[from] rollcall_report::ReportError),
    /// A document of our own that cannot be read back.
    #[error("{what} in the database cannot be read: {reason}. Was it written by a newer Rollcall?")]
    Document {
        /// Which.
        what: String,
        /// Why.
        reason: String,
    },
    /// A stored plan that is not the one that was made.
    #[error(
        "plan {plan} in the database was altered: {reason}. It is not acted upon; plan again, and find out who changed the database"
    )]
    Altered {
        /// The plan.
        plan: String,
        /// What does not agree.
        reason: &'static str,
    },
    /// A file.
    #[error("{what}: {reason}")]
    File {
        /// Which, and what was tried.
        what: String,
        /// What the system said.
        reason: String,
    },
}

fn articled(role: Role) -> String {
    let article = if role == Role::Viewer { "a" } else { "an" };
    format!("{article} {role}")
}

impl EngineError {
    /// For `map_err` on what a site answered.
    pub(crate) fn site(site: &SiteName) -> impl FnOnce(SiteError) -> Self {
        let site = site.clone();
        move |error| Self::Site { site, error }
    }

    /// Too many attempts: the next may be made at `free_at`.
    pub(crate) fn until(free_at: jiff::Timestamp, now: jiff::Timestamp) -> Self {
        Self::TooManyAttempts { retry_after: free_at.duration_since(now).unsigned_abs() }
    }

    /// For `map_err` on criteria.
    pub(crate) fn criterion(text: &str) -> impl FnOnce(CriterionError) -> Self {
        let text = text.to_owned();
        move |error| Self::Criterion { text, error: Box::new(error) }
    }

    /// A part of what was given that cannot be so.
    pub(crate) fn unfit(field: &'static str, reason: &str) -> Self {
        Self::Unfit { field, reason: reason.to_owned() }
    }

    /// For `map_err` on our own JSON.
    pub(crate) fn document(what: impl Into<String>) -> impl FnOnce(serde_json::Error) -> Self {
        let what = what.into();
        move |error| Self::Document { what, reason: error.to_string() }
    }

    /// A site that was removed, and that these policies name nevertheless.
    pub(crate) fn site_is_gone(site: &SiteName, policies: &[&str]) -> Self {
        let remedy = format!(" any more; load policy \"{}\" without it", policies.join("\", \""));
        Self::NotFound { what: "site", name: site.to_string(), remedy }
    }

    /// Whether the operator wrote something that cannot be (exit code 2), rather than something having failed (1).
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Criterion { .. }
                | Self::Plan(_)
                | Self::NotFound { .. }
                | Self::NotNow(_)
                | Self::Address(_)
                | Self::InHand { .. }
                | Self::PolicyRuns { .. }
                | Self::Freeze(_)
        ) || matches!(self, Self::Unfit { .. } | Self::Taken { .. })
            || matches!(
                self,
                Self::Store(
                    StoreError::NotFound { .. } | StoreError::Conflict { .. } | StoreError::Stale { .. }
                )
            )
            || matches!(
                self,
                Self::Refused { refusal: PlanRefusal::Expired { .. } | PlanRefusal::OtherSite { .. }, .. }
            )
    }

    /// Whether a limit or an approval that is still missing holds a plan up (exit code 4).
    pub fn is_held(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Frozen { .. }) && !self.is_usage()
    }
}
