//! `/session`

mod shape;
mod sign_in;
mod sign_out;
mod who;

pub(crate) use shape::{Session, begun, session_cookie};

use crate::extract::MaxBody;
use crate::state::Api;
use axum::Extension;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

/// A name and a password.
const LARGEST: MaxBody = MaxBody(16 << 10);

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(who::who_am_i, sign_in::sign_in, sign_out::sign_out).layer(Extension(LARGEST)))
}
