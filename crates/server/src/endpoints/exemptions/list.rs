//! `GET /sites/{site}/exemptions`

use super::shape::Exemption;
use crate::auth::SignedIn;
use crate::endpoints::sites::SitePath;
use crate::extract::{InPath, Page, Paging, PagingParams};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;

/// The exemptions of a site, those that have ended included.
#[utoipa::path(get, path = "/sites/{site}/exemptions", tag = "exemptions", params(SitePath, PagingParams),
    responses((status = 200, description = "A page of them.", body = Page<Exemption>)))]
pub(crate) async fn list_exemptions(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<SitePath>,
    paging: Paging,
) -> Result<Page<Exemption>, Problem> {
    let views = api.engine().exemptions(&operator, &path.site).await?;
    let mut all: Vec<Exemption> = views.into_iter().map(Exemption::of).collect();
    all.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    paging.cut(all, |exemption| (exemption.kind, exemption.name.clone()))
}
