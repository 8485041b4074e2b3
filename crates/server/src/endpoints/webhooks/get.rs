//! `GET /webhooks/{webhook}`

use super::shape::{Webhook, WebhookPath, tag};
use crate::auth::SignedIn;
use crate::extract::{InPath, Tagged};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;

/// One webhook.
#[utoipa::path(get, path = "/webhooks/{webhook}", tag = "webhooks", params(WebhookPath),
    responses((status = 200, description = "The webhook.", body = Webhook, headers(("etag" = String, description = "Its version.")))))]
pub(crate) async fn get_webhook(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<WebhookPath>,
) -> Result<Tagged<Webhook>, Problem> {
    let view = api.engine().webhook(&operator, &path.webhook).await?;
    Ok(Tagged(tag(&view), Webhook::of(view)))
}
