//! `DELETE /session`

use crate::cookie;
use crate::doorkeeper::{Caller, Recognised};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};

/// Signs out: the session ends.
#[utoipa::path(delete, path = "/session", tag = "sign-in",
    responses((status = 204, description = "Signed out.", headers(("set-cookie" = String, description = "Removes the session.")))))]
pub(crate) async fn sign_out(
    State(api): State<Api>,
    caller: Caller,
    Recognised(who): Recognised,
) -> Result<Response, Problem> {
    api.engine().sign_out(&who).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    let gone = cookie::forget(cookie::session_name(caller.is_secure), caller.is_secure);
    response.headers_mut().extend(gone.map(|gone| (header::SET_COOKIE, gone)));
    Ok(response)
}
