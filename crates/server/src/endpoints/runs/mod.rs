//! `/runs`

mod events;
mod get;
mod items;
mod list;
mod report;
mod resume;
mod shape;
mod stop;
mod undo;

pub(crate) use shape::{Evidence, Run};

use crate::state::Api;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list_runs))
        .routes(routes!(get::get_run))
        .routes(routes!(items::list_run_items))
        .routes(routes!(events::run_events))
        .routes(routes!(stop::stop_run))
        .routes(routes!(resume::resume_run))
        .routes(routes!(undo::undo_run))
        .routes(routes!(report::run_report))
}
