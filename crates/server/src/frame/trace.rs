//! The id of a request: taken from a trusted proxy or made here, answered, and in every line of the log.

use crate::frame::Client;
use crate::frame::loggable::loggable;
use crate::state::Api;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue};
use tracing::Instrument as _;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST: usize = 64;

/// The layer. Inside [`super::client`].
pub(crate) async fn layer(State(api): State<Api>, request: Request, next: Next) -> Response {
    let client = request.extensions().get::<Client>();
    let is_proxied = client.is_some_and(|client| client.is_proxied);
    let id = given(request.headers()).filter(|_| is_proxied).unwrap_or_else(|| api.engine().new_id());
    let from = client.map(|client| client.address.to_string()).unwrap_or_default();
    let span = tracing::info_span!(
        "request", %id, method = %request.method(), path = loggable(request.uri().path()), from, operator = tracing::field::Empty
    );
    let began = tokio::time::Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, milliseconds) = (response.status().as_u16(), began.elapsed().as_millis() as u64);
    span.in_scope(|| tracing::info!(status, milliseconds, "answered"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

fn given(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (!id.is_empty() && id.len() <= LONGEST && id.chars().all(is_plain)).then(|| id.to_owned())
}
