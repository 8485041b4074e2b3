//! `GET /runs/{id}`

use super::shape::{Run, RunPath};
use crate::auth::SignedIn;
use crate::extract::InPath;
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;

/// One run as it stands.
#[utoipa::path(get, path = "/runs/{id}", tag = "runs", params(RunPath),
    responses((status = 200, description = "The run.", body = Run)))]
pub(crate) async fn get_run(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<RunPath>,
) -> Result<Json<Run>, Problem> {
    Ok(Json(Run::of(api.engine().show_run(&operator, &path.id).await?)))
}
