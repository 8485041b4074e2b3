//! `DELETE /sites/{site}`

use super::shape::{SitePath, tag};
use crate::auth::May;
use crate::extract::{IfMatch, IfMatchHeader, InPath};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use http::StatusCode;
use rollcall_engine::UseCase;

/// Forgets a site with its snapshots and exemptions, but not what the audit log says of it.
#[utoipa::path(delete, path = "/sites/{site}", tag = "sites", params(SitePath, IfMatchHeader),
    responses((status = 204, description = "It is forgotten.")))]
pub(crate) async fn remove_site(
    State(api): State<Api>,
    May(operator): May<{ UseCase::ChangeSite as usize }>,
    InPath(path): InPath<SitePath>,
    meant: IfMatch,
) -> Result<StatusCode, Problem> {
    let there = api.engine().site(&operator, &path.site).await?;
    meant.check(&tag(&there))?;
    api.engine().remove_site(&operator, &path.site, Some(there.changed_at)).await?;
    Ok(StatusCode::NO_CONTENT)
}
