//! `GET /policies/{name}`

use super::shape::{PolicyPath, Shown, tag};
use crate::auth::SignedIn;
use crate::extract::{Accepted, InPath, Tagged};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};
use rollcall_planner::write_policies;

const YAML: &str = "application/yaml";

/// One policy: with where it stands as JSON, or alone as a policy file.
#[utoipa::path(get, path = "/policies/{name}", tag = "policies", params(PolicyPath),
    responses((status = 200, description = "The policy.", content((Shown = "application/json"), (String = "application/yaml")),
        headers(("etag" = String, description = "Its version.")))))]
pub(crate) async fn get_policy(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<PolicyPath>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let view = api.engine().policy_view(&operator, &path.name).await?;
    let accepted = Accepted::of(&headers);
    if accepted.weight(YAML) <= accepted.weight("application/json") {
        return Ok(Tagged(tag(&view), Shown::seen(api.engine(), &operator, &view).await?).into_response());
    }
    let text = write_policies(std::slice::from_ref(&view.policy));
    let mut response = Tagged(tag(&view), ()).into_response();
    *response.body_mut() = text.into();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, http::HeaderValue::from_static(YAML));
    headers.remove(header::CONTENT_LENGTH);
    Ok(response)
}
