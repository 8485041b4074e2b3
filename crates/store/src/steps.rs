//! The hot path: claims and outcomes of several items, with their audit entries, in one transaction (I7).
//!
//! Eight statements however many steps there are, so that what a durable commit costs is shared by all of them.

use crate::database::{Writing, execute, on_either};
use crate::items::{self, ItemRow};
use crate::row::{json, micros, storable};
use crate::{Lease, Store, StoreError, audit, lease};
use jiff::Timestamp;
use rollcall_audit::{Draft, EntryKind, Subject};
use rollcall_model::{ItemState, TransitionError};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A step of one item.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// The item is about to be worked on: state `started`, one more attempt, an intent in the audit log. Must be committed
    /// before the site is asked.
    Claim {
        /// The item.
        seq: u32,
    },
    /// What became of it.
    Record {
        /// The item.
        seq: u32,
        /// Its outcome.
        to: ItemState,
        /// A word for programs.
        code: Option<String>,
        /// A sentence for people.
        reason: Option<String>,
        /// Whatever else is known: values that had drifted, the site's answer.
        detail: Option<Value>,
    },
}

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepResult {
    /// The item is ours to work on.
    Claimed {
        /// The how manieth attempt this is, from 1. More than 1: look before acting.
        attempt: u32,
    },
    /// The outcome is recorded.
    Recorded,
    /// The run was asked to stop; the claim was not granted.
    Stopped,
    /// The item stands where that step is not permitted; it was left as it is.
    Refused(TransitionError),
    /// The run has no such item.
    Missing,
}

impl Step {
    const fn seq(&self) -> u32 {
        match self {
            Self::Claim { seq } | Self::Record { seq, .. } => *seq,
        }
    }
}

impl Store {
    /// Takes all the steps in one transaction, in their order, and tells of each what became of it. A step that is refused does not hinder
    /// the others. Where the lease was lost, nothing is changed. Once a stop was requested no claim is granted; outcomes
    /// are recorded all the same.
    ///
    /// Where the future is dropped or the connection cut during the commit, all of it happened or none; ask [`Store::items`] which.
    pub async fn commit_steps(
        &self,
        lease: &Lease,
        steps: &[Step],
        now: Timestamp,
    ) -> Result<Vec<StepResult>, StoreError> {
        if steps.is_empty() {
            return Ok(Vec::new());
        }
        let mut writing = self.database.write().await?;
        let held = lease::guard(&mut writing, lease).await?;
        let mut work =
            Work { lease, now, items: load(&mut writing, lease, steps).await?, drafts: Vec::new() };
        let before: Vec<_> = work.items.values().map(|item| item.state).collect();
        let results: Vec<_> = steps.iter().map(|step| work.take(step, held.is_stop_wanted)).collect();
        if work.drafts.is_empty() {
            return Ok(results);
        }
        save(&mut writing, lease, &work.items).await?;
        count(&mut writing, lease, before.into_iter().zip(work.items.values().map(|item| item.state)))
            .await?;
        audit::append(&mut writing, work.drafts).await?;
        writing.commit().await?;
        Ok(results)
    }
}

/// The items concerned, as they come to stand step by step, and the audit entries this gives.
struct Work<'a> {
    lease: &'a Lease,
    now: Timestamp,
    items: BTreeMap<u32, ItemRow>,
    drafts: Vec<Draft>,
}

impl Work<'_> {
    fn take(&mut self, step: &Step, is_stop_wanted: bool) -> StepResult {
        let Some(item) = self.items.get_mut(&step.seq()) else { return StepResult::Missing };
        let subject = Subject {
            account: Some(item.account.clone()),
            item: Some(item.seq),
            ..self.lease.subject.clone()
        };
        let draft = |kind, item: &ItemRow, why: &str, details| Draft {
            at: self.now,
            actor: self.lease.actor.clone(),
            kind,
            subject,
            why: why.to_owned(),
            before: item.before.clone(),
            after: item.after.clone(),
            details,
        };
        match step {
            Step::Claim { .. } => {
                let state = match item.state.step(ItemState::Started) {
                    Err(error) => return StepResult::Refused(error),
                    Ok(_) if is_stop_wanted => return StepResult::Stopped,
                    Ok(state) => state,
                };
                item.state = state;
                item.attempts += 1;
                item.started_at = item.started_at.or(Some(self.now));
                let details = json!({
                    "change": item.change, "attempt": item.attempts, "worker": self.lease.owner(), "epoch": self.lease.epoch(),
                });
                self.drafts.push(draft(EntryKind::ITEM_INTENT, item, &item.why, details));
                StepResult::Claimed { attempt: item.attempts }
            }
            Step::Record { to, code, reason, detail, .. } => {
                item.state = match item.state.step(*to) {
                    // A second attempt is a claim, not an outcome.
                    Ok(ItemState::Started) => {
                        return StepResult::Refused(TransitionError { from: item.state, to: *to });
                    }
                    Ok(state) => state,
                    Err(error) => return StepResult::Refused(error),
                };
                item.code.clone_from(code);
                item.reason = reason.as_deref().map(|reason| storable(reason).into_owned());
                item.detail.clone_from(detail);
                item.finished_at = Some(self.now);
                let details = json!({
                    "change": item.change, "outcome": to, "code": code, "attempt": item.attempts, "detail": detail,
                });
                let mut outcome =
                    draft(EntryKind::ITEM_OUTCOME, item, item.reason.as_deref().unwrap_or_default(), details);
                if *to != ItemState::Done {
                    // Nothing is known to have changed, so there is no before and after.
                    (outcome.before, outcome.after) = (None, None);
                }
                self.drafts.push(outcome);
                StepResult::Recorded
            }
        }
    }
}

async fn load(
    writing: &mut Writing,
    lease: &Lease,
    steps: &[Step],
) -> Result<BTreeMap<u32, ItemRow>, StoreError> {
    let rows: Vec<items::Row> = on_either!(writing, connection => {
        let mut statement = sqlx::QueryBuilder::new(
            "SELECT seq, account, username, change, before, after, why, state, attempts, code, reason, detail,
                    started_at, finished_at
             FROM run_items WHERE run = ",
        );
        statement.push_bind(lease.run().as_str());
        let mut list = statement.push(" AND seq IN (").separated(", ");
        for step in steps {
            list.push_bind(i64::from(step.seq()));
        }
        statement.push(")");
        statement.build_query_as().fetch_all(connection).await
    })?;
    let items = rows.into_iter().map(|row| row.item(lease.run()).map(|item| (item.seq, item)));
    items.collect()
}

async fn save(
    writing: &mut Writing,
    lease: &Lease,
    items: &BTreeMap<u32, ItemRow>,
) -> Result<(), StoreError> {
    on_either!(writing, connection => {
        let mut statement =
            sqlx::QueryBuilder::new("WITH taken (seq, state, attempts, code, reason, detail, started_at, finished_at) AS (");
        statement.push_values(items.values(), |mut row, item| {
            row.push_bind(i64::from(item.seq))
                .push_bind(item.state.as_str())
                .push_bind(i64::from(item.attempts))
                .push_bind(item.code.as_deref())
                .push_bind(item.reason.as_deref())
                .push_bind(item.detail.as_ref().map(json))
                .push_bind(item.started_at.map(micros))
                .push_bind(item.finished_at.map(micros));
        });
        statement
            .push(
                ") UPDATE run_items
                   SET state = taken.state, attempts = taken.attempts, code = taken.code, reason = taken.reason,
                       detail = taken.detail, started_at = taken.started_at, finished_at = taken.finished_at
                   FROM taken WHERE run_items.seq = taken.seq AND run_items.run = ",
            )
            .push_bind(lease.run().as_str());
        statement.build().execute(connection).await.map(drop)
    })
}

/// Moves the run's counters along.
async fn count(
    writing: &mut Writing,
    lease: &Lease,
    moves: impl Iterator<Item = (ItemState, ItemState)>,
) -> Result<(), StoreError> {
    let mut change = [0_i64; ItemState::ALL.len()];
    for (from, to) in moves {
        change[from as usize] -= 1;
        change[to as usize] += 1;
    }
    let [pending, started, done, already, drifted, refused, failed, unknown, stopped] = change;
    execute!(
        writing,
        "UPDATE runs SET n_pending = n_pending + $2, n_started = n_started + $3, n_done = n_done + $4,
                         n_already = n_already + $5, n_drifted = n_drifted + $6, n_refused = n_refused + $7,
                         n_failed = n_failed + $8, n_unknown = n_unknown + $9, n_stopped = n_stopped + $10
         WHERE id = $1",
        lease.run().as_str(),
        pending,
        started,
        done,
        already,
        drifted,
        refused,
        failed,
        unknown,
        stopped,
    )?;
    Ok(())
}
