//! `GET /webhooks`

use super::shape::Webhook;
use crate::auth::SignedIn;
use crate::extract::{Page, Paging, PagingParams};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;

/// The webhooks, oldest first.
#[utoipa::path(get, path = "/webhooks", tag = "webhooks", params(PagingParams),
    responses((status = 200, description = "A page of them.", body = Page<Webhook>)))]
pub(crate) async fn list_webhooks(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    paging: Paging,
) -> Result<Page<Webhook>, Problem> {
    let mut webhooks = api.engine().webhooks(&operator).await?;
    webhooks.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(paging.cut(webhooks, |view| view.id.clone())?.map(Webhook::of))
}
