//! `/setup`: what the page behind the setup link asks.

mod set_up;
mod standing;

use crate::extract::MaxBody;
use crate::state::Api;
use axum::Extension;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

/// A link, a name, a password.
const LARGEST: MaxBody = MaxBody(16 << 10);

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(standing::setup, set_up::set_up).layer(Extension(LARGEST)))
}
