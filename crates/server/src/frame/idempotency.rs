//! `Idempotency-Key`: a request that is sent twice is carried out once, and the second gets the answer of the first.
//!
//! For POST, of somebody who is signed in. The answer is kept for 24 h, sealed, because it may hold a secret (a new token). What changed
//! nothing (a refusal, a site that did not answer) is not kept: the same key may try again.

use crate::auth::SignedIn;
use crate::extract::read_bytes;
use crate::problem::{Code, Part, Problem};
use crate::state::Api;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use rollcall_engine::{KeyClaim, KeyedAnswer};
use sha2::{Digest, Sha256};

pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const LONGEST_KEY: usize = 128;
/// Answers to POST are small; one that is not is given, and not kept.
const LARGEST_ANSWER: usize = 1 << 20;
/// What is given again with the answer.
const KEPT: [HeaderName; 4] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG, header::RETRY_AFTER];

/// The layer. Inside the one that tells who asks, outside the endpoints.
pub(crate) async fn layer(State(api): State<Api>, request: Request, next: Next) -> Response {
    let operator = request.extensions().get::<SignedIn>().map(|signed| signed.0.name().to_owned());
    match (request.method(), request.headers().contains_key(IDEMPOTENCY_KEY), operator) {
        (&Method::POST, true, Some(operator)) => {
            keyed(&api, operator, request, next).await.unwrap_or_else(IntoResponse::into_response)
        }
        _ => next.run(request).await,
    }
}

async fn keyed(api: &Api, operator: String, request: Request, next: Next) -> Result<Response, Problem> {
    let key = key(&request)?;
    let (parts, body) = request.into_parts();
    let mut whole = Request::new(body);
    whole.headers_mut().clone_from(&parts.headers);
    let body = read_bytes(whole).await?;
    let mut hash = Sha256::new();
    for piece in [parts.method.as_str().as_bytes(), parts.uri.to_string().as_bytes(), &body] {
        hash.update((piece.len() as u64).to_be_bytes());
        hash.update(piece);
    }
    let hash = hex::encode(hash.finalize());
    let engine = api.engine();
    let claim = match engine.claim_key(&operator, &key, &hash).await? {
        KeyClaim::Claimed(claim) => claim,
        KeyClaim::Answered(answer) => return Ok(replay(answer)),
        KeyClaim::InUse => {
            let words = "a request with this key is under way; wait for it, or ask again in a moment";
            return Err(
                Problem::at(Code::KeyInUse, Part::Header, IDEMPOTENCY_KEY.as_str(), words).retry_after(1)
            );
        }
        KeyClaim::OtherRequest => {
            let words = "this key was used for another request in the last 24 hours; every request has a key of its own";
            return Err(Problem::at(Code::KeyReused, Part::Header, IDEMPOTENCY_KEY.as_str(), words));
        }
    };
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let status = response.status();
    let has_changed =
        status.is_success() || status.is_redirection() || status == StatusCode::INTERNAL_SERVER_ERROR;
    if !has_changed {
        engine.release_key(&operator, &key, &claim).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, LARGEST_ANSWER).await.map_err(Problem::internal)?;
    let headers = KEPT
        .iter()
        .filter_map(|name| Some((name.to_string(), parts.headers.get(name)?.to_str().ok()?.to_owned())));
    let answer = KeyedAnswer { status: status.as_u16(), headers: headers.collect(), body: body.to_vec() };
    if let Err(error) = engine.settle_key(&operator, &key, &claim, &answer).await {
        // The change is done; that its answer cannot be kept is no reason to withhold it.
        tracing::error!("the answer to an idempotent request cannot be kept: {error}");
    }
    Ok(Response::from_parts(parts, Body::from(body)))
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
