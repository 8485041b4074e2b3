//! `GET /session`

use super::shape::Session;
use crate::doorkeeper::Recognised;
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;

/// Who is signed in.
#[utoipa::path(get, path = "/session", tag = "sign-in",
    responses((status = 200, description = "The operator, and by what they were recognised.", body = Session)))]
pub(crate) async fn who_am_i(
    State(api): State<Api>,
    Recognised(who): Recognised,
) -> Result<Json<Session>, Problem> {
    let view = api.engine().operator(who.operator(), who.operator().name()).await?;
    Ok(Json(Session::of(&who, view)))
}
