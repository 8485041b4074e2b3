//! The pages: the files of `ui/dist`, embedded, and its `index.html` for every path that no endpoint has.
//!
//! Which path is which page is known to the pages alone. A program that was built without them says so instead.

use crate::frame::CONTENT_SECURITY_POLICY;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, header};
use rand::TryRng as _;
use rand::rngs::SysRng;
use rust_embed::{Embed, EmbeddedFile};

#[derive(Embed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Files;

/// In `index.html`, where the nonce of an answer goes.
const NONCE: &str = "__CSP_NONCE__";
/// Files under this path have the hash of what is in them in their names.
const HASHED: &str = "assets/";
/// What belongs to programs: a path that is not there is an error and no page.
const OF_PROGRAMS: [&str; 7] = ["api/", "sign-on/", "keep/", "metrics", "healthz", "readyz", "assets/"];
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Rollcall</title>\
    <h1>This Rollcall was built without its pages</h1>\
    <p>`make build` builds both (it needs Node.js). The API and the command line work without them.</p></html>";

/// The fallback of the router.
pub(crate) async fn page(request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    let file = Files::get(path).filter(|_| !path.is_empty() && path != "index.html");
    let is_of_programs = OF_PROGRAMS.iter().any(|start| path.starts_with(start)) || path == "api";
    match (request.method(), file) {
        (&Method::GET | &Method::HEAD, Some(file)) => embedded(path, file),
        (&Method::GET | &Method::HEAD, None) if !is_of_programs => index(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn embedded(path: &str, file: EmbeddedFile) -> Response {
    let kind = HeaderValue::from_str(file.metadata.mimetype());
    let kind = kind.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let kept = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let kept = HeaderValue::from_static(kept);
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, kept)], Body::from(file.data.into_owned()))
        .into_response()
}

/// The page that becomes whichever is asked for. What its libraries insert as style carries a nonce that no other answer has.
fn index() -> Response {
    let Some(file) = Files::get("index.html") else {
        return ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], NOT_BUILT).into_response();
    };
    let mut bytes = [0_u8; 16];
    if SysRng.try_fill_bytes(&mut bytes).is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let nonce = hex::encode(bytes);
    let text = String::from_utf8_lossy(&file.data).replace(NONCE, &nonce);
    // As everywhere, but for the styles that carry the nonce, and the pictures that a sheet has in it.
    let policy = CONTENT_SECURITY_POLICY
        .replace("style-src 'self'", &format!("style-src 'self' 'nonce-{nonce}'"))
        .replace("img-src 'self'", "img-src 'self' data:");
    let mut response = ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response();
    match HeaderValue::from_str(&policy) {
        Ok(policy) => {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
            // Without any, browsers would send what is asked for as of no origin.
            let referrer = HeaderValue::from_static("same-origin");
            response.headers_mut().insert(header::REFERRER_POLICY, referrer);
            response
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
