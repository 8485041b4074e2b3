//! `/mails`

mod discard;
mod file;
mod get;
mod list;
mod retry;
mod shape;

use crate::state::Api;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list_mails))
        .routes(routes!(get::get_mail))
        .routes(routes!(file::get_mail_file))
        .routes(routes!(retry::retry_mail))
        .routes(routes!(discard::discard_mail))
}
