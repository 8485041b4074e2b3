//! `POST /plans/{id}/runs`

use super::shape::PlanPath;
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
#[schema(as = PlanApplication, example = json!({}))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Request {
    /// Also in a freeze: only the undo of a run, and only for an administrator.
    during_freeze: bool,
}

/// Applies a plan. A job; the run is its result.
#[utoipa::path(post, path = "/plans/{id}/runs", tag = "plans", params(PlanPath), request_body = Request,
    responses((status = 202, description = "The job, at the address in `Location`.", body = Queued),
        (status = 200, description = "The job, over: with `Prefer: wait=N`.", body = Queued)))]
pub(crate) async fn apply_plan(
    State(api): State<Api>,
    May(operator): May<{ UseCase::Apply as usize }>,
    InPath(path): InPath<PlanPath>,
    wait: Wait,
    Body(request): Body<Request>,
) -> Result<Response, Problem> {
    queued(&api, &operator, Task::Apply { plan: path.id, during_freeze: request.during_freeze }, wait).await
}
