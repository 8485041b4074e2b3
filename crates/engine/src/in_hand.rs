//! Who has a run in hand: a policy does not run twice at once, live runs at a site come one after the other, and whoever is dead holds nothing.

use crate::{Engine, EngineError, Operator};
use rollcall_model::{RunId, SiteId, SiteName};
use rollcall_store::{RunFilter, RunRow, StoreError};
use std::time::Duration;

/// How often somebody who waits for a site looks whether it is free.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

impl Engine {
    /// Takes over a policy's run whose process died, or refuses to begin a second one beside a living one.
    pub(crate) async fn unfinished_run(
        &self,
        policy: &str,
        site: &SiteName,
    ) -> Result<Option<RunId>, EngineError> {
        let site = self.site_row(site).await?;
        let filter = RunFilter {
            site: Some(site.id),
            policy: Some(policy.to_owned()),
            limit: Some(20),
            ..RunFilter::default()
        };
        let under_way = self.store.runs(&filter).await?.into_iter().find(|run| !run.state.is_over());
        let Some(run) = under_way else { return Ok(None) };
        self.free_if_dead(&run).await?;
        let run = self.store.run(&run.id).await?;
        match &run.owner {
            Some((_, until)) if *until > self.now() => Err(EngineError::PolicyRuns {
                policy: policy.to_owned(),
                site: site.name,
                run: run.id.to_string(),
            }),
            _ => Ok(Some(run.id)),
        }
    }

    /// Live runs at one site come one after the other: waits until no other is being worked on. A job does not wait here, it goes back to the
    /// others.
    pub(crate) async fn wait_for_site(
        &self,
        operator: &Operator,
        site: &SiteId,
        but: Option<&RunId>,
    ) -> Result<(), EngineError> {
        let mut is_told = false;
        loop {
            match self.check_site_is_free(site, but).await {
                Err(EngineError::Store(StoreError::SiteHeld { run })) if operator.job().is_none() => {
                    if !std::mem::replace(&mut is_told, true) {
                        tracing::warn!(
                            "run {run} changes accounts at this site now; this one begins when that is over"
                        );
                    }
                }
                checked => return checked,
            }
            if self.is_closing() {
                return Err(EngineError::Closing);
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Whether no other live run is being worked on at a site; whoever did so and is known to be dead does not count.
    async fn check_site_is_free(&self, site: &SiteId, but: Option<&RunId>) -> Result<(), EngineError> {
        for row in self.store.live_runs_in_hand(site, self.now()).await? {
            if but == Some(&row.id) {
                continue;
            }
            self.free_if_dead(&row).await?;
            if self.store.run(&row.id).await?.owner.is_some_and(|(_, until)| until > self.now()) {
                return Err(StoreError::SiteHeld { run: row.id }.into());
            }
        }
        Ok(())
    }

    /// Whether the process that holds a run's lease is known to be dead, and if so lets go of the lease for it.
    pub(crate) async fn free_if_dead(&self, row: &RunRow) -> Result<(), EngineError> {
        // Whoever holds the lock file lives; the lock is let go of again at once.
        if let Some(_lock) = self.locks.take(&row.id)? {
            self.free_owned_here(row).await?;
        }
        Ok(())
    }

    /// With the run's lock in hand: a lease signed by this data folder belongs to a process that no longer lives.
    pub(crate) async fn free_owned_here(&self, row: &RunRow) -> Result<(), EngineError> {
        let here = format!("{}#", self.locks.signature()?);
        match &row.owner {
            Some((owner, _)) if owner.starts_with(&here) => {
                Ok(self.store.expire_lease(&row.id, row.epoch).await?)
            }
            _ => Ok(()),
        }
    }
}
