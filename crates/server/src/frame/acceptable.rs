//! Whether an endpoint can answer in a form that the caller takes. Asked before the endpoint: a refusal changes nothing.

use crate::extract::Accepted;
use crate::problem::{Code, Part, Problem};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{Method, header};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The media types that each endpoint answers with when it succeeds, by method and path; from the `OpenAPI` document.
pub(crate) type MediaTypes = Arc<BTreeMap<(String, String), Vec<String>>>;

/// The layer. Around the routes, where the path is known.
pub(crate) async fn layer(State(types): State<MediaTypes>, request: Request, next: Next) -> Response {
    if !request.headers().contains_key(header::ACCEPT) {
        return next.run(request).await;
    }
    let method = if request.method() == Method::HEAD { "GET" } else { request.method().as_str() };
    let path =
        request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()).unwrap_or_default();
    let accepted = Accepted::of(request.headers());
    match types.get(&(method.to_owned(), path)) {
        Some(types) if !types.is_empty() && types.iter().all(|kind| accepted.weight(kind) == 0) => {
            let words = format!("this is answered as {}", types.join(" or "));
            Problem::at(Code::NotAcceptable, Part::Header, "accept", words).into_response()
        }
        _ => next.run(request).await,
    }
}
