//! `DELETE /lists/{list}`

use super::shape::{ListPath, tag};
use crate::auth::May;
use crate::extract::{IfMatch, IfMatchHeader, InPath};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use http::StatusCode;
use rollcall_engine::UseCase;

/// Forgets a list. Criteria that name it are refused from then on.
#[utoipa::path(delete, path = "/lists/{list}", tag = "lists", params(ListPath, IfMatchHeader),
    responses((status = 204, description = "It is forgotten.")))]
pub(crate) async fn remove_list(
    State(api): State<Api>,
    May(operator): May<{ UseCase::ChangeList as usize }>,
    InPath(path): InPath<ListPath>,
    meant: IfMatch,
) -> Result<StatusCode, Problem> {
    let (there, _) = api.engine().list(&operator, &path.list).await?;
    meant.check(&tag(&there))?;
    api.engine().remove_list(&operator, &path.list, Some(there.changed_at)).await?;
    Ok(StatusCode::NO_CONTENT)
}
