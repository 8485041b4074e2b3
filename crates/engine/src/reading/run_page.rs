//! Runs, page by page.

use crate::{Engine, EngineError, Operator, RunView, UseCase};
use jiff::Timestamp;
use rollcall_model::{RunId, SiteName};
use rollcall_planner::Mode;
use rollcall_store::{RunFilter, RunRow, RunState};
use std::collections::BTreeMap;

/// Which runs to list.
#[derive(Debug, Clone, Default)]
pub struct RunListQuery {
    /// At this site.
    pub site: Option<SiteName>,
    /// Of this policy.
    pub policy: Option<String>,
    /// In this state: `pending`, `running`, `stopping`, `stopped`, `done`, `failed`.
    pub state: Option<String>,
    /// Test or live.
    pub mode: Option<Mode>,
    /// Older than this run: when it was created, and its id.
    pub before: Option<(Timestamp, RunId)>,
}

impl Engine {
    /// Runs that match, newest first, `limit` at most.
    pub async fn run_list(
        &self,
        operator: &Operator,
        query: &RunListQuery,
        limit: u32,
    ) -> Result<Vec<RunView>, EngineError> {
        operator.check(UseCase::SeeRuns)?;
        let site = match &query.site {
            Some(name) => Some(self.site_row(name).await?.id),
            None => None,
        };
        let state = query.state.as_deref().map(|word| {
            RunState::from_name(word).ok_or_else(|| EngineError::NotFound {
                what: "state of a run",
                name: word.to_owned(),
                remedy: format!("; there are {}", words()),
            })
        });
        let filter = RunFilter {
            site,
            policy: query.policy.clone(),
            state: state.transpose()?,
            mode: query.mode.map(crate::plans::store_mode),
            before: query.before.clone(),
            limit: Some(limit),
        };
        self.run_views(&filter).await
    }

    pub(crate) async fn run_views(&self, filter: &RunFilter) -> Result<Vec<RunView>, EngineError> {
        let names: BTreeMap<_, _> = self.store.sites().await?.into_iter().map(|s| (s.id, s.name)).collect();
        let runs = self.store.runs(filter).await?;
        let ids: Vec<RunId> = runs.iter().map(|run| run.id.clone()).collect();
        let mut undoings = self.store.undoings(&ids).await?;
        let view = |run: RunRow| {
            let (site, undone_by) = (names.get(&run.site)?.clone(), undoings.remove(&run.id));
            Some(crate::runs::view(run, site, undone_by))
        };
        Ok(runs.into_iter().filter_map(view).collect())
    }

    /// One run as it stands now.
    pub async fn show_run(&self, operator: &Operator, id: &RunId) -> Result<RunView, EngineError> {
        operator.check(UseCase::SeeRuns)?;
        let row = self.store.run(id).await?;
        let site = self.store.site(&row.site).await?.name;
        let undone_by = self.store.undoings(std::slice::from_ref(id)).await?.remove(id);
        Ok(crate::runs::view(row, site, undone_by))
    }
}

fn words() -> String {
    RunState::ALL.iter().map(|state| state.as_str()).collect::<Vec<_>>().join(", ")
}
