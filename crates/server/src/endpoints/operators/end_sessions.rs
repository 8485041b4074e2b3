//! `DELETE /operators/{operator}/sessions`

use super::shape::OperatorPath;
use crate::doorkeeper::Recognised;
use crate::extract::InPath;
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// How many there were.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EndedSessions)]
pub(crate) struct Answer {
    /// How many sessions ended.
    ended: u64,
}

/// Ends every session of an operator, but not the one of this request. Everybody may end their own.
#[utoipa::path(delete, path = "/operators/{operator}/sessions", tag = "sign-in", params(OperatorPath),
    responses((status = 200, description = "Ended.", body = Answer)))]
pub(crate) async fn end_sessions(
    State(api): State<Api>,
    Recognised(who): Recognised,
    InPath(path): InPath<OperatorPath>,
) -> Result<Json<Answer>, Problem> {
    let ended = api.engine().end_sessions(who.operator(), &path.operator, who.session()).await?;
    Ok(Json(Answer { ended }))
}
