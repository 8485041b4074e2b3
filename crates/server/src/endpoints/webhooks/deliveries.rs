//! `GET /webhooks/{webhook}/deliveries`

use super::shape::WebhookPath;
use crate::auth::SignedIn;
use crate::extract::{InPath, Page, Paged, PagingParams};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use jiff::Timestamp;
use rollcall_engine::DeliveryView;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which deliveries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Only in this state.
    #[param(inline)]
    #[serde(default)]
    state: Option<DeliveryStateWord>,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DeliveryStateWord {
    /// To be delivered, or delivered again.
    Queued,
    /// The receiver took it.
    Delivered,
    /// Given up.
    Failed,
}

impl DeliveryStateWord {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

/// The delivery of an event.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Delivery {
    /// The id of the event, the same at every try.
    id: String,
    /// Kind of event.
    event: String,
    /// Where it stands.
    #[schema(pattern = "^(queued|delivered|failed)$")]
    state: &'static str,
    /// How often it was tried.
    attempts: u32,
    /// HTTP status of the last answer; `null` = there was none.
    status: Option<u16>,
    /// The beginning of the last answer, or why there was none.
    answer: Option<String>,
    /// The body, as it is sent: JSON.
    body: String,
    /// When it was queued.
    queued_at: Timestamp,
    /// When it was last tried.
    tried_at: Option<Timestamp>,
    /// When it is tried next.
    next_try_at: Option<Timestamp>,
}

impl Delivery {
    pub(super) fn of(view: DeliveryView) -> Self {
        Self {
            id: view.id,
            event: view.event,
            state: view.state,
            attempts: view.attempts,
            status: view.status,
            answer: view.answer,
            body: view.body,
            queued_at: view.queued_at,
            tried_at: view.tried_at,
            next_try_at: view.next_try_at,
        }
    }
}

/// What a webhook was told, newest first.
#[utoipa::path(get, path = "/webhooks/{webhook}/deliveries", tag = "webhooks", params(WebhookPath, Which, PagingParams),
    responses((status = 200, description = "A page of it.", body = Page<Delivery>)))]
pub(crate) async fn list_deliveries(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<WebhookPath>,
    Paged(which, paging): Paged<Which>,
) -> Result<Page<Delivery>, Problem> {
    let state = which.state.map(DeliveryStateWord::as_str);
    let (before, limit) = (paging.after()?, paging.reach());
    let told = api.engine().webhook_deliveries(&operator, &path.webhook, state, before, limit).await?;
    Ok(paging.beginning(told, |delivery| delivery.seq, None).map(Delivery::of))
}
