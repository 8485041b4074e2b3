//! `POST /webhooks`

use super::shape::{Event, Webhook, address, tag};
use crate::auth::May;
use crate::extract::{Body, Hidden, Tagged, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use rollcall_engine::{NewWebhook, UseCase};
use rollcall_model::SiteName;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A webhook to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewWebhook, example = json!({ "name": "chat", "url": "https://chat.example.org/hooks/rollcall", "events": ["run-finished"] }))]
pub(crate) struct Request {
    /// What it is to be called.
    name: Text<1, 60>,
    /// Where events are posted to.
    url: Text<1, 2000>,
    /// Kinds of events; none = all.
    #[serde(default)]
    events: Vec<Event>,
    /// Only of these sites; none = of all.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    sites: Vec<SiteName>,
    /// The secret that signs, at least 16 characters; left out = Rollcall makes one.
    #[serde(default)]
    secret: Option<Hidden<200>>,
}

/// A webhook that was added.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AddedWebhook)]
pub(crate) struct Answer {
    /// The webhook.
    webhook: Webhook,
    /// The secret that signs what it is told. It is not shown again.
    secret: String,
}

/// Adds a webhook, which is told what happens from now on.
#[utoipa::path(post, path = "/webhooks", tag = "webhooks", request_body = Request, responses(
    (status = 201, description = "It is added.", body = Answer, headers(
        ("etag" = String, description = "Its version."), ("location" = String, description = "Its address here.")))))]
pub(crate) async fn add_webhook(
    State(api): State<Api>,
    May(operator): May<{ UseCase::ChangeWebhook as usize }>,
    Body(body): Body<Request>,
) -> Result<Response, Problem> {
    let new = NewWebhook {
        url: address(&body.url)?,
        name: body.name.into_inner(),
        events: body.events.into_iter().map(Into::into).collect(),
        sites: body.sites,
        secret: body.secret.map(Hidden::into_secret),
    };
    let (view, secret) = api.engine().add_webhook(&operator, new).await?;
    let (tag, place) = (tag(&view), format!("/api/v1/webhooks/{}", view.id));
    let answer = Answer { webhook: Webhook::of(view), secret: secret.expose_secret().to_owned() };
    let mut response = (StatusCode::CREATED, Tagged(tag, answer)).into_response();
    if let Ok(place) = HeaderValue::from_str(&place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}
