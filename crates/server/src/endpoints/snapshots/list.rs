//! `GET /sites/{site}/snapshots`

use super::shape::Snapshot;
use crate::auth::SignedIn;
use crate::endpoints::sites::SitePath;
use crate::extract::{InPath, Page, Paging, PagingParams};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use std::cmp::Reverse;

/// The snapshots of a site, newest first.
#[utoipa::path(get, path = "/sites/{site}/snapshots", tag = "snapshots", params(SitePath, PagingParams),
    responses((status = 200, description = "A page of them.", body = Page<Snapshot>)))]
pub(crate) async fn list_snapshots(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<SitePath>,
    paging: Paging,
) -> Result<Page<Snapshot>, Problem> {
    let snapshots = api.engine().snapshots(&operator, &path.site).await?;
    let page = paging.cut(snapshots, |snapshot| Reverse((snapshot.taken_at, snapshot.id.to_string())))?;
    Ok(page.map(|view| Snapshot::of(path.site.as_str(), view)))
}
