//! `POST /runs/{id}/undo`

use super::shape::RunPath;
use crate::auth::May;
use crate::endpoints::jobs::{Queued, queued};
use crate::extract::{Body, InPath, Wait};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use axum::response::Response;
use rollcall_engine::{Task, UseCase};
use serde::Deserialize;
use utoipa::ToSchema;

/// How.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = RunUndo, example = json!({ "apply": false }))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Request {
    /// Whether the plan is also applied at once, unless it needs an approval.
    apply: bool,
    /// Also in a freeze; only for an administrator.
    during_freeze: bool,
}

/// Plans the undo of a live run, on a snapshot taken now. A job; the plan is its result.
#[utoipa::path(post, path = "/runs/{id}/undo", tag = "runs", params(RunPath), request_body = Request,
    responses((status = 202, description = "The job, at the address in `Location`.", body = Queued),
        (status = 200, description = "The job, over: with `Prefer: wait=N`.", body = Queued)))]
pub(crate) async fn undo_run(
    State(api): State<Api>,
    May(operator): May<{ UseCase::Undo as usize }>,
    InPath(path): InPath<RunPath>,
    wait: Wait,
    Body(request): Body<Request>,
) -> Result<Response, Problem> {
    let task = Task::Undo { run: path.id, apply: request.apply, during_freeze: request.during_freeze };
    queued(&api, &operator, task, wait).await
}
