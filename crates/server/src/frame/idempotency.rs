//! `Idempotency-Key`: a request that is sent twice is carried out once, and the second gets the answer of the first.
//!
//! For POST, of somebody who is signed in. The answer is kept for 24 h, sealed, because it may hold a secret (a new token). What changed
//! nothing (a refusal, a site that did not answer) is not kept: the same key may try again. What was begun and never answered, because the
//! process ended, may have been done: for the same 24 h whoever asks is told so, and nothing is done again.
//!
//! A key belongs to whoever used it, with what they used it: the role they had, and the token or, for all their sessions, the person. Whoever may less
//! than they did is given nothing of theirs, because to them the key is new.

use crate::auth::SignedIn;
use crate::doorkeeper::Recognised;
use crate::extract::read_bytes;
use crate::frame::{Operations, declaration};
use crate::problem::{Code, PROBLEM_JSON, Part, Problem};
use crate::state::Api;
use axum::body::{Body, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::response::Parts;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use rollcall_engine::{KeyClaim, KeyedAnswer, SignedInBy};
use sha2::{Digest, Sha256};

pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const LONGEST_KEY: usize = 128;
/// Answers to POST are small; one that is not is given, and not kept: that it was given is, unless the request changed nothing.
const LARGEST_ANSWER: usize = 1 << 20;
/// What is given again with the answer.
const KEPT: [HeaderName; 4] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG, header::RETRY_AFTER];

/// The layer. Inside the one that tells who asks, outside the endpoints.
pub(crate) async fn layer(
    State((api, operations)): State<(Api, Operations)>,
    request: Request,
    next: Next,
) -> Response {
    // What is open to everybody knows nobody whose answer it could give again: signing in, above all, whose cookie is given once.
    let is_open = declaration(&operations, &request).is_none_or(|declared| declared.is_open);
    let is_keyed =
        request.method() == Method::POST && request.headers().contains_key(IDEMPOTENCY_KEY) && !is_open;
    match owner(&request).filter(|_| is_keyed) {
        Some(owner) => {
            keyed(&api, &operations, &owner, request, next).await.unwrap_or_else(IntoResponse::into_response)
        }
        None => next.run(request).await,
    }
}

/// To whom a key belongs.
fn owner(request: &Request) -> Option<String> {
    let SignedIn(operator) = request.extensions().get::<SignedIn>()?;
    let by = request.extensions().get::<Recognised>().map(|recognised| recognised.0.by());
    let by = match by {
        Some(SignedInBy::Token { id, .. }) => format!("token {id}"),
        Some(SignedInBy::Session { .. }) | None => "session".to_owned(),
    };
    Some(format!("{}\n{}\n{by}", operator.name(), operator.role()))
}

async fn keyed(
    api: &Api,
    operations: &Operations,
    owner: &str,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let key = key(&request)?;
    let changes_nothing = declaration(operations, &request).is_some_and(|declared| declared.changes_nothing);
    let look = where_to_look(operations, &request);
    let (request, hash) = hashed(request).await?;
    let engine = api.engine();
    let claim = match engine.claim_key(owner, &key, &hash).await? {
        KeyClaim::Claimed(claim) => claim,
        KeyClaim::Answered(answer) => return Ok(replay(answer)),
        KeyClaim::InUse => return Err(in_use()),
        KeyClaim::Unsettled => return Err(unsettled(&look)),
        KeyClaim::OtherRequest => return Err(reused()),
    };
    let (parts, body) = next.run(request).await.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(Problem::internal)?;
    let is_large = body.len() > LARGEST_ANSWER;
    if !may_have_changed(parts.status) || (is_large && changes_nothing) {
        engine.release_key(owner, &key, &claim).await?;
        return Ok(Response::from_parts(parts, Body::from(body)));
    }
    let answer = if is_large { not_kept(&look) } else { kept(&parts, &body) };
    if let Err(error) = engine.settle_key(owner, &key, &claim, &answer).await {
        // The change is done; that its answer cannot be kept is no reason to withhold it.
        tracing::error!("the answer to an idempotent request cannot be kept: {error}");
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn may_have_changed(status: StatusCode) -> bool {
    status.is_success() || status.is_redirection() || status == StatusCode::INTERNAL_SERVER_ERROR
}

/// The request, read whole, and the hash that names it.
async fn hashed(request: Request) -> Result<(Request, String), Problem> {
    let (parts, body) = request.into_parts();
    let mut whole = Request::new(body);
    whole.headers_mut().clone_from(&parts.headers);
    let body = read_bytes(whole).await?;
    let mut hash = Sha256::new();
    for piece in [parts.method.as_str().as_bytes(), parts.uri.to_string().as_bytes(), &body] {
        hash.update((piece.len() as u64).to_be_bytes());
        hash.update(piece);
    }
    Ok((Request::from_parts(parts, Body::from(body)), hex::encode(hash.finalize())))
}

/// Where it shows what a request did: the nearest place, its own or one above, that can be read.
fn where_to_look(operations: &Operations, request: &Request) -> String {
    let mut path = request.uri().path();
    let mut pattern = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    while !operations.contains_key(&(Method::GET.to_string(), pattern.to_owned())) {
        match (pattern.rsplit_once('/'), path.rsplit_once('/')) {
            (Some((pattern_above, _)), Some((path_above, _))) => {
                (pattern, path) = (pattern_above, path_above);
            }
            _ => return "look what there is".to_owned(),
        }
    }
    format!("look at GET {path}")
}

fn in_use() -> Problem {
    let words = "a request with this key is under way; wait for it, or ask again in a moment";
    Problem::at(Code::KeyInUse, Part::Header, IDEMPOTENCY_KEY.as_str(), words).retry_after(1)
}

fn reused() -> Problem {
    let words =
        "this key was used for another request in the last 24 hours; every request has a key of its own";
    Problem::at(Code::KeyReused, Part::Header, IDEMPOTENCY_KEY.as_str(), words)
}

fn unsettled(look: &str) -> Problem {
    let words = format!(
        "the server ended, or gave up, while it did this, and nobody knows whether it was done: {look}, then send what is still to be done with a new key"
    );
    Problem::at(Code::KeyUnsettled, Part::Header, IDEMPOTENCY_KEY.as_str(), words)
}

/// What is kept of an answer.
fn kept(parts: &Parts, body: &[u8]) -> KeyedAnswer {
    let headers = KEPT
        .iter()
        .filter_map(|name| Some((name.to_string(), parts.headers.get(name)?.to_str().ok()?.to_owned())));
    KeyedAnswer { status: parts.status.as_u16(), headers: headers.collect(), body: body.to_vec() }
}

/// What is kept instead of an answer that is too large, so that its request is not carried out again.
fn not_kept(look: &str) -> KeyedAnswer {
    let words = format!("this was done, and its answer was too large to be kept: {look}");
    let problem = Problem::at(Code::AnswerNotKept, Part::Header, IDEMPOTENCY_KEY.as_str(), words);
    KeyedAnswer {
        status: problem.code().status().as_u16(),
        headers: vec![(header::CONTENT_TYPE.to_string(), PROBLEM_JSON.to_owned())],
        body: problem.to_json(),
    }
}

fn key(request: &Request) -> Result<String, Problem> {
    let wrong = || {
        let words =
            format!("expected 1 to {LONGEST_KEY} printable ASCII characters, once; a UUID for instance");
        Problem::header(IDEMPOTENCY_KEY.as_str(), words)
    };
    let mut given = request.headers().get_all(IDEMPOTENCY_KEY).iter();
    let (Some(key), None) = (given.next(), given.next()) else { return Err(wrong()) };
    let key = key.to_str().map_err(|_| wrong())?;
    let is_plain = key.chars().all(|c| c.is_ascii_graphic() || c == ' ');
    if key.trim().is_empty() || key.len() > LONGEST_KEY || !is_plain {
        return Err(wrong());
    }
    Ok(key.to_owned())
}

fn replay(answer: KeyedAnswer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, answer.body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&value)) {
            headers.insert(name, value);
        }
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn in_the_place_of_an_answer_that_is_too_large_stands_a_problem_that_says_where_to_look() {
        let again = replay(not_kept("look at GET /api/v1/plans"));
        assert_eq!(
            (again.status(), &again.headers()[REPLAYED]),
            (StatusCode::CONFLICT, &HeaderValue::from_static("true"))
        );
        assert_eq!(again.headers()[header::CONTENT_TYPE], PROBLEM_JSON);
        let body = to_bytes(again.into_body(), LARGEST_ANSWER).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["code"], "idempotency-answer-not-kept");
        assert!(body["detail"].as_str().unwrap().ends_with("look at GET /api/v1/plans"), "{body}");
    }
}
