//! `/templates`

mod get;
mod list;
mod preview;
mod put;
mod reset;
mod shape;

use crate::state::Api;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list_templates))
        .routes(routes!(get::get_template, put::put_template, reset::reset_template))
        .routes(routes!(preview::preview_template))
}
