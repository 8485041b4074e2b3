//! `/settings/retention`

mod get;
mod put;
mod shape;

use crate::state::Api;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(get::get_retention, put::put_retention))
}
