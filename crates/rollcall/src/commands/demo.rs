//! `rollcall demo`: the whole story on a simulated site, with nothing outside this machine.

use super::apply::show_items;
use crate::app::App;
use crate::cli::Format;
use crate::data::DataFolder;
use crate::exit::Exit;
use crate::output;
use crate::progress::Progress;
use anyhow::Context;
use jiff::SignedDuration;
use rollcall_criteria::{parse, select};
use rollcall_engine::{
    Clock, Connection, Credentials, MailSettings, MailWay, NewOperator, NewSite, NewToken, Operator,
    PolicyState, Ran, Role, RunEnd, SiteSettings, SystemClock,
};
use rollcall_model::{AddressRule, ItemState, Product, SiteName};
use rollcall_planner::{Policy, read_policies};
use rollcall_report::RunReport;
use rollcall_simulator::{AccountPatch, Mix, Options, Simulator};
use secrecy::ExposeSecret as _;
use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

/// The version of the simulated site: one that tells the last login.
const VERSION: &str = "10.2.14";
/// Changes shown of the live run.
const MOST_ROWS: usize = 12;

pub(crate) async fn run(
    accounts: u32,
    seed: u64,
    given: Option<&Path>,
    is_serving: bool,
) -> anyhow::Result<Exit> {
    let folder = folder(given)?;
    let mut options = Options::new(VERSION, accounts, seed, SystemClock.now());
    options.mix = Mix::all_writable();
    let simulator = Simulator::start(options).await.context("the simulated site cannot be started")?;
    open_directories(&simulator)?;
    let story = Story {
        app: open(&folder).await?,
        approver: Operator::local("grace"),
        site: "wiki".parse()?,
        folder,
    };
    let told = story.tell(&simulator).await;
    let ended = match told {
        Ok(_) if is_serving => story.serve().await,
        told => told,
    };
    simulator.stop().await;
    ended
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

struct Story {
    app: App,
    approver: Operator,
    site: SiteName,
    folder: PathBuf,
}

impl Story {
    async fn tell(&self, simulator: &Simulator) -> anyhow::Result<Exit> {
        let (engine, operator) = (&self.app.engine, &self.app.operator);
        heading("1. Connect a Confluence (here a simulated one) and read it");
        self.connect(simulator).await?;
        self.read().await?;

        heading("2. Load three policies and run each in test mode: nothing is changed");
        let policies = policies(&self.site)?;
        engine.load_policies(operator, &policies).await?;
        for policy in &policies {
            engine.switch_policy(operator, &policy.name, PolicyState::Test).await?;
            let (report, _) = self.run_policy(&policy.name).await?;
            say(&format!("   {:<20} {}", policy.name, summary(&report)));
        }
        let writes = simulator.writes().len();
        say(&format!("   Writing requests that reached the site: {writes}"));
        anyhow::ensure!(writes == 0, "a test run wrote to the site");

        heading("3. Switch the first one live and run it");
        let first = &policies[0].name;
        engine.switch_policy(operator, first, PolicyState::Live).await?;
        let (report, end) = self.run_live(first).await?;
        output::excerpt(&report, MOST_ROWS)?;

        heading("4. Take it back");
        let undone = self.undo(&report).await?;
        say(&format!("   {}", summary(&undone)));

        heading("5. Verify the audit log");
        let whole = engine.verify_audit(operator, Vec::new()).await??;
        say(&format!("   whole: {} entries, head {}", whole.head.seq, whole.head));
        let postman = engine.send_mail(operator).await?;
        self.farewell(postman.sent, &report)?;
        Ok(if end == RunEnd::Done { Exit::Done } else { Exit::Partly })
    }

    async fn connect(&self, simulator: &Simulator) -> anyhow::Result<()> {
        let connection = Connection {
            product: Product::ConfluenceDc,
            url: simulator.url().parse()?,
            credentials: Credentials::Token(simulator.token().to_owned().into()),
            certificate_authorities: None,
            settings: SiteSettings { records_every_login: true, ..SiteSettings::default() },
            addresses: AddressRule::everything(),
        };
        let new = NewSite { name: self.site.clone(), connection };
        let profile = self.app.engine.add_site(&self.app.operator, new).await?;
        let version = profile.version.map(|v| v.to_string()).unwrap_or_default();
        say(&format!(
            "   {} answers: Confluence Data Center {version}, as {}",
            simulator.url(),
            profile.own_account.username
        ));
        Ok(())
    }

    async fn read(&self) -> anyhow::Result<()> {
        let progress = Progress::new();
        let show = |p: rollcall_engine::Progress<'_>| {
            progress.show(&format!("reading {}", p.what), p.done, p.of, "");
        };
        let synced = self.app.engine.sync(&self.app.operator, &self.site, &show).await?;
        progress.finish();
        let (snapshot, facts) = (&synced.picture.snapshot, &synced.picture.facts);
        say(&format!(
            "   {} accounts and {} groups, read with {} requests",
            snapshot.len(),
            snapshot.group_count(),
            synced.requests
        ));
        for (words, criterion) in [
            ("idle for 90 days or more", "status = enabled AND seat = true AND idle >= 90d"),
            ("never signed in", "status = enabled AND lastLogin = never"),
            ("activity not known: left alone", "status = enabled AND lastActive IS UNKNOWN"),
        ] {
            let selection = select(snapshot, facts, &parse(criterion)?, self.app.engine.now())?;
            say(&format!("   {:>6} {words:<30} {criterion}", selection.accounts.len()));
        }
        Ok(())
    }

    async fn run_policy(&self, name: &str) -> anyhow::Result<(RunReport, RunEnd)> {
        let (progress, show) = show_items();
        let ran = self.app.engine.run_policy(&self.app.operator, name, &self.site, &|_| (), show).await?;
        progress.finish();
        match ran {
            Ran::Run { report, end } => Ok((*report, end)),
            Ran::Held(made) => anyhow::bail!("policy {name} was held up: plan {}", made.plan.id),
        }
    }

    /// A live run; the policy asks for a second person above a number of accounts, and gets one.
    async fn run_live(&self, name: &str) -> anyhow::Result<(RunReport, RunEnd)> {
        let engine = &self.app.engine;
        let (progress, show) = show_items();
        let ran = engine.run_policy(&self.app.operator, name, &self.site, &|_| (), show).await?;
        progress.finish();
        let made = match ran {
            Ran::Run { report, end } => return Ok((*report, end)),
            Ran::Held(made) => made,
        };
        if !made.is_awaiting {
            let exceeded: Vec<_> = made.plan.limits.exceeded().map(|limit| limit.words.clone()).collect();
            anyhow::bail!("plan {} was held up: {}", made.plan.id, exceeded.join("; "));
        }
        say(&format!(
            "   {} accounts: the policy asks for a second person. {} approves plan {}",
            made.plan.accounts, self.approver, made.plan.id
        ));
        engine.approve(&self.approver, &made.plan.id, "looks right").await?;
        self.apply(&made.plan.id).await
    }

    async fn undo(&self, report: &RunReport) -> anyhow::Result<RunReport> {
        let made = self.app.engine.plan_undo(&self.app.operator, &report.run.id, &|_| ()).await?;
        if made.is_awaiting {
            self.app.engine.approve(&self.approver, &made.plan.id, "take it back").await?;
        }
        Ok(self.apply(&made.plan.id).await?.0)
    }

    async fn apply(&self, plan: &rollcall_model::PlanId) -> anyhow::Result<(RunReport, RunEnd)> {
        let (progress, show) = show_items();
        let applied = self.app.engine.apply(&self.app.operator, plan, show).await?;
        progress.finish();
        Ok(applied)
    }

    /// The service over what the story left, until somebody ends it.
    async fn serve(self) -> anyhow::Result<Exit> {
        let (engine, operator) = (&self.app.engine, &self.app.operator);
        heading("6. The service: API, schedules, sign-in. Ctrl-C ends it");
        for (name, role) in [(operator.name(), Role::Admin), (self.approver.name(), Role::Approver)] {
            let new =
                NewOperator { name: name.to_owned(), display_name: None, email: None, role, password: None };
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
        say(&format!("   token of {operator}, for a day: {}", token.expose_secret()));
        for path in ["overview", "sites/wiki/accounts?limit=3", "policies", "runs", "openapi.json"] {
            let curl = "curl -H 'Authorization: Bearer TOKEN'";
            say(&format!("   {curl} 'http://{listen}/api/v1/{path}'"));
        }
        super::serve::run(self.app, Some(listen)).await
    }

    fn farewell(&self, mails: u32, report: &RunReport) -> anyhow::Result<()> {
        let csv = self.folder.join("run.csv");
        let mut bytes = Vec::new();
        rollcall_report::report_csv(report, rollcall_report::CsvReader::Spreadsheet, &mut bytes)?;
        std::fs::write(&csv, bytes).with_context(|| format!("{} cannot be written", csv.display()))?;
        heading("Where to look");
        let data = self.folder.display();
        say(&format!("   mails ({mails})    {}", self.folder.join("mail").display()));
        say(&format!("   run as CSV   {}", csv.display()));
        say(&format!("   runs         rollcall --data {data} runs list"));
        say(&format!("   audit log    rollcall --data {data} audit list"));
        say(
            "   Your own Confluence: rollcall site add wiki --url https://wiki.example.org --token-file FILE",
        );
        Ok(())
    }
}

/// The sample policies that have something to show on the first day, for the demo's site: nobody has lost a seat yet, and the people of a
/// simulated site read no mail.
fn policies(site: &SiteName) -> anyhow::Result<Vec<Policy>> {
    const SHOWN: [&str; 3] = ["reclaim-idle-seats", "never-arrived", "long-disabled"];
    let mut policies = read_policies(Policy::samples_yaml())?;
    policies.retain(|policy| SHOWN.contains(&policy.name.as_str()));
    for policy in &mut policies {
        policy.sites = vec![site.clone()];
    }
    Ok(policies)
}

fn summary(report: &RunReport) -> String {
    let counts = report.counts();
    let count = |state: ItemState| counts.get(&state).copied().unwrap_or_default();
    let words = if report.basis.mode == rollcall_report::Mode::Test { "would be made" } else { "made" };
    let mut text = format!("{} changes {words}", count(ItemState::Done));
    for state in
        [ItemState::Already, ItemState::Drifted, ItemState::Refused, ItemState::Failed, ItemState::Unknown]
    {
        if count(state) > 0 {
            let _ = write!(text, ", {} {state}", count(state));
        }
    }
    let _ = write!(
        text,
        "; {} accounts protected, {} refused in the plan",
        report.basis.protected.len(),
        report.basis.refused.len()
    );
    text
}

fn heading(text: &str) {
    let _ = output::text(&format!("\n{text}\n"));
}

fn say(text: &str) {
    let _ = output::text(&format!("{text}\n"));
}
