//! An installation whose clock can be set, beside a simulated site whose people come and go.

use jiff::{SignedDuration, Timestamp};
use rollcall_engine::{
    Act, Clock, Connection, Credentials, Engine, EngineError, MailSettings, MailWay, NewSite, OpenSite,
    Operator, PolicyState, Ran, RunEnd, SealingKey, Selection, Settings, SiteError, SiteSettings,
};
use rollcall_model::{Action, Product, SiteName};
use rollcall_planner::{Limits, Mode, Percent, Period, Plan, read_policies};
use rollcall_report::RunReport;
use rollcall_simulator::{AccountPatch, Fault, Faults, Mix, Options, Rule, Simulator};
use rollcall_testkit::{MockClock, TestDatabase};
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

/// The instant at which every stage begins; the simulated world was made for it.
pub(crate) const BEGIN: &str = "2026-11-22T12:00:00Z";

struct Shows(MockClock);

impl Clock for Shows {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

struct Products;

impl OpenSite for Products {
    fn open(&self, connection: &Connection) -> Result<Arc<dyn Act>, SiteError> {
        Ok(rollcall_atlassian::connect(connection)?)
    }
}

/// One installation, connected to one site as `wiki`.
pub(crate) struct Stage {
    pub(crate) site: Simulator,
    pub(crate) engine: Arc<Engine>,
    pub(crate) clock: MockClock,
    pub(crate) ada: Operator,
    pub(crate) wiki: SiteName,
    folder: TempDir,
    database: String,
    key: String,
}

/// A site of version 10.2 in which every account can be changed and the audit log tells logins.
pub(crate) fn options() -> Options {
    let mut options = Options::new("10.2.0", 60, 7, BEGIN.parse().unwrap());
    options.mix = Mix::all_writable();
    options.switches.audit_logins = true;
    options
}

impl Stage {
    pub(crate) async fn with(database: &TestDatabase) -> Self {
        Self::on(database, options()).await
    }

    pub(crate) async fn on(database: &TestDatabase, options: Options) -> Self {
        let site = Simulator::start(options).await.unwrap();
        site.with_state(|state| {
            let home = state.account_view("admin").unwrap().directory;
            let elsewhere: Vec<_> = state.account_views().filter(|v| v.directory != home).collect();
            for view in elsewhere {
                let patch = AccountPatch { directory: Some(home.clone()), ..AccountPatch::default() };
                state.patch_account(&view.username, &patch).unwrap();
            }
        });
        let folder = TempDir::new().unwrap();
        let clock = MockClock::at(BEGIN);
        let key = "ab".repeat(32);
        let location = database.location().to_owned();
        let engine = open(&location, &key, &clock, &folder, true, true).await;
        let stage = Self {
            engine: Arc::new(engine),
            clock,
            ada: Operator::local("ada"),
            wiki: "wiki".parse().unwrap(),
            folder,
            database: location,
            key,
            site,
        };
        stage.connect("wiki").await;
        stage
    }

    /// Connects the site under a name.
    pub(crate) async fn connect(&self, name: &str) -> SiteName {
        let connection = Connection {
            product: Product::ConfluenceDc,
            url: self.site.url().parse().unwrap(),
            credentials: Credentials::Token(self.site.token().to_owned().into()),
            certificate_authorities: None,
            addresses: rollcall_model::AddressRule::everything(),
            settings: SiteSettings { records_every_login: true, ..SiteSettings::default() },
        };
        let name: SiteName = name.parse().unwrap();
        self.engine.add_site(&self.ada, NewSite { name: name.clone(), connection }).await.unwrap();
        name
    }

    /// Another process on the same installation: with mail or without, with an address for links or without.
    pub(crate) async fn beside(&self, has_mail: bool, has_address: bool) -> Engine {
        open(&self.database, &self.key, &self.clock, &self.folder, has_mail, has_address).await
    }

    pub(crate) fn tick(&self, minutes: i64) -> Timestamp {
        self.clock.tick(SignedDuration::from_mins(minutes))
    }

    /// Days go by, here and at the site.
    pub(crate) fn tick_days(&self, days: i64) -> Timestamp {
        let now = self.clock.tick(SignedDuration::from_hours(24 * days));
        self.site.set_now(now);
        now
    }

    pub(crate) async fn sync(&self) {
        self.engine.sync(&self.ada, &self.wiki, &|_| ()).await.unwrap();
    }

    /// Names of people with a seat directly by `confluence-users`, enabled, idle for long, no administrators.
    pub(crate) fn idle_people(&self, count: usize) -> Vec<String> {
        let now = self.clock.now();
        let people: Vec<String> = self.site.with_state(|state| {
            let is_idle =
                |at: Option<Timestamp>| at.is_some_and(|at| now.duration_since(at).as_hours() > 24 * 120);
            state
                .account_views()
                .filter(|v| {
                    v.status == "enabled"
                        && v.seat
                        && !v.system_administrator
                        && v.groups.iter().any(|g| g == "confluence-users")
                        && !v.groups.iter().any(|g| g == "wiki-staff" || g.contains("admin"))
                        && v.username.bytes().all(|b| b.is_ascii_lowercase())
                        && is_idle(v.last_login)
                })
                .map(|v| v.username)
                .take(count)
                .collect()
        });
        assert_eq!(people.len(), count, "the simulated site has too few of them");
        people
    }

    /// Gives somebody an address, and other properties of an account.
    pub(crate) fn patch(&self, name: &str, patch: &AccountPatch) {
        self.site.with_state(|state| state.patch_account(name, patch)).unwrap();
    }

    /// The site refuses whoever asks.
    pub(crate) fn fail_everything(&self) {
        let rules = vec![Rule::new(Fault::Unauthorised)];
        self.site.set_faults(Faults { rules, ..Faults::default() });
    }

    pub(crate) fn sign_in(&self, name: &str) {
        let now = self.clock.now();
        self.site.with_state(|state| state.log_in(name, now)).unwrap();
    }

    /// Somebody new at the site; gives the key.
    pub(crate) fn arrive(&self, name: &str) -> String {
        let now = self.clock.now();
        self.site.with_state(|state| {
            let home = state.account_view("admin").unwrap().directory;
            state.arrive(name, name, &format!("{name}@example.org"), &home, now).unwrap()
        })
    }

    pub(crate) fn is_member(&self, name: &str, group: &str) -> bool {
        self.site.with_state(|state| state.account_view(name).unwrap().groups.iter().any(|g| g == group))
    }

    /// Loads policies and switches each on in test mode.
    pub(crate) async fn load(&self, yaml: &str) {
        let policies = read_policies(yaml).unwrap_or_else(|error| panic!("{error}"));
        self.engine.load_policies(&self.ada, &policies).await.unwrap();
        for policy in policies {
            self.engine.switch_policy(&self.ada, &policy.name, PolicyState::Test, None).await.unwrap();
        }
    }

    /// Gives a policy its test run and switches it live.
    pub(crate) async fn go_live(&self, policy: &str) {
        self.run(policy).await;
        self.engine.switch_policy(&self.ada, policy, PolicyState::Live, None).await.unwrap();
    }

    /// Runs a policy for everybody.
    pub(crate) async fn run(&self, policy: &str) -> RunReport {
        let ran = self.engine.run_policy(&self.ada, policy, &self.wiki, &|_| (), quiet()).await;
        report(ran.unwrap_or_else(|error| panic!("{error}")))
    }

    /// Runs a policy for those something happened to.
    pub(crate) async fn run_for_events(&self, policy: &str) -> Option<RunReport> {
        let ran =
            self.engine.run_policy_for_events(&self.ada, policy, &self.wiki, None, &|_| (), quiet()).await;
        ran.unwrap_or_else(|error| panic!("{error}")).map(report)
    }

    /// `policy: accounts` of everything that is due.
    pub(crate) async fn poll(&self) -> Vec<String> {
        let due = self.engine.poll_triggers(&self.ada).await.unwrap().due;
        due.iter().map(|due| format!("{}: {}", due.policy, due.accounts)).collect()
    }

    /// Plans by hand and applies.
    pub(crate) async fn do_live(&self, criterion: &str, actions: &[&str]) -> RunReport {
        let actions: Vec<Action> = actions.iter().map(|action| action.parse().unwrap()).collect();
        let made = self.plan_by_hand(&self.engine, criterion, &actions, Mode::Live).await.unwrap();
        let (report, end) = self.engine.apply(&self.ada, &made.id, quiet()).await.unwrap();
        assert_eq!(end, RunEnd::Done);
        report
    }

    pub(crate) async fn plan_by_hand(
        &self,
        engine: &Engine,
        criterion: &str,
        actions: &[Action],
        mode: Mode,
    ) -> Result<Plan, EngineError> {
        let limits = Limits { percent: Percent::ALL, minimum_idle: Period::hours(0), ..Limits::default() };
        let freshness = rollcall_engine::Freshness::AtMost(SignedDuration::from_hours(24));
        let selection =
            Selection { site: &self.wiki, criterion, accounts: None, actions, mode, limits, freshness };
        engine.plan_selection(&self.ada, &selection, &|_| ()).await.map(|made| made.plan)
    }

    /// Sends what is due, and gives every mail ever sent as it was written to the folder.
    pub(crate) async fn mails(&self) -> Vec<String> {
        self.engine.send_mail(&self.ada).await.unwrap();
        let mut files: Vec<PathBuf> = std::fs::read_dir(self.mail_folder())
            .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
            .unwrap_or_default();
        files.retain(|file| file.file_name().unwrap().to_string_lossy().starts_with("notice-"));
        files.sort();
        files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
    }

    pub(crate) fn mail_folder(&self) -> PathBuf {
        self.folder.path().join("mail")
    }

    /// Who the criterion selects now, on a fresh snapshot.
    pub(crate) async fn selected(&self, criterion: &str) -> Vec<String> {
        let plan = self.plan_by_hand(&self.engine, criterion, &[Action::Delete], Mode::Test).await.unwrap();
        let names = |refs: Vec<&rollcall_model::AccountRef>| {
            refs.into_iter().map(|a| a.username.clone()).collect::<Vec<_>>()
        };
        let mut all = names(plan.items.iter().map(|i| &i.account).collect());
        all.extend(names(plan.protected.iter().map(|p| &p.account).collect()));
        all.extend(names(plan.refused.iter().map(|r| &r.account).collect()));
        all
    }
}

async fn open(
    location: &str,
    key: &str,
    clock: &MockClock,
    folder: &TempDir,
    has_mail: bool,
    has_address: bool,
) -> Engine {
    let mail = MailSettings {
        from: "Rollcall <rollcall@example.org>".parse().unwrap(),
        bounces_to: None,
        way: MailWay::Folder(folder.path().join("mail")),
    };
    let settings = Settings {
        database: location.parse().unwrap(),
        key: SealingKey::from_text(key, "the test").unwrap(),
        mail: has_mail.then_some(mail),
        name: "Rollcall".to_owned(),
        public_url: has_address.then(|| "https://rollcall.example.org/".parse().unwrap()),
        locks: folder.path().join("locks"),
        clock: Arc::new(Shows(clock.clone())),
        sites: Arc::new(Products),
    };
    Engine::open(settings).await.unwrap()
}

pub(crate) fn quiet() -> rollcall_engine::ShowItems {
    Box::new(|_, _, _| {})
}

pub(crate) fn report(ran: Ran) -> RunReport {
    match ran {
        Ran::Run { report, .. } => *report,
        Ran::Held(made) => panic!("held up: {:?}", made.plan.limits),
    }
}

/// `username: change outcome` of every item.
pub(crate) fn outcomes(report: &RunReport) -> Vec<String> {
    let items = report.items.iter();
    items.map(|item| format!("{}: {} {}", item.account.username, item.change, item.state())).collect()
}
