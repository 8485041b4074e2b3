//! `POST /webhooks/{webhook}/deliveries/{delivery}/retry`

use super::deliveries::Delivery;
use crate::auth::May;
use crate::extract::{InPath, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use rollcall_engine::UseCase;
use serde::Deserialize;
use utoipa::IntoParams;

/// The delivery in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct DeliveryPath {
    /// The webhook's id.
    #[param(value_type = String, min_length = 1, max_length = 80)]
    webhook: Text<1, 80>,
    /// The event's id.
    #[param(value_type = String, min_length = 1, max_length = 120)]
    delivery: Text<1, 120>,
}

/// Has an event told again that was given up. What waits, or was taken, is a conflict.
#[utoipa::path(post, path = "/webhooks/{webhook}/deliveries/{delivery}/retry", tag = "webhooks", params(DeliveryPath),
    responses((status = 200, description = "The delivery, which waits again.", body = Delivery),
        (status = 409, description = "It was not given up.", content_type = "application/problem+json", body = ref("#/components/schemas/Problem"))))]
pub(crate) async fn retry_delivery(
    State(api): State<Api>,
    May(operator): May<{ UseCase::ChangeWebhook as usize }>,
    InPath(path): InPath<DeliveryPath>,
) -> Result<Json<Delivery>, Problem> {
    let again = api.engine().retry_delivery(&operator, &path.webhook, &path.delivery).await?;
    Ok(Json(Delivery::of(again)))
}
