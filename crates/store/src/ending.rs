//! How a run stops, ends, and goes on again.

use crate::database::{Writing, execute, fetch_optional};
use crate::row::{json, micros, storable};
use crate::runs::state_named;
use crate::words::{RunState, RunTransitionError};
use crate::{Lease, Store, StoreError, audit, lease, policies};
use jiff::Timestamp;
use rollcall_audit::Draft;
use rollcall_model::RunId;
use serde_json::Value;

/// What a request to stop led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Somebody works on the run and ends it before its next item.
    Requested,
    /// Nobody worked on it; it is stopped.
    Stopped,
}

async fn finish(
    writing: &mut Writing,
    lease: &Lease,
    to: RunState,
    report: Option<&Value>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let run = lease.run();
    let held = lease::guard(writing, lease).await?;
    let step =
        if to.is_over() { held.state.step(to) } else { Err(RunTransitionError { from: held.state, to }) };
    step.map_err(|step| StoreError::RunStep { run: run.clone(), step })?;
    if to == RunState::Done && held.open > 0 {
        let reason = format!("has {} items without outcome and so is not done", held.open);
        return Err(StoreError::Conflict { what: "run", name: run.to_string(), reason });
    }
    end(writing, run, to, report, now).await
}

impl Store {
    /// Asks a run to stop before its next item (I8). Where nobody works on it, it is stopped here and now.
    pub async fn request_stop(
        &self,
        run: &RunId,
        reason: &str,
        now: Timestamp,
        entry: Draft,
    ) -> Result<Stop, StoreError> {
        let mut writing = self.database.write().await?;
        let row: Option<(String, Option<i64>)> = fetch_optional!(
            &mut writing,
            "UPDATE runs SET stop_wanted = TRUE, stop_reason = COALESCE(stop_reason, $2) WHERE id = $1
             RETURNING state, lease_until",
            run.as_str(),
            &*storable(reason),
        )?;
        let (state, until) = row.ok_or_else(|| StoreError::not_found("run", run))?;
        let state = state_named(&state, "a run")?;
        let is_owned = until.is_some_and(|until| until > micros(now));
        let to = if is_owned { RunState::Stopping } else { RunState::Stopped };
        state.step(to).map_err(|step| StoreError::RunStep { run: run.clone(), step })?;
        if is_owned {
            execute!(&mut writing, "UPDATE runs SET state = 'stopping' WHERE id = $1", run.as_str())?;
        } else {
            end(&mut writing, run, to, None, now).await?;
        }
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await?;
        Ok(if is_owned { Stop::Requested } else { Stop::Stopped })
    }

    /// Ends a run: `Done` once every item has its outcome, `Stopped` or `Failed` before. Items that were not begun become
    /// `stopped`; those in between stay `started` and are looked at when the run is resumed. Gives the lease back.
    pub async fn finish_run(
        &self,
        lease: &Lease,
        to: RunState,
        report: Option<&Value>,
        now: Timestamp,
        entries: impl Into<Vec<Draft>>,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        finish(&mut writing, lease, to, report, now).await?;
        audit::append(&mut writing, entries.into()).await?;
        writing.commit().await
    }

    /// Ends a test run whose items all have their outcome, and notes that this version of its policy was tested (I14), with an entry of its own;
    /// where the policy was removed meanwhile, without.
    pub async fn finish_test_run(
        &self,
        lease: &Lease,
        report: Option<&Value>,
        now: Timestamp,
        mut entries: Vec<Draft>,
        (policy, version, tested): (&str, &str, Draft),
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        finish(&mut writing, lease, RunState::Done, report, now).await?;
        if policies::mark_tested(&mut writing, policy, version, now).await? {
            entries.push(tested);
        }
        audit::append(&mut writing, entries).await?;
        writing.commit().await
    }

    /// Makes a stopped or failed run ready to be taken again; its `stopped` items become `pending`. `forgiven_at`: failures before that instant
    /// count towards its limit no more; without, as before.
    pub async fn resume_run(
        &self,
        run: &RunId,
        forgiven_at: Option<Timestamp>,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let row: Option<(String, Option<String>)> = fetch_optional!(
            &mut writing,
            "UPDATE runs SET stop_wanted = FALSE, stop_reason = NULL, finished_at = NULL, report = NULL,
                             failures_since = COALESCE($2, failures_since) WHERE id = $1
             RETURNING state, (SELECT other.id FROM runs AS other
                               WHERE other.id <> runs.id AND other.policy = runs.policy AND other.site = runs.site
                                 AND other.state IN ('pending', 'running', 'stopping'))",
            run.as_str(),
            forgiven_at.map(micros),
        )?;
        let (state, other) = row.ok_or_else(|| StoreError::not_found("run", run))?;
        let state = state_named(&state, "a run")?;
        state.step(RunState::Pending).map_err(|step| StoreError::RunStep { run: run.clone(), step })?;
        if let Some(other) = other {
            let reason = format!("cannot go on while run {other} of the same policy is under way");
            return Err(StoreError::Conflict { what: "run", name: run.to_string(), reason });
        }
        execute!(
            &mut writing,
            "UPDATE run_items SET state = 'pending', finished_at = NULL WHERE run = $1 AND state = 'stopped'",
            run.as_str(),
        )?;
        execute!(
            &mut writing,
            "UPDATE runs SET state = 'pending', n_pending = n_pending + n_stopped, n_stopped = 0 WHERE id = $1",
            run.as_str(),
        )?;
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    /// Keeps the report of a run that is over.
    pub async fn set_run_report(&self, run: &RunId, report: &Value) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let set = execute!(
            &mut writing,
            "UPDATE runs SET report = $2 WHERE id = $1 AND state IN ('stopped', 'done', 'failed')",
            run.as_str(),
            json(report),
        )?;
        if set == 0 {
            let reason = "is not over, so it has no report yet".to_owned();
            return Err(StoreError::Conflict { what: "run", name: run.to_string(), reason });
        }
        writing.commit().await
    }
}

/// Puts a run to its end and gives its lease back.
async fn end(
    writing: &mut Writing,
    run: &RunId,
    to: RunState,
    report: Option<&Value>,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        writing,
        "UPDATE run_items SET state = 'stopped', finished_at = $2 WHERE run = $1 AND state = 'pending'",
        run.as_str(),
        micros(now),
    )?;
    execute!(
        writing,
        "UPDATE runs SET state = $2, n_stopped = n_stopped + n_pending, n_pending = 0, finished_at = $3, report = $4,
                         lease_owner = NULL, lease_until = NULL
         WHERE id = $1",
        run.as_str(),
        to.as_str(),
        micros(now),
        report.map(json),
    )?;
    Ok(())
}
