//! `GET /plans`

use super::shape::Listed;
use crate::auth::SignedIn;
use crate::extract::{Page, Paged, PagingParams, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use jiff::Timestamp;
use rollcall_engine::PlanListQuery;
use rollcall_model::{PlanId, SiteName};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which plans.
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
    /// In this state: `awaiting`, `ready`, `blocked`, `expired`, `rejected`, `applied`.
    #[param(value_type = Option<String>, max_length = 20, pattern = "^(awaiting|ready|blocked|expired|rejected|applied)$")]
    #[serde(default)]
    state: Option<Text<0, 20>>,
}

const STATES: [&str; 6] = ["awaiting", "ready", "blocked", "expired", "rejected", "applied"];

/// Plans, newest first.
#[utoipa::path(get, path = "/plans", tag = "plans", params(Params, PagingParams),
    responses((status = 200, description = "A page of them.", body = Page<Listed>)))]
pub(crate) async fn list_plans(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    Paged(params, paging): Paged<Params>,
) -> Result<Page<Listed>, Problem> {
    if params.state.as_deref().is_some_and(|state| !STATES.contains(&state)) {
        return Err(Problem::query("state", format!("expected one of {}", STATES.join(", "))));
    }
    let query = PlanListQuery {
        site: params.site,
        policy: params.policy.map(Text::into_inner),
        standing: params.state.map(Text::into_inner),
        before: paging.after::<(Timestamp, PlanId)>()?,
    };
    let plans = api.engine().plan_list(&operator, &query, paging.reach()).await?;
    let total = api.engine().count_plans(&operator, &query).await?;
    Ok(paging.beginning(plans, |plan| (plan.made_at, plan.id.clone()), Some(total)).map(Listed::of))
}
