//! Every endpoint, and the one registry of them.

mod document;
mod health;
mod lists;
mod sites;

use crate::state::Api;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// All of them. From here come the routes and the document.
pub(crate) fn all() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .nest("/api/v1", api())
}

fn api() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(document::document)).merge(sites::routes()).merge(lists::routes())
}
