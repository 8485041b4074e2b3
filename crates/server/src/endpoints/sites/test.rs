//! `POST /sites/{site}/test`

use super::profile::Profile;
use super::shape::SitePath;
use crate::auth::May;
use crate::extract::InPath;
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use rollcall_engine::UseCase;

/// Asks a site what it is and what it can do. A few requests; changes nothing there or here.
#[utoipa::path(post, path = "/sites/{site}/test", tag = "sites", params(SitePath), responses(
    (status = 200, description = "What it says of itself.", body = Profile),
    (status = 502, description = "The site did not answer as it should.",
        body = crate::problem::ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn test_site(
    State(api): State<Api>,
    May(operator): May<{ UseCase::TestSite as usize }>,
    InPath(path): InPath<SitePath>,
) -> Result<Json<Profile>, Problem> {
    Ok(Json(api.engine().test_site(&operator, &path.site).await?.into()))
}
