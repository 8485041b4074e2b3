//! `/webhooks`

mod add;
mod change;
mod deliveries;
mod get;
mod list;
mod remove;
mod retry;
mod secret;
mod shape;
mod test;

use crate::state::Api;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list_webhooks, add::add_webhook))
        .routes(routes!(get::get_webhook, change::change_webhook, remove::remove_webhook))
        .routes(routes!(secret::rotate_webhook_secret))
        .routes(routes!(deliveries::list_deliveries))
        .routes(routes!(retry::retry_delivery))
        .routes(routes!(test::test_webhook))
}
