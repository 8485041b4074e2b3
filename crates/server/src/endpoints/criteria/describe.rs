//! `POST /criteria/describe`

use super::shape::{Described, read};
use crate::auth::SignedIn;
use crate::extract::{Body, Text};
use crate::problem::Problem;
use axum::Json;
use serde::Deserialize;
use utoipa::ToSchema;

/// A criterion to be described.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CriterionDescription, example = json!({ "criterion": "seat = true AND lastLogin = never" }))]
pub(crate) struct Request {
    /// The criterion.
    criterion: Text<0, 70_000>,
}

/// Says in plain words whom a criterion selects.
#[utoipa::path(post, path = "/criteria/describe", tag = "criteria", extensions(("x-changes-nothing" = json!(true))), request_body = Request,
    responses((status = 200, description = "In words.", body = Described)))]
pub(crate) async fn describe_criterion(
    _signed_in: SignedIn,
    Body(body): Body<Request>,
) -> Result<Json<Described>, Problem> {
    Ok(Json(Described::of(&read(&body.criterion)?)))
}
