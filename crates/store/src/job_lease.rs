//! Who works on a job. As with runs: taken by one compare-and-set, with an epoch that every later write of the owner names.

use crate::database::{execute, fetch_all, fetch_optional};
use crate::jobs::Row;
use crate::row::{json, micros, storable};
use crate::words::JobState;
use crate::{JobRow, Store, StoreError, audit};
use jiff::{SignedDuration, Timestamp};
use rollcall_audit::Draft;
use rollcall_model::JobId;
use serde_json::Value;

/// The right to work on a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobLease {
    /// The job.
    pub job: JobId,
    /// Who holds it.
    pub owner: String,
    /// How often the job was taken, this time included.
    pub epoch: u64,
}

/// How a job ends, or goes back to wait.
#[derive(Debug, Clone, PartialEq)]
pub enum JobOutcome {
    /// It is over.
    Over {
        /// Done, failed, cancelled or skipped.
        state: JobState,
        /// What it came to.
        result: Option<Value>,
        /// Code and message.
        error: Option<(String, String)>,
        /// Replaces the note, where there is something to say.
        note: Option<String>,
    },
    /// It waits again.
    Again {
        /// Until then.
        due_at: Timestamp,
        /// Whether it counts as an attempt that failed.
        is_attempt: bool,
        /// Whether it waits for the end of a freeze: a change of the freezes ends the waiting.
        is_frozen: bool,
        /// What went wrong, code and message.
        error: Option<(String, String)>,
        /// Replaces the note, where there is something to say.
        note: Option<String>,
    },
}

impl Store {
    /// Takes the job that has been due longest, of those that nothing stands in the way of: another one that writes at the same site, or a
    /// live run there that somebody works on. Jobs whose owner's lease has run out are taken over, but not by
    /// the owner itself: it has them in hand, and only its clock has jumped.
    pub async fn take_job(
        &self,
        owner: &str,
        now: Timestamp,
        lease_for: SignedDuration,
    ) -> Result<Option<(JobRow, JobLease)>, StoreError> {
        let until = now.saturating_add(lease_for).unwrap_or(now);
        let owner = storable(owner).into_owned();
        // Looking first costs no lock: most of the time there is nothing.
        let open: Option<(i64,)> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT due_at FROM jobs WHERE (state = 'queued' AND due_at <= $1) OR (state = 'running' AND lease_until <= $1) LIMIT 1",
            micros(now),
        )?;
        if open.is_none() {
            return Ok(None);
        }
        let mut writing = self.database.write().await?;
        // Two nodes that take two jobs of one site at once would not see each other.
        writing.alone().await?;
        let row: Option<Row> = fetch_optional!(
            &mut writing,
            "UPDATE jobs SET state = 'running', lease_owner = $2, lease_epoch = lease_epoch + 1, lease_until = $3,
                             started_at = COALESCE(started_at, $1), is_frozen = FALSE
             WHERE id = (SELECT id FROM jobs
                         WHERE (state = 'running' AND lease_until <= $1 AND lease_owner <> $2)
                            OR (state = 'queued' AND due_at <= $1
                                AND (NOT writes OR site IS NULL
                                     OR (NOT EXISTS (SELECT 1 FROM jobs AS other
                                                     WHERE other.site = jobs.site AND other.state = 'running' AND other.writes)
                                         AND NOT EXISTS (SELECT 1 FROM runs
                                                         WHERE runs.site = jobs.site AND runs.mode = 'live'
                                                           AND runs.state IN ('running', 'stopping') AND runs.lease_until > $1
                                                           AND (runs.job IS NULL OR runs.job <> jobs.id)))))
                         ORDER BY due_at, id LIMIT 1)
             RETURNING *",
            micros(now),
            &owner,
            micros(until),
        )?;
        let Some(row) = row else { return Ok(None) };
        writing.commit().await?;
        let job = row.job()?;
        let lease = JobLease { job: job.id.clone(), owner, epoch: job.epoch };
        Ok(Some((job, lease)))
    }

    /// Prolongs a lease; `None` where somebody else has the job now, else whether somebody wants it to end.
    pub async fn renew_job(
        &self,
        lease: &JobLease,
        now: Timestamp,
        lease_for: SignedDuration,
    ) -> Result<Option<bool>, StoreError> {
        let mut writing = self.database.write().await?;
        let row: Option<(bool,)> = fetch_optional!(
            &mut writing,
            "UPDATE jobs SET lease_until = $4 WHERE id = $1 AND lease_owner = $2 AND lease_epoch = $3 AND state = 'running'
             RETURNING cancel_wanted",
            lease.job.as_str(),
            &lease.owner,
            i64::try_from(lease.epoch).unwrap_or(i64::MAX),
            micros(now.saturating_add(lease_for).unwrap_or(now)),
        )?;
        writing.commit().await?;
        Ok(row.map(|(is_wanted,)| is_wanted))
    }

    /// Ends a job or lets it wait again, and gives the lease back. `false` where somebody else has it now: nothing was changed.
    pub async fn settle_job(
        &self,
        lease: &JobLease,
        outcome: &JobOutcome,
        now: Timestamp,
        entry: Option<Draft>,
    ) -> Result<bool, StoreError> {
        let mut writing = self.database.write().await?;
        let (state, result, error, note, due_at, attempts, is_frozen) = match outcome {
            JobOutcome::Over { state, result, error, note } => {
                (*state, result.as_ref(), error, note, None, 0_i64, false)
            }
            JobOutcome::Again { due_at, is_attempt, is_frozen, error, note } => (
                JobState::Queued,
                None,
                error,
                note,
                Some(micros(*due_at)),
                i64::from(*is_attempt),
                *is_frozen,
            ),
        };
        let settled = execute!(
            &mut writing,
            "UPDATE jobs SET state = CASE WHEN $4 = 'queued' AND cancel_wanted THEN 'cancelled' ELSE $4 END, result = $5, error_code = $6, error_message = $7, note = COALESCE($8, note),
                             due_at = COALESCE($9, due_at), attempts = attempts + $10, is_frozen = $11,
                             finished_at = CASE WHEN $4 = 'queued' AND NOT cancel_wanted THEN NULL ELSE $12 END,
                             lease_owner = NULL, lease_until = NULL
             WHERE id = $1 AND lease_owner = $2 AND lease_epoch = $3 AND state = 'running'",
            lease.job.as_str(),
            &lease.owner,
            i64::try_from(lease.epoch).unwrap_or(i64::MAX),
            state.as_str(),
            result.map(json),
            error.as_ref().map(|(code, _)| code.as_str()),
            error.as_ref().map(|(_, message)| storable(message)).as_deref(),
            note.as_deref().map(storable).as_deref(),
            due_at,
            attempts,
            is_frozen,
            micros(now),
        )?;
        if settled == 0 {
            return Ok(false);
        }
        audit::append(&mut writing, entry.into_iter().collect()).await?;
        writing.commit().await?;
        Ok(true)
    }

    /// Who holds jobs and duties at the moment.
    pub async fn owners(&self) -> Result<Vec<String>, StoreError> {
        let rows: Vec<(String,)> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT lease_owner FROM jobs WHERE state = 'running' AND lease_owner IS NOT NULL
             UNION SELECT lease_owner FROM duties WHERE lease_owner IS NOT NULL"
        )?;
        Ok(rows.into_iter().map(|(owner,)| owner).collect())
    }

    /// Ends the leases of a process that is known to be dead, on jobs and on duties.
    pub async fn expire_owner(&self, owner: &str, now: Timestamp) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        execute!(
            &mut writing,
            "UPDATE jobs SET lease_until = $2 WHERE state = 'running' AND lease_owner = $1 AND lease_until > $2",
            owner,
            micros(now),
        )?;
        execute!(
            &mut writing,
            "UPDATE duties SET lease_owner = NULL, lease_until = NULL WHERE lease_owner = $1",
            owner,
        )?;
        writing.commit().await
    }
}
