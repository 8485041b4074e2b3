//! A JSON body of one of several kinds.

use super::body::{parse, read_text};
use crate::problem::Problem;
use axum::extract::{FromRequest, Request};
use serde::{Deserialize, de::DeserializeOwned};

/// A body that says its kind, each with fields of its own. Serde's tagged enums would read it too, but lose the place of what is wrong: they put
/// the whole body aside until they know the kind.
pub(crate) trait Kinds: Sized {
    /// The kinds there are.
    type Kind: DeserializeOwned;

    /// Reads the whole body, whose kind is known.
    fn read(kind: Self::Kind, text: &str) -> Result<Self, Problem>;
}

/// Of the body only its kind; what else there may be, the kind knows.
#[derive(Deserialize)]
struct Kind<K> {
    kind: K,
}

/// A JSON body of one of several kinds.
#[derive(Debug)]
pub(crate) struct BodyOfKind<T>(pub T);

impl<T: Kinds, S: Send + Sync> FromRequest<S> for BodyOfKind<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let text = read_text(request).await?;
        T::read(parse::<Kind<T::Kind>>(&text)?.kind, &text).map(Self)
    }
}
