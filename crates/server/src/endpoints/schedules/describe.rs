//! `POST /schedules/describe`

use crate::auth::SignedIn;
use crate::extract::{Body, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use rollcall_planner::{Schedule, ScheduleError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Occurrences that are shown.
const SHOWN: usize = 10;

/// A schedule that is being written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = WrittenSchedule, example = json!({ "cron": "0 6 * * SAT", "timezone": "Pacific/Auckland" }))]
pub(crate) struct Request {
    /// The cron pattern: minute, hour, day of the month, month, day of the week.
    cron: Text<1, 200>,
    /// IANA name of a time zone; left out = UTC.
    #[serde(default)]
    timezone: Option<Text<1, 64>>,
}

/// What it means.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DescribedSchedule)]
pub(crate) struct Described {
    /// In words.
    #[schema(example = "every Saturday at 06:00, Pacific/Auckland")]
    words: String,
    /// The next ten occurrences.
    upcoming: Vec<Timestamp>,
}

/// What a schedule means: in words, and the next ten times. Keeps nothing.
#[utoipa::path(post, path = "/schedules/describe", tag = "policies", extensions(("x-changes-nothing" = json!(true))), request_body = Request,
    responses((status = 200, description = "What it means.", body = Described)))]
pub(crate) async fn describe_schedule(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    Body(body): Body<Request>,
) -> Result<Json<Described>, Problem> {
    let timezone = body.timezone.as_deref().unwrap_or(Schedule::DEFAULT_TIMEZONE);
    let schedule = Schedule::new(&body.cron, timezone).map_err(|error| {
        let at = if matches!(error, ScheduleError::TimeZone { .. }) { "/timezone" } else { "/cron" };
        Problem::body(at, error.to_string())
    })?;
    let upcoming = api.engine().occurrences(&operator, &schedule, SHOWN)?;
    Ok(Json(Described { words: schedule.describe(), upcoming }))
}
