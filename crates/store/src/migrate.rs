//! Bringing the schema up to date: all missing steps in one transaction, or none.
//!
//! To change the schema: a new file in `migrations/`, one line in [`STEPS`]. A step that was released is never edited.

use crate::database::{Database, OnDatabase, Session, Writing, execute, fetch_all, fetch_one, on_either};
use crate::{Location, StoreError};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::fs::OpenOptions;
use std::path::Path;

/// Every step, in order, with the version it leads to.
const STEPS: &[(i64, &str)] = &[
    (1, include_str!("../migrations/0001_first.sql")),
    (2, include_str!("../migrations/0002_operators.sql")),
    (3, include_str!("../migrations/0003_jobs.sql")),
    (4, include_str!("../migrations/0004_outlets.sql")),
    (5, include_str!("../migrations/0005_notices.sql")),
    (6, include_str!("../migrations/0006_upkeep.sql")),
    (7, include_str!("../migrations/0007_api.sql")),
    (8, include_str!("../migrations/0008_reading.sql")),
    (9, include_str!("../migrations/0009_growth.sql")),
    (10, include_str!("../migrations/0010_exempt_names.sql")),
    (11, include_str!("../migrations/0011_sign_on_whence.sql")),
];

/// The newest schema this program knows.
pub(crate) const NEWEST: i64 = STEPS[STEPS.len() - 1].0;

/// Looks at a file before it is opened for work, which would already write to it: is it ours, and not from the future?
/// Makes it, with its folder, where there is none.
pub(crate) async fn inspect(location: &Location) -> Result<(), StoreError> {
    let Location::Sqlite(path) = location else { return Ok(()) };
    let place = location.to_string();
    prepare_file(path).map_err(|error| from_file(&error, &place))?;
    let fault = |error| StoreError::from_driver(error, &place);
    let options = SqliteConnectOptions::new().filename(path).disable_statement_logging();
    let mut connection = options.connect().await.map_err(fault)?;
    let tables: Result<Vec<(String,)>, _> =
        sqlx::query_as("SELECT name FROM sqlite_master WHERE type = 'table'")
            .fetch_all(&mut connection)
            .await;
    let tables = tables.map_err(fault)?;
    let is_ours = tables.iter().any(|(name,)| name == "rollcall_schema");
    if !is_ours && !tables.is_empty() {
        let reason = format!("it is a database of another program, with a table \"{}\"", tables[0].0);
        return Err(StoreError::NotADatabase { place, reason });
    }
    if is_ours {
        let found: (i64,) = sqlx::query_as("SELECT COALESCE(MAX(version), 0) FROM rollcall_schema")
            .fetch_one(&mut connection)
            .await
            .map_err(fault)?;
        refuse_newer(found.0, &place)?;
    }
    connection.close().await.map_err(fault)
}

/// The file holds names, addresses and sealed secrets: it is for its owner only.
///
/// A file that is there is not opened: closing it would end every lock of this process on it (POSIX), also those of stores that have it
/// open. Another process would then take itself for the last one, and remove the write-ahead log under them.
fn prepare_file(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => check_file(path),
        made => made.map(drop),
    }
}

/// Whether a file that is there can be read and written.
fn check_file(path: &Path) -> std::io::Result<()> {
    if std::fs::metadata(path)?.is_dir() {
        return Err(std::io::ErrorKind::IsADirectory.into());
    }
    #[cfg(unix)]
    rustix::fs::access(path, rustix::fs::Access::READ_OK | rustix::fs::Access::WRITE_OK)?;
    Ok(())
}

/// Judges an error of the file of a database.
pub(crate) fn from_file(error: &std::io::Error, place: &str) -> StoreError {
    let (place, reason) = (place.to_owned(), error.to_string());
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => StoreError::Full { place },
        std::io::ErrorKind::IsADirectory => {
            StoreError::NotADatabase { place, reason: "it is a folder".to_owned() }
        }
        _ => StoreError::ReadOnly { place, reason },
    }
}

fn refuse_newer(found: i64, place: &str) -> Result<(), StoreError> {
    if found > NEWEST {
        return Err(StoreError::NewerSchema { place: place.to_owned(), found, known: NEWEST });
    }
    Ok(())
}

/// Brings the schema up to date.
pub(crate) async fn migrate(database: &Database) -> Result<(), StoreError> {
    // Without a lock first: nearly always there is nothing to do.
    if version(&mut database.read().await?).await? == NEWEST {
        return Ok(());
    }
    let mut writing = database.write().await?;
    writing.alone().await?;
    let found = version(&mut writing).await?;
    refuse_newer(found, database.place())?;
    step_through(&mut writing, found, NEWEST).await?;
    writing.commit().await
}

/// Takes every step behind `from` up to `to`.
pub(crate) async fn step_through(writing: &mut Writing, from: i64, to: i64) -> Result<(), StoreError> {
    execute!(writing, "CREATE TABLE IF NOT EXISTS rollcall_schema (version BIGINT NOT NULL PRIMARY KEY)")?;
    for (step, text) in STEPS.iter().filter(|(step, _)| (from + 1..=to).contains(step)) {
        on_either!(writing, connection => sqlx::raw_sql(*text).execute(connection).await.map(drop))?;
        execute!(writing, "INSERT INTO rollcall_schema (version) VALUES ($1)", step)?;
    }
    Ok(())
}

/// Whether there is a step that leads to exactly that schema.
pub(crate) fn is_known(schema: i64) -> bool {
    STEPS.iter().any(|(step, _)| *step == schema)
}

/// The words behind `before` at the beginning of a line, in the steps up to a schema.
fn named_in_steps(before: &'static str, schema: i64) -> impl Iterator<Item = &'static str> {
    let steps = STEPS.iter().filter(move |(step, _)| *step <= schema);
    let lines = steps.flat_map(|(_, text)| text.lines());
    lines.filter_map(move |line| line.strip_prefix(before)?.split([' ', '(']).next())
}

/// Every table of ours in a schema.
pub(crate) fn tables(schema: i64) -> Vec<&'static str> {
    named_in_steps("CREATE TABLE ", schema).collect()
}

/// The tables that are not empty in an installation that nobody has used: the steps put rows there.
pub(crate) fn seeded(schema: i64) -> Vec<&'static str> {
    named_in_steps("INSERT INTO ", schema).collect()
}

/// The schema of the database; 0 where there is none.
pub(crate) async fn version(on: &mut impl OnDatabase) -> Result<i64, StoreError> {
    // The one question that each database answers in its own words: is there such a table?
    let tables: Vec<(String,)> = match on.session() {
        Session::Sqlite(_) => fetch_all!(
            on,
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'rollcall_schema'"
        )?,
        Session::Postgres(_) => {
            fetch_all!(on, "SELECT 'rollcall_schema' WHERE to_regclass('rollcall_schema') IS NOT NULL")?
        }
    };
    if tables.is_empty() {
        return Ok(0);
    }
    let found: (i64,) = fetch_one!(on, "SELECT COALESCE(MAX(version), 0) FROM rollcall_schema")?;
    Ok(found.0)
}
