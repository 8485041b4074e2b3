//! Figures for those who watch over an installation. Numbers only: no names of people, and of names only those of sites.

use crate::{Engine, EngineError, Operator, UseCase};
use jiff::Timestamp;
use rollcall_model::SiteName;
use rollcall_site::Traffic;
use std::collections::BTreeMap;
use std::time::Duration;

/// The database has this long to be counted: whoever watches does not wait longer, and it is then as good as away.
const PATIENCE: Duration = Duration::from_secs(2);

/// Everything countable about an installation at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// The engine's time.
    pub now: Timestamp,
    /// What is in the database; `None` where it does not answer.
    pub kept: Option<KeptFigures>,
    /// What each site was asked since this process began.
    pub traffic: BTreeMap<SiteName, Traffic>,
}

/// What is countable in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFigures {
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
    /// How many entries the audit log has ever had.
    pub audit_entries: u64,
}

impl Engine {
    /// The figures as they are now; without those of the database where it does not answer in time, which the log is told.
    pub async fn counted(&self, operator: &Operator) -> Result<Figures, EngineError> {
        operator.check(UseCase::SeeFigures)?;
        let kept = match tokio::time::timeout(PATIENCE, self.count_kept()).await {
            Ok(Ok(kept)) => Some(kept),
            Ok(Err(error)) => {
                tracing::warn!("the metrics are without the database: {error}");
                None
            }
            Err(_) => {
                tracing::warn!(
                    "the metrics are without the database: {} does not answer",
                    self.store.place()
                );
                None
            }
        };
        Ok(Figures { now: self.now(), kept, traffic: self.meters.read() })
    }

    async fn count_kept(&self) -> Result<KeptFigures, EngineError> {
        let counts = self.store.counts(self.now()).await?;
        let mut snapshots = BTreeMap::new();
        for site in self.store.sites().await? {
            if let Some(newest) = self.store.newest_snapshot(&site.id).await? {
                snapshots.insert(site.name, (newest.taken_at, newest.accounts));
            }
        }
        Ok(KeptFigures {
            runs: counts.runs,
            items: counts.items,
            mails: counts.mails,
            jobs: counts.jobs,
            jobs_due: counts.jobs_due,
            sessions: counts.sessions,
            snapshots,
            audit_entries: self.store.audit_head().await?.seq,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Act, Connection, OpenSite, SealingKey, Settings, SiteError, SystemClock};
    use rollcall_model::Role;
    use rollcall_testkit::TestDatabase;
    use std::sync::Arc;

    struct Nowhere;

    impl OpenSite for Nowhere {
        fn open(&self, _: &Connection) -> Result<Arc<dyn Act>, SiteError> {
            Err(SiteError::Unauthorized { hint: "there is no site here".to_owned() })
        }
    }

    #[tokio::test]
    async fn a_database_that_is_away_takes_no_figures_of_the_process_with_it() {
        let database = TestDatabase::sqlite();
        let settings = Settings {
            database: database.location().parse().unwrap(),
            key: SealingKey::generate().unwrap(),
            mail: None,
            name: "test".to_owned(),
            public_url: None,
            locks: std::env::temp_dir(),
            clock: Arc::new(SystemClock),
            sites: Arc::new(Nowhere),
        };
        let engine = Engine::open(settings).await.unwrap();
        let prometheus = Operator::remote("metrics", Role::Viewer);
        assert!(engine.counted(&prometheus).await.unwrap().kept.is_some());
        engine.store.close().await;
        assert_eq!(engine.counted(&prometheus).await.unwrap().kept, None);
    }
}
