//! `POST /policies`

use super::document::Document;
use super::shape::{Shown, tag};
use crate::auth::May;
use crate::extract::Tagged;
use crate::problem::{Code, Problem};
use crate::state::Api;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use rollcall_engine::{EngineError, StoreError, UseCase};

/// Keeps a new policy; it is off until somebody switches it on.
#[utoipa::path(post, path = "/policies", tag = "policies",
    request_body(description = "The policy, in the form of a policy file: by itself as JSON, or a file with one as YAML.",
        content((Object = "application/json"), (String = "application/yaml"))),
    responses((status = 201, description = "It is kept.", body = Shown,
        headers(("etag" = String, description = "Its version."), ("location" = String, description = "Its address.")))))]
pub(crate) async fn create_policy(
    State(api): State<Api>,
    May(operator): May<{ UseCase::LoadPolicy as usize }>,
    document: Document,
) -> Result<Response, Problem> {
    // What is wrong with it is told only to those who may keep it.
    let policy = document.policy().await?;
    let engine = api.engine();
    engine.add_policy(&operator, &policy).await.map_err(|error| match error {
        EngineError::Store(StoreError::Conflict { .. }) => {
            let words = format!("{error}; change that one with PUT, or give this one another name");
            Problem::new(Code::Conflict, words)
        }
        error => error.into(),
    })?;
    let view = engine.policy_view(&operator, &policy.name).await?;
    let mut response =
        (StatusCode::CREATED, Tagged(tag(&view), Shown::seen(engine, &operator, &view).await?))
            .into_response();
    if let Ok(address) = HeaderValue::from_str(&format!("/api/v1/policies/{}", view.policy.name)) {
        response.headers_mut().insert(header::LOCATION, address);
    }
    Ok(response)
}
