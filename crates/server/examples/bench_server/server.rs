//! The server in a process of its own, and the simulated site in this one.

use crate::population::{Products, address};
use crate::{Outcome, argument};
use axum::http::request::Parts;
use futures::future::BoxFuture;
use rollcall_engine::{
    Connection, Credentials, DatabaseLocation, Engine, NewOperator, NewSite, Operator, Role, SealingKey,
    Settings, SiteSettings, SystemClock, Worker,
};
use rollcall_model::{AddressRule, Product};
use rollcall_server::{Api, Authenticate, Problem, ServerSettings};
use rollcall_simulator::{AccountPatch, DIRECTORIES, Faults, Mix, Options, RateLimit, Simulator, State};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use tempfile::TempDir;

pub(crate) const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// Where a simulated site is.
pub(crate) struct Address {
    url: String,
    token: String,
}

/// A simulated site.
pub(crate) struct Site {
    pub(crate) address: Address,
    simulator: Simulator,
    _runtime: tokio::runtime::Runtime,
}

impl Site {
    pub(crate) fn start(accounts: u32) -> Outcome<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let mut options = Options::new("10.2", accounts, 1, rollcall_engine::Clock::now(&SystemClock));
        options.mix = Mix::all_writable();
        let simulator = runtime.block_on(Simulator::start(options))?;
        simulator.with_state(make_writable);
        let address = Address { url: simulator.url(), token: simulator.token().to_owned() };
        Ok(Self { address, simulator, _runtime: runtime })
    }

    /// From now on so many requests a second are allowed.
    pub(crate) fn allows(&self, per_second: u32) -> Outcome {
        let limit = RateLimit { capacity: per_second, fill_rate: per_second, interval_ms: 1000 };
        self.simulator.try_set_faults(Faults { rate_limit: Some(limit), ..Faults::default() })?;
        Ok(())
    }
}

/// Moves whoever is left in a read-only directory into the writable one, so that whatever is planned can be done.
fn make_writable(state: &mut State) {
    let writable = DIRECTORIES[0];
    let elsewhere: Vec<String> =
        state.account_views().filter(|view| view.directory != writable).map(|view| view.username).collect();
    let patch = AccountPatch { directory: Some(writable.to_owned()), ..AccountPatch::default() };
    for username in elsewhere {
        // Who is in no directory at all cannot be moved, and is not selected either.
        let _ = state.patch_account(&username, &patch);
    }
}

/// A server in a child process, on an installation of its own.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    child: Child,
    _folder: TempDir,
}

impl Server {
    pub(crate) fn start(accounts: u32, site: Option<&Address>) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        make(folder.path(), accounts, site)?;
        let mut child = this(&["serve"], folder.path())?.stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        Ok(Self { address: line.trim().parse()?, child, _folder: folder })
    }

    /// Its resident memory in megabytes, now and at most.
    pub(crate) fn memory(&self) -> Outcome<(u64, u64)> {
        memory_of(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Whether it had ended already does not matter.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What Linux says of a process: megabytes resident, now and at most.
pub(crate) fn memory_of(process: u32) -> Outcome<(u64, u64)> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let figure = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() / 1024
    };
    Ok((figure("VmRSS:"), figure("VmHWM:")))
}

/// Makes an installation, in a process of its own whose memory is gone afterwards.
pub(crate) fn make(folder: &Path, accounts: u32, site: Option<&Address>) -> Outcome {
    let mut command = this(&["prepare"], folder)?;
    command.arg(accounts.to_string());
    if let Some(site) = site {
        command.args([&site.url, &site.token]);
    }
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err("the installation could not be made".into()) }
}

fn this(arguments: &[&str], folder: &Path) -> Outcome<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(arguments).arg(folder);
    Ok(command)
}

async fn open(folder: &Path, accounts: u32) -> Outcome<Engine> {
    let settings = Settings {
        database: DatabaseLocation::in_folder(folder),
        key: SealingKey::from_text(KEY, "the bench")?,
        mail: None,
        name: "bench".to_owned(),
        public_url: None,
        locks: folder.join("locks"),
        clock: Arc::new(SystemClock),
        sites: Arc::new(Products { accounts }),
    };
    Ok(Engine::open(settings).await?)
}

/// The other process: `FOLDER ACCOUNTS [URL TOKEN]`.
pub(crate) fn prepare(arguments: &[String]) -> Outcome {
    let folder = arguments.first().ok_or("no folder")?;
    let accounts: u32 = argument(arguments, 1, 1_000_000)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let engine = open(Path::new(folder), accounts).await?;
        let local = Operator::local("bench");
        // Whoever asks for a job must be there when it is done.
        let (name, role) = ("bench".to_owned(), Role::Admin);
        let new = NewOperator { name, display_name: None, email: None, role, password: None };
        engine.add_operator(&local, new).await?;
        let mut sites = vec![("synthetic", address()?, "none")];
        if let [_, _, url, token] = arguments {
            sites.push(("live", url.parse()?, token));
        }
        for (name, url, token) in sites {
            let connection = Connection {
                product: Product::ConfluenceDc,
                url,
                credentials: Credentials::Token(token.to_owned().into()),
                certificate_authorities: None,
                settings: SiteSettings::default(),
                addresses: AddressRule::everything(),
            };
            let site: rollcall_model::SiteName = name.parse()?;
            engine.add_site(&local, NewSite { name: site.clone(), connection }).await?;
            engine.sync(&local, &site, &|_| ()).await?;
        }
        Ok(())
    })
}

/// Everybody is an administrator.
struct Everybody;

impl Authenticate for Everybody {
    fn operator<'a>(&'a self, _: &'a mut Parts) -> BoxFuture<'a, Result<Option<Operator>, Problem>> {
        Box::pin(async { Ok(Some(Operator::remote("bench", Role::Admin))) })
    }
}

/// The other process: `FOLDER`. Says its address, and serves until it is ended.
pub(crate) fn serve(arguments: &[String]) -> Outcome {
    let folder = arguments.first().ok_or("no folder")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let engine = Arc::new(open(Path::new(folder), 0).await?);
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let settings = ServerSettings { listen, ..ServerSettings::default() };
        let server =
            rollcall_server::Server::bind(Api::new(Arc::clone(&engine), Arc::new(Everybody), settings))
                .await?;
        let worker = tokio::spawn(Worker::new(engine).serve(std::future::pending()));
        println!("{}", server.address());
        std::io::stdout().flush()?;
        server.run(std::future::pending()).await;
        worker.abort();
        Ok(())
    })
}
