//! `GET /sites/{site}/groups`

use super::shape::SitePath;
use crate::auth::SignedIn;
use crate::extract::{InPath, Page, Paging, PagingParams};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use rollcall_engine::Freshness;
use serde::Serialize;
use utoipa::ToSchema;

/// A group of a site.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Group {
    /// Its name.
    name: String,
    /// Its direct members.
    direct_members: u64,
    /// Its members, those of groups inside it included.
    members: u64,
    /// Whether membership costs a seat; `null` where the site does not say.
    gives_seat: Option<bool>,
    /// Whether membership makes its members administrators of the site; `null` where the site does not say.
    gives_admin: Option<bool>,
}

/// The groups of a site in its newest snapshot, by name.
#[utoipa::path(get, path = "/sites/{site}/groups", tag = "sites", params(SitePath, PagingParams), responses(
    (status = 200, description = "A page of them.", body = Page<Group>),
    (status = 409, description = "The site was not read yet.", body = crate::problem::ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn list_groups(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<SitePath>,
    paging: Paging,
) -> Result<Page<Group>, Problem> {
    let picture = api.engine().picture(&operator, &path.site, Freshness::Any, &|_| ()).await?;
    let mut groups: Vec<_> = picture.snapshot.groups().collect();
    groups.sort_by(|a, b| a.name().cmp(b.name()));
    let page = paging.cut(groups, |group| group.name().to_string())?;
    Ok(page.map(|group| Group {
        name: group.name().to_string(),
        direct_members: group.direct_members().len(),
        members: group.members().len(),
        gives_seat: group.gives_seat(),
        gives_admin: group.gives_admin(),
    }))
}
