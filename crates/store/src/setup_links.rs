//! The one-time link by which the first admin is made. Only its hash is here.

use crate::database::{execute, fetch_optional};
use crate::row::{instant, micros};
use crate::{OperatorRow, Store, StoreError, audit, operators};
use jiff::Timestamp;
use rollcall_audit::Draft;
use secrecy::SecretString;

impl Store {
    /// Keeps a setup link; those made before are good no more. Tells whether it was: where somebody can administer
    /// already it is not.
    pub async fn add_setup_link(
        &self,
        hash: &str,
        now: Timestamp,
        expires_at: Timestamp,
        entry: Draft,
    ) -> Result<bool, StoreError> {
        let mut writing = self.database.write().await?;
        writing.alone().await?;
        if operators::active_admins(&mut writing).await? > 0 {
            return Ok(false);
        }
        execute!(&mut writing, "DELETE FROM setup_links")?;
        execute!(
            &mut writing,
            "INSERT INTO setup_links (hash, created_at, expires_at) VALUES ($1, $2, $3)",
            hash,
            micros(now),
            micros(expires_at),
        )?;
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await?;
        Ok(true)
    }

    /// Until when the setup link is good that was made last, if it is good now.
    pub async fn setup_link_until(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let row: Option<(i64,)> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT expires_at FROM setup_links WHERE used_at IS NULL AND expires_at > $1
             ORDER BY expires_at DESC LIMIT 1",
            micros(now),
        )?;
        row.map(|(until,)| instant(until, "the setup link")).transpose()
    }

    /// Whether a setup link is good.
    pub async fn is_setup_link(&self, hash: &str, now: Timestamp) -> Result<bool, StoreError> {
        let row: Option<(i64,)> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT expires_at FROM setup_links WHERE hash = $1 AND used_at IS NULL AND expires_at > $2",
            hash,
            micros(now),
        )?;
        Ok(row.is_some())
    }

    /// Uses a setup link up and adds the admin whom it was for. Tells whether it did: not with a link that is good no more, nor where
    /// another admin came first.
    pub async fn use_setup_link(
        &self,
        hash: &str,
        operator: &OperatorRow,
        folded: &str,
        password: &SecretString,
        entry: Draft,
    ) -> Result<bool, StoreError> {
        let mut writing = self.database.write().await?;
        writing.alone().await?;
        let used = execute!(
            &mut writing,
            "UPDATE setup_links SET used_at = $2 WHERE hash = $1 AND used_at IS NULL AND expires_at > $2",
            hash,
            micros(operator.created_at),
        )?;
        if used == 0 {
            return Ok(false);
        }
        if operators::active_admins(&mut writing).await? > 0 {
            return Ok(false);
        }
        operators::add(&mut writing, operator, folded, Some(password)).await?;
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await?;
        Ok(true)
    }
}
