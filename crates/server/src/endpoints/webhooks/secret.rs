//! `POST /webhooks/{webhook}/secret`

use super::shape::WebhookPath;
use crate::auth::May;
use crate::extract::{Body, Hidden, InPath};
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use jiff::SignedDuration;
use rollcall_engine::UseCase;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The longest time that two secrets sign, in hours.
const LONGEST_OVERLAP: u16 = 720;

/// The new secret.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = WebhookSecretRequest, example = json!({ "overlapHours": 24 }))]
pub(crate) struct Request {
    /// At least 16 characters; left out = Rollcall makes one.
    #[serde(default)]
    secret: Option<Hidden<200>>,
    /// For so many hours the old secret signs as well.
    #[serde(default = "day")]
    #[schema(minimum = 0, maximum = 720, default = 24)]
    overlap_hours: u16,
}

const fn day() -> u16 {
    24
}

/// The secret that was given.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookSecret)]
pub(crate) struct Answer {
    /// It is not shown again.
    secret: String,
}

/// Gives a webhook a new secret. For a while what it is told is signed with both, so that no delivery is refused meanwhile.
#[utoipa::path(post, path = "/webhooks/{webhook}/secret", tag = "webhooks", params(WebhookPath), request_body = Request,
    responses((status = 200, description = "The new secret.", body = Answer)))]
pub(crate) async fn rotate_webhook_secret(
    State(api): State<Api>,
    May(operator): May<{ UseCase::ChangeWebhook as usize }>,
    InPath(path): InPath<WebhookPath>,
    Body(body): Body<Request>,
) -> Result<Json<Answer>, Problem> {
    if body.overlap_hours > LONGEST_OVERLAP {
        return Err(Problem::body("/overlapHours", format!("expected 0 to {LONGEST_OVERLAP}")));
    }
    let overlap = SignedDuration::from_hours(body.overlap_hours.into());
    let new = body.secret.map(Hidden::into_secret);
    let secret = api.engine().rotate_webhook_secret(&operator, &path.webhook, new, overlap).await?;
    Ok(Json(Answer { secret: secret.expose_secret().to_owned() }))
}
