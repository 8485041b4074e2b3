//! `GET /policies`

use super::shape::Shown;
use crate::auth::SignedIn;
use crate::extract::{Page, Paging, PagingParams};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;

/// The policies, by name.
#[utoipa::path(get, path = "/policies", tag = "policies", params(PagingParams),
    responses((status = 200, description = "A page of them.", body = Page<Shown>)))]
pub(crate) async fn list_policies(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    paging: Paging,
) -> Result<Page<Shown>, Problem> {
    let mut policies = api.engine().policies(&operator).await?;
    policies.sort_by_cached_key(|view| view.policy.name.to_lowercase());
    let page = paging.cut(policies, |view| view.policy.name.to_lowercase())?;
    let mut items = Vec::with_capacity(page.items.len());
    for view in &page.items {
        items.push(Shown::seen(api.engine(), &operator, view).await?);
    }
    Ok(Page { items, next: page.next, total: page.total })
}
