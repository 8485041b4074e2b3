//! `GET /sites/{site}`

use super::shape::{Site, SitePath, tag};
use crate::auth::SignedIn;
use crate::extract::{InPath, Tagged};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;

/// One site.
#[utoipa::path(get, path = "/sites/{site}", tag = "sites", params(SitePath),
    responses((status = 200, description = "The site.", body = Site, headers(("etag" = String, description = "Its version.")))))]
pub(crate) async fn get_site(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<SitePath>,
) -> Result<Tagged<Site>, Problem> {
    let view = api.engine().site(&operator, &path.site).await?;
    Ok(Tagged(tag(&view), Site::of(view)))
}
