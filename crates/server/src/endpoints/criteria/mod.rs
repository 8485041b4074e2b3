//! `/criteria`

mod check;
mod complete;
mod describe;
mod preview;
mod shape;

pub(crate) use preview::Previewed;

use crate::state::Api;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(check::check_criterion))
        .routes(routes!(complete::complete_criterion))
        .routes(routes!(describe::describe_criterion))
        .routes(routes!(preview::preview_criterion))
}
