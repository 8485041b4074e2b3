//! The end of a job: what its coming to means for it, and writing that down.

use crate::perform::Came;
use crate::worker::LEASE;
use crate::{Engine, Operator};
use jiff::{SignedDuration, Timestamp};
use rollcall_audit::{Draft, EntryKind, Subject};
use rollcall_store::{JobLease, JobOutcome, JobRow, JobState};
use serde_json::json;
use std::time::Duration;

/// First pause before a job is tried again; it doubles each time.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(30);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(30);
/// Then it has failed.
const ATTEMPTS: u32 = 10;
/// First pause before the end of a job is written again, where it could not be; it doubles each time.
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// Well within the lease, which is renewed meanwhile.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// A database that is away for no longer than this is waited for even when the program is about to end.
const MOMENT: Duration = Duration::from_secs(2);

impl Engine {
    /// How a job is written down, with what the audit log is told.
    pub(crate) fn outcome(
        &self,
        job: &JobRow,
        came: Came,
        late: Option<String>,
    ) -> (JobOutcome, Option<Draft>) {
        let now = self.now();
        let again = |due_at: Timestamp, is_attempt, is_frozen, error, note| {
            (JobOutcome::Again { due_at, is_attempt, is_frozen, error, note }, None)
        };
        let over = |state, result, error, note| JobOutcome::Over { state, result, error, note };
        match came {
            Came::To(result) => {
                // What it waited for is over.
                let waited = job
                    .note
                    .as_ref()
                    .filter(|note| note.starts_with("waits"))
                    .map(|note| note.replacen("waits", "waited", 1));
                (over(JobState::Done, serde_json::to_value(result).ok(), None, late.or(waited)), None)
            }
            Came::Cancelled(result) => {
                let result = result.and_then(|result| serde_json::to_value(result).ok());
                (over(JobState::Cancelled, result, None, None), None)
            }
            Came::Skipped(why) => {
                let entry = self.entry_of_job(job, EntryKind::JOB_SKIPPED, &why);
                (over(JobState::Skipped, None, None, Some(why)), Some(entry))
            }
            Came::Frozen { until, note } => again(until, false, true, None, Some(note)),
            Came::Interrupted => again(now, false, false, None, None),
            Came::Passing { code, message, again_at, is_attempt }
                if !is_attempt || job.attempts + 1 < ATTEMPTS =>
            {
                let due_at =
                    again_at.unwrap_or_else(|| now.saturating_add(pause(job.attempts)).unwrap_or(now));
                again(due_at, is_attempt, false, Some((code, message)), None)
            }
            Came::Passing { code, message, .. } | Came::Failed { code, message } => {
                let mut entry = self.entry_of_job(job, EntryKind::JOB_FAILED, &message);
                entry.details["code"] = json!(code);
                (over(JobState::Failed, None, Some((code, message)), None), Some(entry))
            }
        }
    }

    fn entry_of_job(&self, job: &JobRow, kind: EntryKind, why: &str) -> Draft {
        let subject = Subject { site: job.site.clone(), policy: job.policy.clone(), ..Subject::default() };
        let mut entry = self.draft(&Operator::of_job(job, job.role), kind, subject, why);
        entry.details = json!({ "job": job.id, "kind": job.kind, "tick": job.tick });
        entry
    }

    /// Writes down what a job came to, as often as it takes: a job that stays `running` keeps its policy and its site from all others. It is left
    /// where it is only to a node that has taken it over meanwhile, or, where the program is about to end, to whoever comes next.
    pub(crate) async fn write_down(&self, lease: &JobLease, outcome: &JobOutcome, entry: Option<Draft>) {
        let mut pause = FIRST_WAIT;
        loop {
            match self.store.settle_job(lease, outcome, self.now(), entry.clone()).await {
                Ok(is_settled) => {
                    tracing::info!(job = %lease.job, is_settled, "a job has ended");
                    return;
                }
                Err(error) => {
                    tracing::warn!(%error, job = %lease.job, "what a job came to could not be written yet");
                }
            }
            if self.is_closing() && pause > MOMENT {
                tracing::warn!(job = %lease.job, "what a job came to was not written; whoever starts next finds out again");
                return;
            }
            self.wait_for_database(pause).await;
            pause = (pause * 2).min(LONGEST_WAIT);
            match self.store.renew_job(lease, self.now(), LEASE).await {
                Ok(Some(_)) => {}
                Ok(None) => {
                    tracing::warn!(job = %lease.job, "another node has taken over this job, or its end was written after all");
                    return;
                }
                Err(error) => {
                    tracing::warn!(%error, job = %lease.job, "the lease of a job could not be renewed yet");
                }
            }
        }
    }

    /// Waits for a database that is away. The end of the program waits for no more than a moment.
    async fn wait_for_database(&self, pause: Duration) {
        tokio::select! {
            () = self.closed(), if pause > MOMENT => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

fn pause(attempts: u32) -> SignedDuration {
    let doubled = FIRST_PAUSE.checked_mul(1_i32.checked_shl(attempts.min(16)).unwrap_or(i32::MAX));
    doubled.unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE)
}
