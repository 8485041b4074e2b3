//! `/policies`

mod check;
mod create;
mod delete;
mod document;
mod get;
mod list;
mod pause;
mod preview;
mod put;
mod runs;
mod schedule;
mod shape;
mod state;
mod versions;

use crate::state::Api;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list_policies, create::create_policy))
        .routes(routes!(check::check_policies))
        .routes(routes!(get::get_policy, put::put_policy, delete::delete_policy))
        .routes(routes!(state::put_policy_state))
        .routes(routes!(versions::list_policy_versions))
        .routes(routes!(versions::compare_policy_versions))
        .routes(routes!(schedule::get_policy_schedule))
        .routes(routes!(pause::pause_policy, pause::unpause_policy))
        .routes(routes!(preview::preview_policy))
        .routes(routes!(runs::run_policy))
}
