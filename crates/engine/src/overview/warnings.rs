//! What somebody should look at, told without asking any site.

use crate::{Engine, EngineError};
use jiff::{SignedDuration, Timestamp};
use rollcall_model::SiteName;
use rollcall_snapshot::Snapshot;
use rollcall_store::{MailState, RunFilter, RunState};

/// Newest snapshots older than this are worth a word.
const OLD: SignedDuration = SignedDuration::from_hours(24 * 2);
/// Runs that failed longer ago are history.
const RECENT: SignedDuration = SignedDuration::from_hours(24 * 7);

/// What kind of thing is amiss, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WarningKind {
    /// A site was never read.
    NoSnapshot,
    /// The newest snapshot of a site is old.
    OldSnapshot,
    /// A source of evidence must not be trusted now, or a part of the site could not be read.
    Evidence,
    /// The site said something an administrator should know.
    Site,
    /// A run failed.
    FailedRun,
    /// Nobody works on a run that is not over.
    OrphanedRun,
    /// Mails were given up.
    FailedMail,
}

impl WarningKind {
    /// The word for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoSnapshot => "no-snapshot",
            Self::OldSnapshot => "old-snapshot",
            Self::Evidence => "evidence",
            Self::Site => "site",
            Self::FailedRun => "failed-run",
            Self::OrphanedRun => "orphaned-run",
            Self::FailedMail => "failed-mail",
        }
    }
}

/// Something that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What kind of thing.
    pub kind: WarningKind,
    /// The site it is about.
    pub site: Option<SiteName>,
    /// The run it is about.
    pub run: Option<String>,
    /// What is amiss, in words.
    pub message: String,
}

pub(super) fn of_site(site: &SiteName, snapshot: Option<&Snapshot>, now: Timestamp) -> Vec<Warning> {
    let warning = |kind, message| Warning { kind, site: Some(site.clone()), run: None, message };
    let Some(snapshot) = snapshot else {
        return vec![warning(WarningKind::NoSnapshot, format!("site {site} has not been read yet"))];
    };
    let mut warnings = Vec::new();
    let age = now.duration_since(snapshot.taken_at());
    if age > OLD {
        let days = age.as_hours() / 24;
        let message = format!("the newest snapshot of site {site} is {days} days old");
        warnings.push(warning(WarningKind::OldSnapshot, message));
    }
    let doubts = snapshot.sources().iter().filter_map(|source| {
        let doubt = source.doubt.as_ref()?;
        Some(format!("{} of site {site} does not show idleness now: {doubt}", source.name))
    });
    warnings.extend(doubts.map(|message| warning(WarningKind::Evidence, message)));
    let notes = snapshot.notes().iter().map(|note| warning(WarningKind::Evidence, note.clone()));
    warnings.extend(notes);
    let said = snapshot.profile().warnings.iter().map(|words| warning(WarningKind::Site, words.clone()));
    warnings.extend(said);
    warnings
}

impl Engine {
    pub(super) async fn own_warnings(&self, now: Timestamp) -> Result<Vec<Warning>, EngineError> {
        let mut warnings = Vec::new();
        let failed = RunFilter { state: Some(RunState::Failed), limit: Some(20), ..RunFilter::default() };
        for run in self.run_views(&failed).await? {
            if now.duration_since(run.created_at) <= RECENT {
                warnings.push(Warning {
                    kind: WarningKind::FailedRun,
                    message: format!("run {} at site {} failed; it can be resumed", run.id, run.site),
                    site: Some(run.site),
                    run: Some(run.id.to_string()),
                });
            }
        }
        let lost = self.store.free_runs(now).await?;
        for run in lost.into_iter().filter(|run| run.state != RunState::Pending) {
            warnings.push(Warning {
                kind: WarningKind::OrphanedRun,
                site: self.store.site(&run.site).await.ok().map(|site| site.name),
                message: format!("run {} is {} but nobody works on it", run.id, run.state),
                run: Some(run.id.to_string()),
            });
        }
        let mails = self.store.mails(Some(MailState::Failed), 1000).await?;
        if !mails.is_empty() {
            let message = match mails.len() {
                1 => "one mail was given up".to_owned(),
                count => format!("{count} mails were given up"),
            };
            warnings.push(Warning { kind: WarningKind::FailedMail, site: None, run: None, message });
        }
        Ok(warnings)
    }
}
