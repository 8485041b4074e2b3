//! `GET /jobs`

use super::shape::Job;
use crate::auth::SignedIn;
use crate::extract::{Page, Paged, PagingParams, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use rollcall_engine::{JobId, JobKind, JobQuery, JobState};
use rollcall_model::SiteName;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which jobs.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// In one of these states, separated by commas.
    #[param(value_type = Option<String>, max_length = 200, example = "queued,running",
        pattern = "^(queued|running|done|failed|cancelled|skipped)(,(queued|running|done|failed|cancelled|skipped))*$")]
    #[serde(default)]
    state: Option<Text<0, 200>>,
    /// Of this kind.
    #[param(value_type = Option<String>, max_length = 40, example = "run-policy",
        pattern = "^(sync|run-policy|plan-policy|plan-selection|apply|resume|undo)$")]
    #[serde(default)]
    kind: Option<Text<0, 40>>,
    /// About this site.
    #[param(value_type = Option<String>, max_length = 64, pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    #[serde(default)]
    site: Option<SiteName>,
    /// About this policy.
    #[param(value_type = Option<String>, max_length = 64)]
    #[serde(default)]
    policy: Option<Text<0, 64>>,
}

/// Jobs, newest first.
#[utoipa::path(get, path = "/jobs", tag = "jobs", params(Params, PagingParams),
    responses((status = 200, description = "A page of them.", body = Page<Job>)))]
pub(crate) async fn list_jobs(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    Paged(params, paging): Paged<Params>,
) -> Result<Page<Job>, Problem> {
    let mut query = JobQuery {
        states: states(params.state.as_deref())?,
        kind: params.kind.as_deref().map(kind).transpose()?,
        site: params.site,
        policy: params.policy.map(Text::into_inner),
        before: None,
        limit: None,
    };
    let total = api.engine().count_jobs(&operator, &query).await?;
    query.before = paging.after::<String>()?.map(JobId::from);
    query.limit = Some(paging.reach());
    let jobs = api.engine().jobs(&operator, &query).await?;
    Ok(paging.beginning(jobs, |job| job.id.to_string(), Some(total)).map(Job::of))
}

fn states(given: Option<&str>) -> Result<Vec<JobState>, Problem> {
    let known = || JobState::ALL.iter().map(|state| state.as_str()).collect::<Vec<_>>().join(", ");
    let words = given.into_iter().flat_map(|given| given.split(',')).map(str::trim);
    words
        .map(|word| {
            JobState::from_name(word)
                .ok_or_else(|| Problem::query("state", format!("expected some of {}", known())))
        })
        .collect()
}

fn kind(word: &str) -> Result<JobKind, Problem> {
    let known = || JobKind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
    JobKind::from_name(word).ok_or_else(|| Problem::query("kind", format!("expected one of {}", known())))
}
