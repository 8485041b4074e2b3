//! `GET /openapi.json`

use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use http::header;
use std::sync::OnceLock;

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "operation", security(()),
    responses((status = 200, description = "The OpenAPI document.", content_type = "application/json")))]
pub(crate) async fn document() -> Response {
    static DOCUMENT: OnceLock<Bytes> = OnceLock::new();
    let document = DOCUMENT.get_or_init(|| crate::openapi().to_json().map(Bytes::from).unwrap_or_default());
    ([(header::CONTENT_TYPE, "application/json")], document.clone()).into_response()
}
