//! Whether a request keeps to what its operation declares: a form of answer that the caller takes, and no parameters where it has none. Asked
//! before the endpoint: a refusal changes nothing.

use crate::auth::SignedIn;
use crate::extract::{Accepted, Query};
use crate::problem::{Code, Part, Problem};
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{Method, header};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::IntoParams;

/// What an operation says of itself in the `OpenAPI` document.
#[derive(Debug)]
pub(crate) struct Declared {
    /// The media types it answers with when it succeeds.
    pub(crate) answers: Vec<String>,
    /// Whether there are parameters that may stand in its query. Those that have some look at them themselves.
    pub(crate) takes_query: bool,
    /// Whether nobody needs to be signed in.
    pub(crate) is_open: bool,
    /// Whether it says that it changes nothing, although it is a POST.
    pub(crate) changes_nothing: bool,
}

/// The operations, by method and path.
pub(crate) type Operations = Arc<BTreeMap<(String, String), Declared>>;

/// What the operation that a request is for declares; `None` where there is none, as for a page.
pub(crate) fn declaration<'o>(operations: &'o Operations, request: &Request) -> Option<&'o Declared> {
    let method = if request.method() == Method::HEAD { "GET" } else { request.method().as_str() };
    let path = request.extensions().get::<MatchedPath>()?.as_str();
    operations.get(&(method.to_owned(), path.to_owned()))
}

/// The layer. Around the routes, where the path is known.
pub(crate) async fn layer(State(operations): State<Operations>, request: Request, next: Next) -> Response {
    let Some(declared) = declaration(&operations, &request) else { return next.run(request).await };
    let (mut parts, body) = request.into_parts();
    let accepted = Accepted::of(&parts.headers);
    let is_refused = parts.headers.contains_key(header::ACCEPT)
        && !declared.answers.is_empty()
        && declared.answers.iter().all(|kind| accepted.weight(kind) == 0);
    if is_refused {
        let words = format!("this is answered as {}", declared.answers.join(" or "));
        return Problem::at(Code::NotAcceptable, Part::Header, "accept", words).into_response();
    }
    // Whoever may not ask at all is told that, and probes of a balancer may say what they like.
    let is_asked = declared.is_open || parts.extensions.get::<SignedIn>().is_some();
    if is_asked
        && !declared.takes_query
        && parts.uri.path().starts_with("/api/")
        && let Err(problem) = Query::<Nothing>::from_request_parts(&mut parts, &()).await
    {
        return problem.into_response();
    }
    next.run(Request::from_parts(parts, body)).await
}

/// No parameters.
#[derive(Debug, Deserialize, IntoParams)]
struct Nothing {}
