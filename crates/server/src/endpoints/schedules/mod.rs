//! `/schedules`: what a cron pattern means, before it is part of a policy.

mod describe;

use crate::state::Api;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(describe::describe_schedule))
}
