//! `/settings/mail`

mod get;
mod test;

use crate::state::Api;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(get::get_mail_settings)).routes(routes!(test::test_mail))
}
