//! Errors that arise in no endpoint (no such path, no such method, a panic), as problems like all others.

use crate::frame::loggable::loggable;
use crate::problem::{Code, PROBLEM_JSON, Problem};
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use std::any::Any;

/// The layer: an error without a body of ours gets one; its headers stay.
pub(crate) async fn layer(request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), loggable(request.uri().path()));
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_ours(&response) {
        return response;
    }
    let problem = match status {
        StatusCode::NOT_FOUND => Problem::new(Code::NotFound, format!("there is nothing at {path}")),
        StatusCode::METHOD_NOT_ALLOWED => Problem::new(
            Code::MethodNotAllowed,
            format!("{path} does not take {method}; `Allow` says what it takes"),
        ),
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Code::TooLarge, "the body is too large"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            Problem::new(Code::UnsupportedMediaType, "the body has another form than is read here")
        }
        StatusCode::FORBIDDEN => Problem::new(
            Code::CrossOrigin,
            "a page of another origin may not change anything here; use the pages of this server, or send a token from a program",
        ),
        StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => Problem::new(
            Code::TookTooLong,
            "the answer took too long; a change that had begun is finished all the same, so look before repeating it",
        ),
        status if status.is_client_error() => Problem::new(Code::Malformed, "the request cannot be read"),
        _ => Problem::internal(format!("{method} {path} was answered with {status} and no words")),
    };
    let mut ours = problem.into_response();
    for (name, value) in response.headers() {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            ours.headers_mut().insert(name.clone(), value.clone());
        }
    }
    ours
}

fn is_ours(response: &Response) -> bool {
    let problem = HeaderValue::from_static(PROBLEM_JSON);
    let kind = response.headers().get(header::CONTENT_TYPE);
    // Pages speak for themselves; the plain text of a library does not.
    kind.is_some_and(|kind| *kind == problem || kind.as_bytes().starts_with(b"text/html"))
}

/// A panic: the log has what happened, the caller hears that something did.
#[expect(clippy::needless_pass_by_value, reason = "the signature that `CatchPanicLayer` asks for")]
pub(crate) fn panicked(cause: Box<dyn Any + Send + 'static>) -> http::Response<Body> {
    let words =
        cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    Problem::internal(format!("an endpoint panicked: {}", words.unwrap_or("without words"))).into_response()
}
