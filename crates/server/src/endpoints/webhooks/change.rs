//! `PATCH /webhooks/{webhook}`

use super::shape::{Event, Webhook, WebhookPath, address, tag};
use crate::auth::May;
use crate::extract::{Body, IfMatch, IfMatchHeader, InPath, Tagged, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use rollcall_engine::{UseCase, WebhookChange};
use rollcall_model::SiteName;
use serde::Deserialize;
use utoipa::ToSchema;

/// What is to be different; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = WebhookChange, example = json!({ "isOn": false }))]
pub(crate) struct Request {
    /// Its name.
    #[serde(default)]
    name: Option<Text<1, 60>>,
    /// Where events are posted to.
    #[serde(default)]
    url: Option<Text<1, 2000>>,
    /// Kinds of events; none = all.
    #[serde(default)]
    events: Option<Vec<Event>>,
    /// Only of these sites; none = of all.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    sites: Option<Vec<SiteName>>,
    /// Whether it is told anything. What happens while it is off it is never told.
    #[serde(default)]
    is_on: Option<bool>,
}

/// Changes a webhook.
#[utoipa::path(patch, path = "/webhooks/{webhook}", tag = "webhooks", params(WebhookPath, IfMatchHeader), request_body = Request,
    responses((status = 200, description = "The webhook as it is now.", body = Webhook, headers(("etag" = String, description = "Its version.")))))]
pub(crate) async fn change_webhook(
    State(api): State<Api>,
    May(operator): May<{ UseCase::ChangeWebhook as usize }>,
    InPath(path): InPath<WebhookPath>,
    meant: IfMatch,
    Body(body): Body<Request>,
) -> Result<Tagged<Webhook>, Problem> {
    let there = api.engine().webhook(&operator, &path.webhook).await?;
    meant.check(&tag(&there))?;
    let change = WebhookChange {
        name: body.name.map(Text::into_inner),
        url: body.url.map(|url| address(&url)).transpose()?,
        events: body.events.map(|events| events.into_iter().map(Into::into).collect()),
        sites: body.sites,
        is_on: body.is_on,
    };
    let view = api.engine().change_webhook(&operator, &there.id, change, Some(there.version)).await?;
    Ok(Tagged(tag(&view), Webhook::of(view)))
}
