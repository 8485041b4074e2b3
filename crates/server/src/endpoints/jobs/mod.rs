//! `/jobs`

mod cancel;
mod get;
mod list;
mod queued;
mod shape;

pub(crate) use queued::{Queued, queued};
pub(crate) use shape::Job;

use crate::state::Api;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list_jobs))
        .routes(routes!(get::get_job))
        .routes(routes!(cancel::cancel_job))
}
