//! `PUT /policies/{name}/state`

use super::shape::{self, PolicyPath, Shown, tag};
use crate::auth::May;
use crate::extract::{Body, IfMatch, IfMatchHeader, InPath, Tagged};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use rollcall_engine::UseCase;
use serde::Deserialize;
use utoipa::ToSchema;

/// What it is switched to.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PolicySwitch, example = json!({ "state": "test" }))]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// Off, test or live. Live needs a finished test run of the very version that is loaded.
    state: shape::State,
}

/// Switches a policy.
#[utoipa::path(put, path = "/policies/{name}/state", tag = "policies",
    params(PolicyPath, IfMatchHeader), request_body = Request,
    responses((status = 200, description = "The policy as it is now.", body = Shown,
        headers(("etag" = String, description = "Its version.")))))]
pub(crate) async fn put_policy_state(
    State(api): State<Api>,
    May(operator): May<{ UseCase::EnablePolicy as usize }>,
    InPath(path): InPath<PolicyPath>,
    meant: IfMatch,
    Body(request): Body<Request>,
) -> Result<Tagged<Shown>, Problem> {
    let engine = api.engine();
    let seen = engine.policy_view(&operator, &path.name).await?;
    meant.check(&tag(&seen))?;
    engine.switch_policy(&operator, &path.name, request.state.into(), Some(&seen)).await?;
    let view = engine.policy_view(&operator, &path.name).await?;
    Ok(Tagged(tag(&view), Shown::seen(engine, &operator, &view).await?))
}
