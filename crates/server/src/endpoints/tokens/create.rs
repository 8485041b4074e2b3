//! `POST /tokens`

use super::shape::Token;
use crate::auth::SignedIn;
use crate::endpoints::operators::RoleWord;
use crate::extract::{Body, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use rollcall_engine::NewToken;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A token to be, of whoever asks.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewToken, example = json!({ "name": "nightly report", "role": "viewer" }))]
pub(crate) struct Request {
    /// What it is for.
    name: Text<1, 200>,
    /// What it may do; default: as much as its owner, and never more.
    #[serde(default)]
    role: Option<RoleWord>,
    /// Until when it is good, a year at most; default: 90 days.
    #[serde(default)]
    expires_at: Option<Timestamp>,
}

/// A token that was made.
#[derive(Serialize, ToSchema)]
#[schema(as = MadeToken)]
pub(crate) struct Answer {
    /// The token.
    token: Token,
    /// What the program sends in `Authorization: Bearer …`. It is not shown again.
    secret: String,
}

/// Makes a token for a program. Its secret is shown in this answer only. A token cannot make tokens: sign in for that.
#[utoipa::path(post, path = "/tokens", tag = "sign-in", request_body = Request,
    responses((status = 201, description = "Made.", body = Answer, headers(("location" = String, description = "Its address here.")))))]
pub(crate) async fn create_token(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    Body(body): Body<Request>,
) -> Result<Response, Problem> {
    let new = NewToken {
        name: body.name.into_inner(),
        owner: None,
        role: body.role.map(Into::into),
        expires_at: body.expires_at,
    };
    let (view, secret) = api.engine().create_token(&operator, new).await?;
    let place = HeaderValue::from_str(&format!("/api/v1/tokens/{}", view.id)).ok();
    let answer = Answer { token: Token::of(view), secret: secret.expose_secret().to_owned() };
    let mut response = (StatusCode::CREATED, Json(answer)).into_response();
    response.headers_mut().extend(place.map(|place| (header::LOCATION, place)));
    Ok(response)
}
