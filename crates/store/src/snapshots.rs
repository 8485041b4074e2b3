//! Snapshots: a header, the encoded picture in chunks, and the history that goes with it.

use crate::database::{execute, fetch_all, fetch_optional};
use crate::row::{column, instant, micros, number};
use crate::{Store, StoreError, audit};
use jiff::Timestamp;
use rollcall_audit::Draft;
use rollcall_model::{SiteId, SnapshotId};

/// No row is larger than this, so that neither database has to hold a snapshot in one piece.
const CHUNK: usize = 1 << 20;

/// What is known of a snapshot without loading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotRow {
    /// Its id.
    pub id: SnapshotId,
    /// The site.
    pub site: SiteId,
    /// The instant it shows.
    pub taken_at: Timestamp,
    /// The content hash, hexadecimal.
    pub hash: String,
    /// How many accounts are in it.
    pub accounts: u64,
    /// Its encoded size in bytes, without the history.
    pub bytes: u64,
    /// The version of its encoding.
    pub encoding: u32,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    site: String,
    taken_at: i64,
    hash: String,
    accounts: i64,
    bytes: i64,
    encoding: i64,
}

impl Row {
    fn snapshot(self) -> Result<SnapshotRow, StoreError> {
        let what = format!("snapshot {}", self.id);
        Ok(SnapshotRow {
            taken_at: instant(self.taken_at, &what)?,
            accounts: number(self.accounts, &what)?,
            bytes: number(self.bytes, &what)?,
            encoding: number(self.encoding, &what)?,
            id: self.id.into(),
            site: self.site.into(),
            hash: self.hash,
        })
    }
}

impl Store {
    /// Stores a snapshot whole, or not at all. `bytes` in the header is taken from `encoded`.
    pub async fn add_snapshot(
        &self,
        header: &SnapshotRow,
        encoded: &[u8],
        history: Option<&[u8]>,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let site: Option<(String,)> =
            fetch_optional!(&mut writing, "SELECT id FROM sites WHERE id = $1", header.site.as_str())?;
        if site.is_none() {
            return Err(StoreError::not_found("site", &header.site));
        }
        let added = execute!(
            &mut writing,
            "INSERT INTO snapshots (id, site, taken_at, hash, accounts, bytes, encoding, history)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT DO NOTHING",
            header.id.as_str(),
            header.site.as_str(),
            micros(header.taken_at),
            &header.hash,
            column(header.accounts),
            column(encoded.len() as u64),
            i64::from(header.encoding),
            history,
        )?;
        if added == 0 {
            return Err(StoreError::exists("snapshot", &header.id));
        }
        for (part, data) in (0_i64..).zip(encoded.chunks(CHUNK)) {
            execute!(
                &mut writing,
                "INSERT INTO snapshot_chunks (snapshot, part, data) VALUES ($1, $2, $3)",
                header.id.as_str(),
                part,
                data,
            )?;
        }
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    /// The newest snapshot of a site.
    pub async fn newest_snapshot(&self, site: &SiteId) -> Result<Option<SnapshotRow>, StoreError> {
        let row: Option<Row> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT id, site, taken_at, hash, accounts, bytes, encoding FROM snapshots
             WHERE site = $1 ORDER BY taken_at DESC, id DESC LIMIT 1",
            site.as_str(),
        )?;
        row.map(Row::snapshot).transpose()
    }

    /// The snapshots of a site, newest first.
    pub async fn snapshots(&self, site: &SiteId) -> Result<Vec<SnapshotRow>, StoreError> {
        let rows: Vec<Row> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT id, site, taken_at, hash, accounts, bytes, encoding FROM snapshots
             WHERE site = $1 ORDER BY taken_at DESC, id DESC",
            site.as_str(),
        )?;
        rows.into_iter().map(Row::snapshot).collect()
    }

    /// The header of a snapshot.
    pub async fn snapshot(&self, id: &SnapshotId) -> Result<SnapshotRow, StoreError> {
        let row: Option<Row> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT id, site, taken_at, hash, accounts, bytes, encoding FROM snapshots WHERE id = $1",
            id.as_str(),
        )?;
        row.ok_or_else(|| StoreError::not_found("snapshot", id))?.snapshot()
    }

    /// The encoded snapshot, exactly as it was stored.
    pub async fn snapshot_bytes(&self, id: &SnapshotId) -> Result<Vec<u8>, StoreError> {
        let size = usize::try_from(self.snapshot(id).await?.bytes).unwrap_or(usize::MAX);
        let mut reading = self.database.read().await?;
        let mut encoded = Vec::new();
        for part in 0_i64.. {
            // One at a time: memory holds the snapshot once, not twice.
            let chunk: Option<(Vec<u8>,)> = fetch_optional!(
                &mut reading,
                "SELECT data FROM snapshot_chunks WHERE snapshot = $1 AND part = $2",
                id.as_str(),
                part,
            )?;
            let Some((data,)) = chunk else { break };
            encoded.extend_from_slice(&data);
        }
        if encoded.len() == size {
            return Ok(encoded);
        }
        Err(StoreError::corrupt(
            format!("snapshot {id}"),
            &format!("it has {} bytes where {size} were stored", encoded.len()),
        ))
    }

    /// The history that was stored with a snapshot.
    pub async fn snapshot_history(&self, id: &SnapshotId) -> Result<Option<Vec<u8>>, StoreError> {
        let row: Option<(Option<Vec<u8>>,)> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT history FROM snapshots WHERE id = $1",
            id.as_str(),
        )?;
        Ok(row.ok_or_else(|| StoreError::not_found("snapshot", id))?.0)
    }

    /// Deletes a snapshot. Plans made on it stay.
    pub async fn delete_snapshot(&self, id: &SnapshotId, entry: Draft) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        if execute!(&mut writing, "DELETE FROM snapshots WHERE id = $1", id.as_str())? == 0 {
            return Err(StoreError::not_found("snapshot", id));
        }
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }
}
