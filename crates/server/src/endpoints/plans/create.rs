//! `POST /plans`

use crate::auth::May;
use crate::endpoints::jobs::{Queued, queued};
use crate::extract::{Body, Text, Wait};
use crate::problem::{Part, Problem};
use crate::state::Api;
use axum::extract::State;
use axum::response::Response;
use rollcall_engine::{EngineError, Task, UseCase};
use rollcall_model::{Action, SiteName};
use rollcall_planner::{Limits, Mode, Period};
use serde::Deserialize;
use utoipa::ToSchema;

/// What is to be planned: a policy, or a selection made by hand.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PlanRequest, example = json!({ "kind": "policy", "policy": "reclaim-idle-seats" }))]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", tag = "kind", deny_unknown_fields)]
pub(crate) enum Request {
    /// A policy, on one of its sites or on all of them.
    Policy {
        /// Its name.
        policy: Text<1, 64>,
        /// Only at this site.
        #[serde(default)]
        #[schema(value_type = Option<String>)]
        site: Option<SiteName>,
        /// `test` or `live`; without: as it is switched.
        #[serde(default)]
        #[schema(value_type = Option<String>)]
        mode: Option<Mode>,
        /// The site is read if the newest snapshot is older, as in `24h`; without: as the policy says.
        #[serde(default)]
        #[schema(value_type = Option<String>)]
        max_age: Option<Period>,
    },
    /// A selection.
    Selection {
        /// The site.
        #[schema(value_type = String)]
        site: SiteName,
        /// Who, as a criterion.
        criterion: Text<1, 20_000>,
        /// What, in order, as in a policy.
        #[schema(value_type = Vec<Object>, min_items = 1, max_items = 20)]
        actions: Vec<Action>,
        /// `test` or `live`.
        #[schema(value_type = String)]
        mode: Mode,
        /// How much, as in a policy; without: as of a policy that names none.
        #[serde(default)]
        #[schema(value_type = Option<Object>)]
        limits: Option<Box<Limits>>,
        /// The site is read if the newest snapshot is older, as in `24h`; without: 24 hours.
        #[serde(default)]
        #[schema(value_type = Option<String>)]
        max_age: Option<Period>,
    },
}

/// Plans a policy or a selection: who would be changed, how and why. Changes nothing. A job; the plans are its result.
#[utoipa::path(post, path = "/plans", tag = "plans", request_body = Request,
    responses((status = 202, description = "The job, at the address in `Location`.", body = Queued),
        (status = 200, description = "The job, over: with `Prefer: wait=N`.", body = Queued)))]
pub(crate) async fn create_plan(
    State(api): State<Api>,
    May(operator): May<{ UseCase::Plan as usize }>,
    wait: Wait,
    Body(request): Body<Request>,
) -> Result<Response, Problem> {
    let task = match request {
        Request::Policy { policy, site, mode, max_age } => {
            Task::PlanPolicy { policy: policy.into_inner(), site, mode, max_age }
        }
        Request::Selection { site, criterion, actions, mode, limits, max_age } => {
            if actions.is_empty() || actions.len() > 20 {
                return Err(Problem::body("/actions", "expected 1 to 20 actions"));
            }
            let select = criterion.into_inner();
            // What cannot be read is refused now, and not by the job.
            rollcall_criteria::parse(&select).map_err(|error| {
                let error = EngineError::Criterion { text: select.clone(), error: Box::new(error) };
                Problem::from(error).found_in(Part::Body, "/criterion")
            })?;
            Task::PlanSelection { site, select, actions, mode, limits, max_age }
        }
    };
    queued(&api, &operator, task, wait).await
}
