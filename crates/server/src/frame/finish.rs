//! A change that has begun is finished, also when its caller goes away: no site is left with half of it and no audit entry without
//! its outcome.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument as _;

/// The layer.
pub(crate) async fn layer(request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    match tokio::spawn(next.run(request).in_current_span()).await {
        Ok(response) => response,
        Err(error) if error.is_panic() => super::panicked(error.into_panic()),
        Err(error) => crate::problem::Problem::internal(error).into_response(),
    }
}
