//! One way to talk to two databases: each statement is written once and runs on either.

use crate::{Location, StoreError, migrate};
use sqlx::pool::{PoolConnection, PoolOptions};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{
    ConnectOptions, Connection as _, PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool,
};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long a writer waits for another process to finish its transaction.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long a server that gave no connection is asked for the reason.
const ASKED_AGAIN: Duration = Duration::from_secs(2);
/// What a disk must have room for, in bytes, to be of use.
const ROOM: usize = 1 << 20;
const READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 8;

/// The pools. SQLite takes one writer at a time, so its writers queue for one connection here instead of colliding in the file.
#[derive(Clone)]
pub(crate) struct Database {
    pools: Pools,
    place: Arc<str>,
}

#[derive(Clone)]
enum Pools {
    Sqlite { readers: SqlitePool, writer: SqlitePool },
    Postgres(PgPool),
}

/// A connection to read with.
pub(crate) struct Reading {
    connection: ReadConnection,
    place: Arc<str>,
}

enum ReadConnection {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// A transaction to write in. Dropped without [`Writing::commit`], it never was.
pub(crate) struct Writing {
    transaction: WriteTransaction,
    place: Arc<str>,
}

enum WriteTransaction {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

/// What a statement runs on.
pub(crate) enum Session<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

/// Something a statement can run on.
pub(crate) trait OnDatabase {
    fn session(&mut self) -> Session<'_>;
    fn place(&self) -> &str;

    fn fault(&self, error: sqlx::Error) -> StoreError {
        StoreError::from_driver(error, self.place())
    }
}

impl OnDatabase for Reading {
    fn session(&mut self) -> Session<'_> {
        match &mut self.connection {
            ReadConnection::Sqlite(connection) => Session::Sqlite(connection),
            ReadConnection::Postgres(connection) => Session::Postgres(connection),
        }
    }
    fn place(&self) -> &str {
        &self.place
    }
}

impl OnDatabase for Writing {
    fn session(&mut self) -> Session<'_> {
        match &mut self.transaction {
            WriteTransaction::Sqlite(transaction) => Session::Sqlite(transaction),
            WriteTransaction::Postgres(transaction) => Session::Postgres(transaction),
        }
    }
    fn place(&self) -> &str {
        &self.place
    }
}

/// Writes an expression once and compiles it for both drivers.
macro_rules! on_either {
    ($on:expr, $connection:ident => $run:expr) => {{
        use $crate::database::{OnDatabase, Session};
        let on = &mut *$on;
        let done = match OnDatabase::session(on) {
            Session::Sqlite($connection) => $run,
            Session::Postgres($connection) => $run,
        };
        done.map_err(|error| OnDatabase::fault(on, error))
    }};
}

/// Runs a statement; gives the number of rows it touched.
macro_rules! execute {
    ($on:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::database::on_either!($on, connection => sqlx::query($sql)
            $(.bind($bind))*.execute(connection).await.map(|done| done.rows_affected()))
    };
}

/// Runs a statement; gives its rows.
macro_rules! fetch_all {
    ($on:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::database::on_either!($on, connection => sqlx::query_as($sql)$(.bind($bind))*.fetch_all(connection).await)
    };
}

/// Runs a statement; gives its row, if there is one.
macro_rules! fetch_optional {
    ($on:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::database::on_either!($on, connection => sqlx::query_as($sql)$(.bind($bind))*.fetch_optional(connection).await)
    };
}

/// Runs a statement that always has a row.
macro_rules! fetch_one {
    ($on:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::database::on_either!($on, connection => sqlx::query_as($sql)$(.bind($bind))*.fetch_one(connection).await)
    };
}

/// Runs `before VALUES (…), (…), … after`, with one group of binds for each of the rows.
macro_rules! execute_rows {
    ($on:expr, $before:expr, $rows:expr, |$group:ident, $row:pat_param| $push:expr $(, $after:expr)?) => {
        $crate::database::on_either!($on, connection => {
            let mut statement = sqlx::QueryBuilder::new($before);
            statement.push_values($rows, |mut $group, $row| { $push; });
            $(statement.push($after);)?
            statement.build().execute(connection).await.map(|done| done.rows_affected())
        })
    };
}

pub(crate) use {execute, execute_rows, fetch_all, fetch_one, fetch_optional, on_either};

impl Database {
    /// Opens the database; makes an SQLite file that is missing. Reads and writes no table.
    pub(crate) async fn open(location: &Location) -> Result<Self, StoreError> {
        let place: Arc<str> = location.to_string().into();
        let fault = |error| StoreError::from_driver(error, &place);
        let pools = match location {
            Location::Sqlite(path) => {
                let options = SqliteConnectOptions::new()
                    .filename(path)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .foreign_keys(true)
                    .busy_timeout(PATIENCE)
                    .disable_statement_logging();
                let pool = |size: u32| {
                    PoolOptions::<Sqlite>::new()
                        .max_connections(size)
                        .acquire_timeout(4 * PATIENCE)
                        .idle_timeout(None)
                        .max_lifetime(None)
                        .test_before_acquire(false)
                        .after_release(|connection, _| Box::pin(is_fit(connection)))
                };
                Pools::Sqlite {
                    writer: pool(1).connect_with(options.clone()).await.map_err(fault)?,
                    readers: pool(READERS).connect_lazy_with(options),
                }
            }
            Location::Postgres(options) => {
                let options = options.as_ref().clone().disable_statement_logging();
                // Asked once directly: a pool would ask again until its patience ends, and then say only that it ended.
                connect(&options, PATIENCE).await.map_err(fault)?.close().await.map_err(fault)?;
                let pool = PoolOptions::<Postgres>::new()
                    .max_connections(POSTGRES_CONNECTIONS)
                    .acquire_timeout(PATIENCE)
                    .after_connect(|connection, _| Box::pin(limit_waits(connection)));
                Pools::Postgres(pool.connect_lazy_with(options))
            }
        };
        Ok(Self { pools, place })
    }

    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    pub(crate) async fn read(&self) -> Result<Reading, StoreError> {
        let connection = match &self.pools {
            Pools::Sqlite { readers, .. } => readers.acquire().await.map(ReadConnection::Sqlite),
            Pools::Postgres(pool) => pool.acquire().await.map(ReadConnection::Postgres),
        };
        let connection = self.had(connection).await?;
        Ok(Reading { connection, place: Arc::clone(&self.place) })
    }

    pub(crate) async fn write(&self) -> Result<Writing, StoreError> {
        let transaction = match &self.pools {
            // IMMEDIATE: a transaction that begins with a read and then writes would fail at once where two do so.
            Pools::Sqlite { writer, .. } => {
                writer.begin_with("BEGIN IMMEDIATE").await.map(WriteTransaction::Sqlite)
            }
            Pools::Postgres(pool) => pool.begin().await.map(WriteTransaction::Postgres),
        };
        let transaction = self.had(transaction).await?;
        Ok(Writing { transaction, place: Arc::clone(&self.place) })
    }

    /// A transaction to read in: everything it reads is of one instant, whatever is written meanwhile.
    pub(crate) async fn still(&self) -> Result<Writing, StoreError> {
        let transaction = match &self.pools {
            Pools::Sqlite { readers, .. } => readers.begin_with("BEGIN").await.map(WriteTransaction::Sqlite),
            // The first two end what a caller left who went away while a transaction began: the driver does not know of that one, and
            // the isolation of a transaction under way cannot be chosen any more.
            Pools::Postgres(pool) => pool
                .begin_with("BEGIN; ROLLBACK; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                .await
                .map(WriteTransaction::Postgres),
        };
        let transaction = self.had(transaction).await?;
        Ok(Writing { transaction, place: Arc::clone(&self.place) })
    }

    /// Writes a file as large as a small change beside the database of this machine, and removes it: a database that is full still takes a write
    /// that it has room for. The disk of a server is the server's.
    pub(crate) fn try_disk(&self) -> Result<(), StoreError> {
        let Pools::Sqlite { writer, .. } = &self.pools else { return Ok(()) };
        let options = writer.connect_options();
        let folder = options.get_filename().parent().filter(|folder| !folder.as_os_str().is_empty());
        let path = folder.unwrap_or(Path::new(".")).join(format!("rollcall.probe.{}", std::process::id()));
        let written = std::fs::File::create(&path).and_then(|mut file| {
            file.write_all(&vec![0; ROOM])?;
            file.sync_all()
        });
        let removed = match std::fs::remove_file(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        };
        written.and(removed).map_err(|error| migrate::from_file(&error, &self.place))
    }

    /// What a pool gave. One that has waited in vain for its server does not say why: the server is asked once more.
    async fn had<T>(&self, given: sqlx::Result<T>) -> Result<T, StoreError> {
        let error = match (given, &self.pools) {
            (Err(sqlx::Error::PoolTimedOut), Pools::Postgres(pool)) => {
                match connect(&pool.connect_options(), ASKED_AGAIN).await {
                    Ok(connection) => connection.close().await.err().unwrap_or(sqlx::Error::PoolTimedOut),
                    Err(error) => error,
                }
            }
            (Err(error), _) => error,
            (Ok(had), _) => return Ok(had),
        };
        Err(StoreError::from_driver(error, &self.place))
    }

    pub(crate) async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// A connection beside the pool.
async fn connect(options: &PgConnectOptions, patience: Duration) -> sqlx::Result<PgConnection> {
    let connected = tokio::time::timeout(patience, options.connect()).await;
    connected.unwrap_or_else(|_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()))
}

/// Nobody waits for ever for a lock, and a process that was suspended in the middle of a transaction gives its locks back.
async fn limit_waits(connection: &mut PgConnection) -> sqlx::Result<()> {
    let limits = "SET lock_timeout = '15s'; SET idle_in_transaction_session_timeout = '60s'";
    sqlx::raw_sql(limits).execute(connection).await.map(drop)
}

/// Whether a connection that is given back can be used again. Where a disk is full SQLite takes the transaction back by itself
/// (<https://sqlite.org/lang_transaction.html>, "Response To Errors Within A Transaction"), upon which the driver's own rollback fails and
/// it believes itself in a transaction for ever.
async fn is_fit(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

impl Writing {
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        let done = match self.transaction {
            WriteTransaction::Sqlite(transaction) => transaction.commit().await,
            WriteTransaction::Postgres(transaction) => transaction.commit().await,
        };
        done.map_err(|error| StoreError::from_driver(error, &self.place))
    }

    /// For a transaction that takes its time: nobody ends it for being idle between two statements, and rows may come in any order of their
    /// references.
    pub(crate) async fn patient(&mut self) -> Result<(), StoreError> {
        match &mut self.transaction {
            WriteTransaction::Sqlite(transaction) => {
                sqlx::query("PRAGMA defer_foreign_keys = ON").execute(&mut **transaction).await.map(drop)
            }
            WriteTransaction::Postgres(transaction) => {
                sqlx::query("SET LOCAL idle_in_transaction_session_timeout = 0")
                    .execute(&mut **transaction)
                    .await
                    .map(drop)
            }
        }
        .map_err(|error| StoreError::from_driver(error, &self.place))
    }

    /// One writer at a time for what follows, up to the end of the transaction. SQLite has that by nature.
    pub(crate) async fn alone(&mut self) -> Result<(), StoreError> {
        if let WriteTransaction::Postgres(transaction) = &mut self.transaction {
            let done = sqlx::query("SELECT pg_advisory_xact_lock(7165524)").execute(&mut **transaction).await;
            done.map_err(|error| StoreError::from_driver(error, &self.place))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: std::net::SocketAddr, patience: Duration) -> Database {
        let options = PgConnectOptions::new().host(&address.ip().to_string()).port(address.port());
        let pool = PoolOptions::<Postgres>::new().acquire_timeout(patience).connect_lazy_with(options);
        Database { pools: Pools::Postgres(pool), place: "postgres://db.example".into() }
    }

    #[tokio::test]
    async fn a_server_that_is_gone_is_not_taken_for_a_lock_that_somebody_holds() {
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let database = at(nobody, Duration::from_millis(50));
        let failed =
            [database.read().await.err(), database.write().await.err(), database.still().await.err()];
        for error in failed.map(|error| error.expect("nobody answers")) {
            let words = error.to_string();
            assert!(matches!(error, StoreError::Unavailable { .. }) && error.is_passing(), "{words}");
            assert!(words.contains("refused") && words.contains("postgres://db.example"), "{words}");
        }
    }
}
