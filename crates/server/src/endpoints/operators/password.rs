//! `PUT /operators/{operator}/password`

use super::shape::OperatorPath;
use crate::doorkeeper::Recognised;
use crate::extract::{Body, Hidden, InPath};
use crate::problem::{Problem, ProblemBody};
use crate::state::Api;
use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

/// Another password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewPassword, example = json!({ "oldPassword": "…", "newPassword": "…" }))]
pub(crate) struct Request {
    /// The password that was good so far: needed to change one's own.
    #[serde(default)]
    old_password: Option<Hidden<1024>>,
    /// At least 12 characters.
    new_password: Hidden<1024>,
}

/// Sets a password: one's own with the old one, or, as an admin, somebody else's. Every other session of the operator ends.
#[utoipa::path(put, path = "/operators/{operator}/password", tag = "sign-in", params(OperatorPath), request_body = Request, responses(
    (status = 204, description = "Set."),
    (status = 429, description = "Too many attempts at the old password; `Retry-After` says when the next may be made.",
        body = ProblemBody, content_type = "application/problem+json", headers(("retry-after" = u64, description = "In seconds.")))))]
pub(crate) async fn set_password(
    State(api): State<Api>,
    Recognised(who): Recognised,
    InPath(path): InPath<OperatorPath>,
    Body(body): Body<Request>,
) -> Result<StatusCode, Problem> {
    let old = body.old_password.map(Hidden::into_secret);
    let new = body.new_password.into_secret();
    api.engine().set_password(who.operator(), &path.operator, old.as_ref(), &new, who.session()).await?;
    Ok(StatusCode::NO_CONTENT)
}
