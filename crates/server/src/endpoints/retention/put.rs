//! `PUT /settings/retention`

use super::shape::{Retention, tag};
use crate::auth::May;
use crate::extract::{Body, IfMatch, IfMatchHeader, Tagged};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use rollcall_engine::UseCase;

/// Sets how long what is kept. Drops nothing yet: that is done once a day.
#[utoipa::path(put, path = "/settings/retention", tag = "settings", params(IfMatchHeader), request_body = Retention,
    responses((status = 200, description = "The setting as it is now.", body = Retention, headers(("etag" = String, description = "Its version.")))))]
pub(crate) async fn put_retention(
    State(api): State<Api>,
    May(operator): May<{ UseCase::ChangeRetention as usize }>,
    meant: IfMatch,
    Body(asked): Body<Retention>,
) -> Result<Tagged<Retention>, Problem> {
    let asked = rollcall_engine::Retention::from(asked);
    if let Some((field, fault)) = asked.fault() {
        return Err(Problem::body(&format!("/{field}"), fault));
    }
    let there = api.engine().retention(&operator).await?;
    meant.check(&tag(&there))?;
    api.engine().set_retention(&operator, &asked, Some(&there)).await?;
    Ok(Tagged(tag(&asked), asked.into()))
}
