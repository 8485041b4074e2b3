//! `/operators`

mod add;
mod change;
mod end_session;
mod end_sessions;
mod get;
mod list;
mod password;
mod remove;
mod sessions;
mod shape;

pub(crate) use shape::{Operator, RoleWord};

use crate::state::Api;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list_operators, add::add_operator))
        .routes(routes!(get::get_operator, change::change_operator, remove::remove_operator))
        .routes(routes!(password::set_password))
        .routes(routes!(sessions::list_sessions, end_sessions::end_sessions))
        .routes(routes!(end_session::end_session))
}
