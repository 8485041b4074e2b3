//! Making a backup while everything goes on.

use super::cell::{Cell, cells};
use super::shape::{Kind, TableShape, tables};
use super::{BackupHead, BackupSummary, End, FORMAT, MAGIC, Mark, TableHead};
use crate::database::{Writing, fetch_all, fetch_one, on_either};
use crate::secrets::key_of;
use crate::{Store, StoreError, audit, migrate};
use futures::TryStreamExt as _;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use sqlx::AssertSqlSafe;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

/// zstd: what the database has grown by compresses well, and a backup should not take the machine.
const LEVEL: i32 = 3;

impl Store {
    /// Writes everything there is at one instant, whatever happens meanwhile. Gives what the backup says of itself.
    pub async fn back_up(
        &self,
        now: Timestamp,
        out: &mut (dyn Write + Send),
    ) -> Result<BackupSummary, StoreError> {
        let mut still = self.database.still().await?;
        if let crate::database::Session::Postgres(_) = crate::database::OnDatabase::session(&mut still) {
            still.patient().await?;
        }
        let schema = migrate::version(&mut still).await?;
        let shapes = tables(&mut still, schema).await?;
        let log = fetch_one!(&mut still, "SELECT seq, hash FROM audit_head WHERE one = 1")?;
        let head = BackupHead {
            made_at: now,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            schema,
            audit: audit::head(log)?,
            keys: keys(&mut still).await?,
        };
        let mut sink = Sink::begin(out)?;
        sink.line(&Mark::Head(head.clone()))?;
        let mut rows_of = BTreeMap::new();
        for shape in &shapes {
            let table = TableHead { name: shape.name.clone(), columns: shape.columns.clone() };
            sink.line(&Mark::Table(table))?;
            rows_of.insert(shape.name.clone(), copy(&mut still, shape, &mut sink).await?);
        }
        let rows = rows_of.values().sum();
        let sha256 = sink.finish(rows)?;
        Ok(BackupSummary { head, rows, rows_of, sha256 })
    }
}

/// Short names of the keys that secrets are sealed with.
async fn keys(still: &mut Writing) -> Result<Vec<String>, StoreError> {
    let mut keys = BTreeSet::new();
    for sql in crate::sealed::statements() {
        let sealed: Vec<(Vec<u8>,)> = fetch_all!(still, AssertSqlSafe(sql.as_str()))?;
        keys.extend(sealed.iter().filter_map(|(sealed,)| key_of(sealed)));
    }
    Ok(keys.into_iter().collect())
}

/// Copies the rows of a table, one at a time.
async fn copy(still: &mut Writing, shape: &TableShape, sink: &mut Sink<'_>) -> Result<u64, StoreError> {
    let columns = shape.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
    let order =
        if shape.key.is_empty() { String::new() } else { format!(" ORDER BY {}", shape.key.join(", ")) };
    let sql = format!("SELECT {columns} FROM {}{order}", shape.name);
    let (mut count, mut failed) = (0, None);
    on_either!(still, connection => {
        let mut rows = sqlx::query(AssertSqlSafe(sql.as_str())).fetch(connection);
        async {
            while let Some(row) = rows.try_next().await? {
                let cells = cells!(row, shape.columns)?;
                if let Err(error) = sink.line(&cells) {
                    failed = Some(error);
                    break;
                }
                count += 1;
            }
            Ok(())
        }.await
    })?;
    failed.map_or(Ok(count), Err)
}

/// Where lines go: counted into the hash, compressed, written.
struct Sink<'a> {
    out: zstd::Encoder<'static, &'a mut (dyn Write + Send)>,
    hash: Sha256,
    line: Vec<u8>,
}

fn unwritten(error: &std::io::Error) -> StoreError {
    StoreError::BackupFile { verb: "written", reason: error.to_string() }
}

impl<'a> Sink<'a> {
    fn begin(out: &'a mut (dyn Write + Send)) -> Result<Self, StoreError> {
        let magic = format!("{MAGIC}{FORMAT}\n");
        let begin = || {
            out.write_all(magic.as_bytes())?;
            let mut out = zstd::Encoder::new(out, LEVEL)?;
            out.include_checksum(true)?;
            Ok(out)
        };
        let out = begin().map_err(|error| unwritten(&error))?;
        Ok(Self { out, hash: Sha256::new_with_prefix(magic), line: Vec::new() })
    }

    fn line(&mut self, line: &impl Serialize) -> Result<(), StoreError> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, line)
            .map_err(|error| StoreError::corrupt("a row of the backup", &error))?;
        self.line.push(b'\n');
        self.hash.update(&self.line);
        self.out.write_all(&self.line).map_err(|error| unwritten(&error))
    }

    fn finish(mut self, rows: u64) -> Result<String, StoreError> {
        let sha256 = hex::encode(self.hash.clone().finalize());
        self.line(&Mark::End(End { rows, sha256: sha256.clone() }))?;
        self.out.finish().and_then(Write::flush).map_err(|error| unwritten(&error))?;
        Ok(sha256)
    }
}
