//! `PUT` and `DELETE /policies/{name}/pause`

use super::schedule::Schedule;
use super::shape::PolicyPath;
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
#[schema(as = PolicyPause, example = json!({ "reason": "the year-end audit" }))]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// Why it pauses; stands in the audit log.
    reason: Text<1, 500>,
}

/// Pauses a policy: its occurrences are passed over, and its events wait, until somebody lets it go on. It can still be run by hand.
#[utoipa::path(put, path = "/policies/{name}/pause", tag = "policies", params(PolicyPath), request_body = Request,
    responses((status = 200, description = "The schedule as it is now.", body = Schedule)))]
pub(crate) async fn pause_policy(
    State(api): State<Api>,
    May(operator): May<{ UseCase::PauseSchedule as usize }>,
    InPath(path): InPath<PolicyPath>,
    Body(request): Body<Request>,
) -> Result<Json<Schedule>, Problem> {
    api.engine().pause_schedule(&operator, &path.name, &request.reason).await?;
    let view = api.engine().schedule(&operator, &path.name).await?;
    Ok(Json(Schedule::of(&view, api.engine().now())))
}

/// Lets a paused policy go on, with its next occurrence and the events that waited. Occurrences that were passed over are not made up for.
#[utoipa::path(delete, path = "/policies/{name}/pause", tag = "policies", params(PolicyPath),
    responses((status = 200, description = "The schedule as it is now.", body = Schedule)))]
pub(crate) async fn unpause_policy(
    State(api): State<Api>,
    May(operator): May<{ UseCase::PauseSchedule as usize }>,
    InPath(path): InPath<PolicyPath>,
) -> Result<Json<Schedule>, Problem> {
    api.engine().resume_schedule(&operator, &path.name, "goes on").await?;
    let view = api.engine().schedule(&operator, &path.name).await?;
    Ok(Json(Schedule::of(&view, api.engine().now())))
}
