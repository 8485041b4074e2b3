//! A freeze as the API shows and takes it.

use crate::extract::{Tag, Text};
use crate::problem::Problem;
use jiff::Timestamp;
use jiff::civil::Date;
use rollcall_engine::FreezeView;
use rollcall_model::SiteName;
use rollcall_planner::{Freeze, FreezeError, Schedule};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The freeze in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct FreezePath {
    /// The freeze's name.
    #[param(value_type = String, min_length = 1, max_length = 64, example = "year-end")]
    pub(crate) name: Text<1, 64>,
}

/// What a freeze says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = FreezeDays, example = json!({
    "from": "2026-12-20", "until": "2027-01-05", "timezone": "Europe/Berlin", "yearly": true, "reason": "the year-end accounts"
}))]
pub(crate) struct Days {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub(super) from: Date,
    /// The last day, included.
    #[schema(value_type = String, format = Date)]
    pub(super) until: Date,
    /// IANA name of the time zone in which the days are meant; left out = UTC.
    #[serde(default)]
    pub(super) timezone: Option<Text<1, 64>>,
    /// Whether it comes every year.
    #[serde(default)]
    pub(super) yearly: bool,
    /// For which sites; left out or empty = all of them.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub(super) sites: Vec<SiteName>,
    /// Why; shown to whoever is held up by it.
    pub(super) reason: Text<1, 500>,
}

impl Days {
    /// The freeze of that name; what cannot be is told with its place.
    pub(crate) fn read(self, name: &str) -> Result<Freeze, Problem> {
        let timezone = self.timezone.as_deref().unwrap_or(Schedule::DEFAULT_TIMEZONE);
        let made =
            Freeze::new(name, (self.from, self.until), timezone, self.yearly, self.sites, &self.reason);
        made.map_err(|error| {
            let at = match &error {
                FreezeError::Name(_) => "/name",
                FreezeError::Reason => "/reason",
                FreezeError::Order { .. } | FreezeError::TooLong { .. } => "/until",
                FreezeError::TimeZone(_) => "/timezone",
            };
            Problem::body(at, error.to_string())
        })
    }
}

/// A time in which no live run begins or goes on.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Freeze)]
pub(crate) struct Shown {
    /// Its name.
    name: String,
    /// The first day.
    #[schema(value_type = String, format = Date)]
    from: Date,
    /// The last day, included; of the first year, where it comes every year.
    #[schema(value_type = String, format = Date)]
    until: Date,
    /// The time zone in which the days are meant.
    timezone: String,
    /// Whether it comes every year.
    yearly: bool,
    /// For which sites; empty = all of them.
    sites: Vec<String>,
    /// Why.
    reason: String,
    /// Whether it is in force now.
    is_in_force: bool,
    /// When it begins, now or next; `null` where it is over for good.
    next_from: Option<Timestamp>,
    /// When it ends then.
    next_until: Option<Timestamp>,
    /// Who set it.
    changed_by: String,
    /// When.
    changed_at: Timestamp,
    /// Its version, for `If-Match`.
    etag: String,
}

impl Shown {
    pub(crate) fn of(view: &FreezeView) -> Self {
        let (from, until) = view.freeze.days();
        Self {
            name: view.freeze.name().to_owned(),
            from,
            until,
            timezone: view.freeze.timezone().to_owned(),
            yearly: view.freeze.is_yearly(),
            sites: view.freeze.sites().iter().map(ToString::to_string).collect(),
            reason: view.freeze.reason().to_owned(),
            is_in_force: view.is_in_force,
            next_from: view.next.map(|(from, _)| from),
            next_until: view.next.map(|(_, until)| until),
            changed_by: view.changed_by.clone(),
            changed_at: view.changed_at,
            etag: tag(view).as_str().to_owned(),
        }
    }
}

pub(crate) fn tag(view: &FreezeView) -> Tag {
    Tag::of((view.freeze.name(), view.changed_at))
}
