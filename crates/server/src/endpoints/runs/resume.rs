//! `POST /runs/{id}/resume`

use super::shape::RunPath;
use crate::auth::May;
use crate::endpoints::jobs::{Queued, queued};
use crate::extract::{InPath, Wait};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use axum::response::Response;
use rollcall_engine::{Task, UseCase};

/// Goes on with a run that was stopped or failed. A job.
#[utoipa::path(post, path = "/runs/{id}/resume", tag = "runs", params(RunPath),
    responses((status = 202, description = "The job, at the address in `Location`.", body = Queued),
        (status = 200, description = "The job, over: with `Prefer: wait=N`.", body = Queued)))]
pub(crate) async fn resume_run(
    State(api): State<Api>,
    May(operator): May<{ UseCase::ResumeRun as usize }>,
    InPath(path): InPath<RunPath>,
    wait: Wait,
) -> Result<Response, Problem> {
    queued(&api, &operator, Task::Resume { run: path.id }, wait).await
}
