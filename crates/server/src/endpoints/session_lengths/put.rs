//! `PUT /settings/sessions`

use super::shape::SessionLengths;
use crate::auth::May;
use crate::extract::{Body, IfMatch, IfMatchHeader, Tagged};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use rollcall_engine::UseCase;

/// Sets how long sessions last. Those under way end earlier where that is less.
#[utoipa::path(put, path = "/settings/sessions", tag = "settings", params(IfMatchHeader), request_body = SessionLengths,
    responses((status = 200, description = "As it is now.", body = SessionLengths, headers(("etag" = String, description = "Its version.")))))]
pub(crate) async fn put_session_lengths(
    State(api): State<Api>,
    May(operator): May<{ UseCase::SetSessionLengths as usize }>,
    meant: IfMatch,
    Body(body): Body<SessionLengths>,
) -> Result<Tagged<SessionLengths>, Problem> {
    let engine = api.engine();
    let there = engine.session_lengths(&operator).await?;
    meant.check(&SessionLengths::of(there).tag())?;
    engine.set_session_lengths(&operator, body.lengths(), Some(there)).await?;
    Ok(Tagged(body.tag(), body))
}
