//! `GET /runs`

use super::shape::Run;
use crate::auth::SignedIn;
use crate::extract::{Page, Paged, PagingParams, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use jiff::Timestamp;
use rollcall_engine::RunListQuery;
use rollcall_model::{RunId, SiteName};
use rollcall_planner::Mode;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which runs.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// At this site.
    #[param(value_type = Option<String>, max_length = 64, pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    #[serde(default)]
    site: Option<SiteName>,
    /// Of this policy.
    #[param(value_type = Option<String>, max_length = 64)]
    #[serde(default)]
    policy: Option<Text<0, 64>>,
    /// In this state: `pending`, `running`, `stopping`, `stopped`, `done`, `failed`.
    #[param(value_type = Option<String>, max_length = 20, pattern = "^(pending|running|stopping|stopped|done|failed)$")]
    #[serde(default)]
    state: Option<Text<0, 20>>,
    /// `test` or `live`.
    #[param(value_type = Option<String>, max_length = 4, pattern = "^(test|live)$")]
    #[serde(default)]
    mode: Option<Mode>,
}

const STATES: [&str; 6] = ["pending", "running", "stopping", "stopped", "done", "failed"];

/// Runs, newest first.
#[utoipa::path(get, path = "/runs", tag = "runs", params(Params, PagingParams),
    responses((status = 200, description = "A page of them.", body = Page<Run>)))]
pub(crate) async fn list_runs(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    Paged(params, paging): Paged<Params>,
) -> Result<Page<Run>, Problem> {
    if params.state.as_deref().is_some_and(|state| !STATES.contains(&state)) {
        return Err(Problem::query("state", format!("expected one of {}", STATES.join(", "))));
    }
    let query = RunListQuery {
        site: params.site,
        policy: params.policy.map(Text::into_inner),
        state: params.state.map(Text::into_inner),
        mode: params.mode,
        before: paging.after::<(Timestamp, RunId)>()?,
    };
    let runs = api.engine().run_list(&operator, &query, paging.reach()).await?;
    Ok(paging.beginning(runs, |run| (run.created_at, run.id.clone()), None).map(Run::of))
}
