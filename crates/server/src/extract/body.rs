//! A JSON body, exactly as it is declared.

use super::media::{is_plain, media_type};
use super::read::{explain, pointer};
use super::strict::Strict;
use crate::problem::{Code, Part, Problem};
use axum::body::{Body as HttpBody, Bytes};
use axum::extract::{FromRequest, Request};
use http::header;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;

const JSON: &str = "application/json";

/// Bytes of a body at most, unless a route says otherwise with [`MaxBody`].
const USUAL: usize = 1 << 20;

/// How many bytes a route reads at most; as an `Extension` on the route.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MaxBody(pub usize);

/// A JSON body. Unknown fields are refused by the types themselves (`deny_unknown_fields`).
#[derive(Debug)]
pub(crate) struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        parse(&read_text(request).await?).map(Self)
    }
}

/// Reads the whole body as text, if it says that it is JSON.
pub(super) async fn read_text(request: Request) -> Result<String, Problem> {
    media_type(request.headers(), &[JSON])?;
    let bytes = read_bytes(request).await?;
    String::from_utf8(bytes.into()).map_err(|error| {
        let detail = format!("the body is not UTF-8, from byte {} on", error.utf8_error().valid_up_to());
        Problem::at(Code::Malformed, Part::Body, "", detail)
    })
}

/// Reads the whole body, up to the bound of the route.
pub(crate) async fn read_bytes(request: Request) -> Result<Bytes, Problem> {
    is_plain(request.headers())?;
    let most = request.extensions().get::<MaxBody>().map_or(USUAL, |most| most.0);
    let too_large = || Problem::new(Code::TooLarge, format!("the body is larger than {} KiB", most >> 10));
    let announced =
        request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > most) {
        return Err(too_large());
    }
    let body: HttpBody = request.into_body();
    match Limited::new(body, most).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large()),
        Err(error) if is_timeout(error.as_ref()) => {
            Err(Problem::new(Code::TooSlow, "the body did not arrive in time"))
        }
        Err(_) => Err(Problem::new(Code::Malformed, "the body broke off")),
    }
}

fn is_timeout(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<tower_http::timeout::TimeoutError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Reads a text as JSON: an object where one is declared, with no key twice.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = serde_path_to_error::deserialize(Strict::new(&mut reader)).map_err(|error| {
        let at = pointer(error.path());
        let error = error.into_inner();
        // Of a number where one of several words is expected, and of one that is too large, serde_json says that it is no JSON.
        if error.classify() == Category::Syntax && serde_json::from_str::<IgnoredAny>(text).is_ok() {
            return Problem::body(&at, "expected another value; the document of the API says which");
        }
        refused(at, &error)
    })?;
    reader.end().map_err(|error| refused(String::new(), &error))?;
    Ok(read)
}

fn refused(at: String, error: &serde_json::Error) -> Problem {
    match error.classify() {
        Category::Data => {
            let (at, message) = explain(at, &error.to_string());
            Problem::body(&at, message)
        }
        Category::Eof => Problem::at(Code::Malformed, Part::Body, at, "the JSON ends in the middle"),
        Category::Syntax | Category::Io => {
            let detail = format!("this is not JSON, at line {} column {}", error.line(), error.column());
            Problem::at(Code::Malformed, Part::Body, at, detail)
        }
    }
}
