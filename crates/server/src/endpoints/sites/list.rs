//! `GET /sites`

use super::shape::Site;
use crate::auth::SignedIn;
use crate::extract::{Page, Paging, PagingParams};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;

/// The sites, by name.
#[utoipa::path(get, path = "/sites", tag = "sites", params(PagingParams),
    responses((status = 200, description = "A page of them.", body = Page<Site>)))]
pub(crate) async fn list_sites(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    paging: Paging,
) -> Result<Page<Site>, Problem> {
    let sites = api.engine().sites(&operator).await?;
    let page = paging.cut(sites, |site| site.name.as_str().to_ascii_lowercase())?;
    Ok(page.map(Site::of))
}
