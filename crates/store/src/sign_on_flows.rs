//! Sign-ins under way at a provider. What must be remembered until they come back is sealed, and taken out once.

use crate::database::{execute, fetch_one, fetch_optional};
use crate::row::micros;
use crate::secrets::Place;
use crate::{Store, StoreError};
use jiff::Timestamp;
use secrecy::SecretString;

/// More are not begun: nobody signs in so often.
const MOST: i64 = 10_000;

fn place(state: &str) -> Place<'_> {
    Place { table: "sign_on_flows", row: state, column: "sealed", what: "a sign-in that is under way" }
}

impl Store {
    /// Keeps what is to be remembered of a sign-in, by the hash of its state.
    pub async fn add_sign_on_flow(
        &self,
        state: &str,
        remembered: &SecretString,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let sealed = self.seal(&mut writing, remembered, place(state)).await?;
        execute!(&mut writing, "DELETE FROM sign_on_flows WHERE expires_at <= $1", micros(now))?;
        let (count,): (i64,) = fetch_one!(&mut writing, "SELECT COUNT(*) FROM sign_on_flows")?;
        if count >= MOST {
            return Err(StoreError::Busy { place: self.place().to_owned() });
        }
        execute!(
            &mut writing,
            "INSERT INTO sign_on_flows (state, sealed, expires_at) VALUES ($1, $2, $3)",
            state,
            sealed,
            micros(expires_at),
        )?;
        writing.commit().await
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
