//! Lists in pages. A cursor is opaque, says after what to go on, and is bound to its query: with another query it is refused.

use super::query::{pairs, read};
use crate::problem::{Code, Part, Problem};
use axum::Json;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Uri;
use http::request::Parts;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

const USUAL: u32 = 50;
const MOST: u32 = 500;
const LONGEST_CURSOR: usize = 4096;

/// The parameters that every list takes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PagingParams {
    /// How many at most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    #[serde(default)]
    pub limit: Option<u32>,
    /// Where to go on: `next` of the page before. Only with the same other parameters.
    #[param(max_length = 4096)]
    #[serde(default)]
    pub cursor: Option<String>,
}

/// Which part of a list is wanted.
#[derive(Debug)]
pub(crate) struct Paging {
    /// How many at most.
    pub limit: u32,
    after: Option<Value>,
    bound_to: String,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// The cursor of the next page; `null` on the last.
    pub next: Option<String>,
    /// How many there are in all, where that is cheap to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

/// What is in a cursor.
#[derive(Serialize, Deserialize)]
struct Cursor {
    q: String,
    k: Value,
}

/// The parameters of a list: `T` and those of paging.
#[derive(Debug)]
pub(crate) struct Paged<T>(pub T, pub Paging);

impl<T: DeserializeOwned + IntoParams, S: Send + Sync> FromRequestParts<S> for Paged<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let all = pairs(parts.uri.query().unwrap_or_default())?;
        let (paging, own): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|(name, _)| matches!(name.as_str(), "limit" | "cursor"));
        let paging = Paging::read(&parts.uri, &own, &paging)?;
        Ok(Self(read(&own, &["limit", "cursor"])?, paging))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Paging {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        /// No parameters but those of paging.
        #[derive(Deserialize, IntoParams)]
        struct None {}
        let Paged(None {}, paging) = Paged::from_request_parts(parts, state).await?;
        Ok(paging)
    }
}

impl Paging {
    fn read(uri: &Uri, own: &[(String, String)], paging: &[(String, String)]) -> Result<Self, Problem> {
        let given: PagingParams = read(paging, &[])?;
        let limit = given.limit.unwrap_or(USUAL);
        if !(1..=MOST).contains(&limit) {
            return Err(Problem::query("limit", format!("expected 1 to {MOST}")));
        }
        let bound_to = bound(uri.path(), own);
        let after = match given.cursor {
            None => None,
            Some(cursor) => {
                let unreadable = || {
                    Problem::query("cursor", "is no cursor of this program; take `next` of the page before")
                };
                let bytes = Some(cursor)
                    .filter(|c| c.len() <= LONGEST_CURSOR)
                    .and_then(|c| URL_SAFE_NO_PAD.decode(c).ok());
                let cursor: Cursor =
                    bytes.and_then(|b| serde_json::from_slice(&b).ok()).ok_or_else(unreadable)?;
                if cursor.q != bound_to {
                    let words = "belongs to another query; a cursor goes on with the very parameters it was made with";
                    return Err(Problem::at(Code::CursorMismatch, Part::Query, "cursor", words));
                }
                Some(cursor.k)
            }
        };
        Ok(Self { limit, after, bound_to })
    }

    /// After what the page begins, as it was given to [`Self::page`].
    pub(crate) fn after<K: DeserializeOwned>(&self) -> Result<Option<K>, Problem> {
        let wrong = |_| Problem::query("cursor", "is no cursor of this list");
        self.after.clone().map(|key| serde_json::from_value(key).map_err(wrong)).transpose()
    }

    /// A page; `next` is the key of its last item where more follow.
    pub(crate) fn page<T>(&self, items: Vec<T>, next: Option<impl Serialize>, total: Option<u64>) -> Page<T> {
        let cursor = |key| {
            let cursor =
                Cursor { q: self.bound_to.clone(), k: serde_json::to_value(key).unwrap_or(Value::Null) };
            URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).unwrap_or_default())
        };
        Page { items, next: next.map(cursor), total }
    }

    /// How many to ask for: one more than fits, which tells whether more follow.
    pub(crate) fn reach(&self) -> u32 {
        self.limit + 1
    }

    /// A page of what fits; what was asked for with [`Self::reach`] and does not fit is on the next one.
    pub(crate) fn beginning<T, K: Serialize>(
        &self,
        mut found: Vec<T>,
        key: impl Fn(&T) -> K,
        total: Option<u64>,
    ) -> Page<T> {
        let has_more = found.len() > self.limit as usize;
        found.truncate(self.limit as usize);
        let next = found.last().filter(|_| has_more).map(key);
        self.page(found, next, total)
    }

    /// A page of a list that is whole in memory, in the order of its keys.
    pub(crate) fn cut<T, K: Ord + Serialize + DeserializeOwned>(
        &self,
        all: Vec<T>,
        key: impl Fn(&T) -> K,
    ) -> Result<Page<T>, Problem> {
        let total = all.len() as u64;
        let rest: Vec<T> = match self.after::<K>()? {
            Some(after) => all.into_iter().filter(|item| key(item) > after).collect(),
            None => all,
        };
        Ok(self.beginning(rest, key, Some(total)))
    }
}

/// The query that a cursor is bound to.
fn bound(path: &str, own: &[(String, String)]) -> String {
    let mut own: Vec<_> = own.iter().collect();
    own.sort();
    let mut hash = Sha256::new();
    hash.update(path);
    for (name, value) in own {
        hash.update([0]);
        hash.update(name);
        hash.update([1]);
        hash.update(value);
    }
    hex::encode(&hash.finalize()[..8])
}

impl<T> Page<T> {
    /// The page with its items in another shape.
    pub(crate) fn map<U>(self, shape: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(shape).collect(), next: self.next, total: self.total }
    }
}

impl<T: Serialize> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}
