//! `POST /plans/{id}/approvals`

use super::shape::{Listed, PlanPath};
use crate::auth::May;
use crate::extract::{Body, InPath, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use rollcall_engine::UseCase;
use serde::Deserialize;
use utoipa::ToSchema;

/// What is said to a plan.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PlanDecision, example = json!({ "decision": "approve", "fingerprint": "9f86d081884c7d65", "comment": "looked at each" }))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Request {
    /// Yes or no.
    decision: Decision,
    /// In one's own words; stands in the audit log.
    #[serde(default)]
    comment: Option<Text<0, 1_000>>,
    /// The fingerprint of the plan that was looked at: another one is refused.
    fingerprint: Text<1, 128>,
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = Decision)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Decision {
    /// It may be applied.
    Approve,
    /// It is never applied.
    Reject,
}

/// Approves or rejects a plan that awaits it. Where its policy asks for a second person, whoever made the plan cannot approve it.
#[utoipa::path(post, path = "/plans/{id}/approvals", tag = "plans", params(PlanPath), request_body = Request,
    responses((status = 200, description = "The plan as it stands.", body = Listed)))]
pub(crate) async fn decide_plan(
    State(api): State<Api>,
    May(operator): May<{ UseCase::Approve as usize }>,
    InPath(path): InPath<PlanPath>,
    Body(request): Body<Request>,
) -> Result<Json<Listed>, Problem> {
    let engine = api.engine();
    let (listing, _) = engine.show_plan(&operator, &path.id).await?;
    if listing.fingerprint != *request.fingerprint {
        return Err(Problem::body("/fingerprint", "is not that of this plan; look at the plan again"));
    }
    let comment = request.comment.as_deref().unwrap_or_default();
    match request.decision {
        Decision::Approve => engine.approve(&operator, &path.id, comment).await?,
        Decision::Reject => engine.reject(&operator, &path.id, comment).await?,
    };
    let (listing, _) = engine.show_plan(&operator, &path.id).await?;
    Ok(Json(Listed::of(listing)))
}
