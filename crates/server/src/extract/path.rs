//! The parameters of a path.

use crate::problem::{Code, Problem};
use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use serde::de::DeserializeOwned;

/// The parameters of a path. One that cannot be a name of what is asked for is a bad parameter; one that nothing has is not found.
#[derive(Debug)]
pub(crate) struct InPath<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for InPath<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(PathRejection::FailedToDeserializePathParams(failure)) => Err(match failure.into_kind() {
                ErrorKind::InvalidUtf8InPathParam { key } => Problem::path(&key, "is not UTF-8"),
                ErrorKind::ParseErrorAtKey { key, expected_type, .. } => {
                    Problem::path(&key, format!("expected {expected_type}"))
                }
                ErrorKind::DeserializeError { key, message, .. } => {
                    Problem::path(&key, rollcall_model::plain(&message))
                }
                other => Problem::new(Code::BadParameter, rollcall_model::plain(&other.to_string())),
            }),
            Err(other) => Err(Problem::internal(other)),
        }
    }
}
