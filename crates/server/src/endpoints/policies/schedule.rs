//! `GET /policies/{name}/schedule`

use super::shape::{self, PolicyPath};
use crate::auth::SignedIn;
use crate::extract::InPath;
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use rollcall_engine::ScheduleView;
use serde::Serialize;
use utoipa::ToSchema;

/// Occurrences that are shown.
const SHOWN: usize = 10;

/// When a policy runs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicySchedule)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Schedule {
    /// The cron pattern; `null`: it runs only when asked.
    #[schema(example = "0 6 * * SAT")]
    cron: Option<String>,
    /// The time zone.
    timezone: Option<String>,
    /// In words.
    #[schema(example = "every Saturday at 06:00, Pacific/Auckland")]
    words: Option<String>,
    /// Whether the policy is switched on.
    state: shape::State,
    /// Whether its occurrences are passed over.
    is_paused: bool,
    /// When it runs next by itself; `null` where it is off, paused, or has no schedule.
    next_at: Option<Timestamp>,
    /// The last occurrence that was taken.
    last_at: Option<Timestamp>,
    /// The next ten occurrences, whether or not the policy is switched on.
    upcoming: Vec<Timestamp>,
}

/// When a policy runs: in words, and the next ten times.
#[utoipa::path(get, path = "/policies/{name}/schedule", tag = "policies", params(PolicyPath),
    responses((status = 200, description = "The schedule.", body = Schedule)))]
pub(crate) async fn get_policy_schedule(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<PolicyPath>,
) -> Result<Json<Schedule>, Problem> {
    let view = api.engine().schedule(&operator, &path.name).await?;
    Ok(Json(Schedule::of(&view, api.engine().now())))
}

impl Schedule {
    pub(super) fn of(view: &ScheduleView, now: Timestamp) -> Self {
        let schedule = view.schedule.as_ref();
        Self {
            cron: schedule.map(|schedule| schedule.cron().to_owned()),
            timezone: schedule.map(|schedule| schedule.timezone().to_owned()),
            words: schedule.map(rollcall_planner::Schedule::describe),
            state: view.state.into(),
            is_paused: view.is_paused,
            next_at: view.next_at,
            last_at: view.last_at,
            upcoming: view.upcoming(now, SHOWN),
        }
    }
}
