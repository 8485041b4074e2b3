//! Dropping what has outlived its use. Never silently: each of these commits the audit entry that says what went.

use crate::database::{Writing, execute, fetch_all, fetch_one};
use crate::row::{column, micros, number, optional_instant};
use crate::{Store, StoreError, audit};
use jiff::Timestamp;
use rollcall_audit::{Draft, Head};
use rollcall_model::{PlanId, RunId, SnapshotId};
use std::collections::BTreeSet;

/// A snapshot that somebody may still need: a plan that can yet be applied was made on it, or a run that can go on, or a policy compares the
/// next one with it.
macro_rules! needed {
    () => {
        "SELECT p.snapshot FROM plans p LEFT JOIN runs r ON r.plan = p.id
         WHERE p.dropped_at IS NULL
           AND ((r.id IS NULL AND p.expires_at > $1 AND p.approval <> 'rejected')
             OR (r.id IS NOT NULL AND r.state <> 'done'))
         UNION SELECT snapshot FROM watch_cursors WHERE snapshot IS NOT NULL"
    };
}

/// A run that was over before $1 and still has its items. The newest of each policy at a site keeps them, and so does the newest that was for
/// everybody: the next one's growth is measured by it.
macro_rules! is_old {
    () => {
        "state IN ('done', 'stopped', 'failed') AND finished_at < $1 AND dropped_at IS NULL
         AND (policy IS NULL OR EXISTS (SELECT 1 FROM runs newer
                JOIN plans of_newer ON of_newer.id = newer.plan JOIN plans own ON own.id = runs.plan
                WHERE newer.policy = runs.policy AND newer.site = runs.site AND newer.mode = runs.mode
                  AND newer.created_at > runs.created_at AND (own.is_restricted OR NOT of_newer.is_restricted)))"
    };
}

/// A job that was over before $1. One whose plan awaits approval stays: it tells whether the plan is applied by itself once that is given.
macro_rules! ended_jobs {
    () => {
        "jobs WHERE state NOT IN ('queued', 'running') AND finished_at < $1 AND NOT EXISTS (
             SELECT 1 FROM plans WHERE plans.job = jobs.id AND plans.approval = 'awaited' AND plans.dropped_at IS NULL)"
    };
}

/// The body of a plan without its items.
const NO_ITEMS: &[u8] = &[];

/// Rows that mean nothing after a while. Times are when they came to their end; of a delivery, when it was queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Past {
    /// Mails that the mail server took.
    SentMails,
    /// Jobs that are over.
    EndedJobs,
    /// What webhooks were told, or what was given up; what waits is kept, however old it is.
    SettledDeliveries,
}

impl Past {
    /// Each of them.
    pub const ALL: &'static [Self] = &[Self::SentMails, Self::EndedJobs, Self::SettledDeliveries];

    const fn count(self) -> &'static str {
        match self {
            Self::SentMails => {
                "SELECT COUNT(*), MIN(sent_at), MAX(sent_at) FROM outbox WHERE state = 'sent' AND sent_at < $1"
            }
            Self::EndedJobs => {
                concat!("SELECT COUNT(*), MIN(finished_at), MAX(finished_at) FROM ", ended_jobs!())
            }
            Self::SettledDeliveries => {
                "SELECT COUNT(*), MIN(queued_at), MAX(queued_at) FROM webhook_deliveries
                 WHERE state <> 'queued' AND queued_at < $1"
            }
        }
    }

    const fn drop(self) -> &'static str {
        match self {
            Self::SentMails => "DELETE FROM outbox WHERE state = 'sent' AND sent_at < $1",
            Self::EndedJobs => {
                concat!("DELETE FROM ", ended_jobs!())
            }
            Self::SettledDeliveries => {
                "DELETE FROM webhook_deliveries WHERE state <> 'queued' AND queued_at < $1"
            }
        }
    }
}

/// How much is past, and from when to when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone {
    /// How many.
    pub count: u64,
    /// The oldest.
    pub oldest: Option<Timestamp>,
    /// The newest.
    pub newest: Option<Timestamp>,
}

fn gone((count, oldest, newest): (i64, Option<i64>, Option<i64>)) -> Result<Gone, StoreError> {
    let what = "an instant of retention";
    Ok(Gone {
        count: number(count, what)?,
        oldest: optional_instant(oldest, what)?,
        newest: optional_instant(newest, what)?,
    })
}

impl Store {
    /// Snapshots that a plan which can yet be applied, or a run that can go on, was made on.
    pub async fn snapshots_needed(&self, now: Timestamp) -> Result<BTreeSet<SnapshotId>, StoreError> {
        let rows: Vec<(String,)> = fetch_all!(&mut self.database.read().await?, needed!(), micros(now))?;
        Ok(rows.into_iter().map(|(id,)| id.into()).collect())
    }

    /// Drops a snapshot, unless it became needed or the newest of its site. `false` = it stays.
    pub async fn drop_snapshot(
        &self,
        id: &SnapshotId,
        now: Timestamp,
        entry: Draft,
    ) -> Result<bool, StoreError> {
        let mut writing = self.database.write().await?;
        let dropped = execute!(
            &mut writing,
            concat!(
                "DELETE FROM snapshots WHERE id = $2 AND id NOT IN (",
                needed!(),
                ") AND EXISTS (SELECT 1 FROM snapshots newer WHERE newer.site = snapshots.site
                     AND (newer.taken_at > snapshots.taken_at
                       OR (newer.taken_at = snapshots.taken_at AND newer.id > snapshots.id)))"
            ),
            micros(now),
            id.as_str(),
        )?;
        if dropped == 0 {
            return Ok(false);
        }
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await?;
        Ok(true)
    }

    /// Runs that were over before that instant and still have their items, oldest first.
    pub async fn old_runs(&self, before: Timestamp, limit: u32) -> Result<Vec<RunId>, StoreError> {
        let rows: Vec<(String,)> = fetch_all!(
            &mut self.database.read().await?,
            concat!("SELECT id FROM runs WHERE ", is_old!(), " ORDER BY finished_at, id LIMIT $2"),
            micros(before),
            i64::from(limit),
        )?;
        Ok(rows.into_iter().map(|(id,)| id.into()).collect())
    }

    /// Plans older than that which never ran and still have their items, oldest first.
    pub async fn old_plans(&self, before: Timestamp, limit: u32) -> Result<Vec<PlanId>, StoreError> {
        let rows: Vec<(String,)> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT p.id FROM plans p LEFT JOIN runs r ON r.plan = p.id
             WHERE r.id IS NULL AND p.expires_at < $1 AND p.dropped_at IS NULL ORDER BY p.made_at, p.id LIMIT $2",
            micros(before),
            i64::from(limit),
        )?;
        Ok(rows.into_iter().map(|(id,)| id.into()).collect())
    }

    /// Drops the items and reports of runs, and the items of their plans; the runs themselves stay, with their counts. Runs that went on
    /// meanwhile are left alone: the entry is told which went. Gives how many.
    pub async fn drop_items_of(
        &self,
        runs: &[RunId],
        before: Timestamp,
        now: Timestamp,
        entry: impl FnOnce(&[&RunId]) -> Draft + Send,
    ) -> Result<u64, StoreError> {
        let mut writing = self.database.write().await?;
        let mut gone = Vec::new();
        for run in runs {
            let dropped = execute!(
                &mut writing,
                concat!("UPDATE runs SET report = NULL, dropped_at = $2 WHERE id = $3 AND ", is_old!()),
                micros(before),
                micros(now),
                run.as_str(),
            )?;
            if dropped > 0 {
                execute!(&mut writing, "DELETE FROM run_items WHERE run = $1", run.as_str())?;
                execute!(
                    &mut writing,
                    "UPDATE plans SET body = $3, dropped_at = $2 WHERE id = (SELECT plan FROM runs WHERE id = $1)",
                    run.as_str(),
                    micros(now),
                    NO_ITEMS,
                )?;
                gone.push(run);
            }
        }
        finish(writing, &gone, entry).await
    }

    /// Drops the items of plans that never ran; the entry is told which. Gives how many.
    pub async fn drop_plans(
        &self,
        plans: &[PlanId],
        now: Timestamp,
        entry: impl FnOnce(&[&PlanId]) -> Draft + Send,
    ) -> Result<u64, StoreError> {
        let mut writing = self.database.write().await?;
        let mut gone = Vec::new();
        for plan in plans {
            let dropped = execute!(
                &mut writing,
                "UPDATE plans SET body = $3, dropped_at = $2
                 WHERE id = $1 AND dropped_at IS NULL AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.plan = plans.id)",
                plan.as_str(),
                micros(now),
                NO_ITEMS,
            )?;
            if dropped > 0 {
                gone.push(plan);
            }
        }
        finish(writing, &gone, entry).await
    }

    /// How much came to its end before that instant.
    pub async fn past(&self, what: Past, before: Timestamp) -> Result<Gone, StoreError> {
        gone(fetch_one!(&mut self.database.read().await?, what.count(), micros(before))?)
    }

    /// Drops it; the entry is told how much it is. Where there is nothing, nothing is written.
    pub async fn drop_past(
        &self,
        what: Past,
        before: Timestamp,
        entry: impl FnOnce(Gone) -> Draft + Send,
    ) -> Result<Gone, StoreError> {
        let mut writing = self.database.write().await?;
        let gone = gone(fetch_one!(&mut writing, what.count(), micros(before))?)?;
        if gone.count > 0 {
            execute!(&mut writing, what.drop(), micros(before))?;
            audit::append(&mut writing, vec![entry(gone)]).await?;
            writing.commit().await?;
        }
        Ok(gone)
    }

    /// The last of the oldest audit entries that are all older than that and stand no later than `through`, with how many there are; `None`
    /// where there are none.
    pub async fn old_audit(
        &self,
        before: Timestamp,
        through: u64,
    ) -> Result<Option<(Head, u64)>, StoreError> {
        old_audit(&mut self.database.still().await?, before, through).await
    }

    /// Drops the oldest entries of the audit log, as [`Store::old_audit`] finds them. What is left is chained to the last of them, and the entry, which must be made by
    /// [`rollcall_audit::Dropped::details`], says so in the log itself.
    pub async fn drop_audit(
        &self,
        before: Timestamp,
        through: u64,
        entry: impl FnOnce(Head, u64) -> Draft + Send,
    ) -> Result<Option<(Head, u64)>, StoreError> {
        let mut writing = self.database.write().await?;
        execute!(&mut writing, "UPDATE audit_head SET seq = seq WHERE one = 1")?;
        let Some((last, count)) = old_audit(&mut writing, before, through).await? else { return Ok(None) };
        audit::append(&mut writing, vec![entry(last, count)]).await?;
        execute!(&mut writing, "DELETE FROM audit_entries WHERE seq <= $1", column(last.seq))?;
        execute!(
            &mut writing,
            "UPDATE audit_checkpoint SET seq = $1, hash = $2 WHERE one = 1",
            column(last.seq),
            last.hash.to_string(),
        )?;
        writing.commit().await?;
        Ok(Some((last, count)))
    }
}

async fn finish<T>(
    mut writing: Writing,
    gone: &[T],
    entry: impl FnOnce(&[T]) -> Draft,
) -> Result<u64, StoreError> {
    if !gone.is_empty() {
        audit::append(&mut writing, vec![entry(gone)]).await?;
        writing.commit().await?;
    }
    Ok(gone.len() as u64)
}

async fn old_audit(
    on: &mut Writing,
    before: Timestamp,
    through: u64,
) -> Result<Option<(Head, u64)>, StoreError> {
    let begin = audit::checkpoint(on).await?;
    // Up to the first that is to stay: an entry whose clock was ahead keeps those behind it.
    let rows: Vec<(i64, String)> = fetch_all!(
        on,
        "SELECT seq, hash FROM audit_entries
         WHERE seq < COALESCE((SELECT MIN(seq) FROM audit_entries WHERE at >= $1), (SELECT seq + 1 FROM audit_head WHERE one = 1))
           AND seq <= $2
         ORDER BY seq DESC LIMIT 1",
        micros(before),
        column(through),
    )?;
    let Some(last) = rows.into_iter().next().map(audit::head).transpose()? else { return Ok(None) };
    Ok(Some((last, last.seq.saturating_sub(begin.seq))))
}
