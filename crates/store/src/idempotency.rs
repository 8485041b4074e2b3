//! Keys of requests that are carried out once: who used a key, for which request, and what was answered.
//!
//! No audit entries: a key is no change that an operator sees; what the request changed has its own.

use crate::database::{execute, fetch_one};
use crate::row::{instant, micros};
use crate::secrets::Place;
use crate::{Store, StoreError};
use jiff::Timestamp;
use secrecy::SecretString;

/// How things stand with a key.
#[derive(Debug)]
pub enum KeyState {
    /// It is yours now, under the claim you gave.
    Claimed,
    /// It was claimed for this very request at that instant, and neither answered nor given back since.
    Unanswered(Timestamp),
    /// It was used for this very request, and this was answered.
    Answered(SecretString),
    /// It was used for another request.
    OtherRequest,
}

fn place<'a>(row: &'a str, what: &'a str) -> Place<'a> {
    Place { table: "idempotency_keys", row, column: "answer", what }
}

const WHAT: &str = "the answer to an idempotent request";

impl Store {
    /// Claims a key until `expires_at`, or says how things stand with it. Keys that have expired are forgotten here.
    pub async fn claim_key(
        &self,
        owner: &str,
        name: &str,
        request: &str,
        claim: &str,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<KeyState, StoreError> {
        // The request may hold a password: nobody who reads the database shall try passwords against its hash.
        let request = &self.key(WHAT)?.fingerprint(request);
        let mut writing = self.database.write().await?;
        execute!(&mut writing, "DELETE FROM idempotency_keys WHERE expires_at <= $1", micros(now))?;
        let claimed = execute!(
            &mut writing,
            "INSERT INTO idempotency_keys (operator, name, request, claim, claimed_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            owner,
            name,
            request,
            claim,
            micros(now),
            micros(expires_at),
        )?;
        if claimed > 0 {
            writing.commit().await?;
            return Ok(KeyState::Claimed);
        }
        let (used_for, holder, claimed_at, answer): (String, String, i64, Option<Vec<u8>>) = fetch_one!(
            &mut writing,
            "SELECT request, claim, claimed_at, answer FROM idempotency_keys WHERE operator = $1 AND name = $2",
            owner,
            name,
        )?;
        writing.commit().await?;
        if used_for != *request {
            return Ok(KeyState::OtherRequest);
        }
        let Some(sealed) = answer else { return Ok(KeyState::Unanswered(instant(claimed_at, WHAT)?)) };
        Ok(KeyState::Answered(self.unseal(&sealed, place(&holder, WHAT))?))
    }

    /// Keeps what was answered, until `expires_at`. Whoever's claim has expired meanwhile changes nothing.
    pub async fn settle_key(
        &self,
        owner: &str,
        name: &str,
        claim: &str,
        answer: &SecretString,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let sealed = self.seal(&mut writing, answer, place(claim, WHAT)).await?;
        execute!(
            &mut writing,
            "UPDATE idempotency_keys SET answer = $4, expires_at = $5
             WHERE operator = $1 AND name = $2 AND claim = $3 AND answer IS NULL",
            owner,
            name,
            claim,
            sealed,
            micros(expires_at),
        )?;
        writing.commit().await
    }

    /// Gives a key back: its request changed nothing.
    pub async fn release_key(&self, owner: &str, name: &str, claim: &str) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        execute!(
            &mut writing,
            "DELETE FROM idempotency_keys WHERE operator = $1 AND name = $2 AND claim = $3 AND answer IS NULL",
            owner,
            name,
            claim,
        )?;
        writing.commit().await
    }
}
