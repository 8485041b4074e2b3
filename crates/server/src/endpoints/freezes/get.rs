//! `GET /freezes/{name}`

use super::shape::{FreezePath, Shown, tag};
use crate::auth::SignedIn;
use crate::extract::{InPath, Tagged};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;

/// One freeze.
#[utoipa::path(get, path = "/freezes/{name}", tag = "freezes", params(FreezePath), responses(
    (status = 200, description = "The freeze.", body = Shown, headers(("etag" = String, description = "Its version.")))))]
pub(crate) async fn get_freeze(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<FreezePath>,
) -> Result<Tagged<Shown>, Problem> {
    let view = api.engine().freeze(&operator, &path.name).await?;
    Ok(Tagged(tag(&view), Shown::of(&view)))
}
