//! `GET /sites/{site}/directories`

use super::profile::Directory;
use super::shape::SitePath;
use crate::auth::SignedIn;
use crate::extract::{InPath, Page, Paging, PagingParams};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use rollcall_engine::Freshness;

/// The user directories of a site in its newest snapshot, in the site's order.
#[utoipa::path(get, path = "/sites/{site}/directories", tag = "sites", params(SitePath, PagingParams), responses(
    (status = 200, description = "A page of them.", body = Page<Directory>),
    (status = 409, description = "The site was not read yet.", body = crate::problem::ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn list_directories(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<SitePath>,
    paging: Paging,
) -> Result<Page<Directory>, Problem> {
    let picture = api.engine().picture(&operator, &path.site, Freshness::Any, &|_| ()).await?;
    let directories = picture.snapshot.directories().iter().map(Directory::of).enumerate().collect();
    let page = paging.cut(directories, |(place, _): &(usize, Directory)| *place)?;
    Ok(page.map(|(_, directory)| directory))
}
