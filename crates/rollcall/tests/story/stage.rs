//! A stage: a simulated site, an empty data folder, and the binary.

use rollcall_simulator::{AccountPatch, Options, Simulator};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use tempfile::TempDir;

/// One simulated site with one installation beside it.
pub(crate) struct Stage {
    pub(crate) site: Simulator,
    pub(crate) folder: TempDir,
    data: PathBuf,
    database: Option<String>,
}

/// What a command printed and how it ended.
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// The output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.out, self.err))
    }

    /// The command must have ended like this.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\n--- out\n{}\n--- err\n{}", self.out, self.err);
        self
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// The runtime that the simulated sites are started on; each then has threads of its own.
fn runtime() -> &'static tokio::runtime::Runtime {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| tokio::runtime::Runtime::new().expect("a runtime"))
}

/// Starts a simulated site.
pub(crate) fn start(options: Options) -> Simulator {
    runtime().block_on(Simulator::start(options)).expect("the simulated site starts")
}

impl Stage {
    /// A site of version 10.2 in which every account can be changed, with so many accounts, connected as `wiki`.
    pub(crate) fn with(accounts: u32) -> Self {
        let mut options = Options::new("10.2.0", accounts, 7, now());
        options.mix = rollcall_simulator::Mix::all_writable();
        Self::on(options, None).writable()
    }

    /// Moves the few that are always in a directory that refuses into the one that does not.
    pub(crate) fn writable(self) -> Self {
        self.site.with_state(|state| {
            let home = state.account_view("admin").expect("there is an administrator").directory;
            let elsewhere: Vec<_> = state.account_views().filter(|v| v.directory != home).collect();
            for view in elsewhere {
                let patch = AccountPatch { directory: Some(home.clone()), ..AccountPatch::default() };
                state.patch_account(&view.username, &patch).expect("an account can be moved");
            }
        });
        self
    }

    /// Any site, and any database.
    pub(crate) fn on(options: Options, database: Option<String>) -> Self {
        Self::around(start(options), database)
    }

    /// A site of the rows of a real installation.
    pub(crate) fn from_rows(rows: &Path, options: Options) -> Self {
        let site = runtime().block_on(Simulator::start_from(rows, options));
        Self::around(site.expect("the site of the rows starts"), None)
    }

    /// A site that runs already.
    fn around(site: Simulator, database: Option<String>) -> Self {
        let folder = TempDir::new().expect("a folder");
        let stage = Self { site, data: folder.path().join("data"), folder, database };
        stage.file("token", stage.site.token());
        stage.connect();
        stage
    }

    /// The same site with its installation in another folder.
    pub(crate) fn in_folder(mut self, data: PathBuf) -> Self {
        self.data = data;
        self.connect();
        self
    }

    fn connect(&self) {
        let token = self.folder.path().join("token").display().to_string();
        let url = self.site.url();
        self.run(&[
            "site",
            "add",
            "wiki",
            "--url",
            &url,
            "--token-file",
            &token,
            "--records-every-login",
            "true",
        ])
        .ends(0);
    }

    /// Writes a file beside the data.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }

    /// The binary with these arguments, not yet started.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
        command
            .args(args)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("ROLLCALL_DATA", &self.data)
            .env("ROLLCALL_OPERATOR", "ada")
            .stdin(Stdio::null());
        if let Some(url) = &self.database {
            command.env("ROLLCALL_DATABASE_URL", url);
        }
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Ended {
        self.command(args).output().expect("the program starts").into()
    }

    /// Runs it to its end, told to die at a kill point.
    pub(crate) fn run_killed_at(&self, point: &str, args: &[&str]) -> Ended {
        self.command(args).env("ROLLCALL_KILL_AT", point).output().expect("the program starts").into()
    }

    /// Starts it in the background.
    pub(crate) fn spawn(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
    }

    /// Runs it with `--format json`.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let mut with = args.to_vec();
        with.extend(["--format", "json"]);
        self.run(&with).json()
    }

    /// Reads the site and plans these actions for a criterion; gives the plan's id and JSON.
    pub(crate) fn plan(&self, criterion: &str, actions: &[&str]) -> (String, Value) {
        let mut args =
            vec!["plan", "wiki", "--select", criterion, "--max-percent", "100", "--format", "json"];
        for action in actions {
            args.extend(["--action", action]);
        }
        let plan = self.run(&args).ends(0).json();
        (plan["id"].as_str().expect("a plan has an id").to_owned(), plan)
    }

    /// The newest run, as JSON.
    pub(crate) fn newest_run(&self) -> Value {
        let runs = self.json(&["runs", "list", "--limit", "1"]);
        let id = runs[0]["id"].as_str().expect("there is a run").to_owned();
        self.json(&["runs", "show", &id])
    }

    /// Writing requests that took effect, as `METHOD path`.
    pub(crate) fn effects(&self) -> Vec<String> {
        let writes = self.site.writes().into_iter().filter(|w| w.effect == Some(true));
        writes.map(|w| format!("{} {}", w.method, w.path)).collect()
    }
}

/// The machine's time: the program under test has no other.
#[expect(clippy::disallowed_methods, reason = "the simulated world is made at the time the program will see")]
pub(crate) fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}
