//! `/overview` and `/doctor`

mod doctor;
mod figures;

use crate::state::Api;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(figures::overview)).routes(routes!(doctor::examine))
}
