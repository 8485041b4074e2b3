//! `POST /freezes`

use super::shape::{Days, Shown, tag};
use crate::auth::May;
use crate::extract::{Body, Tagged, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jiff::civil::Date;
use rollcall_engine::UseCase;
use rollcall_model::SiteName;
use serde::Deserialize;
use utoipa::ToSchema;

/// A freeze to be set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewFreeze, example = json!({
    "name": "year-end", "from": "2026-12-20", "until": "2027-01-05", "timezone": "Europe/Berlin", "yearly": true,
    "reason": "the year-end accounts"
}))]
pub(crate) struct Request {
    /// Its name: letters, digits, `-`, `_`, `.`.
    name: Text<1, 64>,
    /// The first day.
    #[schema(value_type = String, format = Date)]
    from: Date,
    /// The last day, included.
    #[schema(value_type = String, format = Date)]
    until: Date,
    /// IANA name of the time zone in which the days are meant; left out = UTC.
    #[serde(default)]
    timezone: Option<Text<1, 64>>,
    /// Whether it comes every year.
    #[serde(default)]
    yearly: bool,
    /// For which sites; left out or empty = all of them.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    sites: Vec<SiteName>,
    /// Why; shown to whoever is held up by it.
    reason: Text<1, 500>,
}

/// Sets a freeze. From its first day on live runs stop before their next item; they go on when it ends.
#[utoipa::path(post, path = "/freezes", tag = "freezes", request_body = Request, responses(
    (status = 201, description = "It is set.", body = Shown, headers(("etag" = String, description = "Its version.")))))]
pub(crate) async fn add_freeze(
    State(api): State<Api>,
    May(operator): May<{ UseCase::ChangeFreezes as usize }>,
    Body(body): Body<Request>,
) -> Result<Response, Problem> {
    let Request { name, from, until, timezone, yearly, sites, reason } = body;
    let freeze = Days { from, until, timezone, yearly, sites, reason }.read(&name)?;
    let view = api.engine().add_freeze(&operator, &freeze).await?;
    Ok((StatusCode::CREATED, Tagged(tag(&view), Shown::of(&view))).into_response())
}
