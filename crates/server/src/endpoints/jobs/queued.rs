//! Answering with a job: at once, or, for those who would rather wait, when it is over.

use super::shape::Job;
use crate::extract::Wait;
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use rollcall_engine::{JobView, Operator, Task};
use serde::Serialize;
use utoipa::ToSchema;

/// A job that was queued.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Queued {
    /// The job.
    job: Job,
}

/// Queues a task and answers with its job: 202 with its address; with `Prefer: wait=N`, 200 once it is over.
pub(crate) async fn queued(
    api: &Api,
    operator: &Operator,
    task: Task,
    wait: Wait,
) -> Result<Response, Problem> {
    let view = api.engine().enqueue(operator, task).await?;
    answered(api, operator, view, wait).await
}

/// Answers with a job that is queued already.
pub(crate) async fn answered(
    api: &Api,
    operator: &Operator,
    view: JobView,
    wait: Wait,
) -> Result<Response, Problem> {
    let view =
        if wait.0.is_zero() { view } else { api.engine().wait_for_job(operator, &view.id, wait.0).await? };
    let status = if view.state.is_over() { StatusCode::OK } else { StatusCode::ACCEPTED };
    let address = format!("/api/v1/jobs/{}", view.id);
    Ok((status, [(header::LOCATION, address)], Json(Queued { job: Job::of(view) })).into_response())
}
