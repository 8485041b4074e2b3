//! Requests that are carried out once although they are sent twice. No use case of its own: it stands around others, which ask about
//! the operator's role themselves.

use crate::{Engine, EngineError};
use jiff::SignedDuration;
use rollcall_store::{KeyState, StoreError};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// How long a key is kept, with its answer or without: what a request did and the answer to it are not one transaction, and a process that dies
/// between them leaves a request that may have been carried out.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// A request that has not been answered after this long never will be: its process died, or gave it up. Longer than any request may take.
const UNDER_WAY: SignedDuration = SignedDuration::from_mins(5);

/// What was answered to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyedAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The headers that are given again.
    pub headers: Vec<(String, String)>,
    /// The body.
    #[serde(with = "base64_bytes")]
    pub body: Vec<u8>,
}

/// How things stand with a key.
#[derive(Debug)]
pub enum KeyClaim {
    /// Carry the request out, and settle or release the key under this claim.
    Claimed(String),
    /// It was carried out, with this answer.
    Answered(KeyedAnswer),
    /// It is being carried out.
    InUse,
    /// It was begun, and whoever did it ended before it was answered: nobody knows whether it was carried out.
    Unsettled,
    /// The key was used for something else.
    OtherRequest,
}

impl Engine {
    /// Claims a key for a request, named by its hash.
    pub async fn claim_key(&self, owner: &str, key: &str, request: &str) -> Result<KeyClaim, EngineError> {
        let (claim, now) = (self.new_id(), self.now());
        match self.store.claim_key(owner, key, request, &claim, now, now + KEPT).await {
            Ok(KeyState::Claimed) => Ok(KeyClaim::Claimed(claim)),
            Ok(KeyState::Unanswered(since)) if now < since + UNDER_WAY => Ok(KeyClaim::InUse),
            Ok(KeyState::Unanswered(_)) => Ok(KeyClaim::Unsettled),
            Ok(KeyState::OtherRequest) => Ok(KeyClaim::OtherRequest),
            Ok(KeyState::Answered(answer)) => serde_json::from_str(answer.expose_secret())
                .map(KeyClaim::Answered)
                .map_err(EngineError::document("the answer to an idempotent request")),
            Err(StoreError::WrongKey { .. }) => Err(EngineError::NotNow(
                "this request was carried out, but its answer was sealed with another key and cannot be given again; look what there is"
                    .to_owned(),
            )),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps the answer to a request.
    pub async fn settle_key(
        &self,
        owner: &str,
        key: &str,
        claim: &str,
        answer: &KeyedAnswer,
    ) -> Result<(), EngineError> {
        let text = serde_json::to_string(answer).map_err(EngineError::document("an answer"))?;
        Ok(self.store.settle_key(owner, key, claim, &SecretString::from(text), self.now() + KEPT).await?)
    }

    /// Gives a key back, because its request changed nothing.
    pub async fn release_key(&self, owner: &str, key: &str, claim: &str) -> Result<(), EngineError> {
        Ok(self.store.release_key(owner, key, claim).await?)
    }
}

/// Bytes as text.
mod base64_bytes {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
