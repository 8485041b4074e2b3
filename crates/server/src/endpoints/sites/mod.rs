//! `/sites`

mod add;
mod address;
mod attempt;
mod change;
mod create_group;
mod directories;
mod get;
mod groups;
mod known;
mod list;
mod profile;
mod remove;
mod shape;
mod test;

pub(crate) use shape::SitePath;

use crate::state::Api;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list_sites, add::add_site))
        .routes(routes!(get::get_site, change::change_site, remove::remove_site))
        .routes(routes!(attempt::try_site))
        .routes(routes!(test::test_site))
        .routes(routes!(known::known_profile))
        .routes(routes!(groups::list_groups, create_group::create_group))
        .routes(routes!(directories::list_directories))
}
