//! Duties: what is done every so often by one node at a time. When it is due and who does it is here, what it is in `engine`.

use crate::database::{execute, fetch_all, fetch_optional};
use crate::row::{instant, micros, optional_instant, storable};
use crate::{Store, StoreError};
use jiff::{SignedDuration, Timestamp};

/// A duty as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyRow {
    /// Its name.
    pub name: String,
    /// When it is due next.
    pub next_at: Timestamp,
    /// Until when somebody does it, unless they say again; `None`: nobody does.
    pub held_until: Option<Timestamp>,
    /// When it was done last.
    pub last_at: Option<Timestamp>,
    /// What went wrong the last time; `None`: nothing.
    pub last_error: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    next_at: i64,
    lease_until: Option<i64>,
    last_at: Option<i64>,
    last_error: Option<String>,
}

impl Row {
    fn duty(self) -> Result<DutyRow, StoreError> {
        let what = format!("duty \"{}\"", self.name);
        Ok(DutyRow {
            next_at: instant(self.next_at, &what)?,
            held_until: optional_instant(self.lease_until, &what)?,
            last_at: optional_instant(self.last_at, &what)?,
            name: self.name,
            last_error: self.last_error,
        })
    }
}

impl Store {
    /// Takes a duty if it is due and nobody does it. One that was never heard of is due at once.
    pub async fn take_duty(
        &self,
        name: &str,
        owner: &str,
        every: SignedDuration,
        now: Timestamp,
        lease_for: SignedDuration,
    ) -> Result<bool, StoreError> {
        let end = |span: SignedDuration| micros(now.saturating_add(span).unwrap_or(now));
        // Looking first costs no lock: most of the time it is not due.
        let waits: Option<(i64,)> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT next_at FROM duties WHERE name = $1 AND (lease_until > $2 OR (next_at > $2 AND next_at <= $3))",
            name,
            micros(now),
            end(every),
        )?;
        if waits.is_some() {
            return Ok(false);
        }
        let mut writing = self.database.write().await?;
        // A clock that was ahead and was set back must not silence a duty: it is never further away than its own interval.
        let taken = execute!(
            &mut writing,
            "INSERT INTO duties (name, next_at, lease_owner, lease_until) VALUES ($1, $5, $2, $4)
             ON CONFLICT (name) DO UPDATE SET lease_owner = excluded.lease_owner, lease_until = excluded.lease_until, next_at = excluded.next_at
             WHERE (duties.lease_owner IS NULL OR duties.lease_until <= $3) AND (duties.next_at <= $3 OR duties.next_at > $5)",
            name,
            &*storable(owner),
            micros(now),
            end(lease_for),
            end(every),
        )?;
        writing.commit().await?;
        Ok(taken > 0)
    }

    /// Prolongs the lease on a duty; `false` where it is somebody else's now.
    pub async fn renew_duty(&self, name: &str, owner: &str, until: Timestamp) -> Result<bool, StoreError> {
        let mut writing = self.database.write().await?;
        let renewed = execute!(
            &mut writing,
            "UPDATE duties SET lease_until = $3 WHERE name = $1 AND lease_owner = $2",
            name,
            &*storable(owner),
            micros(until),
        )?;
        writing.commit().await?;
        Ok(renewed > 0)
    }

    /// Notes that a duty was done, and gives it back.
    pub async fn settle_duty(
        &self,
        name: &str,
        owner: &str,
        error: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        execute!(
            &mut writing,
            "UPDATE duties SET lease_owner = NULL, lease_until = NULL, last_at = $3, last_error = $4
             WHERE name = $1 AND lease_owner = $2",
            name,
            &*storable(owner),
            micros(now),
            error.map(storable).as_deref(),
        )?;
        writing.commit().await
    }

    /// Every duty that was ever done, by name.
    pub async fn duties(&self) -> Result<Vec<DutyRow>, StoreError> {
        let rows: Vec<Row> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT name, next_at, lease_until, last_at, last_error FROM duties ORDER BY name"
        )?;
        rows.into_iter().map(Row::duty).collect()
    }
}
