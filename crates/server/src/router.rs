//! The router: the endpoints inside their frame.

use crate::frame::{self, MediaTypes};
use crate::state::Api;
use crate::{auth, endpoints, metrics, openapi, pages};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use http::StatusCode;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::TimeoutLayer;

/// Everything the server answers. Layers that are added later stand further outside.
pub fn router(api: Api) -> Router {
    let (routes, document) = endpoints::all().split_for_parts();
    let types: MediaTypes = Arc::new(openapi::media_types(&document));
    let answer_time = api.settings().limits.answer_time;
    routes
        .fallback(pages::page)
        .layer(from_fn_with_state(api.clone(), metrics::layer))
        .layer(from_fn_with_state(types, frame::acceptable))
        .layer(from_fn_with_state(api.clone(), frame::idempotency))
        .layer(from_fn_with_state(api.clone(), auth::layer))
        .layer(from_fn(frame::finish))
        .layer(cross_origin(&api))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, answer_time))
        .layer(CatchPanicLayer::custom(frame::panicked))
        .layer(from_fn(frame::plain_errors))
        // Event streams are not compressed: the default rule leaves them out.
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(api.clone(), frame::host))
        .layer(from_fn(frame::headers))
        .layer(from_fn_with_state(api.clone(), frame::trace))
        .layer(from_fn_with_state(api.clone(), frame::client))
        .with_state(api)
}

/// No page of another origin changes anything here. Programs send neither `Origin` nor `Sec-Fetch-Site`.
fn cross_origin(api: &Api) -> CsrfLayer {
    let layer = CsrfLayer::new();
    let Some(url) = &api.settings().public_url else { return layer };
    // A proxy may call this server by another name than its callers do.
    layer.clone().add_trusted_origin(url.origin().ascii_serialization()).unwrap_or(layer)
}
