//! `POST /webhooks/{webhook}/test`

use super::shape::WebhookPath;
use crate::auth::May;
use crate::extract::InPath;
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use rollcall_engine::UseCase;
use serde::Serialize;
use utoipa::ToSchema;

/// What the receiver answered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookTest)]
pub(crate) struct Tried {
    /// HTTP status.
    status: u16,
    /// Whether it would count as taken: 200 to 299.
    is_taken: bool,
    /// The beginning of the answer.
    answer: String,
}

/// Posts a test event at once. A receiver that does not answer is a problem `not-now`, with the reason.
#[utoipa::path(post, path = "/webhooks/{webhook}/test", tag = "webhooks", params(WebhookPath),
    responses((status = 200, description = "The receiver's answer.", body = Tried)))]
pub(crate) async fn test_webhook(
    State(api): State<Api>,
    May(operator): May<{ UseCase::ChangeWebhook as usize }>,
    InPath(path): InPath<WebhookPath>,
) -> Result<Json<Tried>, Problem> {
    let answer = api.engine().test_webhook(&operator, &path.webhook).await?;
    Ok(Json(Tried { status: answer.status, is_taken: answer.is_taken(), answer: answer.excerpt }))
}
