//! `DELETE /freezes/{name}`

use super::shape::{FreezePath, tag};
use crate::auth::May;
use crate::extract::{IfMatch, IfMatchHeader, InPath};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use http::StatusCode;
use rollcall_engine::UseCase;

/// Removes a freeze. What waits for its end goes on at once.
#[utoipa::path(delete, path = "/freezes/{name}", tag = "freezes", params(FreezePath, IfMatchHeader),
    responses((status = 204, description = "It is removed.")))]
pub(crate) async fn remove_freeze(
    State(api): State<Api>,
    May(operator): May<{ UseCase::ChangeFreezes as usize }>,
    InPath(path): InPath<FreezePath>,
    meant: IfMatch,
) -> Result<StatusCode, Problem> {
    let there = api.engine().freeze(&operator, &path.name).await?;
    meant.check(&tag(&there))?;
    api.engine().remove_freeze(&operator, &path.name, Some(there.changed_at)).await?;
    Ok(StatusCode::NO_CONTENT)
}
