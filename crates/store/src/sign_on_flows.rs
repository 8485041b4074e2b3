//! Sign-ins under way at a provider. What must be remembered until they come back is sealed, and taken out once.

use crate::database::{execute, fetch_one, fetch_optional};
use crate::row::{instant, micros};
use crate::secrets::Place;
use crate::{Store, StoreError};
use jiff::Timestamp;
use secrecy::SecretString;

/// More are not begun: nobody signs in so often.
const MOST: i64 = 10_000;
/// Nor more from one network, which may be a whole office.
const MOST_FROM_ONE: i64 = 200;

fn place(state: &str) -> Place<'_> {
    Place { table: "sign_on_flows", row: state, column: "sealed", what: "a sign-in that is under way" }
}

impl Store {
    /// Keeps what is to be remembered of a sign-in, by the hash of its state. `whence` is the hash of the network it was begun from: where
    /// too many were begun there, nothing is kept, and the answer is when the first of them ends.
    pub async fn add_sign_on_flow(
        &self,
        state: &str,
        remembered: &SecretString,
        whence: &str,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<Result<(), Timestamp>, StoreError> {
        let mut writing = self.database.write().await?;
        let sealed = self.seal(&mut writing, remembered, place(state)).await?;
        execute!(&mut writing, "DELETE FROM sign_on_flows WHERE expires_at <= $1", micros(now))?;
        let (count,): (i64,) = fetch_one!(&mut writing, "SELECT COUNT(*) FROM sign_on_flows")?;
        if count >= MOST {
            return Err(StoreError::Busy { place: self.place().to_owned() });
        }
        let (from_there, first): (i64, Option<i64>) = fetch_one!(
            &mut writing,
            "SELECT COUNT(*), MIN(expires_at) FROM sign_on_flows WHERE whence = $1",
            whence
        )?;
        if let Some(first) = first.filter(|_| from_there >= MOST_FROM_ONE) {
            return Ok(Err(instant(first, "a sign-in that is under way")?));
        }
        execute!(
            &mut writing,
            "INSERT INTO sign_on_flows (state, sealed, expires_at, whence) VALUES ($1, $2, $3, $4)",
            state,
            sealed,
            micros(expires_at),
            whence,
        )?;
        writing.commit().await?;
        Ok(Ok(()))
    }

    /// Takes out what was remembered: the second time, and after its time, there is nothing.
    pub async fn take_sign_on_flow(
        &self,
        state: &str,
        now: Timestamp,
    ) -> Result<Option<SecretString>, StoreError> {
        let mut writing = self.database.write().await?;
        let row: Option<(Vec<u8>, i64)> = fetch_optional!(
            &mut writing,
            "DELETE FROM sign_on_flows WHERE state = $1 RETURNING sealed, expires_at",
            state
        )?;
        writing.commit().await?;
        let Some((sealed, _)) = row.filter(|(_, expires_at)| *expires_at > micros(now)) else {
            return Ok(None);
        };
        match self.unseal(&sealed, place(state)) {
            // The key was changed meanwhile: it is begun again.
            Err(StoreError::WrongKey { .. }) => Ok(None),
            opened => opened.map(Some),
        }
    }
}
