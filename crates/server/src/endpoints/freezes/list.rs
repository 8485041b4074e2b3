//! `GET /freezes`

use super::shape::Shown;
use crate::auth::SignedIn;
use crate::extract::{Page, Paging, PagingParams};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;

/// The freezes, by name; those that are over for good included.
#[utoipa::path(get, path = "/freezes", tag = "freezes", params(PagingParams),
    responses((status = 200, description = "A page of them.", body = Page<Shown>)))]
pub(crate) async fn list_freezes(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    paging: Paging,
) -> Result<Page<Shown>, Problem> {
    let freezes = api.engine().freezes(&operator).await?;
    let key = |view: &rollcall_engine::FreezeView| view.freeze.name().to_lowercase();
    Ok(paging.cut(freezes, key)?.map(|view| Shown::of(&view)))
}
