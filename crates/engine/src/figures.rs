//! Figures for those who watch over an installation. Numbers only: no names of people, and of names only those of sites.

use crate::{Engine, EngineError, Operator, UseCase};
use jiff::Timestamp;
use rollcall_model::SiteName;
use rollcall_site::Traffic;
use std::collections::BTreeMap;

/// Everything countable about an installation at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// The engine's time.
    pub now: Timestamp,
    /// Runs by mode and state.
    pub runs: Vec<(String, String, u64)>,
    /// Items of runs by mode and outcome.
    pub items: Vec<(String, String, u64)>,
    /// Mails by state.
    pub mails: Vec<(String, u64)>,
    /// Jobs by kind and state.
    pub jobs: Vec<(String, String, u64)>,
    /// Jobs that are due and not begun.
    pub jobs_due: u64,
    /// Sessions of operators that have not ended.
    pub sessions: u64,
    /// The newest snapshot of each site that has one: when it was taken, and how many accounts are in it.
    pub snapshots: BTreeMap<SiteName, (Timestamp, u64)>,
    /// What each site was asked since this process began.
    pub traffic: BTreeMap<SiteName, Traffic>,
    /// How many entries the audit log has ever had.
    pub audit_entries: u64,
}

impl Engine {
    /// The figures as they are now.
    pub async fn counted(&self, operator: &Operator) -> Result<Figures, EngineError> {
        operator.check(UseCase::SeeFigures)?;
        let counts = self.store.counts(self.now()).await?;
        let mut snapshots = BTreeMap::new();
        for site in self.store.sites().await? {
            if let Some(newest) = self.store.newest_snapshot(&site.id).await? {
                snapshots.insert(site.name, (newest.taken_at, newest.accounts));
            }
        }
        Ok(Figures {
            now: self.now(),
            runs: counts.runs,
            items: counts.items,
            mails: counts.mails,
            jobs: counts.jobs,
            jobs_due: counts.jobs_due,
            sessions: counts.sessions,
            snapshots,
            traffic: self.meters.read(),
            audit_entries: self.store.audit_head().await?.seq,
        })
    }
}
