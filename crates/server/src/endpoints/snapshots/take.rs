//! `POST /sites/{site}/snapshots`

use crate::auth::May;
use crate::endpoints::jobs::{Queued, queued};
use crate::endpoints::sites::SitePath;
use crate::extract::{InPath, Wait};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use axum::response::Response;
use rollcall_engine::{Task, UseCase};

/// Reads a site into a new snapshot. A job.
#[utoipa::path(post, path = "/sites/{site}/snapshots", tag = "snapshots", params(SitePath), responses(
    (status = 202, description = "The job, at the address in `Location`.", body = Queued),
    (status = 200, description = "The job, over: with `Prefer: wait=N`.", body = Queued)))]
pub(crate) async fn take_snapshot(
    State(api): State<Api>,
    May(operator): May<{ UseCase::Sync as usize }>,
    InPath(path): InPath<SitePath>,
    wait: Wait,
) -> Result<Response, Problem> {
    queued(&api, &operator, Task::Sync { site: path.site }, wait).await
}
