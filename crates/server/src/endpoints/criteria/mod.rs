//! `/criteria`

mod check;
mod complete;
mod describe;
mod shape;

use crate::state::Api;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(check::check_criterion))
        .routes(routes!(complete::complete_criterion))
        .routes(routes!(describe::describe_criterion))
}
