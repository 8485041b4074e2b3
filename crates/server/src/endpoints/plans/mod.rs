//! `/plans`

mod approvals;
mod create;
mod get;
mod items;
mod list;
mod runs;
mod shape;

pub(crate) use shape::Listed;

use crate::state::Api;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list_plans, create::create_plan))
        .routes(routes!(get::get_plan))
        .routes(routes!(items::list_plan_items))
        .routes(routes!(approvals::decide_plan))
        .routes(routes!(runs::apply_plan))
}
