//! The items of a run: what is to be done to whom, and what became of it.

use crate::database::on_either;
use crate::row::{number, optional_instant, parse_optional_json, word};
use crate::{Store, StoreError};
use jiff::Timestamp;
use rollcall_model::{AccountKey, Change, ItemState, RunId};
use serde_json::Value;

/// An item to be created with its run.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemDraft {
    /// Its place in the plan; unique in the run.
    pub seq: u32,
    /// The account.
    pub account: AccountKey,
    /// The account's name when the plan was made.
    pub username: String,
    /// What is to be made true of it.
    pub change: Change,
    /// How it was when the plan was made.
    pub before: Option<Value>,
    /// How it is to become.
    pub after: Option<Value>,
    /// The rule and the evidence, in words.
    pub why: String,
}

/// An item as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemRow {
    /// Its place in the plan.
    pub seq: u32,
    /// The account.
    pub account: AccountKey,
    /// The account's name when the plan was made.
    pub username: String,
    /// What is to be made true of it.
    pub change: Change,
    /// How it was when the plan was made.
    pub before: Option<Value>,
    /// How it is to become.
    pub after: Option<Value>,
    /// The rule and the evidence, in words.
    pub why: String,
    /// Where it stands.
    pub state: ItemState,
    /// How often it was claimed.
    pub attempts: u32,
    /// Of the outcome: a word for programs.
    pub code: Option<String>,
    /// Of the outcome: a sentence for people.
    pub reason: Option<String>,
    /// Of the outcome: whatever else is known.
    pub detail: Option<Value>,
    /// When it was first claimed.
    pub started_at: Option<Timestamp>,
    /// When it got its outcome.
    pub finished_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    seq: i64,
    account: String,
    username: String,
    change: String,
    before: Option<String>,
    after: Option<String>,
    why: String,
    state: String,
    attempts: i64,
    code: Option<String>,
    reason: Option<String>,
    detail: Option<String>,
    started_at: Option<i64>,
    finished_at: Option<i64>,
}

impl Row {
    pub(crate) fn item(self, run: &RunId) -> Result<ItemRow, StoreError> {
        let what = format!("item {} of run {run}", self.seq);
        Ok(ItemRow {
            seq: number(self.seq, &what)?,
            change: serde_json::from_str(&self.change).map_err(|error| StoreError::corrupt(&what, &error))?,
            before: parse_optional_json(self.before.as_deref(), &what)?,
            after: parse_optional_json(self.after.as_deref(), &what)?,
            state: word(ItemState::from_name(&self.state), &self.state, &what)?,
            attempts: number(self.attempts, &what)?,
            detail: parse_optional_json(self.detail.as_deref(), &what)?,
            started_at: optional_instant(self.started_at, &what)?,
            finished_at: optional_instant(self.finished_at, &what)?,
            account: self.account.into(),
            username: self.username,
            why: self.why,
            code: self.code,
            reason: self.reason,
        })
    }
}

impl Store {
    /// Items of a run in their order, behind `after` (`None` = from the first), `limit` at most. Only those in one of `states`; an
    /// empty slice stands for every state.
    pub async fn items(
        &self,
        run: &RunId,
        states: &[ItemState],
        after: Option<u32>,
        limit: u32,
    ) -> Result<Vec<ItemRow>, StoreError> {
        let mut reading = self.database.read().await?;
        let rows: Vec<Row> = on_either!(&mut reading, connection => {
            let mut statement = sqlx::QueryBuilder::new(
                "SELECT seq, account, username, change, before, after, why, state, attempts, code, reason, detail,
                        started_at, finished_at
                 FROM run_items WHERE run = ",
            );
            statement.push_bind(run.as_str()).push(" AND seq > ").push_bind(after.map_or(-1, i64::from));
            if !states.is_empty() {
                let mut list = statement.push(" AND state IN (").separated(", ");
                for state in states {
                    list.push_bind(state.as_str());
                }
                statement.push(")");
            }
            statement.push(" ORDER BY seq LIMIT ").push_bind(i64::from(limit));
            statement.build_query_as().fetch_all(connection).await
        })?;
        rows.into_iter().map(|row| row.item(run)).collect()
    }

    /// The items of a run with these places in the plan, in order. Only those in one of `states`; an empty slice stands for every state.
    pub async fn items_at(
        &self,
        run: &RunId,
        states: &[ItemState],
        places: &[u32],
    ) -> Result<Vec<ItemRow>, StoreError> {
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let mut reading = self.database.read().await?;
        let rows: Vec<Row> = on_either!(&mut reading, connection => {
            let mut statement = sqlx::QueryBuilder::new(
                "SELECT seq, account, username, change, before, after, why, state, attempts, code, reason, detail,
                        started_at, finished_at
                 FROM run_items WHERE run = ",
            );
            let mut list = statement.push_bind(run.as_str()).push(" AND seq IN (").separated(", ");
            for place in places {
                list.push_bind(i64::from(*place));
            }
            statement.push(")");
            if !states.is_empty() {
                let mut list = statement.push(" AND state IN (").separated(", ");
                for state in states {
                    list.push_bind(state.as_str());
                }
                statement.push(")");
            }
            statement.push(" ORDER BY seq");
            statement.build_query_as().fetch_all(connection).await
        })?;
        rows.into_iter().map(|row| row.item(run)).collect()
    }

    /// One item of a run.
    pub async fn item(&self, run: &RunId, seq: u32) -> Result<ItemRow, StoreError> {
        let after = seq.checked_sub(1);
        let found = self.items(run, &[], after, 1).await?.into_iter().find(|item| item.seq == seq);
        found.ok_or_else(|| StoreError::not_found("run item", &format!("{run}/{seq}")))
    }
}
