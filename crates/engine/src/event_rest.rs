//! A policy whose runs for events fail rests: its events wait, and it is run for them again ever more rarely, until somebody changes it or
//! its site.

use crate::jobs::task_of;
use crate::{Engine, EngineError, Task};
use jiff::{SignedDuration, Timestamp};
use rollcall_model::SiteId;
use rollcall_store::{JobFilter, JobKind, JobRow, JobState, PolicyRow, SiteRow};

/// After the first failure; it doubles with each.
const FIRST_REST: SignedDuration = SignedDuration::from_mins(1);
const LONGEST_REST: SignedDuration = SignedDuration::from_hours(1);
/// So many failures make the longest rest; more need not be counted.
const COUNTED: u32 = 7;

impl Engine {
    /// Until when a policy rests at a site; `None`: it does not, for its last run there did not fail, or it or the site was changed since.
    pub(crate) async fn rests_until(
        &self,
        policy: &str,
        site: &SiteRow,
    ) -> Result<Option<Timestamp>, EngineError> {
        let policy = self.policy_row(policy).await?;
        let failed = self.failed_in_a_row(&policy, site).await?;
        let last = failed.first().and_then(|job| job.finished_at);
        Ok(last.map(|at| at + rest(failed.len())))
    }

    /// What there is to say about a job that has failed just now, where it leaves events that no plan has taken.
    pub(crate) async fn rest_after(&self, job: &JobRow) -> Option<String> {
        let (Some(policy), Some(site), Ok(Task::RunForEvents { .. })) =
            (&job.policy, &job.site, task_of(job))
        else {
            return None;
        };
        match self.told_rest(policy, site).await {
            Ok(note) => note,
            Err(error) => {
                tracing::warn!(%error, job = %job.id, "how long the events of a failed job wait could not be found out");
                None
            }
        }
    }

    async fn told_rest(&self, policy: &str, site: &SiteId) -> Result<Option<String>, EngineError> {
        let (policy, site) = (self.policy_row(policy).await?, self.store.site(site).await?);
        if self.store.open_events(&policy.name, &site.id).await?.is_empty() {
            return Ok(None);
        }
        let failed = self.failed_in_a_row(&policy, &site).await?.len() + 1;
        let again_at = self.now() + rest(failed);
        Ok(Some(format!(
            "its events wait: policy \"{}\" is run for them again after {again_at:.0}, or at once when it or site \"{}\" is changed",
            policy.name, site.name
        )))
    }

    /// The runs of a policy at a site that failed since the last that did not, newest first. One that was asked for before policy or site was
    /// changed says nothing about what they are now.
    async fn failed_in_a_row(&self, policy: &PolicyRow, site: &SiteRow) -> Result<Vec<JobRow>, EngineError> {
        let filter = JobFilter {
            states: vec![JobState::Done, JobState::Failed],
            kind: Some(JobKind::RunPolicy),
            site: Some(site.id.clone()),
            policy: Some(policy.name.clone()),
            limit: Some(COUNTED),
            ..JobFilter::default()
        };
        let changed_at = policy.changed_at.max(site.changed_at);
        let counts = |job: &JobRow| job.state == JobState::Failed && job.created_at >= changed_at;
        Ok(self.store.jobs(&filter).await?.into_iter().take_while(counts).collect())
    }
}

fn rest(failures: usize) -> SignedDuration {
    let doublings = u32::try_from(failures).unwrap_or(COUNTED).min(COUNTED).saturating_sub(1);
    FIRST_REST.checked_mul(1 << doublings).unwrap_or(LONGEST_REST).min(LONGEST_REST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_double_from_a_minute_to_an_hour() {
        assert_eq!([1, 2, 3, 6, 7, 99].map(|failures| rest(failures).as_mins()), [1, 2, 4, 32, 60, 60]);
    }
}
