//! `DELETE /webhooks/{webhook}`

use super::shape::{WebhookPath, tag};
use crate::auth::May;
use crate::extract::{IfMatch, IfMatchHeader, InPath};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use http::StatusCode;
use rollcall_engine::UseCase;

/// Removes a webhook, with its secret and with what waits for it.
#[utoipa::path(delete, path = "/webhooks/{webhook}", tag = "webhooks", params(WebhookPath, IfMatchHeader),
    responses((status = 204, description = "It is removed.")))]
pub(crate) async fn remove_webhook(
    State(api): State<Api>,
    May(operator): May<{ UseCase::ChangeWebhook as usize }>,
    InPath(path): InPath<WebhookPath>,
    meant: IfMatch,
) -> Result<StatusCode, Problem> {
    let there = api.engine().webhook(&operator, &path.webhook).await?;
    meant.check(&tag(&there))?;
    api.engine().remove_webhook(&operator, &there.id, Some(there.version)).await?;
    Ok(StatusCode::NO_CONTENT)
}
