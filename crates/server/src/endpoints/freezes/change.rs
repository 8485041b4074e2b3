//! `PUT /freezes/{name}`

use super::shape::{Days, FreezePath, Shown, tag};
use crate::auth::May;
use crate::extract::{Body, IfMatch, IfMatchHeader, InPath, Tagged};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use rollcall_engine::UseCase;

/// Changes a freeze.
#[utoipa::path(put, path = "/freezes/{name}", tag = "freezes", params(FreezePath, IfMatchHeader), request_body = Days, responses(
    (status = 200, description = "The freeze as it is now.", body = Shown, headers(("etag" = String, description = "Its version.")))))]
pub(crate) async fn change_freeze(
    State(api): State<Api>,
    May(operator): May<{ UseCase::ChangeFreezes as usize }>,
    InPath(path): InPath<FreezePath>,
    meant: IfMatch,
    Body(body): Body<Days>,
) -> Result<Tagged<Shown>, Problem> {
    let there = api.engine().freeze(&operator, &path.name).await?;
    meant.check(&tag(&there))?;
    let freeze = body.read(there.freeze.name())?;
    let view = api.engine().change_freeze(&operator, &freeze, Some(there.changed_at)).await?;
    Ok(Tagged(tag(&view), Shown::of(&view)))
}
