//! `POST /session`

use super::shape::{Session, begun};
use crate::doorkeeper::Caller;
use crate::extract::{Body, Hidden, Text};
use crate::problem::{Problem, ProblemBody};
use crate::state::Api;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

/// Who wants to sign in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SignIn, example = json!({ "name": "mira", "password": "…" }))]
pub(crate) struct Request {
    /// The operator's name.
    name: Text<1, 200>,
    /// Their password.
    password: Hidden<1024>,
}

/// Signs in. The cookie of the answer is sent along from then on; a session that the browser had before ends.
#[utoipa::path(post, path = "/session", tag = "sign-in", security(()), request_body = Request, responses(
    (status = 200, description = "Signed in.", body = Session, headers(("set-cookie" = String, description = "The session."))),
    (status = 401, description = "Name or password is wrong, or this operator may not sign in.",
        body = ProblemBody, content_type = "application/problem+json"),
    (status = 429, description = "Too many attempts failed; `Retry-After` says when the next may be made.",
        body = ProblemBody, content_type = "application/problem+json", headers(("retry-after" = u64, description = "In seconds.")))))]
pub(crate) async fn sign_in(
    State(api): State<Api>,
    caller: Caller,
    Body(body): Body<Request>,
) -> Result<Response, Problem> {
    let password = body.password.into_secret();
    let new = api.engine().sign_in(&body.name, &password, &caller.origin, caller.previous.as_ref()).await?;
    begun(&api, &caller, StatusCode::OK, new).await
}
