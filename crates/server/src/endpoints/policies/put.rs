//! `PUT /policies/{name}`

use super::document::Document;
use super::shape::{PolicyPath, Shown, tag};
use crate::auth::May;
use crate::extract::{IfMatch, IfMatchHeader, InPath, Tagged};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use rollcall_engine::UseCase;

/// Changes a policy. In another version than before it is off until somebody switches it on again.
#[utoipa::path(put, path = "/policies/{name}", tag = "policies",
    params(PolicyPath, IfMatchHeader),
    request_body(description = "The policy, in the form of a policy file: by itself as JSON, or a file with one as YAML.",
        content((Object = "application/json"), (String = "application/yaml"))),
    responses((status = 200, description = "The policy as it is now.", body = Shown,
        headers(("etag" = String, description = "Its version.")))))]
pub(crate) async fn put_policy(
    State(api): State<Api>,
    May(operator): May<{ UseCase::LoadPolicy as usize }>,
    InPath(path): InPath<PolicyPath>,
    meant: IfMatch,
    document: Document,
) -> Result<Tagged<Shown>, Problem> {
    let engine = api.engine();
    let seen = engine.policy_view(&operator, &path.name).await?;
    meant.check(&tag(&seen))?;
    let policy = document.policy().await?;
    if policy.name != seen.policy.name {
        return Err(Problem::body(
            "/name",
            format!("is not \"{}\"; a policy keeps its name", seen.policy.name),
        ));
    }
    engine.replace_policy(&operator, &seen, &policy).await?;
    let view = engine.policy_view(&operator, &path.name).await?;
    Ok(Tagged(tag(&view), Shown::seen(engine, &operator, &view).await?))
}
