//! `/sites/{site}/accounts`

mod explanation;
mod get;
mod list;
mod shape;

pub(crate) use shape::{AccountRow, fields_named};

use crate::state::Api;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list_accounts))
        .routes(routes!(get::get_account))
        .routes(routes!(explanation::explain_account))
}
