//! `/lists`

mod entries;
mod get;
mod list;
mod put;
mod remove;
mod shape;

use crate::extract::MaxBody;
use crate::state::Api;
use axum::Extension;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

/// An imported file may be this large.
const LARGEST: MaxBody = MaxBody(20 << 20);

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list_lists))
        .routes(routes!(get::get_list, put::put_list, remove::remove_list).layer(Extension(LARGEST)))
        .routes(routes!(entries::list_entries))
}
