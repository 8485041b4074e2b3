//! `DELETE /templates/{template}`

use super::shape::{TemplatePath, tag};
use crate::auth::May;
use crate::extract::{IfMatch, IfMatchHeader, InPath};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use http::StatusCode;
use rollcall_engine::UseCase;

/// Back to the texts that come with Rollcall.
#[utoipa::path(delete, path = "/templates/{template}", tag = "templates", params(TemplatePath, IfMatchHeader),
    responses((status = 204, description = "It is the one that comes with Rollcall.")))]
pub(crate) async fn reset_template(
    State(api): State<Api>,
    May(operator): May<{ UseCase::ChangeTemplate as usize }>,
    InPath(path): InPath<TemplatePath>,
    meant: IfMatch,
) -> Result<StatusCode, Problem> {
    let name = path.name()?;
    let there = api.engine().template(&operator, name).await?;
    meant.check(&tag(&there))?;
    api.engine().reset_template(&operator, name, Some(there.version)).await?;
    Ok(StatusCode::NO_CONTENT)
}
