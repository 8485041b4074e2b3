//! Jobs: work that was asked for and outlives the process it was asked of. Who works on one is in `job_lease.rs`, where those of a
//! policy come from in `schedules.rs`.

use crate::database::{Writing, execute, fetch_all, fetch_one, fetch_optional};
use crate::row::{
    instant, json, micros, number, optional_instant, parse_json, parse_optional_json, storable, word,
};
use crate::words::{JobKind, JobState};
use crate::{Store, StoreError, audit};
use jiff::Timestamp;
use rollcall_audit::Draft;
use rollcall_model::{JobId, PlanId, Role, RunId, SiteId};
use serde_json::Value;

/// A job to be queued.
#[derive(Debug, Clone, PartialEq)]
pub struct JobDraft {
    /// Its id.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// What it needs to know for that.
    pub payload: Value,
    /// The site it is about.
    pub site: Option<SiteId>,
    /// The policy it is about.
    pub policy: Option<String>,
    /// The occurrence of the policy's schedule it comes from. Each is taken once.
    pub tick: Option<Timestamp>,
    /// Whether it may change accounts. One such job at a time runs at a site.
    pub writes: bool,
    /// Queued, or over from the beginning: skipped or failed.
    pub state: JobState,
    /// When it is due.
    pub due_at: Timestamp,
    /// Whether it waits for the end of a freeze.
    pub is_frozen: bool,
    /// Who asked for it.
    pub asked_by: String,
    /// The role they had.
    pub role: Role,
    /// Whether they were at a shell of the machine.
    pub is_local: bool,
    /// What there is to say about it.
    pub note: Option<String>,
    /// Code and message, where it is failed from the beginning.
    pub error: Option<(String, String)>,
}

/// A job.
#[derive(Debug, Clone, PartialEq)]
pub struct JobRow {
    /// Its id.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// What it needs to know for that.
    pub payload: Value,
    /// The site it is about.
    pub site: Option<SiteId>,
    /// The policy it is about.
    pub policy: Option<String>,
    /// The occurrence of the policy's schedule it comes from.
    pub tick: Option<Timestamp>,
    /// Where it stands.
    pub state: JobState,
    /// When it is due.
    pub due_at: Timestamp,
    /// How often it was tried and failed for a passing reason.
    pub attempts: u32,
    /// Who asked for it.
    pub asked_by: String,
    /// The role they had.
    pub role: Role,
    /// Whether they were at a shell of the machine.
    pub is_local: bool,
    /// Whether it waits for the end of a freeze.
    pub is_frozen: bool,
    /// Whether somebody wants it to end.
    pub is_cancel_wanted: bool,
    /// Who works on it, and until when unless they say again.
    pub owner: Option<(String, Timestamp)>,
    /// How often it was taken.
    pub epoch: u64,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was first taken.
    pub started_at: Option<Timestamp>,
    /// When it was over.
    pub finished_at: Option<Timestamp>,
    /// What it came to.
    pub result: Option<Value>,
    /// Code and message of what went wrong, the last time.
    pub error: Option<(String, String)>,
    /// What there is to say about it.
    pub note: Option<String>,
}

/// Which jobs to list, newest first. The default is all.
#[derive(Debug, Clone, Default)]
pub struct JobFilter {
    /// In one of these states; empty = in any.
    pub states: Vec<JobState>,
    /// Of this kind.
    pub kind: Option<JobKind>,
    /// About this site.
    pub site: Option<SiteId>,
    /// About this policy.
    pub policy: Option<String>,
    /// Older than this one.
    pub before: Option<JobId>,
    /// How many at most; `None` = all.
    pub limit: Option<u32>,
}

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    id: String,
    kind: String,
    payload: String,
    site: Option<String>,
    policy: Option<String>,
    tick: Option<i64>,
    state: String,
    due_at: i64,
    attempts: i64,
    asked_by: String,
    role: String,
    is_local: bool,
    is_frozen: bool,
    cancel_wanted: bool,
    lease_owner: Option<String>,
    lease_epoch: i64,
    lease_until: Option<i64>,
    created_at: i64,
    started_at: Option<i64>,
    finished_at: Option<i64>,
    result: Option<String>,
    error_code: Option<String>,
    error_message: Option<String>,
    note: Option<String>,
}

impl Row {
    pub(crate) fn job(self) -> Result<JobRow, StoreError> {
        let what = format!("job {}", self.id);
        let owner = match (self.lease_owner, self.lease_until) {
            (Some(owner), Some(until)) => Some((owner, instant(until, &what)?)),
            _ => None,
        };
        Ok(JobRow {
            kind: word(JobKind::from_name(&self.kind), &self.kind, &what)?,
            payload: parse_json(&self.payload, &what)?,
            tick: optional_instant(self.tick, &what)?,
            state: word(JobState::from_name(&self.state), &self.state, &what)?,
            due_at: instant(self.due_at, &what)?,
            attempts: number(self.attempts, &what)?,
            role: word(self.role.parse().ok(), &self.role, &what)?,
            owner,
            epoch: number(self.lease_epoch, &what)?,
            created_at: instant(self.created_at, &what)?,
            started_at: optional_instant(self.started_at, &what)?,
            finished_at: optional_instant(self.finished_at, &what)?,
            result: parse_optional_json(self.result.as_deref(), &what)?,
            error: self.error_code.map(|code| (code, self.error_message.unwrap_or_default())),
            id: self.id.into(),
            site: self.site.map(Into::into),
            policy: self.policy,
            asked_by: self.asked_by,
            is_local: self.is_local,
            is_frozen: self.is_frozen,
            is_cancel_wanted: self.cancel_wanted,
            note: self.note,
        })
    }
}

/// What a job collides with that cannot be queued.
async fn beside(writing: &mut Writing, job: &JobDraft) -> Result<StoreError, StoreError> {
    let other: Option<(String,)> = fetch_optional!(
        writing,
        "SELECT id FROM jobs WHERE policy = $1 AND site = $2 AND kind = 'run-policy' AND state IN ('queued', 'running')",
        job.policy.as_deref(),
        job.site.as_ref().map(AsRef::<str>::as_ref),
    )?;
    Ok(match other {
        Some((other,)) => StoreError::Conflict {
            what: "policy",
            name: job.policy.clone().unwrap_or_default(),
            reason: format!("waits or runs there already, as job {other}"),
        },
        None => StoreError::exists("job", &job.id),
    })
}

impl Store {
    /// Queues a job. A second one of the same policy at the same site beside one that waits or runs is a conflict that names it.
    pub async fn add_job(&self, job: &JobDraft, now: Timestamp, entry: Draft) -> Result<(), StoreError> {
        self.add_jobs(vec![(job.clone(), entry)], now).await
    }

    /// Queues several jobs, each with its audit entry: all of them, or none.
    pub async fn add_jobs(&self, jobs: Vec<(JobDraft, Draft)>, now: Timestamp) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let mut entries = Vec::with_capacity(jobs.len());
        for (job, entry) in jobs {
            if !insert(&mut writing, &job, now).await? {
                return Err(beside(&mut writing, &job).await?);
            }
            entries.push(entry);
        }
        audit::append(&mut writing, entries).await?;
        writing.commit().await
    }

    /// A job.
    pub async fn job(&self, id: &JobId) -> Result<JobRow, StoreError> {
        let row: Option<Row> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT * FROM jobs WHERE id = $1",
            id.as_str()
        )?;
        row.ok_or_else(|| StoreError::not_found("job", id))?.job()
    }

    /// Jobs, newest first.
    pub async fn jobs(&self, filter: &JobFilter) -> Result<Vec<JobRow>, StoreError> {
        let states = states(filter);
        let rows: Vec<Row> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT * FROM jobs
             WHERE ($1 IS NULL OR kind = $1) AND ($2 IS NULL OR site = $2) AND ($3 IS NULL OR policy = $3)
               AND ($4 IS NULL OR id < $4)
               AND state IN ($5, $6, $7, $8, $9, $10)
             ORDER BY id DESC LIMIT $11",
            filter.kind.map(JobKind::as_str),
            filter.site.as_ref().map(AsRef::<str>::as_ref),
            filter.policy.as_deref(),
            filter.before.as_ref().map(AsRef::<str>::as_ref),
            states[0],
            states[1],
            states[2],
            states[3],
            states[4],
            states[5],
            filter.limit.map_or(i64::MAX, i64::from),
        )?;
        rows.into_iter().map(Row::job).collect()
    }

    /// How many jobs the filter finds, its limit and `before` apart.
    pub async fn count_jobs(&self, filter: &JobFilter) -> Result<u64, StoreError> {
        let states = states(filter);
        let count: (i64,) = fetch_one!(
            &mut self.database.read().await?,
            "SELECT COUNT(*) FROM jobs
             WHERE ($1 IS NULL OR kind = $1) AND ($2 IS NULL OR site = $2) AND ($3 IS NULL OR policy = $3)
               AND state IN ($4, $5, $6, $7, $8, $9)",
            filter.kind.map(JobKind::as_str),
            filter.site.as_ref().map(AsRef::<str>::as_ref),
            filter.policy.as_deref(),
            states[0],
            states[1],
            states[2],
            states[3],
            states[4],
            states[5],
        )?;
        number(count.0, "the number of jobs")
    }

    /// The run that a job began, if it has come that far; the newest where there are several.
    pub async fn run_of_job(&self, job: &JobId) -> Result<Option<RunId>, StoreError> {
        let row: Option<(String,)> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT id FROM runs WHERE job = $1 ORDER BY id DESC LIMIT 1",
            job.as_str()
        )?;
        Ok(row.map(|(id,)| id.into()))
    }

    /// The plans that a job made, oldest first.
    pub async fn plans_of_job(&self, job: &JobId) -> Result<Vec<PlanId>, StoreError> {
        let rows: Vec<(String,)> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT id FROM plans WHERE job = $1 ORDER BY id",
            job.as_str()
        )?;
        Ok(rows.into_iter().map(|(id,)| id.into()).collect())
    }

    /// Ends a job that waits, or asks for the end of one that runs. Gives the state it is in afterwards; one that is over is a conflict.
    pub async fn cancel_job(
        &self,
        id: &JobId,
        note: &str,
        now: Timestamp,
        entry: Draft,
    ) -> Result<JobState, StoreError> {
        let mut writing = self.database.write().await?;
        let row: Option<(String,)> = fetch_optional!(
            &mut writing,
            "UPDATE jobs SET cancel_wanted = TRUE,
                             note = CASE WHEN state IN ('queued', 'running') THEN $2 ELSE note END,
                             finished_at = CASE WHEN state = 'queued' THEN $3 ELSE finished_at END,
                             state = CASE WHEN state = 'queued' THEN 'cancelled' ELSE state END
             WHERE id = $1 AND NOT cancel_wanted AND state IN ('queued', 'running') RETURNING state",
            id.as_str(),
            &*storable(note),
            micros(now),
        )?;
        let Some((state,)) = row else {
            let row: Option<(String,)> =
                fetch_optional!(&mut writing, "SELECT state FROM jobs WHERE id = $1", id.as_str())?;
            let (state,) = row.ok_or_else(|| StoreError::not_found("job", id))?;
            let reason = if state == "running" { "is being cancelled already" } else { "is over already" };
            return Err(StoreError::Conflict {
                what: "job",
                name: id.to_string(),
                reason: reason.to_owned(),
            });
        };
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await?;
        word(JobState::from_name(&state), &state, "a job")
    }
}

/// As many places as there are states; those that are not used repeat the last.
fn states(filter: &JobFilter) -> [&'static str; JobState::ALL.len()] {
    let wanted = if filter.states.is_empty() { JobState::ALL } else { &filter.states };
    std::array::from_fn(|at| wanted[at.min(wanted.len() - 1)].as_str())
}

/// Inserts a job; `false` where the tick was taken already, or the policy waits or runs there.
pub(crate) async fn insert(
    writing: &mut Writing,
    job: &JobDraft,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (code, message) = job.error.clone().unzip();
    let added = execute!(
        writing,
        "INSERT INTO jobs (id, kind, payload, site, policy, tick, writes, state, due_at, attempts, asked_by, role, is_local,
                           is_frozen, cancel_wanted, lease_epoch, created_at, finished_at, error_code, error_message, note)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12, $18, FALSE, 0, $13, $14, $15, $16, $17)
         ON CONFLICT DO NOTHING",
        job.id.as_str(),
        job.kind.as_str(),
        json(&job.payload),
        job.site.as_ref().map(AsRef::<str>::as_ref),
        job.policy.as_deref(),
        job.tick.map(micros),
        job.writes,
        job.state.as_str(),
        micros(job.due_at),
        &*storable(&job.asked_by),
        job.role.as_str(),
        job.is_local,
        micros(now),
        job.state.is_over().then(|| micros(now)),
        code,
        message.as_deref().map(storable).as_deref(),
        job.note.as_deref().map(storable).as_deref(),
        job.is_frozen,
    )?;
    Ok(added > 0)
}
