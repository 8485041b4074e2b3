//! `/sites/{site}/exemptions`

mod add;
mod get;
mod list;
mod remove;
mod shape;

use crate::state::Api;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list_exemptions, add::add_exemption))
        .routes(routes!(get::get_exemption, remove::remove_exemption))
}
