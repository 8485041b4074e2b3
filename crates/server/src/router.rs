//! The router: the endpoints inside their frame.

use crate::ServeError;
use crate::frame::{self, Operations};
use crate::settings::ServerSettings;
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
///
/// # Errors
/// Where the pages' own address cannot be told from others.
pub fn router(api: Api) -> Result<Router, ServeError> {
    let cross_origin = cross_origin(api.settings())?;
    let (routes, document) = endpoints::all().split_for_parts();
    let operations: Operations = Arc::new(openapi::declared(&document));
    let answer_time = api.settings().limits.answer_time;
    let framed = routes
        .fallback(pages::page)
        .layer(from_fn_with_state(Arc::clone(&operations), frame::declared))
        .layer(from_fn_with_state((api.clone(), operations), frame::idempotency))
        .layer(from_fn_with_state(api.clone(), auth::layer))
        .layer(from_fn(frame::finish))
        .layer(cross_origin)
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, answer_time))
        .layer(CatchPanicLayer::custom(frame::panicked))
        .layer(from_fn(frame::plain_errors))
        // Event streams are not compressed: the default rule leaves them out.
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(api.clone(), frame::host))
        .layer(from_fn(frame::headers))
        // Outside of everything that answers: what is refused, breaks or takes too long counts as well.
        .layer(from_fn_with_state(api.clone(), metrics::layer))
        .layer(from_fn_with_state(api.clone(), frame::trace))
        .layer(from_fn_with_state(api.clone(), frame::client))
        .with_state(api);
    Ok(framed)
}

/// No page of another origin changes anything here. Programs send neither `Origin` nor `Sec-Fetch-Site`.
pub(crate) fn cross_origin(settings: &ServerSettings) -> Result<CsrfLayer, ServeError> {
    let layer = CsrfLayer::new();
    let Some(url) = &settings.public_url else { return Ok(layer) };
    // A proxy may call this server by another name than its callers do.
    layer
        .add_trusted_origin(url.origin().ascii_serialization())
        .map_err(|error| ServeError::PublicUrl { url: url.to_string(), reason: error.to_string() })
}
