//! An empty database for one test.

use crate::postgres;
use std::future::Future;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// Runs statements on a file of SQLite, waiting for whoever writes there.
const SQLITE: &str =
    "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=20).executescript(sys.argv[2])";

/// An empty database, gone when dropped.
pub struct TestDatabase {
    location: String,
    kept: Kept,
}

enum Kept {
    Folder(TempDir),
    Database(String),
}

impl TestDatabase {
    /// A file that does not exist yet, in a folder of its own.
    ///
    /// # Panics
    /// Where no temporary folder can be made.
    pub fn sqlite() -> Self {
        let folder =
            tempfile::tempdir().unwrap_or_else(|error| panic!("no temporary folder can be made: {error}"));
        let location = folder.path().join("rollcall.db").display().to_string();
        Self { location, kept: Kept::Folder(folder) }
    }

    /// A database on the test server; `None`, aloud, where there is no PostgreSQL.
    ///
    /// # Panics
    /// Where the server cannot make one, or is required and missing.
    pub fn postgres() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let Some(server) = postgres::server() else {
            eprintln!("SKIPPED on PostgreSQL, which is not installed (Debian: apt install postgresql)");
            return None;
        };
        let name = format!("rollcall_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        Some(Self { location: server.create(&name), kept: Kept::Database(name) })
    }

    /// Where it is: the path of a file, or a `postgres://` address.
    pub fn location(&self) -> &str {
        &self.location
    }

    /// Whether it is on PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        matches!(self.kept, Kept::Database(_))
    }

    /// Runs a statement behind the program's back, as another program: `python3` on SQLite, `psql` on PostgreSQL.
    ///
    /// # Panics
    /// Where the other program is not there, or the statement fails.
    pub fn execute(&self, sql: &str) {
        let mut program = if self.is_postgres() {
            let mut psql = Command::new("psql");
            psql.args(["--quiet", "--set", "ON_ERROR_STOP=1", "--command", sql, self.location()]);
            psql
        } else {
            let mut python = Command::new("python3");
            python.args(["-c", SQLITE, self.location(), sql]);
            python
        };
        let output = program.output().unwrap_or_else(|error| panic!("{program:?} cannot be run: {error}"));
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        match &self.kept {
            Kept::Folder(folder) => drop(std::fs::remove_dir_all(folder.path())),
            Kept::Database(name) => {
                if let Some(server) = postgres::server() {
                    server.remove(name);
                }
            }
        }
    }
}

/// Runs one test on one database, on several threads so that races are races.
///
/// # Panics
/// Where the test does.
pub fn run<F: Future<Output = ()>>(database: TestDatabase, test: impl FnOnce(TestDatabase) -> F + Send) {
    /// Unoptimised, the use cases of a long test do not fit on the two megabytes that a test's thread has.
    const STACK: usize = 16 << 20;
    let work = || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_stack_size(STACK)
            .enable_all()
            .build();
        let runtime = runtime.unwrap_or_else(|error| panic!("no runtime can be made: {error}"));
        runtime.block_on(test(database));
    };
    std::thread::scope(|scope| {
        let name = std::thread::current().name().unwrap_or("test").to_owned();
        let thread = std::thread::Builder::new().name(name).stack_size(STACK).spawn_scoped(scope, work);
        let thread = thread.unwrap_or_else(|error| panic!("no thread can be made: {error}"));
        if let Err(panic) = thread.join() {
            std::panic::resume_unwind(panic);
        }
    });
}
