//! Freezes: times in which nothing may change. What a document says, and whether it is in force, is judged in `planner`.

use crate::database::{Writing, execute, fetch_all, fetch_optional};
use crate::row::{instant, json, micros, parse_json, storable};
use crate::{Store, StoreError, audit};
use jiff::Timestamp;
use rollcall_audit::Draft;
use serde_json::Value;

/// A freeze as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct FreezeRow {
    /// Its name, unique without regard to case.
    pub name: String,
    /// What it says.
    pub document: Value,
    /// Who changed it last.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
}

impl Store {
    /// Keeps a freeze. `expected`: `None` = it must be new; else the instant at which the one it replaces was changed last.
    pub async fn set_freeze(
        &self,
        freeze: &FreezeRow,
        expected: Option<Timestamp>,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let folded = freeze.name.to_lowercase();
        let conflict = |reason: &str| StoreError::Conflict {
            what: "freeze",
            name: freeze.name.clone(),
            reason: reason.to_owned(),
        };
        match expected {
            None => {
                let added = execute!(
                    &mut writing,
                    "INSERT INTO freezes (name, folded, document, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5)
                     ON CONFLICT DO NOTHING",
                    &*storable(&freeze.name),
                    &*storable(&folded),
                    json(&freeze.document),
                    &*storable(&freeze.changed_by),
                    micros(freeze.changed_at),
                )?;
                if added == 0 {
                    return Err(conflict("exists already"));
                }
            }
            Some(expected) => {
                let changed = execute!(
                    &mut writing,
                    "UPDATE freezes SET name = $1, document = $3, changed_by = $4, changed_at = $5
                     WHERE folded = $2 AND changed_at = $6",
                    &*storable(&freeze.name),
                    &*storable(&folded),
                    json(&freeze.document),
                    &*storable(&freeze.changed_by),
                    micros(freeze.changed_at),
                    micros(expected),
                )?;
                if changed == 0 {
                    return Err(StoreError::stale("freeze", &freeze.name));
                }
            }
        }
        thaw(&mut writing, freeze.changed_at).await?;
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    /// Forgets a freeze as it was looked at: `seen` is when that was changed last.
    pub async fn remove_freeze(
        &self,
        name: &str,
        seen: Timestamp,
        now: Timestamp,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let removed = execute!(
            &mut writing,
            "DELETE FROM freezes WHERE folded = $1 AND changed_at = $2",
            name.to_lowercase(),
            micros(seen),
        )?;
        if removed == 0 {
            return Err(StoreError::stale("freeze", name));
        }
        thaw(&mut writing, now).await?;
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    /// The freeze of that name, without regard to case.
    pub async fn freeze(&self, name: &str) -> Result<FreezeRow, StoreError> {
        let row: Option<(String, String, String, i64)> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT name, document, changed_by, changed_at FROM freezes WHERE folded = $1",
            name.to_lowercase(),
        )?;
        freeze(row.ok_or_else(|| StoreError::not_found("freeze", name))?)
    }

    /// Every freeze, by name.
    pub async fn freezes(&self) -> Result<Vec<FreezeRow>, StoreError> {
        let rows: Vec<(String, String, String, i64)> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT name, document, changed_by, changed_at FROM freezes ORDER BY folded"
        )?;
        rows.into_iter().map(freeze).collect()
    }
}

/// Jobs that wait for the end of a freeze look again whether they have to.
async fn thaw(writing: &mut Writing, now: Timestamp) -> Result<(), StoreError> {
    execute!(writing, "UPDATE jobs SET due_at = $1 WHERE state = 'queued' AND is_frozen", micros(now))
        .map(drop)
}

fn freeze(
    (name, document, changed_by, changed_at): (String, String, String, i64),
) -> Result<FreezeRow, StoreError> {
    let what = format!("freeze \"{name}\"");
    Ok(FreezeRow {
        document: parse_json(&document, &what)?,
        changed_at: instant(changed_at, &what)?,
        name,
        changed_by,
    })
}
