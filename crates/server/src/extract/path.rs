//! The parameters of a path.

use super::query::decoded;
use crate::problem::{Part, Problem};
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use serde::de::DeserializeOwned;

/// The parameters of a path. One that cannot be a name of what is asked for is a bad parameter; one that nothing has is not found.
#[derive(Debug)]
pub(crate) struct InPath<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for InPath<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let raw = match RawPathParams::from_request_parts(parts, state).await {
            Ok(raw) => raw,
            Err(RawPathParamsRejection::InvalidUtf8InPathParam(_)) => {
                return Err(Problem::path("", "the path is not UTF-8"));
            }
            Err(other) => return Err(Problem::internal(other)),
        };
        let pairs: Vec<(String, String)> =
            raw.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        decoded(&pairs, Part::Path).map(Self)
    }
}
