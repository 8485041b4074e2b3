//! `rollcall demo`: the whole story on simulated sites, with nothing outside this machine; then the service over it.

mod lively;
mod story;

use crate::app::App;
use crate::cli::Format;
use crate::data::DataFolder;
use crate::exit::Exit;
use crate::output;
use anyhow::Context;
use jiff::SignedDuration;
use rand::TryRng as _;
use rand::rngs::SysRng;
use rollcall_engine::{Clock, MailSettings, MailWay, NewOperator, NewToken, Operator, Role, SystemClock};
use rollcall_simulator::{AccountPatch, Mix, Options, Simulator};
use secrecy::{ExposeSecret as _, SecretString};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use story::Story;

/// The version of the simulated site: one that tells the last login.
const VERSION: &str = "10.2.14";

pub(crate) async fn run(
    accounts: u32,
    seed: u64,
    given: Option<&Path>,
    is_serving: bool,
) -> anyhow::Result<Exit> {
    let folder = folder(given)?;
    let wiki = simulate(accounts, seed).await?;
    open_directories(&wiki)?;
    let story = Story {
        app: open(&folder).await?,
        approver: Operator::local("grace"),
        site: "wiki".parse()?,
        folder,
    };
    let told = story.tell(&wiki).await;
    let ended = match told {
        Ok(_) if is_serving => {
            let docs = simulate((accounts / 5).max(60), seed + 1).await?;
            let served = serve(story, &docs).await;
            docs.stop().await;
            served
        }
        told => told,
    };
    wiki.stop().await;
    ended
}

async fn simulate(accounts: u32, seed: u64) -> anyhow::Result<Simulator> {
    let mut options = Options::new(VERSION, accounts, seed, SystemClock.now());
    options.mix = Mix::all_writable();
    Simulator::start(options).await.context("the simulated site cannot be started")
}

/// The service over what the story left, until somebody ends it.
async fn serve(story: Story, docs: &Simulator) -> anyhow::Result<Exit> {
    heading("6. The service: pages, API, schedules, sign-in. Ctrl-C ends it");
    lively::liven(&story, docs).await?;
    let (engine, operator) = (&story.app.engine, &story.app.operator);
    let password = password()?;
    for (name, role) in [(operator.name(), Role::Admin), (story.approver.name(), Role::Approver)] {
        let (name, password) = (name.to_owned(), Some(password.clone()));
        let new = NewOperator { name, display_name: None, email: None, role, password };
        engine.add_operator(operator, new).await?;
    }
    let new = NewToken {
        name: "demo".to_owned(),
        owner: Some(operator.name().to_owned()),
        role: None,
        expires_at: Some(engine.now() + SignedDuration::from_hours(24)),
    };
    let (_, token) = engine.create_token(operator, new).await?;
    let listen = free_address()?;
    say(&format!("   open         http://{listen}/"));
    say(&format!("   sign in      {operator} (admin), or {} (approver)", story.approver));
    say(&format!("   password     {}", password.expose_secret()));
    say("   For programs:");
    say(&format!("   token of {operator}, for a day: {}", token.expose_secret()));
    for path in ["overview", "sites/wiki/accounts?limit=3", "openapi.json"] {
        let curl = "curl -H 'Authorization: Bearer TOKEN'";
        say(&format!("   {curl} 'http://{listen}/api/v1/{path}'"));
    }
    crate::commands::serve::run(story.app, Some(listen)).await
}

/// A password that nobody has had before.
fn password() -> anyhow::Result<SecretString> {
    let mut bytes = [0_u8; 10];
    SysRng.try_fill_bytes(&mut bytes).context("this system gives no randomness")?;
    let letters: Vec<char> = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(letter).collect();
    let words: Vec<String> = letters.chunks(5).map(|word| word.iter().collect()).collect();
    Ok(words.join("-").into())
}

/// One of sixteen letters that are hard to mistake for one another.
fn letter(nibble: u8) -> char {
    char::from(b"abcdefghjkmnprst"[usize::from(nibble & 15)])
}

/// Where the service of the demo listens: at its usual port, or at another where that is taken.
fn free_address() -> anyhow::Result<SocketAddr> {
    let at = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).and_then(|l| l.local_addr());
    at(8474).or_else(|_| at(0)).context("this machine gives no port to listen at")
}

/// A story in which everything can be done: a real site has directories that refuse, and then the plan or the run says so.
fn open_directories(simulator: &Simulator) -> anyhow::Result<()> {
    simulator.with_state(|state| {
        let Some(home) = state.account_view(simulator.username()).map(|view| view.directory) else {
            return Ok(());
        };
        let elsewhere: Vec<_> = state.account_views().filter(|view| view.directory != home).collect();
        for view in elsewhere {
            let patch = AccountPatch { directory: Some(home.clone()), ..AccountPatch::default() };
            state.patch_account(&view.username, &patch).context("the simulated site cannot be prepared")?;
        }
        Ok(())
    })
}

/// A new folder, so that the demo can be run again and again; or the one that was named.
fn folder(given: Option<&Path>) -> anyhow::Result<PathBuf> {
    match given {
        Some(folder) if folder.join("rollcall.db").exists() => {
            anyhow::bail!(
                "{} holds an installation already; the demo does not touch it: name another folder",
                folder.display()
            )
        }
        Some(folder) => Ok(folder.to_owned()),
        None => Ok(tempfile::Builder::new()
            .prefix("rollcall-demo-")
            .tempdir()
            .context("no folder can be made")?
            .keep()),
    }
}

async fn open(folder: &Path) -> anyhow::Result<App> {
    let mut data = DataFolder::open(Some(folder))?;
    let from = "Rollcall demo <rollcall@example.org>".parse()?;
    data.mail = Some(MailSettings { from, bounces_to: None, way: MailWay::Folder(folder.join("mail")) });
    App::over(data, Operator::local("ada"), Format::Table).await
}

fn heading(text: &str) {
    let _ = output::text(&format!("\n{text}\n"));
}

fn say(text: &str) {
    let _ = output::text(&format!("{text}\n"));
}
