//! The PostgreSQL server of a test process.
//!
//! `scripts/with-postgres` is the one place that knows how to start, stop and remove a private server. Without a server given, it is
//! started here around a `cat` that ends when this process does, however it ends.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// A running server.
pub(crate) struct Server {
    /// Address of a database in it, from which others are created.
    address: String,
    programs: PathBuf,
    /// Somebody else's, so that what we leave in it stays.
    is_lent: bool,
    /// Holds the pipe whose end ends the private server.
    _keeper: Option<Child>,
}

/// The server, started on first use; `None` where PostgreSQL is not installed.
pub(crate) fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(|| lent().or_else(private)).as_ref()
}

fn programs() -> PathBuf {
    std::env::var_os("ROLLCALL_POSTGRES_PROGRAMS").map(PathBuf::from).unwrap_or_default()
}

fn lent() -> Option<Server> {
    let address = std::env::var("ROLLCALL_TEST_POSTGRES").ok().filter(|address| !address.is_empty())?;
    Some(Server { address, programs: programs(), is_lent: true, _keeper: None })
}

fn private() -> Option<Server> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/with-postgres");
    let mut keeper = Command::new(script)
        .args([
            "sh",
            "-c",
            "echo \"$ROLLCALL_TEST_POSTGRES\"; echo \"$ROLLCALL_POSTGRES_PROGRAMS\"; cat >/dev/null",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        // Ctrl-C at the terminal is for the tests; the server goes when they are gone.
        .process_group(0)
        .spawn()
        .unwrap_or_else(|error| panic!("scripts/with-postgres cannot be run: {error}"));
    let mut lines = keeper.stdout.take().map(BufReader::new).into_iter().flat_map(BufReader::lines);
    let mut line = || lines.next().and_then(Result::ok).unwrap_or_default();
    let (address, programs) = (line(), line());
    if address.is_empty() {
        let is_required = std::env::var("ROLLCALL_REQUIRE_POSTGRES").as_deref() == Ok("1");
        assert!(!is_required, "ROLLCALL_REQUIRE_POSTGRES=1, and there is no PostgreSQL");
        // It said why; closing its input, which this does, ends it.
        let _ = keeper.wait();
        return None;
    }
    Some(Server { address, programs: programs.into(), is_lent: false, _keeper: Some(keeper) })
}

impl Server {
    /// Creates an empty database and gives its address.
    pub(crate) fn create(&self, name: &str) -> String {
        let create = || self.run("createdb", &["--template=template0", name]);
        if create().is_err() {
            // Left over by a process that had our number before.
            self.drop_database(name);
            create().unwrap_or_else(|error| panic!("{error}"));
        }
        let (server, rest) = self.address.split_at(self.address.find("://").map_or(0, |at| at + 3));
        let path = rest.find('/').unwrap_or_else(|| panic!("ROLLCALL_TEST_POSTGRES must name a database"));
        let query = rest.find('?').unwrap_or(rest.len());
        format!("{server}{}/{name}{}", &rest[..path], &rest[query..])
    }

    /// Removes a database again. In a private server it goes with the server.
    pub(crate) fn remove(&self, name: &str) {
        if self.is_lent {
            self.drop_database(name);
        }
    }

    fn drop_database(&self, name: &str) {
        if let Err(error) = self.run("dropdb", &["--if-exists", "--force", name]) {
            eprintln!("testkit: {error}");
        }
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<(), String> {
        let output = Command::new(self.programs.join(program))
            .arg(format!("--maintenance-db={}", self.address))
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("{program} cannot be run: {error}"))?;
        if output.status.success() {
            return Ok(());
        }
        Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr).trim()))
    }
}
