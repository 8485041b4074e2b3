//! `DELETE /jobs/{id}`

use super::shape::{Job, JobPath};
use crate::auth::May;
use crate::extract::{InPath, Query, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use rollcall_engine::UseCase;
use serde::Deserialize;
use utoipa::IntoParams;

/// Why.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// Why it is not wanted any more; stands in the audit log.
    #[param(value_type = Option<String>, max_length = 500)]
    #[serde(default)]
    reason: Option<Text<0, 500>>,
}

/// Cancels a job: one that waits is over at once; one that runs stops before its next item.
#[utoipa::path(delete, path = "/jobs/{id}", tag = "jobs", params(JobPath, Params),
    responses((status = 200, description = "The job as it stands.", body = Job)))]
pub(crate) async fn cancel_job(
    State(api): State<Api>,
    May(operator): May<{ UseCase::CancelJob as usize }>,
    InPath(path): InPath<JobPath>,
    Query(params): Query<Params>,
) -> Result<Json<Job>, Problem> {
    let why = params
        .reason
        .map(Text::into_inner)
        .filter(|why| !why.trim().is_empty())
        .unwrap_or_else(|| "not wanted any more".to_owned());
    Ok(Json(Job::of(api.engine().cancel_job(&operator, &path.id, &why).await?)))
}
