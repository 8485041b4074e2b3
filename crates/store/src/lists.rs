//! Imported lists of names or addresses, which a criterion refers to by name.

use crate::database::{Writing, execute, fetch_all, fetch_optional};
use crate::row::{instant, json_of, micros, storable};
use crate::{Replaces, Store, StoreError, audit};
use jiff::Timestamp;
use rollcall_audit::Draft;

/// A list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRow {
    /// Its name.
    pub name: String,
    /// What is on it, as the engine gave it.
    pub entries: Vec<String>,
    /// Who imported it.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    entries: String,
    changed_by: String,
    changed_at: i64,
}

impl Row {
    fn list(self) -> Result<ListRow, StoreError> {
        let what = format!("list \"{}\"", self.name);
        Ok(ListRow {
            entries: serde_json::from_str(&self.entries)
                .map_err(|error| StoreError::corrupt(&what, &error))?,
            changed_at: instant(self.changed_at, &what)?,
            name: self.name,
            changed_by: self.changed_by,
        })
    }
}

/// Whether the list is still the one that was looked at. Takes the row, so that it stays so.
async fn check_unchanged(writing: &mut Writing, name: &str, since: Timestamp) -> Result<(), StoreError> {
    let same = execute!(
        writing,
        "UPDATE lists SET changed_at = changed_at WHERE name = $1 AND changed_at = $2",
        &*storable(name),
        micros(since),
    )?;
    if same > 0 {
        return Ok(());
    }
    Err(StoreError::stale("list", name))
}

impl Store {
    /// Stores a list.
    pub async fn set_list(&self, list: &ListRow, replaces: Replaces, entry: Draft) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        if let Replaces::Only(since) = replaces {
            check_unchanged(&mut writing, &list.name, since).await?;
        }
        let set = execute!(
            &mut writing,
            "INSERT INTO lists (name, entries, changed_by, changed_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (name) DO UPDATE
             SET entries = excluded.entries, changed_by = excluded.changed_by, changed_at = excluded.changed_at
             WHERE $5",
            &*storable(&list.name),
            json_of(&list.entries)?,
            &*storable(&list.changed_by),
            micros(list.changed_at),
            replaces != Replaces::Nothing,
        )?;
        if set == 0 {
            return Err(StoreError::exists("list", &list.name));
        }
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    /// Every list, by name.
    pub async fn lists(&self) -> Result<Vec<ListRow>, StoreError> {
        let rows: Vec<Row> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT name, entries, changed_by, changed_at FROM lists ORDER BY name"
        )?;
        rows.into_iter().map(Row::list).collect()
    }

    /// The list of that name.
    pub async fn list(&self, name: &str) -> Result<ListRow, StoreError> {
        let row: Option<Row> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT name, entries, changed_by, changed_at FROM lists WHERE name = $1",
            &*storable(name),
        )?;
        row.ok_or_else(|| StoreError::not_found("list", name))?.list()
    }

    /// Removes a list; with `unchanged_since`, only the one that was changed at that instant last.
    pub async fn remove_list(
        &self,
        name: &str,
        unchanged_since: Option<Timestamp>,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        if let Some(since) = unchanged_since {
            check_unchanged(&mut writing, name, since).await?;
        }
        if execute!(&mut writing, "DELETE FROM lists WHERE name = $1", &*storable(name))? == 0 {
            return Err(StoreError::not_found("list", name));
        }
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }
}
