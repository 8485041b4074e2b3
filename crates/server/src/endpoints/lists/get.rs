//! `GET /lists/{list}`

use super::shape::{List, ListPath, tag};
use crate::auth::SignedIn;
use crate::extract::{InPath, Tagged};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;

/// One list, without its entries.
#[utoipa::path(get, path = "/lists/{list}", tag = "lists", params(ListPath),
    responses((status = 200, description = "The list.", body = List, headers(("etag" = String, description = "Its version.")))))]
pub(crate) async fn get_list(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<ListPath>,
) -> Result<Tagged<List>, Problem> {
    let (view, _) = api.engine().list(&operator, &path.list).await?;
    Ok(Tagged(tag(&view), List::of(view)))
}
