//! Outlets of the audit log: how far each has been told. The cursor moves only after the outlet took what came before it, so that an
//! entry may be told twice after a crash, and never not at all.

use crate::database::{execute, fetch_all, fetch_optional};
use crate::row::{column, micros, number, optional_instant, storable};
use crate::{Store, StoreError};
use jiff::Timestamp;

/// An outlet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditOutletRow {
    /// Its name.
    pub name: String,
    /// Place of the last entry that it took.
    pub told_through: u64,
    /// When it took it.
    pub told_at: Option<Timestamp>,
    /// Tries that failed since it last took something.
    pub attempts: u32,
    /// What was said last.
    pub last_error: Option<String>,
    /// Since when it has been failing.
    pub failing_since: Option<Timestamp>,
    /// When it is tried again, where it fails.
    pub next_try_at: Option<Timestamp>,
}

/// How telling an outlet ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// It took everything up to this place.
    Through(u64),
    /// It did not.
    Failed {
        /// What was said.
        error: String,
        /// When to try again.
        again_at: Timestamp,
    },
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    told_through: i64,
    told_at: Option<i64>,
    attempts: i64,
    last_error: Option<String>,
    failing_since: Option<i64>,
    next_try_at: Option<i64>,
}

impl Row {
    fn outlet(self) -> Result<AuditOutletRow, StoreError> {
        let what = format!("audit outlet \"{}\"", self.name);
        Ok(AuditOutletRow {
            told_through: number(self.told_through, &what)?,
            told_at: optional_instant(self.told_at, &what)?,
            attempts: number(self.attempts, &what)?,
            failing_since: optional_instant(self.failing_since, &what)?,
            next_try_at: optional_instant(self.next_try_at, &what)?,
            name: self.name,
            last_error: self.last_error,
        })
    }
}

impl Store {
    /// Makes an outlet known, which begins behind this place of the log. One that is known already goes on where it is.
    pub async fn add_audit_outlet(&self, name: &str, begin_after: u64) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        execute!(
            &mut writing,
            "INSERT INTO audit_outlets (name, told_through, attempts) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING",
            name,
            column(begin_after),
        )?;
        writing.commit().await
    }

    /// Takes an outlet for telling it something, unless another process has it or it is to rest.
    pub async fn take_audit_outlet(
        &self,
        name: &str,
        now: Timestamp,
        busy_until: Timestamp,
    ) -> Result<Option<AuditOutletRow>, StoreError> {
        let mut writing = self.database.write().await?;
        let taken: Option<Row> = fetch_optional!(
            &mut writing,
            "UPDATE audit_outlets SET busy_until = $3
             WHERE name = $1 AND (busy_until IS NULL OR busy_until <= $2) AND (next_try_at IS NULL OR next_try_at <= $2)
             RETURNING name, told_through, told_at, attempts, last_error, failing_since, next_try_at",
            name,
            micros(now),
            micros(busy_until),
        )?;
        writing.commit().await?;
        taken.map(Row::outlet).transpose()
    }

    /// Records how telling an outlet ended that was taken until `busy_until`. `false`: another process has taken it over since.
    pub async fn settle_audit_outlet(
        &self,
        name: &str,
        busy_until: Timestamp,
        told: &Told,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut writing = self.database.write().await?;
        let settled = match told {
            Told::Through(seq) => execute!(
                &mut writing,
                "UPDATE audit_outlets SET busy_until = NULL, told_through = $3, told_at = $4, attempts = 0,
                                          last_error = NULL, failing_since = NULL, next_try_at = NULL
                 WHERE name = $1 AND busy_until = $2",
                name,
                micros(busy_until),
                column(*seq),
                micros(now),
            )?,
            Told::Failed { error, again_at } => execute!(
                &mut writing,
                "UPDATE audit_outlets SET busy_until = NULL, attempts = attempts + 1, last_error = $3,
                                          failing_since = COALESCE(failing_since, $4), next_try_at = $5
                 WHERE name = $1 AND busy_until = $2",
                name,
                micros(busy_until),
                &*storable(error),
                micros(now),
                micros(*again_at),
            )?,
        };
        writing.commit().await?;
        Ok(settled > 0)
    }

    /// Every outlet that was ever known, by name.
    pub async fn audit_outlets(&self) -> Result<Vec<AuditOutletRow>, StoreError> {
        let rows: Vec<Row> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT name, told_through, told_at, attempts, last_error, failing_since, next_try_at
             FROM audit_outlets ORDER BY name"
        )?;
        rows.into_iter().map(Row::outlet).collect()
    }
}
