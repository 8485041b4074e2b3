//! Runs: their heads and how they begin. Items are in `items.rs`, ownership in `lease.rs`, progress in `steps.rs`, stopping
//! and ending in `ending.rs`.

use crate::database::{OnDatabase, Writing, execute, execute_rows, fetch_all, fetch_optional, on_either};
use crate::items::ItemDraft;
use crate::row::{
    instant, json, json_of, micros, number, optional_instant, parse_optional_json, storable, word,
};
use crate::words::{ApprovalState, Mode, RunState};
use crate::{Store, StoreError, audit};
use jiff::Timestamp;
use rollcall_audit::Draft;
use rollcall_model::{ItemState, JobId, PlanId, RunId, SiteId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// 15 columns each, below the 32,766 binds SQLite takes.
const ITEMS_AT_ONCE: usize = 1000;

/// How many items of a run stand where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "BTreeMap<String, u64>", into = "BTreeMap<String, u64>")]
pub struct ItemCounts([u64; ItemState::ALL.len()]);

impl ItemCounts {
    /// How many are in that state.
    pub fn of(&self, state: ItemState) -> u64 {
        self.0[state as usize]
    }

    /// How many there are.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// How many have not got their outcome.
    pub fn open(&self) -> u64 {
        self.of(ItemState::Pending) + self.of(ItemState::Started)
    }
}

impl From<ItemCounts> for BTreeMap<String, u64> {
    fn from(counts: ItemCounts) -> Self {
        ItemState::ALL.into_iter().map(|state| (state.as_str().to_owned(), counts.of(state))).collect()
    }
}

impl From<BTreeMap<String, u64>> for ItemCounts {
    fn from(map: BTreeMap<String, u64>) -> Self {
        Self(ItemState::ALL.map(|state| map.get(state.as_str()).copied().unwrap_or_default()))
    }
}

/// A run to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunDraft {
    /// Its id.
    pub id: RunId,
    /// The plan it executes. A plan is executed once.
    pub plan: PlanId,
    /// The run whose changes it takes back.
    pub undo_of: Option<RunId>,
    /// Who started it: the actor of its audit entries.
    pub started_by: String,
    /// The job it is begun by.
    pub job: Option<JobId>,
    /// Whether it goes on in a freeze.
    pub during_freeze: bool,
}

/// The head of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRow {
    /// Its id.
    pub id: RunId,
    /// The plan it executes.
    pub plan: PlanId,
    /// The site.
    pub site: SiteId,
    /// The policy, where one made the plan.
    pub policy: Option<String>,
    /// Test or live.
    pub mode: Mode,
    /// The run whose changes it takes back.
    pub undo_of: Option<RunId>,
    /// Who started it.
    pub started_by: String,
    /// Where it stands.
    pub state: RunState,
    /// How many items stand where.
    pub counts: ItemCounts,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was first taken.
    pub started_at: Option<Timestamp>,
    /// When it came to an end, for now.
    pub finished_at: Option<Timestamp>,
    /// Who works on it, and until when unless they say again.
    pub owner: Option<(String, Timestamp)>,
    /// How often it was taken.
    pub epoch: u64,
    /// Why it is to stop, where somebody asked for it.
    pub stop_reason: Option<String>,
    /// The engine's report.
    pub report: Option<Value>,
    /// The job it was begun by.
    pub job: Option<JobId>,
    /// Whether it goes on in a freeze.
    pub during_freeze: bool,
    /// From when on failures count towards its limit; `None` = from its beginning.
    pub failures_since: Option<Timestamp>,
}

/// Which runs to list. The default is all.
#[derive(Debug, Clone, Default)]
pub struct RunFilter {
    /// Of this site.
    pub site: Option<SiteId>,
    /// Of this policy.
    pub policy: Option<String>,
    /// In this state.
    pub state: Option<RunState>,
    /// Test or live.
    pub mode: Option<Mode>,
    /// Older than this run: when it was created, and its id.
    pub before: Option<(Timestamp, RunId)>,
    /// How many at most; `None` = all.
    pub limit: Option<u32>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    plan: String,
    site: String,
    policy: Option<String>,
    mode: String,
    undo_of: Option<String>,
    started_by: String,
    state: String,
    n_pending: i64,
    n_started: i64,
    n_done: i64,
    n_already: i64,
    n_drifted: i64,
    n_refused: i64,
    n_failed: i64,
    n_unknown: i64,
    n_stopped: i64,
    created_at: i64,
    started_at: Option<i64>,
    finished_at: Option<i64>,
    lease_owner: Option<String>,
    lease_epoch: i64,
    lease_until: Option<i64>,
    stop_reason: Option<String>,
    report: Option<String>,
    job: Option<String>,
    during_freeze: bool,
    failures_since: Option<i64>,
}

impl Row {
    fn run(self) -> Result<RunRow, StoreError> {
        let what = format!("run {}", self.id);
        // In the order of `ItemState::ALL`.
        let columns = [
            self.n_pending,
            self.n_started,
            self.n_done,
            self.n_already,
            self.n_drifted,
            self.n_refused,
            self.n_failed,
            self.n_unknown,
            self.n_stopped,
        ];
        let mut counts = ItemCounts::default();
        for (count, column) in counts.0.iter_mut().zip(columns) {
            *count = number(column, &what)?;
        }
        let owner = match (self.lease_owner, self.lease_until) {
            (Some(owner), Some(until)) => Some((owner, instant(until, &what)?)),
            _ => None,
        };
        Ok(RunRow {
            mode: word(Mode::from_name(&self.mode), &self.mode, &what)?,
            state: state_named(&self.state, &what)?,
            counts,
            created_at: instant(self.created_at, &what)?,
            started_at: optional_instant(self.started_at, &what)?,
            finished_at: optional_instant(self.finished_at, &what)?,
            owner,
            epoch: number(self.lease_epoch, &what)?,
            report: parse_optional_json(self.report.as_deref(), &what)?,
            failures_since: optional_instant(self.failures_since, &what)?,
            id: self.id.into(),
            plan: self.plan.into(),
            site: self.site.into(),
            policy: self.policy,
            undo_of: self.undo_of.map(Into::into),
            started_by: self.started_by,
            stop_reason: self.stop_reason,
            job: self.job.map(Into::into),
            during_freeze: self.during_freeze,
        })
    }
}

pub(crate) fn state_named(text: &str, what: &str) -> Result<RunState, StoreError> {
    word(RunState::from_name(text), text, what)
}

impl Store {
    /// Creates a run of a plan, with all its items, or nothing. Refused where the plan awaits approval, was rejected, has
    /// expired, or was executed already, and where the policy has a run under way at the site.
    pub async fn create_run(
        &self,
        run: &RunDraft,
        items: &[ItemDraft],
        now: Timestamp,
        entries: Vec<Draft>,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        may_be_executed(&mut writing, &run.plan, now).await?;
        let added = execute!(
            &mut writing,
            "INSERT INTO runs (id, plan, site, policy, mode, undo_of, started_by, state, items, n_pending, n_started, n_done,
                               n_already, n_drifted, n_refused, n_failed, n_unknown, n_stopped, created_at, lease_epoch, stop_wanted, job, during_freeze)
             SELECT $1, id, site, policy, mode, $3, $4, 'pending', $5, $5, 0, 0, 0, 0, 0, 0, 0, 0, $6, 0, FALSE, $7, $8
             FROM plans WHERE id = $2
             ON CONFLICT DO NOTHING",
            run.id.as_str(),
            run.plan.as_str(),
            run.undo_of.as_ref().map(AsRef::<str>::as_ref),
            &*storable(&run.started_by),
            i64::try_from(items.len()).unwrap_or(i64::MAX),
            micros(now),
            run.job.as_ref().map(AsRef::<str>::as_ref),
            run.during_freeze,
        )?;
        if added == 0 {
            return Err(what_is_in_the_way(&mut writing, run).await?);
        }
        for items in items.chunks(ITEMS_AT_ONCE) {
            let changes = items.iter().map(|item| json_of(&item.change)).collect::<Result<Vec<_>, _>>()?;
            execute_rows!(
                &mut writing,
                "INSERT INTO run_items (run, seq, account, username, change, before, after, why, state, attempts) ",
                items.iter().zip(changes),
                |row, (item, change)| {
                    row.push_bind(run.id.as_str())
                        .push_bind(i64::from(item.seq))
                        .push_bind(storable(item.account.as_str()).into_owned())
                        .push_bind(storable(&item.username).into_owned())
                        .push_bind(change)
                        .push_bind(item.before.as_ref().map(json))
                        .push_bind(item.after.as_ref().map(json))
                        .push_bind(storable(&item.why).into_owned())
                        .push("'pending'")
                        .push("0")
                }
            )?;
        }
        audit::append(&mut writing, entries).await?;
        writing.commit().await
    }

    /// The head of a run.
    pub async fn run(&self, id: &RunId) -> Result<RunRow, StoreError> {
        let row: Option<Row> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT * FROM runs WHERE id = $1",
            id.as_str()
        )?;
        row.ok_or_else(|| StoreError::not_found("run", id))?.run()
    }

    /// The run that executes a plan, if one does.
    pub async fn run_of_plan(&self, plan: &PlanId) -> Result<Option<RunRow>, StoreError> {
        let row: Option<Row> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT * FROM runs WHERE plan = $1",
            plan.as_str()
        )?;
        row.map(Row::run).transpose()
    }

    /// Runs, newest first.
    pub async fn runs(&self, filter: &RunFilter) -> Result<Vec<RunRow>, StoreError> {
        let rows: Vec<Row> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT * FROM runs
             WHERE ($1 IS NULL OR site = $1) AND ($2 IS NULL OR policy = $2) AND ($3 IS NULL OR state = $3)
               AND ($4 IS NULL OR mode = $4) AND created_at <= $5 AND (created_at < $5 OR id < $6)
             ORDER BY created_at DESC, id DESC LIMIT $7",
            filter.site.as_ref().map(AsRef::<str>::as_ref),
            filter.policy.as_deref(),
            filter.state.map(RunState::as_str),
            filter.mode.map(Mode::as_str),
            filter.before.as_ref().map_or(i64::MAX, |(at, _)| micros(*at)),
            filter.before.as_ref().map_or("", |(_, id)| id.as_str()),
            filter.limit.map_or(i64::MAX, i64::from),
        )?;
        rows.into_iter().map(Row::run).collect()
    }

    /// For each of these runs the newest live run that takes it back, where there is one.
    pub async fn undoings(&self, runs: &[RunId]) -> Result<BTreeMap<RunId, RunId>, StoreError> {
        if runs.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut reading = self.database.read().await?;
        let rows: Vec<(String, String)> = on_either!(&mut reading, connection => {
            let mut statement = sqlx::QueryBuilder::new("SELECT undo_of, id FROM runs WHERE mode = 'live' AND undo_of IN (");
            let mut list = statement.separated(", ");
            for run in runs {
                list.push_bind(run.as_str());
            }
            statement.push(") ORDER BY created_at, id");
            statement.build_query_as().fetch_all(connection).await
        })?;
        // Of several the last one stays.
        Ok(rows.into_iter().map(|(of, by)| (of.into(), by.into())).collect())
    }

    /// Live runs at a site that somebody works on.
    pub async fn live_runs_in_hand(&self, site: &SiteId, now: Timestamp) -> Result<Vec<RunRow>, StoreError> {
        let rows: Vec<Row> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT * FROM runs WHERE site = $1 AND mode = 'live' AND state IN ('pending', 'running', 'stopping')
               AND lease_owner IS NOT NULL AND lease_until > $2
             ORDER BY created_at, id",
            site.as_str(),
            micros(now),
        )?;
        rows.into_iter().map(Row::run).collect()
    }

    /// Runs that wait for somebody to take them: new ones, resumed ones, and those whose owner is gone. Oldest first.
    pub async fn free_runs(&self, now: Timestamp) -> Result<Vec<RunRow>, StoreError> {
        let rows: Vec<Row> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT * FROM runs
             WHERE state IN ('pending', 'running', 'stopping') AND (lease_owner IS NULL OR lease_until <= $1)
             ORDER BY created_at, id",
            micros(now),
        )?;
        rows.into_iter().map(Row::run).collect()
    }
}

async fn may_be_executed(writing: &mut Writing, plan: &PlanId, now: Timestamp) -> Result<(), StoreError> {
    let row: Option<(String, i64)> = fetch_optional!(
        writing,
        "UPDATE plans SET approval = approval WHERE id = $1 RETURNING approval, expires_at",
        plan.as_str(),
    )?;
    let (approval, expires_at) = row.ok_or_else(|| StoreError::not_found("plan", plan))?;
    let refuse = |reason: String| Err(StoreError::Conflict { what: "plan", name: plan.to_string(), reason });
    match word(ApprovalState::from_name(&approval), &approval, "a plan")? {
        ApprovalState::Awaited => return refuse("awaits approval".to_owned()),
        ApprovalState::Rejected => return refuse("was rejected; make a new one".to_owned()),
        ApprovalState::NotNeeded | ApprovalState::Approved => {}
    }
    if expires_at <= micros(now) {
        return refuse(format!("expired at {}; make a new one", instant(expires_at, "a plan")?));
    }
    Ok(())
}

/// Why a run could not be created.
async fn what_is_in_the_way(on: &mut impl OnDatabase, run: &RunDraft) -> Result<StoreError, StoreError> {
    let row: Option<(String, String)> = fetch_optional!(
        on,
        "SELECT id, plan FROM runs WHERE id = $1 OR plan = $2
            OR (state IN ('pending', 'running', 'stopping')
                AND policy = (SELECT policy FROM plans WHERE id = $2) AND site = (SELECT site FROM plans WHERE id = $2))
         ORDER BY CASE WHEN id = $1 THEN 0 WHEN plan = $2 THEN 1 ELSE 2 END LIMIT 1",
        run.id.as_str(),
        run.plan.as_str(),
    )?;
    let (id, plan) = row.unwrap_or_default();
    if id == run.id.as_str() {
        return Ok(StoreError::exists("run", &id));
    }
    let reason = if plan == run.plan.as_str() {
        format!("is executed by run {id}; a plan is executed once. Resume that run, or make a new plan")
    } else {
        format!("cannot begin while run {id} of the same policy is under way; stop it first")
    };
    Ok(StoreError::Conflict { what: "plan", name: run.plan.to_string(), reason })
}
