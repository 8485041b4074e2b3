//! `/freezes`: times in which no live run begins or goes on.

mod add;
mod change;
mod get;
mod list;
mod remove;
mod shape;

use crate::state::Api;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list::list_freezes, add::add_freeze)).routes(routes!(
        get::get_freeze,
        change::change_freeze,
        remove::remove_freeze
    ))
}
