//! `GET /setup`, its style and its script: the page behind the setup link. Nothing of it is known only here: what it sends is
//! `POST /api/v1/setup`.

use crate::state::Api;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, header};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(page)).routes(routes!(style)).routes(routes!(script))
}

/// The page behind the setup link, where the first admin is made.
#[utoipa::path(get, path = "/setup", tag = "sign-in", security(()),
    responses((status = 200, description = "The page.", body = String, content_type = "text/html")))]
async fn page() -> Response {
    file("text/html; charset=utf-8", include_str!("page/setup.html"))
}

/// The style of the setup page.
#[utoipa::path(get, path = "/setup/style.css", tag = "sign-in", security(()),
    responses((status = 200, description = "The style.", body = String, content_type = "text/css")))]
async fn style() -> Response {
    file("text/css; charset=utf-8", include_str!("page/style.css"))
}

/// The script of the setup page.
#[utoipa::path(get, path = "/setup/script.js", tag = "sign-in", security(()),
    responses((status = 200, description = "The script.", body = String, content_type = "text/javascript")))]
async fn script() -> Response {
    file("text/javascript; charset=utf-8", include_str!("page/script.js"))
}

fn file(kind: &'static str, text: &'static str) -> Response {
    // Without any, browsers would send the form as of no origin.
    let referrer = (HeaderName::from_static("referrer-policy"), "same-origin");
    ([(header::CONTENT_TYPE, kind), referrer], text).into_response()
}
