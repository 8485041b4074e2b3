//! An installation connected to a simulated site, with a clock that can be set.

use jiff::Timestamp;
use rollcall_engine::{
    Act, AuditOutlet, AuditQuery, Clock, Connection, Credentials, DatabaseLocation, Engine, MailSecurity,
    MailSettings, MailWay, NewSite, OpenSite, Operator, PolicyState, Ran, SealingKey, Settings, SiteError,
    SiteSettings, SmtpSettings, WebhookSettings,
};
use rollcall_model::{AddressRule, Product, SiteName};
use rollcall_planner::{Approval, Policy, ReportWish};
use rollcall_simulator::{Mix, Options, Simulator};
use rollcall_testkit::{MockClock, TestDatabase};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

struct Products;

impl OpenSite for Products {
    fn open(&self, connection: &Connection) -> Result<Arc<dyn Act>, SiteError> {
        Ok(rollcall_atlassian::connect(connection)?)
    }
}

struct Hands(MockClock);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

pub(crate) struct Stage {
    pub(crate) engine: Engine,
    pub(crate) clock: MockClock,
    pub(crate) site: SiteName,
    pub(crate) folder: TempDir,
    simulator: Option<Simulator>,
    database: String,
    port: u16,
}

pub(crate) fn admin() -> Operator {
    Operator::local("ada")
}

impl Stage {
    /// An installation with a site "wiki" whose mail server is to be at that port of this machine.
    pub(crate) async fn set_up(database: &TestDatabase, port: u16) -> Self {
        let clock = MockClock::at("2026-11-22T06:00:00Z");
        let mut options = Options::new("10.2", 100, 7, clock.now());
        options.mix = Mix::all_writable();
        let simulator = Simulator::start(options).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let engine = open(database.location(), &clock, &folder, port).await;
        let connection = Connection {
            product: Product::ConfluenceDc,
            url: simulator.url().parse().unwrap(),
            credentials: Credentials::Token(simulator.token().to_owned().into()),
            certificate_authorities: None,
            settings: SiteSettings { records_every_login: true, ..SiteSettings::default() },
            addresses: AddressRule::everything(),
        };
        let site: SiteName = "wiki".parse().unwrap();
        engine.add_site(&admin(), NewSite { name: site.clone(), connection }).await.unwrap();
        let database = database.location().to_owned();
        Self { engine, clock, site, folder, simulator: Some(simulator), database, port }
    }

    /// The same installation with these outlets.
    pub(crate) async fn with_outlets(mut self, outlets: Vec<AuditOutlet>) -> Self {
        self.engine = self.another().await.telling(outlets, near());
        self
    }

    /// Another process on the same database.
    pub(crate) async fn another(&self) -> Engine {
        open(&self.database, &self.clock, &self.folder, self.port).await
    }

    /// The site is switched off.
    pub(crate) fn end_site(&mut self) {
        drop(self.simulator.take());
    }

    /// Runs the sample policy in test mode, its report going to these.
    pub(crate) async fn run_policy(&self, to: &[&str]) {
        // Mails of one instant have no order.
        self.clock.tick(jiff::SignedDuration::from_secs(1));
        let sample = Policy::sample();
        let report = ReportWish { to: to.iter().map(|t| (*t).to_owned()).collect(), ..sample.report.clone() };
        let policy = Policy { sites: vec![self.site.clone()], report, approval: Approval::NEVER, ..sample };
        self.engine.load_policies(&admin(), std::slice::from_ref(&policy)).await.unwrap();
        self.engine.switch_policy(&admin(), &policy.name, PolicyState::Test, None).await.unwrap();
        let ran =
            self.engine.run_policy(&admin(), &policy.name, &self.site, &|_| (), Box::new(|_, _, _| ())).await;
        assert!(matches!(ran.unwrap(), Ran::Run { .. }));
    }

    /// How many audit entries of a kind there are.
    pub(crate) async fn count(&self, kind: &str) -> usize {
        let query = AuditQuery { kind: Some(kind.to_owned()), limit: 1000, ..AuditQuery::default() };
        self.engine.audit(&admin(), &query).await.unwrap().len()
    }
}

fn near() -> WebhookSettings {
    let addresses = AddressRule::allowing(["127.0.0.0/8".parse().unwrap()]);
    WebhookSettings { addresses, timeout: Duration::from_secs(20), ..WebhookSettings::default() }
}

async fn open(database: &str, clock: &MockClock, folder: &TempDir, port: u16) -> Engine {
    let smtp = SmtpSettings {
        port: Some(port),
        security: MailSecurity::Plain,
        timeout: Duration::from_secs(20),
        hello: Some("rollcall.test".to_owned()),
        ..SmtpSettings::new("127.0.0.1")
    };
    let settings = Settings {
        database: database.parse::<DatabaseLocation>().unwrap(),
        key: SealingKey::from_text(KEY, "the test").unwrap(),
        mail: Some(MailSettings {
            from: "Rollcall <rollcall@example.org>".parse().unwrap(),
            bounces_to: None,
            way: MailWay::Smtp(smtp),
        }),
        name: "Rollcall".to_owned(),
        public_url: None,
        locks: folder.path().join("locks"),
        clock: Arc::new(Hands(clock.clone())),
        sites: Arc::new(Products),
    };
    Engine::open(settings).await.unwrap().telling(Vec::new(), near())
}
