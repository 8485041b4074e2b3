//! A job as the API shows it.

use jiff::Timestamp;
use rollcall_engine::{JobId, JobView};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// The job in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct JobPath {
    /// The job's id.
    #[param(value_type = String, min_length = 1, max_length = 64)]
    pub(crate) id: JobId,
}

/// Work that was asked for, under way or over.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Job {
    /// Its id.
    id: String,
    /// What it does: `sync`, `run-policy`, `plan-policy`, `plan-selection`, `apply`, `resume`, `undo`.
    kind: String,
    /// What it was asked to do.
    #[schema(value_type = Object)]
    task: Value,
    /// The site it is about, if it is still there.
    site: Option<String>,
    /// The policy it is about.
    policy: Option<String>,
    /// The occurrence of the policy's schedule that it comes from.
    tick: Option<Timestamp>,
    /// Where it stands.
    #[schema(example = "queued")]
    state: String,
    /// When it is due.
    due_at: Timestamp,
    /// How often it was tried and failed for a passing reason.
    attempts: u32,
    /// Whether it waits for the end of a freeze.
    is_frozen: bool,
    /// Whether somebody wants it to end.
    is_cancel_wanted: bool,
    /// Who asked for it.
    asked_by: String,
    /// When it was asked for.
    created_at: Timestamp,
    /// When work on it began.
    started_at: Option<Timestamp>,
    /// When it was over.
    finished_at: Option<Timestamp>,
    /// What it came to.
    result: Option<Outcome>,
    /// What went wrong.
    error: Option<Failure>,
    /// What there is to say about it.
    note: Option<String>,
}

/// What a job came to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobResult)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Outcome {
    /// How it ended: `read`, `planned`, `awaiting-approval`, `over-limit`, `done`, `partly`, `stopped`.
    #[schema(value_type = String)]
    ended: Value,
    /// The snapshot it took.
    snapshot: Option<String>,
    /// The plans it made or applied, one for each site.
    plans: Vec<String>,
    /// The run it began or went on with.
    run: Option<String>,
}

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobError)]
pub(crate) struct Failure {
    /// Short, stable.
    code: String,
    /// For people.
    message: String,
}

impl Job {
    pub(crate) fn of(view: JobView) -> Self {
        Self {
            kind: view.task.kind().as_str().to_owned(),
            task: serde_json::to_value(&view.task).unwrap_or_default(),
            id: view.id.to_string(),
            site: view.site.map(|site| site.to_string()),
            policy: view.policy,
            tick: view.tick,
            state: view.state.as_str().to_owned(),
            due_at: view.due_at,
            attempts: view.attempts,
            is_frozen: view.is_frozen,
            is_cancel_wanted: view.is_cancel_wanted,
            asked_by: view.asked_by,
            created_at: view.created_at,
            started_at: view.started_at,
            finished_at: view.finished_at,
            result: view.result.map(|result| Outcome {
                ended: serde_json::to_value(result.ended).unwrap_or_default(),
                snapshot: result.snapshot.map(|id| id.to_string()),
                plans: result.plans.iter().map(ToString::to_string).collect(),
                run: result.run.map(|id| id.to_string()),
            }),
            error: view.error.map(|error| Failure { code: error.code, message: error.message }),
            note: view.note,
        }
    }
}
