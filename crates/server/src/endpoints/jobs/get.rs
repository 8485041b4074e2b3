//! `GET /jobs/{id}`

use super::shape::{Job, JobPath};
use crate::auth::SignedIn;
use crate::extract::{InPath, Wait};
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;

/// One job. With `Prefer: wait=N` the answer waits until it is over, up to so many seconds.
#[utoipa::path(get, path = "/jobs/{id}", tag = "jobs", params(JobPath),
    responses((status = 200, description = "The job as it stands.", body = Job)))]
pub(crate) async fn get_job(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<JobPath>,
    wait: Wait,
) -> Result<Json<Job>, Problem> {
    let engine = api.engine();
    let view = if wait.0.is_zero() {
        engine.job(&operator, &path.id).await?
    } else {
        engine.wait_for_job(&operator, &path.id, wait.0).await?
    };
    Ok(Json(Job::of(view)))
}
