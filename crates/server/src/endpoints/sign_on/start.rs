//! `GET /sign-on/start`

use super::{problem, set_up};
use crate::cookie::{self, SameSite};
use crate::doorkeeper::Caller;
use crate::extract::{Query, Text};
use crate::problem::{Part, Problem, ProblemBody};
use crate::state::Api;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use rollcall_engine::PendingSignOn;
use serde::Deserialize;
use std::time::Duration;
use utoipa::IntoParams;

/// Where to go afterwards.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Afterwards {
    /// A path of this server; default: `/`.
    #[param(value_type = String, min_length = 1, max_length = 2000, example = "/plans")]
    #[serde(default, rename = "return")]
    return_to: Option<Text<1, 2000>>,
}

/// Sends the browser to the provider of single sign-on.
#[utoipa::path(get, path = "/sign-on/start", tag = "sign-in", security(()), params(Afterwards), responses(
    (status = 303, description = "To the provider.", headers(("location" = String, description = "Its address."))),
    (status = 429, description = "Too many sign-ins are under way from there; `Retry-After` says when the next may be begun.",
        body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "Single sign-on is not set up.", body = ProblemBody, content_type = "application/problem+json"),
    (status = 502, description = "The provider cannot be used.", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn start(
    State(api): State<Api>,
    caller: Caller,
    Query(afterwards): Query<Afterwards>,
) -> Result<Response, Problem> {
    let on = set_up(&api)?;
    let beginning = on.provider.begin(api.engine().now()).await.map_err(|error| problem(&error))?;
    let pending = PendingSignOn {
        state: beginning.state,
        nonce: beginning.nonce,
        verifier: beginning.verifier,
        return_to: afterwards.return_to.map_or_else(|| "/".to_owned(), Text::into_inner),
    };
    let browser = api
        .engine()
        .begin_sign_on(&pending, &caller.origin)
        .await
        .map_err(|error| Problem::from(error).found_in(Part::Query, "return"))?;
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    let place = HeaderValue::from_str(beginning.url.as_str()).map_err(Problem::internal)?;
    headers.insert(header::LOCATION, place);
    let name = cookie::sign_on_name(caller.is_secure);
    let held = cookie::set(name, &browser, caller.is_secure, SameSite::Lax, Duration::from_mins(10));
    headers.extend(held.map(|held| (header::SET_COOKIE, held)));
    Ok(response)
}
