//! `POST /operators`

use super::shape::{Operator, RoleWord, tag};
use crate::auth::May;
use crate::extract::{Body, Hidden, Tagged, Text};
use crate::problem::{Problem, ProblemBody};
use crate::state::Api;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rollcall_engine::{NewOperator, UseCase};
use serde::Deserialize;
use utoipa::ToSchema;

/// An operator to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewOperator, example = json!({ "name": "theo", "role": "operator", "email": "theo@example.org", "password": "…" }))]
pub(crate) struct Request {
    /// What they sign in with: letters, digits and `. - _ @ +`.
    name: Text<1, 64>,
    /// What they may do.
    role: RoleWord,
    /// What they are called; default: the name.
    #[serde(default)]
    display_name: Option<Text<1, 200>>,
    /// Where mail reaches them.
    #[serde(default)]
    email: Option<Text<1, 254>>,
    /// At least 12 characters. Without one, nobody signs in by this name until it is set.
    #[serde(default)]
    password: Option<Hidden<1024>>,
}

/// Adds an operator who signs in with a password.
#[utoipa::path(post, path = "/operators", tag = "sign-in", request_body = Request, responses(
    (status = 201, description = "Added.", body = Operator, headers(
        ("etag" = String, description = "Its version."), ("location" = String, description = "Its address here."))),
    (status = 429, description = "Too many passwords are being hashed at this moment.",
        body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn add_operator(
    State(api): State<Api>,
    May(operator): May<{ UseCase::ChangeOperators as usize }>,
    Body(body): Body<Request>,
) -> Result<Response, Problem> {
    let new = NewOperator {
        name: body.name.into_inner(),
        display_name: body.display_name.map(Text::into_inner),
        email: body.email.map(Text::into_inner),
        role: body.role.into(),
        password: body.password.map(Hidden::into_secret),
    };
    let view = api.engine().add_operator(&operator, new).await?;
    let place = format!("/api/v1/operators/{}", utf8_percent_encode(&view.name, NON_ALPHANUMERIC));
    let mut response = (StatusCode::CREATED, Tagged(tag(&view), Operator::of(view))).into_response();
    response.headers_mut().extend(HeaderValue::from_str(&place).ok().map(|place| (header::LOCATION, place)));
    Ok(response)
}
