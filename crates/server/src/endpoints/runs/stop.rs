//! `POST /runs/{id}/stop`

use super::shape::{Run, RunPath};
use crate::auth::May;
use crate::extract::{Body, InPath, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use rollcall_engine::UseCase;
use serde::Deserialize;
use utoipa::ToSchema;

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = RunStop, example = json!({ "reason": "somebody came back from leave" }))]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// Why it is to stop; stands in the audit log and in the report.
    reason: Text<1, 500>,
}

/// Stops a run before its next item. What is under way is finished; the run can be resumed.
#[utoipa::path(post, path = "/runs/{id}/stop", tag = "runs", params(RunPath), request_body = Request,
    responses((status = 200, description = "The run as it stands: `stopped`, or `stopping` until whoever works on it has stopped.", body = Run)))]
pub(crate) async fn stop_run(
    State(api): State<Api>,
    May(operator): May<{ UseCase::StopRun as usize }>,
    InPath(path): InPath<RunPath>,
    Body(request): Body<Request>,
) -> Result<Json<Run>, Problem> {
    api.engine().stop(&operator, &path.id, &request.reason).await?;
    Ok(Json(Run::of(api.engine().show_run(&operator, &path.id).await?)))
}
