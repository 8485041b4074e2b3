//! `POST /policies/{name}/runs`

use super::shape::PolicyPath;
use crate::auth::May;
use crate::endpoints::jobs::Job;
use crate::extract::{Body, InPath, Wait};
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use rollcall_engine::UseCase;
use rollcall_model::SiteName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = PolicyRun, example = json!({}))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Request {
    /// Only at this one of its sites.
    #[schema(value_type = Option<String>)]
    site: Option<SiteName>,
}

/// The jobs that were queued, one for each site.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueuedJobs {
    /// The jobs.
    jobs: Vec<Job>,
}

/// Runs a policy now, in the mode it is switched to: a job at each of its sites.
#[utoipa::path(post, path = "/policies/{name}/runs", tag = "policies", params(PolicyPath), request_body = Request,
    responses((status = 202, description = "The jobs; the address of the first in `Location`.", body = QueuedJobs),
        (status = 200, description = "The jobs, all over: with `Prefer: wait=N`.", body = QueuedJobs)))]
pub(crate) async fn run_policy(
    State(api): State<Api>,
    May(operator): May<{ UseCase::Apply as usize }>,
    InPath(path): InPath<PolicyPath>,
    wait: Wait,
    Body(request): Body<Request>,
) -> Result<Response, Problem> {
    let engine = api.engine();
    let mut jobs = engine.run_now(&operator, &path.name, request.site.as_ref()).await?;
    if !wait.0.is_zero() {
        let waiting = jobs.iter().map(|job| engine.wait_for_job(&operator, &job.id, wait.0));
        jobs = futures::future::try_join_all(waiting).await?;
    }
    let status =
        if jobs.iter().all(|job| job.state.is_over()) { StatusCode::OK } else { StatusCode::ACCEPTED };
    let first = jobs.first().and_then(|job| HeaderValue::from_str(&format!("/api/v1/jobs/{}", job.id)).ok());
    let jobs = jobs.into_iter().map(Job::of).collect();
    let mut response = (status, Json(QueuedJobs { jobs })).into_response();
    if let Some(address) = first {
        response.headers_mut().insert(header::LOCATION, address);
    }
    Ok(response)
}
