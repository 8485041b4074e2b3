//! `/audit`

mod export;
mod get;
mod head;
mod list;
mod shape;
mod verify;

pub(crate) use shape::Entry;

use crate::state::Api;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list_audit))
        .routes(routes!(head::audit_head))
        .routes(routes!(verify::verify_audit))
        .routes(routes!(export::export_audit))
        .routes(routes!(get::audit_entry))
}
