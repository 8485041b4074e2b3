//! `/sites/{site}/snapshots`, `/snapshots`

mod difference;
mod get;
mod list;
mod shape;
mod take;

use crate::state::Api;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list_snapshots, take::take_snapshot))
        .routes(routes!(get::get_snapshot))
        .routes(routes!(difference::snapshot_difference))
}
