//! `/sites/{site}/exemptions`

mod add;
mod list;
mod remove;
mod shape;

use crate::state::Api;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list_exemptions, add::add_exemption))
        .routes(routes!(remove::remove_exemption))
}
