//! `GET /settings/sessions`

use super::shape::SessionLengths;
use crate::auth::SignedIn;
use crate::extract::Tagged;
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;

/// How long sessions last.
#[utoipa::path(get, path = "/settings/sessions", tag = "settings",
    responses((status = 200, description = "How long.", body = SessionLengths, headers(("etag" = String, description = "Its version.")))))]
pub(crate) async fn get_session_lengths(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
) -> Result<Tagged<SessionLengths>, Problem> {
    let lengths = SessionLengths::of(api.engine().session_lengths(&operator).await?);
    Ok(Tagged(lengths.tag(), lengths))
}
