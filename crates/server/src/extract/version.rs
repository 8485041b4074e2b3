//! Which version of a resource is meant: `ETag` on what is read, `If-Match` on what is changed.

use crate::problem::{Code, Part, Problem};
use axum::Json;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, header};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// The tag of one version of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag(String);

impl Tag {
    /// Of what distinguishes this version from every other one of the same resource.
    pub(crate) fn of(version: impl Serialize) -> Self {
        let bytes = serde_json::to_vec(&version).unwrap_or_default();
        Self(format!("\"{}\"", hex::encode(&Sha256::digest(bytes)[..12])))
    }

    /// As it stands in the header.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

/// A resource with its tag.
#[derive(Debug)]
pub(crate) struct Tagged<T>(pub Tag, pub T);

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.1).into_response();
        if let Some(tag) = self.0.header() {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

/// The version that the caller means to change. Without `If-Match` there is no change: 428.
#[derive(Debug)]
pub(crate) struct IfMatch(Vec<String>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let given = parts.headers.get_all(header::IF_MATCH).iter().map(HeaderValue::to_str);
        let given =
            given.collect::<Result<Vec<_>, _>>().map_err(|_| Problem::header("if-match", "is not text"))?;
        let tags: Vec<String> =
            given.into_iter().flat_map(|value| value.split(',')).map(|tag| tag.trim().to_owned()).collect();
        if tags.is_empty() {
            let words = "send the ETag you were given with it, so that nobody's change is overwritten unseen; `*` for whatever there is";
            return Err(Problem::at(Code::PreconditionRequired, Part::Header, "if-match", words));
        }
        Ok(Self(tags))
    }
}

/// Where there may be nothing yet that could be meant: `None` without `If-Match`.
impl<S: Send + Sync> OptionalFromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        if !parts.headers.contains_key(header::IF_MATCH) {
            return Ok(None);
        }
        <Self as FromRequestParts<S>>::from_request_parts(parts, state).await.map(Some)
    }
}

impl IfMatch {
    /// Refuses where the version there is, is not the one that is meant.
    pub(crate) fn check(&self, there: &Tag) -> Result<(), Problem> {
        if self.0.iter().any(|tag| tag == "*" || *tag == there.0) {
            return Ok(());
        }
        let words = "it was changed since you read it; read it again and decide anew";
        Err(Problem::at(Code::PreconditionFailed, Part::Header, "if-match", words))
    }
}

/// The header that says which version is meant, for the document.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only its documentation is read; the header itself is read by `IfMatch`")]
pub(crate) struct IfMatchHeader {
    /// The `ETag` that came with what is changed, or `*` for whatever there is.
    #[param(rename = "If-Match", required = true)]
    if_match: String,
}
