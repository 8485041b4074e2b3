//! `DELETE /operators/{operator}`

use super::shape::{OperatorPath, tag};
use crate::auth::May;
use crate::extract::{IfMatch, IfMatchHeader, InPath};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use http::StatusCode;
use rollcall_engine::UseCase;

/// Removes an operator with their sessions and tokens. The audit log keeps what they did. The last active admin stays.
#[utoipa::path(delete, path = "/operators/{operator}", tag = "sign-in", params(OperatorPath, IfMatchHeader),
    responses((status = 204, description = "Removed.")))]
pub(crate) async fn remove_operator(
    State(api): State<Api>,
    May(operator): May<{ UseCase::ChangeOperators as usize }>,
    InPath(path): InPath<OperatorPath>,
    meant: IfMatch,
) -> Result<StatusCode, Problem> {
    let there = api.engine().operator(&operator, &path.operator).await?;
    meant.check(&tag(&there))?;
    api.engine().remove_operator(&operator, &path.operator, Some(there.changed_at)).await?;
    Ok(StatusCode::NO_CONTENT)
}
