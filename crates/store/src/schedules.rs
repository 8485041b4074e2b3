//! When policies are due. When exactly a schedule comes true is reckoned in `planner`; here the next instant is kept, and taken by one
//! compare-and-set together with the jobs it leads to.

use crate::database::{Writing, execute, fetch_all, fetch_optional};
use crate::jobs::{JobDraft, insert};
use crate::row::{micros, number, optional_instant, word};
use crate::words::{JobState, PolicyState};
use crate::{Store, StoreError, audit};
use jiff::Timestamp;
use rollcall_audit::Draft;

/// The schedule of a policy as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleRow {
    /// The policy.
    pub policy: String,
    /// The policy's version.
    pub version: String,
    /// Where the policy stands.
    pub state: PolicyState,
    /// Whether `next_at` was reckoned for this version; only a policy from before there was a scheduler waits for that.
    pub is_settled: bool,
    /// When it is due next; `None`: not by itself.
    pub next_at: Option<Timestamp>,
    /// The last occurrence that was taken.
    pub last_at: Option<Timestamp>,
    /// Whether occurrences are passed over.
    pub is_paused: bool,
    /// Counted up by every change.
    pub revision: u64,
}

/// What becomes of a due schedule at one site.
#[derive(Debug, Clone, PartialEq)]
pub struct TickDraft {
    /// The job. Where the policy waits or runs there already, it is kept as skipped.
    pub job: JobDraft,
    /// The audit entry where it is queued.
    pub entry: Draft,
    /// The audit entry where it is skipped.
    pub skipped: Draft,
    /// Why, if it is.
    pub because: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    policy: String,
    version: String,
    state: String,
    is_settled: bool,
    next_at: Option<i64>,
    last_at: Option<i64>,
    is_paused: bool,
    revision: i64,
}

impl Row {
    fn schedule(self) -> Result<ScheduleRow, StoreError> {
        let what = format!("the schedule of policy \"{}\"", self.policy);
        Ok(ScheduleRow {
            state: word(PolicyState::from_name(&self.state), &self.state, &what)?,
            next_at: optional_instant(self.next_at, &what)?,
            last_at: optional_instant(self.last_at, &what)?,
            revision: number(self.revision, &what)?,
            policy: self.policy,
            version: self.version,
            is_settled: self.is_settled,
            is_paused: self.is_paused,
        })
    }
}

impl Store {
    /// The schedules of all policies, by name.
    pub async fn schedules(&self) -> Result<Vec<ScheduleRow>, StoreError> {
        let rows: Vec<Row> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT schedules.policy, schedules.version, state, is_settled, next_at, last_at, is_paused, revision
             FROM schedules JOIN policies ON name = policy ORDER BY folded"
        )?;
        rows.into_iter().map(Row::schedule).collect()
    }

    /// The schedule of one policy, whatever the case of its name.
    pub async fn schedule(&self, policy: &str) -> Result<ScheduleRow, StoreError> {
        let row: Option<Row> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT schedules.policy, schedules.version, state, is_settled, next_at, last_at, is_paused, revision
             FROM schedules JOIN policies ON name = policy WHERE folded = $1",
            policy.to_lowercase(),
        )?;
        row.ok_or_else(|| StoreError::not_found("policy", policy))?.schedule()
    }

    /// Schedules of policies that are on and due, or not yet reckoned.
    pub async fn due_schedules(&self, now: Timestamp) -> Result<Vec<ScheduleRow>, StoreError> {
        let rows: Vec<Row> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT schedules.policy, schedules.version, state, is_settled, next_at, last_at, is_paused, revision
             FROM schedules JOIN policies ON name = policy
             WHERE state <> 'off' AND NOT is_paused AND (NOT is_settled OR next_at <= $1) ORDER BY next_at, folded",
            micros(now),
        )?;
        rows.into_iter().map(Row::schedule).collect()
    }

    /// Takes a due schedule: it is due next at `next`, and its jobs are there, or neither. `false` where somebody else took or changed it.
    pub async fn take_tick(
        &self,
        schedule: &ScheduleRow,
        tick: Option<Timestamp>,
        next: Option<Timestamp>,
        jobs: &[TickDraft],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut writing = self.database.write().await?;
        let taken = execute!(
            &mut writing,
            "UPDATE schedules SET next_at = $3, last_at = COALESCE($4, last_at), is_settled = TRUE, revision = revision + 1
             WHERE policy = $1 AND revision = $2 AND version = $5",
            &schedule.policy,
            i64::try_from(schedule.revision).unwrap_or(i64::MAX),
            next.map(micros),
            tick.map(micros),
            &schedule.version,
        )?;
        if taken == 0 {
            return Ok(false);
        }
        let mut entries = Vec::new();
        for TickDraft { job, entry, skipped, because } in jobs {
            if insert(&mut writing, job, now).await? {
                entries.push(entry.clone());
                continue;
            }
            // In the way is a job of the policy that waits or runs, or this very occurrence, which then was taken already.
            let note = Some(because.clone());
            let kept = JobDraft { state: JobState::Skipped, note, ..job.clone() };
            if insert(&mut writing, &kept, now).await? {
                entries.push(skipped.clone());
            }
        }
        audit::append(&mut writing, entries).await?;
        writing.commit().await?;
        Ok(true)
    }

    /// Pauses a schedule, or lets it go on. `next` is when it is due then. `version` is the one that was reckoned with.
    pub async fn pause_schedule(
        &self,
        policy: &str,
        version: &str,
        is_paused: bool,
        next: Option<Timestamp>,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let changed = execute!(
            &mut writing,
            "UPDATE schedules SET is_paused = $3, next_at = $4, is_settled = TRUE, revision = revision + 1
             WHERE policy = $1 AND version = $2 AND is_paused <> $3",
            policy,
            version,
            is_paused,
            next.map(micros),
        )?;
        if changed == 0 {
            return Err(StoreError::stale("schedule of policy", policy));
        }
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }
}

/// The policy was loaded or switched: its schedule follows in the same transaction. A pause stays.
pub(crate) async fn follow(
    writing: &mut Writing,
    policy: &str,
    version: &str,
    next: Option<Timestamp>,
) -> Result<(), StoreError> {
    execute!(
        writing,
        "INSERT INTO schedules (policy, version, is_settled, next_at, is_paused, revision) VALUES ($1, $2, TRUE, $3, FALSE, 0)
         ON CONFLICT (policy) DO UPDATE SET version = excluded.version, is_settled = TRUE, revision = schedules.revision + 1,
             next_at = CASE WHEN schedules.is_paused THEN NULL ELSE excluded.next_at END",
        policy,
        version,
        next.map(micros),
    )
    .map(drop)
}

/// The policy is gone.
pub(crate) async fn forget(writing: &mut Writing, policy: &str) -> Result<(), StoreError> {
    execute!(writing, "DELETE FROM schedules WHERE policy = $1", policy).map(drop)
}
