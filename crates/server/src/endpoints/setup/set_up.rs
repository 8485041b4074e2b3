//! `POST /setup`

use crate::doorkeeper::Caller;
use crate::endpoints::session::{Session, begun};
use crate::extract::{Body, Hidden, Text};
use crate::problem::{Problem, ProblemBody};
use crate::state::Api;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use rollcall_engine::{NewOperator, Role};
use serde::Deserialize;
use utoipa::ToSchema;

/// The first admin.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = SetUp, example = json!({ "token": "…", "name": "mira", "password": "…" }))]
pub(crate) struct Request {
    /// What stands behind `#` in the setup link.
    token: Hidden<200>,
    /// What they sign in with.
    name: Text<1, 64>,
    /// What they are called; default: the name.
    #[serde(default)]
    display_name: Option<Text<1, 200>>,
    /// Where mail reaches them.
    #[serde(default)]
    email: Option<Text<1, 254>>,
    /// At least 12 characters.
    password: Hidden<1024>,
}

/// Makes the first admin by the one-time setup link, and signs them in.
#[utoipa::path(post, path = "/setup", tag = "sign-in", security(()), request_body = Request, responses(
    (status = 201, description = "Made, and signed in.", body = Session, headers(("set-cookie" = String, description = "The session."))),
    (status = 429, description = "Too many passwords are being hashed at this moment.",
        body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn set_up(
    State(api): State<Api>,
    caller: Caller,
    Body(body): Body<Request>,
) -> Result<Response, Problem> {
    let new = NewOperator {
        name: body.name.into_inner(),
        display_name: body.display_name.map(Text::into_inner),
        email: body.email.map(Text::into_inner),
        role: Role::Admin,
        password: Some(body.password.into_secret()),
    };
    let session = api.engine().set_up(&body.token.into_secret(), new, &caller.origin).await?;
    begun(&api, &caller, StatusCode::CREATED, session).await
}
