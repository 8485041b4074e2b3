//! `GET /sites/{site}/profile`

use super::profile::Profile;
use super::shape::SitePath;
use crate::auth::SignedIn;
use crate::extract::InPath;
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// What a site said of itself when it was read last.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KnownProfile)]
pub(crate) struct Known {
    /// When that was.
    at: Timestamp,
    /// What it said.
    profile: Profile,
}

/// What a site is and can do, by its newest snapshot. Asks nobody; 404 where it was never read.
#[utoipa::path(get, path = "/sites/{site}/profile", tag = "sites", params(SitePath),
    responses((status = 200, description = "What it said of itself.", body = Known)))]
pub(crate) async fn known_profile(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<SitePath>,
) -> Result<Json<Known>, Problem> {
    let (profile, at) = api.engine().known_profile(&operator, &path.site).await?;
    Ok(Json(Known { at, profile: profile.into() }))
}
