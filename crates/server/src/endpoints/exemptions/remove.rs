//! `DELETE /sites/{site}/exemptions/{kind}/{name}`

use super::shape::{ExemptionPath, tag};
use crate::auth::May;
use crate::extract::{IfMatch, IfMatchHeader, InPath};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use http::StatusCode;
use rollcall_engine::UseCase;

/// Ends an exemption.
#[utoipa::path(delete, path = "/sites/{site}/exemptions/{kind}/{name}", tag = "exemptions", params(ExemptionPath, IfMatchHeader),
    responses((status = 204, description = "It is ended.")))]
pub(crate) async fn remove_exemption(
    State(api): State<Api>,
    May(operator): May<{ UseCase::Exempt as usize }>,
    InPath(path): InPath<ExemptionPath>,
    meant: IfMatch,
) -> Result<StatusCode, Problem> {
    let there = api.engine().exemption(&operator, &path.site, path.who()).await?;
    meant.check(&tag(&there))?;
    api.engine().end_exemption(&operator, &path.site, path.who(), Some(there.added_at)).await?;
    Ok(StatusCode::NO_CONTENT)
}
