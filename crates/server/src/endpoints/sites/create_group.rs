//! `POST /sites/{site}/groups`

use super::shape::SitePath;
use crate::auth::May;
use crate::extract::{Body, InPath, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use rollcall_engine::UseCase;
use rollcall_model::GroupName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A group to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewGroup, example = json!({ "name": "confluence-inactive" }))]
pub(crate) struct Request {
    /// Its name.
    name: Text<1, 255>,
}

/// A group that was made. It is in the next snapshot.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MadeGroup)]
pub(crate) struct Answer {
    /// Its name.
    name: String,
}

/// Makes a group without members at a site.
#[utoipa::path(post, path = "/sites/{site}/groups", tag = "sites", params(SitePath), request_body = Request, responses(
    (status = 201, description = "It was made.", body = Answer),
    (status = 502, description = "The site did not answer as it should.",
        body = crate::problem::ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn create_group(
    State(api): State<Api>,
    May(operator): May<{ UseCase::CreateGroup as usize }>,
    InPath(path): InPath<SitePath>,
    Body(body): Body<Request>,
) -> Result<(StatusCode, Json<Answer>), Problem> {
    let name = body.name.into_inner();
    api.engine().create_group(&operator, &path.site, &GroupName::from(name.as_str())).await?;
    Ok((StatusCode::CREATED, Json(Answer { name })))
}
