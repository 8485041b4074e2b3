//! Problems: every answer that is no yes, as `application/problem+json` (RFC 9457) with a stable code and the place.

mod code;
mod from_engine;

pub use code::Code;

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use rollcall_criteria::CriterionError;
use serde::Serialize;
use std::ops::Range;
use utoipa::ToSchema;

/// The media type of every problem.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// Why a request was not carried out, ready to be answered.
#[derive(Debug)]
pub struct Problem {
    code: Code,
    detail: String,
    errors: Vec<Place>,
    headers: Option<Box<HeaderMap>>,
}

/// What stands in a problem body.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "urn:rollcall:problem:bad-body", "title": "The body is not as it should be", "status": 422,
    "detail": "/limits/accounts: expected a number, not a text", "code": "bad-body",
    "errors": [{ "in": "body", "at": "/limits/accounts", "message": "expected a number, not a text" }]
}))]
pub(crate) struct ProblemBody<'a> {
    /// `urn:rollcall:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// The kind of problem in a few words.
    title: &'a str,
    /// The HTTP status.
    status: u16,
    /// What happened this time, and what to do about it.
    detail: &'a str,
    /// Stable; decide by it.
    code: &'a str,
    /// The places that are wrong, where there are such.
    errors: &'a [Place],
}

/// A place that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Place {
    /// In which part of the request.
    #[serde(rename = "in")]
    part: Part,
    /// A JSON pointer into the body, or the name of a parameter or header.
    at: String,
    /// What is wrong there.
    message: String,
    /// For a criterion: where in its text, in UTF-16 units, as browsers count.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<Position>,
    /// For a criterion: what to put there instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<String>,
}

impl Place {
    /// A field of the body.
    pub(crate) fn body(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        let (at, message) = (pointer.into(), message.into());
        Self { part: Part::Body, at, message, position: None, suggestion: None }
    }

    /// A field of the body that holds a criterion which is wrong.
    pub(crate) fn criterion(pointer: impl Into<String>, text: &str, error: &CriterionError) -> Self {
        Self {
            position: Some(Position::of(text, &error.span)),
            suggestion: error.suggestion.clone(),
            ..Self::body(pointer, error.to_string())
        }
    }

    /// With words in front of what is wrong.
    #[must_use]
    pub(crate) fn saying(mut self, words: &str) -> Self {
        self.message.insert_str(0, words);
        self
    }

    /// The place, and what is wrong there.
    pub(crate) fn in_words(&self) -> String {
        if self.at.is_empty() { self.message.clone() } else { format!("{}: {}", self.at, self.message) }
    }
}

/// A part of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The body.
    Body,
    /// The query.
    Query,
    /// The path.
    Path,
    /// The headers.
    Header,
}

/// A range of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Position {
    /// Its beginning.
    pub start: usize,
    /// Its end, not included.
    pub end: usize,
}

impl Position {
    /// From a range of bytes of a text.
    pub(crate) fn of(text: &str, bytes: &Range<usize>) -> Self {
        let units =
            |to: usize| text.char_indices().take_while(|(at, _)| *at < to).map(|(_, c)| c.len_utf16()).sum();
        Self { start: units(bytes.start), end: units(bytes.end) }
    }
}

impl Problem {
    /// A problem; the detail says what happened and what to do.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), errors: Vec::new(), headers: None }
    }

    /// A problem at one place of the request.
    pub fn at(code: Code, part: Part, at: impl Into<String>, message: impl Into<String>) -> Self {
        let place = Place { part, ..Place::body(at, message) };
        Self::new(code, place.in_words()).with_place(place)
    }

    /// A field of the body that cannot be so.
    pub fn body(pointer: &str, message: impl Into<String>) -> Self {
        Self::at(Code::BadBody, Part::Body, pointer, message)
    }

    /// A parameter of the query that cannot be so.
    pub fn query(name: &str, message: impl Into<String>) -> Self {
        Self::at(Code::BadParameter, Part::Query, name, message)
    }

    /// A parameter of the path that cannot be so.
    pub fn path(name: &str, message: impl Into<String>) -> Self {
        Self::at(Code::BadParameter, Part::Path, name, message)
    }

    /// A header that cannot be so.
    pub fn header(name: &str, message: impl Into<String>) -> Self {
        Self::at(Code::BadParameter, Part::Header, name, message)
    }

    /// Nobody is signed in.
    pub fn not_signed_in() -> Self {
        let detail = "sign in, or send a token: `Authorization: Bearer …`";
        Self::new(Code::NotSignedIn, detail).challenged()
    }

    /// Says how to sign in, as every 401 does (RFC 9110 §15.5.2).
    #[must_use]
    pub(crate) fn challenged(self) -> Self {
        self.with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// Something inside failed; what, is in the log and not in the answer.
    pub fn internal(what: impl std::fmt::Display) -> Self {
        tracing::error!("{what}");
        Self::new(
            Code::Internal,
            "something went wrong inside; the log of the server says what, by the id of this request",
        )
    }

    /// Moves the places to where the criterion (or whatever else the engine found wrong) stood in the request.
    #[must_use]
    pub fn found_in(mut self, part: Part, at: &str) -> Self {
        for place in &mut self.errors {
            place.part = part;
            at.clone_into(&mut place.at);
        }
        self
    }

    /// Adds a place.
    #[must_use]
    pub(crate) fn with_place(mut self, place: Place) -> Self {
        self.errors.push(place);
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.get_or_insert_default().insert(name, value);
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// The places that are wrong, each with what is.
    #[cfg(test)]
    pub(crate) fn places(&self) -> impl Iterator<Item = (&str, &str)> {
        self.errors.iter().map(|place| (place.at.as_str(), place.message.as_str()))
    }

    /// Its body, as JSON.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        let body = ProblemBody {
            kind: format!("urn:rollcall:problem:{}", self.code.as_str()),
            title: self.code.title(),
            status: self.code.status().as_u16(),
            detail: &self.detail,
            code: self.code.as_str(),
            errors: &self.errors,
        };
        serde_json::to_vec(&body).unwrap_or_default()
    }

    /// Its code.
    pub fn code(&self) -> Code {
        self.code
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let kind = [(header::CONTENT_TYPE, PROBLEM_JSON)];
        let mut response = (self.code.status(), kind, self.to_json()).into_response();
        if let Some(headers) = self.headers {
            response.headers_mut().extend(*headers);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::Position;

    #[test]
    fn positions_are_counted_as_browsers_count() {
        let text = "name = \"😀é\" AND x";
        let at = text.find('x').unwrap();
        assert_eq!(Position::of(text, &(at..at + 1)), Position { start: 17, end: 18 });
    }
}
