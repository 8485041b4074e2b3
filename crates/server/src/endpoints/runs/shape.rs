//! A run as the API shows it.

use jiff::Timestamp;
use rollcall_engine::{RunCounts, RunItemView, RunView, SentRequest};
use rollcall_model::RunId;
use rollcall_planner::ItemEvidence;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// The run in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct RunPath {
    /// The run's id.
    #[param(value_type = String, min_length = 1, max_length = 64)]
    pub(crate) id: RunId,
}

/// A run.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Run {
    /// Its id.
    id: String,
    /// The plan it executes.
    plan: String,
    /// The site.
    site: String,
    /// The policy, where one made the plan.
    policy: Option<String>,
    /// `test` or `live`.
    mode: &'static str,
    /// `pending`, `running`, `stopping`, `stopped`, `done` or `failed`.
    state: &'static str,
    /// Whether nobody works on it any more.
    is_over: bool,
    /// How many items stand where.
    counts: Counts,
    /// The run whose changes it takes back.
    undo_of: Option<String>,
    /// The live run that takes its changes back, where there is one; of several the newest.
    undone_by: Option<String>,
    /// Who started it.
    started_by: String,
    /// When it was created.
    created_at: Timestamp,
    /// When work on it began.
    started_at: Option<Timestamp>,
    /// When it ended.
    finished_at: Option<Timestamp>,
    /// Why it ended, or is to end, before its last item.
    stopped_because: Option<String>,
}

/// How many items stand where, by state: `pending`, `started`, `done`, `already`, `drifted`, `refused`, `failed`, `unknown`, `stopped`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunCounts)]
#[serde(transparent)]
pub(crate) struct Counts(BTreeMap<String, u64>);

impl From<RunCounts> for Counts {
    fn from(counts: RunCounts) -> Self {
        Self(counts.into())
    }
}

impl Run {
    pub(crate) fn of(view: RunView) -> Self {
        Self {
            id: view.id.to_string(),
            plan: view.plan.to_string(),
            site: view.site.to_string(),
            policy: view.policy,
            mode: view.mode.as_str(),
            state: view.state,
            is_over: is_over(view.state),
            counts: view.counts.into(),
            undo_of: view.undo_of.map(|run| run.to_string()),
            undone_by: view.undone_by.map(|run| run.to_string()),
            started_by: view.started_by,
            created_at: view.created_at,
            started_at: view.started_at,
            finished_at: view.finished_at,
            stopped_because: view.stopped_because,
        }
    }
}

/// Whether nobody works on a run in that state.
pub(super) fn is_over(state: &str) -> bool {
    matches!(state, "stopped" | "done" | "failed")
}

/// An item of a run: one change of one account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunItem)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Item {
    /// Its place in the plan.
    seq: u32,
    /// The account's sign-in name.
    account: String,
    /// The account's key.
    key: String,
    /// Full name.
    name: String,
    /// E-mail address, where known.
    email: Option<String>,
    /// What is to be made true of it.
    #[schema(example = "remove-groups=confluence-users")]
    action: String,
    /// How it was.
    before: Option<String>,
    /// How it is to become.
    after: Option<String>,
    /// The rule that selected it, in words.
    why: String,
    /// The newest activity when the plan was made.
    evidence: Option<Evidence>,
    /// Whether it can be taken back.
    undo: bool,
    /// Where it stands.
    outcome: &'static str,
    /// A word for programs about that.
    code: Option<String>,
    /// A sentence for people about that.
    reason: Option<String>,
    /// What was sent to the site for it and what came back, in the attempt that gave the outcome; of many, the beginning and the end. Empty
    /// where nothing was sent: in test mode, where it was so already, where the outcome was seen after a restart.
    requests: Vec<Request>,
    /// How often it was begun.
    attempts: u32,
    /// When it was first begun.
    started_at: Option<Timestamp>,
    /// When it got its outcome.
    finished_at: Option<Timestamp>,
}

/// A request to the site, and what came back. Bodies and headers are not kept.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunItemRequest)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    /// What kind of request.
    #[schema(example = "PUT")]
    method: String,
    /// What was asked: path and query below the site's host, as they were sent.
    #[schema(example = "/rest/api/admin/user/mira/disable")]
    path: String,
    /// The status of the answer; `null` = there was none.
    status: Option<u16>,
    /// Why there was no answer.
    error: Option<String>,
    /// Until the answer was there, or was given up; of the last, where the same was sent several times.
    milliseconds: u64,
    /// How often the same was sent, one after the other, and answered the same.
    #[schema(minimum = 1)]
    times: u32,
}

impl Request {
    fn of(sent: SentRequest) -> Self {
        let SentRequest { method, path, status, error, milliseconds, times } = sent;
        Self { method, path, status, error, milliseconds, times }
    }
}

/// The evidence that decided.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ItemEvidence)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Evidence {
    /// The source.
    source: String,
    /// What it observes.
    kind: &'static str,
    /// When; `null` = never, and the source would know.
    at: Option<Timestamp>,
    /// It was seen then, and may have been active later.
    at_least: bool,
    /// Whole days from then until the plan was made.
    age_days: Option<i64>,
}

impl Evidence {
    pub(crate) fn of(evidence: ItemEvidence) -> Self {
        Self {
            source: evidence.source,
            kind: evidence.kind.as_str(),
            at: evidence.at,
            at_least: evidence.at_least,
            age_days: evidence.age_days,
        }
    }
}

impl Item {
    pub(crate) fn of(item: RunItemView) -> Self {
        Self {
            seq: item.seq,
            account: item.account.username,
            key: item.account.key.to_string(),
            name: item.name,
            email: item.email,
            action: item.change.to_string(),
            before: item.before.map(|standing| standing.to_string()),
            after: item.after.map(|standing| standing.to_string()),
            why: item.why,
            evidence: item.evidence.map(Evidence::of),
            undo: item.can_undo,
            outcome: item.state.as_str(),
            code: item.code,
            reason: item.reason,
            requests: item.requests.into_iter().map(Request::of).collect(),
            attempts: item.attempts,
            started_at: item.started_at,
            finished_at: item.finished_at,
        }
    }
}
