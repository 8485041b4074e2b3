//! `GET /lists`

use super::shape::List;
use crate::auth::SignedIn;
use crate::extract::{Page, Paging, PagingParams};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;

/// The lists, by name.
#[utoipa::path(get, path = "/lists", tag = "lists", params(PagingParams),
    responses((status = 200, description = "A page of them.", body = Page<List>)))]
pub(crate) async fn list_lists(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    paging: Paging,
) -> Result<Page<List>, Problem> {
    let lists = api.engine().lists(&operator).await?;
    Ok(paging.cut(lists, |list| list.name.clone())?.map(List::of))
}
