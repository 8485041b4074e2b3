//! The story: connect, read, test, live, take back, verify.

use super::{heading, say};
use crate::app::App;
use crate::commands::apply::show_items;
use crate::exit::Exit;
use crate::output;
use crate::progress::Progress;
use anyhow::Context;
use rollcall_criteria::{parse, select};
use rollcall_engine::{Connection, Credentials, NewSite, Operator, PolicyState, Ran, RunEnd, SiteSettings};
use rollcall_model::{AddressRule, ItemState, Product, SiteName};
use rollcall_planner::{Percent, Policy, read_policies};
use rollcall_report::RunReport;
use rollcall_simulator::Simulator;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Changes shown of the live run.
const MOST_ROWS: usize = 12;

pub(super) struct Story {
    pub(super) app: App,
    pub(super) approver: Operator,
    pub(super) site: SiteName,
    pub(super) folder: PathBuf,
}

impl Story {
    pub(super) async fn tell(&self, simulator: &Simulator) -> anyhow::Result<Exit> {
        let (engine, operator) = (&self.app.engine, &self.app.operator);
        heading("1. Connect a Confluence (here a simulated one) and read it");
        let answered = connect(&self.app, &self.site, simulator).await?;
        say(&format!("   {} answers: {answered}", simulator.url()));
        self.read().await?;

        heading("2. Load three policies and run each in test mode: nothing is changed");
        let policies = policies(&self.site)?;
        engine.load_policies(operator, &policies).await?;
        for policy in &policies {
            engine.switch_policy(operator, &policy.name, PolicyState::Test, None).await?;
            let (report, _) = self.run_policy(&policy.name).await?;
            say(&format!("   {:<20} {}", policy.name, summary(&report)));
        }
        let writes = simulator.writes().len();
        say(&format!("   Writing requests that reached the site: {writes}"));
        anyhow::ensure!(writes == 0, "a test run wrote to the site");

        heading("3. Switch the first one live and run it");
        let first = &policies[0].name;
        engine.switch_policy(operator, first, PolicyState::Live, None).await?;
        let (report, end) = self.run_live(first).await?;
        output::excerpt(&report, MOST_ROWS)?;

        heading("4. Take it back");
        let undone = self.undo(&report).await?;
        say(&format!("   {}", summary(&undone)));
        // The pages show what was read last: how it is now.
        engine.sync(operator, &self.site, &|_| ()).await?;

        heading("5. Verify the audit log");
        let whole = engine.verify_audit(operator, Vec::new()).await??;
        say(&format!("   whole: {} entries, head {}", whole.head.seq, whole.head));
        let postman = engine.send_mail(operator).await?;
        self.farewell(postman.sent, &report)?;
        Ok(if end == RunEnd::Done { Exit::Done } else { Exit::Partly })
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

/// Connects a simulated site; says what answered.
pub(super) async fn connect(app: &App, name: &SiteName, simulator: &Simulator) -> anyhow::Result<String> {
    let connection = Connection {
        product: Product::ConfluenceDc,
        url: simulator.url().parse()?,
        credentials: Credentials::Token(simulator.token().to_owned().into()),
        certificate_authorities: None,
        settings: SiteSettings { records_every_login: true, ..SiteSettings::default() },
        addresses: AddressRule::everything(),
    };
    let new = NewSite { name: name.clone(), connection };
    let profile = app.engine.add_site(&app.operator, new).await?;
    let version = profile.version.map(|version| version.to_string()).unwrap_or_default();
    Ok(format!("Confluence Data Center {version}, as {}", profile.own_account.username))
}

/// The sample policies that have something to show on the first day, for the demo's site: nobody has lost a seat yet, and the people of a
/// simulated site read no mail.
fn policies(site: &SiteName) -> anyhow::Result<Vec<Policy>> {
    const SHOWN: [&str; 3] = ["reclaim-idle-seats", "never-arrived", "long-disabled"];
    let mut policies = read_policies(Policy::samples_yaml())?;
    policies.retain(|policy| SHOWN.contains(&policy.name.as_str()));
    for policy in &mut policies {
        policy.sites = vec![site.clone()];
        // At a small site the idle are many at once.
        policy.limits.percent = Percent::new(50.0)?;
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
