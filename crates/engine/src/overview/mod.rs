//! The overview: the figures of the first page, per site and in sum.

mod idleness;
mod warnings;

pub use idleness::{IdleBand, Idleness};
pub use warnings::{Warning, WarningKind};

use crate::{
    Engine, EngineError, Freshness, Operator, Picture, PlanListQuery, PlanListing, PolicyState, RunView,
    UseCase,
};
use jiff::Timestamp;
use rollcall_model::{SiteName, SnapshotId};
use rollcall_store::{PlanFilter, PlanStanding, RunFilter, SiteRow};

/// Runs that are shown of each site and of all.
const LAST_RUNS: u32 = 5;
/// Runs to come and plans to approve that are shown.
const SHOWN: usize = 10;

/// Everything on the first page.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Each site.
    pub sites: Vec<SiteOverview>,
    /// All sites together.
    pub sum: SeatFigures,
    /// Policies that are on and due by schedule, the next first.
    pub next_runs: Vec<NextRun>,
    /// The last runs.
    pub last_runs: Vec<RunView>,
    /// Plans that await approval, the newest first.
    pub awaiting: Vec<PlanListing>,
    /// How many plans await approval.
    pub awaiting_count: u64,
    /// What somebody should look at.
    pub warnings: Vec<Warning>,
    /// The instant of these figures.
    pub at: Timestamp,
}

/// Figures of one site.
#[derive(Debug, Clone)]
pub struct SiteOverview {
    /// Its name.
    pub site: SiteName,
    /// The newest snapshot: its id, and when reading the site ended.
    pub snapshot: Option<(SnapshotId, Timestamp)>,
    /// Its figures; zeros where it was never read.
    pub figures: SeatFigures,
    /// Its last runs.
    pub last_runs: Vec<RunView>,
}

/// Accounts and seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SeatFigures {
    /// All accounts.
    pub accounts: u64,
    /// Enabled accounts.
    pub enabled: u64,
    /// Seats in use, where the sites say; of several sites only if all say.
    pub used: Option<u64>,
    /// Seats of the licences, where they have a bound and the sites say; of several sites only if all say.
    pub max: Option<u64>,
    /// At least one licence has no bound.
    pub is_unlimited: bool,
    /// Enabled accounts with a seat, by how long they have been idle.
    pub idle: Idleness,
}

/// A policy that will run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextRun {
    /// The policy.
    pub policy: String,
    /// Its sites.
    pub sites: Vec<SiteName>,
    /// When.
    pub at: Timestamp,
    /// Its schedule in words.
    pub schedule: String,
    /// Whether it is live.
    pub is_live: bool,
}

impl SeatFigures {
    /// Seats that are not in use.
    pub fn free(&self) -> Option<u64> {
        Some(self.max?.saturating_sub(self.used?))
    }

    fn and(self, other: &Self) -> Self {
        let both = |one: Option<u64>, other: Option<u64>| Some(one? + other?);
        Self {
            accounts: self.accounts + other.accounts,
            enabled: self.enabled + other.enabled,
            used: both(self.used, other.used),
            max: both(self.max, other.max),
            is_unlimited: self.is_unlimited || other.is_unlimited,
            idle: self.idle.and(&other.idle),
        }
    }
}

impl Engine {
    /// The overview.
    pub async fn overview(&self, operator: &Operator) -> Result<Overview, EngineError> {
        operator.check(UseCase::SeeOverview)?;
        let now = self.now();
        let (mut sites, mut warnings) = (Vec::new(), Vec::new());
        for row in self.store.sites().await? {
            let picture = match self.picture(operator, &row.name, Freshness::Any, &|_| ()).await {
                Ok(picture) => Some(picture),
                Err(EngineError::NotNow(_)) => None,
                Err(error) => return Err(error),
            };
            warnings.extend(warnings::of_site(&row.name, picture.as_ref().map(|p| &*p.snapshot), now));
            sites.push(self.site_overview(row, picture, now).await?);
        }
        warnings.extend(self.own_warnings(now).await?);
        let read = sites.iter().filter(|site| site.snapshot.is_some());
        let sum = read.map(|site| site.figures).reduce(|sum, figures| sum.and(&figures)).unwrap_or_default();
        let awaiting = PlanFilter { standing: Some(PlanStanding::Awaiting), ..PlanFilter::default() };
        let query = PlanListQuery {
            standing: Some(PlanStanding::Awaiting.as_str().to_owned()),
            ..PlanListQuery::default()
        };
        Ok(Overview {
            next_runs: self.next_runs(operator).await?,
            last_runs: self.run_views(&RunFilter { limit: Some(LAST_RUNS), ..RunFilter::default() }).await?,
            awaiting_count: self.store.count_plans(&awaiting, now).await?,
            awaiting: self.plan_list(operator, &query, SHOWN as u32).await?,
            sites,
            sum,
            warnings,
            at: now,
        })
    }

    async fn site_overview(
        &self,
        row: SiteRow,
        picture: Option<Picture>,
        now: Timestamp,
    ) -> Result<SiteOverview, EngineError> {
        let filter = RunFilter { site: Some(row.id), limit: Some(LAST_RUNS), ..RunFilter::default() };
        let figures = match &picture {
            Some(picture) => self.figures(picture, now).await,
            None => SeatFigures::default(),
        };
        Ok(SiteOverview {
            site: row.name,
            snapshot: picture.map(|p| (p.snapshot.id().clone(), p.snapshot.taken_at())),
            figures,
            last_runs: self.run_views(&filter).await?,
        })
    }

    async fn figures(&self, picture: &Picture, now: Timestamp) -> SeatFigures {
        let snapshot = picture.snapshot.clone();
        let counting = tokio::task::spawn_blocking(move || {
            let seats = snapshot.seat_counts();
            SeatFigures {
                accounts: snapshot.len().into(),
                enabled: snapshot.columns().enabled.yes().len(),
                used: seats.used,
                max: seats.max,
                is_unlimited: seats.is_unlimited,
                idle: Idleness::of(&snapshot, now),
            }
        });
        crate::pictures::finished(counting.await)
    }

    async fn next_runs(&self, operator: &Operator) -> Result<Vec<NextRun>, EngineError> {
        let mut next = Vec::new();
        for due in self.schedules(operator).await? {
            let (Some(at), Some(schedule)) = (due.next_at, &due.schedule) else { continue };
            next.push(NextRun {
                schedule: schedule.describe(),
                sites: self.stored_policy(&due.policy).await?.0.sites,
                is_live: due.state == PolicyState::Live,
                policy: due.policy,
                at,
            });
        }
        next.sort_by(|a, b| (a.at, &a.policy).cmp(&(b.at, &b.policy)));
        next.truncate(SHOWN);
        Ok(next)
    }
}
