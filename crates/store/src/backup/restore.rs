//! Restoring a backup into an empty database, whole or not at all.

use super::cell::Cell;
use super::read::{BackupSummary, Piece, Reader, bad, inspect};
use super::shape::{ColumnShape, Kind, TableShape, tables};
use crate::database::{Database, Writing, execute, fetch_one, on_either};
use crate::row::storable;
use crate::{Location, Store, StoreError, audit, migrate};
use rollcall_audit::Draft;
use sqlx::AssertSqlSafe;
use std::io::{Read, Seek, SeekFrom};

/// Rows that go into one statement, and about how many bytes.
const ROWS_AT_ONCE: usize = 200;
const BYTES_AT_ONCE: usize = 4 << 20;

/// What is true of the moment of the backup and of no other: leases of processes that are not here, who was signed in, what was half done.
/// Each with a table of the step that brought what it names.
const LET_GO: &[(&str, &str)] = &[
    ("runs", "UPDATE runs SET lease_owner = NULL, lease_until = NULL"),
    ("jobs", "UPDATE jobs SET lease_until = 0 WHERE state = 'running'"),
    ("duties", "UPDATE duties SET lease_owner = NULL, lease_until = NULL"),
    ("sessions", "DELETE FROM sessions"),
    ("setup_links", "DELETE FROM setup_links"),
    ("sign_in_attempts", "DELETE FROM sign_in_attempts"),
    ("sign_on_flows", "DELETE FROM sign_on_flows"),
    ("idempotency_keys", "DELETE FROM idempotency_keys"),
    ("webhooks", "UPDATE webhooks SET busy_until = NULL"),
    ("webhooks", "UPDATE outbox SET busy_until = NULL"),
    ("audit_outlets", "UPDATE audit_outlets SET busy_until = NULL"),
];

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What was in the backup.
    pub summary: BackupSummary,
    /// The schema the database has now.
    pub schema: i64,
}

impl Store {
    /// Restores a backup into a database that is empty. The file is read twice: first to its end, to see that it is whole and that the audit log
    /// in it is, then row by row into one transaction, which is committed only if it was the same file. Runs that were under way are
    /// nobody's afterwards. The entry is appended to the restored log.
    pub async fn restore<F: Read + Seek + Send>(
        location: &Location,
        file: &mut F,
        entry: impl FnOnce(&BackupSummary) -> Draft + Send,
    ) -> Result<Restored, StoreError> {
        let expected = inspect(file)?;
        file.seek(SeekFrom::Start(0))
            .map_err(|error| StoreError::BackupFile { verb: "read", reason: error.to_string() })?;
        migrate::inspect(location).await?;
        let database = Database::open(location).await?;
        let restored = restore(&database, file, &expected, entry).await;
        database.close().await;
        restored
    }
}

async fn restore(
    database: &Database,
    file: &mut (dyn Read + Send),
    expected: &BackupSummary,
    entry: impl FnOnce(&BackupSummary) -> Draft + Send,
) -> Result<Restored, StoreError> {
    let mut writing = database.write().await?;
    writing.alone().await?;
    writing.patient().await?;
    let found = migrate::version(&mut writing).await?;
    refuse_used(&mut writing, found, database.place()).await?;
    let mut reader = Reader::begin(file)?;
    let schema = reader.head.schema;
    clear(&mut writing, found).await?;
    migrate::step_through(&mut writing, 0, schema).await?;
    let shapes = tables(&mut writing, schema).await?;
    for shape in shapes.iter().rev() {
        on_either!(&mut writing, connection => {
            let sql = format!("DELETE FROM {}", shape.name);
            sqlx::query(AssertSqlSafe(sql)).execute(connection).await.map(drop)
        })?;
    }
    let mut batch = Batch::default();
    loop {
        match reader.next()? {
            Piece::Table(name, columns) => {
                batch.flush(&mut writing).await?;
                batch = Batch::of(&shapes, &name, columns)?;
            }
            Piece::Row(cells) => batch.add(&mut writing, cells).await?,
            Piece::End => break,
        }
    }
    batch.flush(&mut writing).await?;
    let summary = reader.summary()?;
    if summary != *expected {
        return Err(bad("it changed while it was read"));
    }
    migrate::step_through(&mut writing, schema, migrate::NEWEST).await?;
    let there = migrate::tables(migrate::NEWEST);
    for (_, sql) in LET_GO.iter().filter(|(table, _)| there.contains(table)) {
        execute!(&mut writing, *sql)?;
    }
    audit::append(&mut writing, vec![entry(&summary)]).await?;
    writing.commit().await?;
    Ok(Restored { summary, schema: migrate::NEWEST })
}

/// Empty is a database without tables, or one whose tables hold no more than the schema put there.
async fn refuse_used(writing: &mut Writing, schema: i64, place: &str) -> Result<(), StoreError> {
    if schema == 0 {
        return Ok(());
    }
    if schema > migrate::NEWEST {
        return Err(StoreError::NewerSchema {
            place: place.to_owned(),
            found: schema,
            known: migrate::NEWEST,
        });
    }
    let used = |found: String| StoreError::NotEmpty { place: place.to_owned(), found };
    let (entries,): (i64,) = fetch_one!(writing, "SELECT seq FROM audit_head WHERE one = 1")?;
    if entries > 0 {
        return Err(used(format!("its audit log has {entries} entries")));
    }
    let seeded = migrate::seeded(schema);
    for shape in tables(writing, schema).await? {
        if seeded.contains(&shape.name.as_str()) {
            continue;
        }
        let sql = format!("SELECT COUNT(*) FROM {}", shape.name);
        let (rows,): (i64,) = fetch_one!(writing, AssertSqlSafe(sql.as_str()))?;
        if rows > 0 {
            return Err(used(format!("{rows} rows are in {}", shape.name)));
        }
    }
    Ok(())
}

/// Takes away the empty tables: the backup may be of an older schema.
async fn clear(writing: &mut Writing, schema: i64) -> Result<(), StoreError> {
    let tables = tables(writing, schema).await?;
    let names = tables.iter().rev().map(|shape| shape.name.as_str());
    for name in names.chain(["rollcall_schema"]) {
        on_either!(&mut *writing, connection => {
            let sql = format!("DROP TABLE IF EXISTS {name}");
            sqlx::query(AssertSqlSafe(sql)).execute(connection).await.map(drop)
        })?;
    }
    Ok(())
}

/// Rows of one table that go into the database together.
#[derive(Default)]
struct Batch {
    insert: String,
    columns: Vec<ColumnShape>,
    rows: Vec<Vec<Cell>>,
    bytes: usize,
}

impl Batch {
    fn of(shapes: &[TableShape], name: &str, columns: Vec<ColumnShape>) -> Result<Self, StoreError> {
        let shape = shapes.iter().find(|shape| shape.name == name);
        let fits = |shape: &&TableShape| {
            shape.columns.len() == columns.len() && columns.iter().all(|c| shape.columns.contains(c))
        };
        // By its own columns' names, which are those of the schema: nothing of the file becomes SQL that is not.
        let shape = shape
            .filter(fits)
            .ok_or_else(|| bad(format!("it is damaged: table {name:?} is not one of its schema")))?;
        let names = columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
        let insert = format!("INSERT INTO {} ({names}) ", shape.name);
        Ok(Self { insert, columns, rows: Vec::new(), bytes: 0 })
    }

    async fn add(&mut self, writing: &mut Writing, cells: Vec<Cell>) -> Result<(), StoreError> {
        self.bytes += cells.iter().map(Cell::size).sum::<usize>();
        self.rows.push(cells);
        if self.rows.len() >= ROWS_AT_ONCE || self.bytes >= BYTES_AT_ONCE {
            self.flush(writing).await?;
        }
        Ok(())
    }

    async fn flush(&mut self, writing: &mut Writing) -> Result<(), StoreError> {
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        if rows.is_empty() {
            return Ok(());
        }
        let mut decoded = Vec::with_capacity(rows.len());
        for row in rows {
            let bytes = row.iter().map(Cell::decoded).collect::<Result<Vec<_>, _>>()?;
            decoded.push((row, bytes));
        }
        let columns = &self.columns;
        on_either!(&mut *writing, connection => {
            let mut statement = sqlx::QueryBuilder::new(self.insert.as_str());
            statement.push_values(&decoded, |mut group, (row, bytes)| {
                for ((cell, bytes), column) in row.iter().zip(bytes).zip(columns) {
                    match column.kind {
                        Kind::Text => group.push_bind(cell.text().map(|text| storable(text).into_owned())),
                        Kind::Integer => group.push_bind(cell.integer()),
                        Kind::Flag => group.push_bind(cell.flag()),
                        Kind::Bytes => group.push_bind(bytes.as_deref()),
                    };
                }
            });
            statement.build().execute(connection).await.map(drop)
        })
    }
}
