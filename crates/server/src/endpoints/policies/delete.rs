//! `DELETE /policies/{name}`

use super::shape::{PolicyPath, tag};
use crate::auth::May;
use crate::extract::{IfMatch, IfMatchHeader, InPath};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use http::StatusCode;
use rollcall_engine::UseCase;

/// Removes a policy that is off. Plans and runs that it made still tell what it was.
#[utoipa::path(delete, path = "/policies/{name}", tag = "policies",
    params(PolicyPath, IfMatchHeader),
    responses((status = 204, description = "It is gone.")))]
pub(crate) async fn delete_policy(
    State(api): State<Api>,
    May(operator): May<{ UseCase::RemovePolicy as usize }>,
    InPath(path): InPath<PolicyPath>,
    meant: IfMatch,
) -> Result<StatusCode, Problem> {
    let seen = api.engine().policy_view(&operator, &path.name).await?;
    meant.check(&tag(&seen))?;
    api.engine().remove_policy(&operator, &path.name, Some(&seen)).await?;
    Ok(StatusCode::NO_CONTENT)
}
