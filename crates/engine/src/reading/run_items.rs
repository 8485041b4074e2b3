//! The items of a run, page by page, with what the plan knew of their accounts.

use crate::apply::Detail;
use crate::{Engine, EngineError, Operator, RunCounts, UseCase};
use jiff::Timestamp;
use rollcall_model::{AccountKey, AccountRef, Change, ItemState, RunId};
use rollcall_planner::{ItemEvidence, Plan, PlanItem, Standing};
use rollcall_site::Requests;
use rollcall_snapshot::fold;
use rollcall_store::ItemRow;

/// Items that are read at once where only some of them match.
const AT_ONCE: usize = 500;

/// Which items to list.
#[derive(Debug, Clone, Default)]
pub struct RunItemQuery {
    /// In one of these states; empty: in any.
    pub states: Vec<ItemState>,
    /// Of this account.
    pub account: Option<AccountKey>,
    /// Whose account's sign-in name, full name or address, or whose change, contains this.
    pub text: Option<String>,
    /// Behind this place in the plan.
    pub after: Option<u32>,
}

/// An item of a run.
#[derive(Debug, Clone)]
pub struct RunItemView {
    /// Its place in the plan.
    pub seq: u32,
    /// The account.
    pub account: AccountRef,
    /// Full name when the plan was made.
    pub name: String,
    /// Address when the plan was made, where known.
    pub email: Option<String>,
    /// What is to be made true of it.
    pub change: Change,
    /// How it was.
    pub before: Option<Standing>,
    /// How it is to become.
    pub after: Option<Standing>,
    /// The rule and the evidence, in words.
    pub why: String,
    /// The newest activity when the plan was made.
    pub evidence: Option<ItemEvidence>,
    /// Whether an undo can restore it.
    pub can_undo: bool,
    /// Where it stands.
    pub state: ItemState,
    /// How often it was begun.
    pub attempts: u32,
    /// A word for programs about its outcome.
    pub code: Option<String>,
    /// A sentence for people about its outcome.
    pub reason: Option<String>,
    /// What was sent to the site for it, and what came back, in the attempt that gave the outcome.
    pub requests: Requests,
    /// When it was first begun.
    pub started_at: Option<Timestamp>,
    /// When it got its outcome.
    pub finished_at: Option<Timestamp>,
}

/// Items of a run.
#[derive(Debug, Clone)]
pub struct RunItemPage {
    /// The items, in the order of the plan.
    pub items: Vec<RunItemView>,
    /// How many match, where that is known without reading them all.
    pub total: Option<u64>,
    /// How many items of the run stand where.
    pub counts: RunCounts,
    /// The place behind which the next page begins; `None` = this is the last.
    pub next: Option<u32>,
}

impl Engine {
    /// Items of a run, `limit` at most.
    pub async fn run_items(
        &self,
        operator: &Operator,
        run: &RunId,
        query: &RunItemQuery,
        limit: usize,
    ) -> Result<RunItemPage, EngineError> {
        operator.check(UseCase::SeeRuns)?;
        let row = self.store.run(run).await?;
        let plan = self.plan_to_look_at(&row.plan).await?;
        let wanted = limit.saturating_add(1);
        let narrowed =
            query.account.is_some() || query.text.as_ref().is_some_and(|text| !text.trim().is_empty());
        let (mut rows, total) = if narrowed {
            let all = matching(&plan, query);
            let total = query.states.is_empty().then_some(all.len() as u64);
            let behind: Vec<u32> =
                all.into_iter().filter(|seq| query.after.is_none_or(|after| *seq > after)).collect();
            (self.items_among(run, &query.states, &behind, wanted).await?, total)
        } else {
            let most = u32::try_from(wanted).unwrap_or(u32::MAX);
            let rows = self.store.items(run, &query.states, query.after, most).await?;
            let total = if query.states.is_empty() {
                row.counts.total()
            } else {
                query.states.iter().map(|state| row.counts.of(*state)).sum()
            };
            (rows, Some(total))
        };
        let is_last = rows.len() <= limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| !is_last).map(|last| last.seq);
        let items = rows.into_iter().map(|row| view(&plan, row)).collect();
        Ok(RunItemPage { items, total, counts: row.counts, next })
    }

    async fn items_among(
        &self,
        run: &RunId,
        states: &[ItemState],
        places: &[u32],
        wanted: usize,
    ) -> Result<Vec<ItemRow>, EngineError> {
        let mut rows = Vec::new();
        for places in places.chunks(AT_ONCE) {
            rows.extend(self.store.items_at(run, states, places).await?);
            if rows.len() >= wanted {
                break;
            }
        }
        Ok(rows)
    }
}

/// The places of the plan's items that are asked for.
fn matching(plan: &Plan, query: &RunItemQuery) -> Vec<u32> {
    let text = query.text.as_deref().map(|text| fold(text.trim())).unwrap_or_default();
    let is_wanted = |item: &&PlanItem| {
        query.account.as_ref().is_none_or(|key| item.account.key == *key)
            && super::plan_page::mentions(&text, item)
    };
    plan.items.iter().filter(is_wanted).map(|item| item.seq).collect()
}

fn view(plan: &Plan, row: ItemRow) -> RunItemView {
    // Places count from 1, each once, in order.
    let planned = plan.items.get((row.seq as usize).saturating_sub(1)).filter(|item| item.seq == row.seq);
    let planned = planned.or_else(|| plan.items.iter().find(|item| item.seq == row.seq));
    let standing = |value: Option<serde_json::Value>| value.and_then(|v| serde_json::from_value(v).ok());
    let detail: Detail =
        row.detail.and_then(|detail| serde_json::from_value(detail).ok()).unwrap_or_default();
    RunItemView {
        seq: row.seq,
        account: AccountRef { key: row.account, username: row.username },
        name: planned.map(|item| item.name.clone()).unwrap_or_default(),
        email: planned.and_then(|item| item.email.clone()),
        change: row.change,
        before: standing(row.before),
        after: standing(row.after),
        why: row.why,
        evidence: planned.and_then(|item| item.evidence.clone()),
        can_undo: planned.is_some_and(|item| item.undo),
        state: row.state,
        attempts: row.attempts,
        code: row.code,
        reason: row.reason,
        requests: detail.requests,
        started_at: row.started_at,
        finished_at: row.finished_at,
    }
}
