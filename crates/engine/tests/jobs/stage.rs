//! A stage: a simulated site, a database, a clock that can be set, and as many engines on them as wanted.

use jiff::{SignedDuration, Timestamp};
use rollcall_engine::{
    Act, Clock, Connection, Credentials, DutyView, Engine, EngineError, Finding, Health, JobQuery, JobState,
    JobView, NewSite, OpenSite, Operator, PolicyState, SealingKey, Settings, SiteError, SiteSettings, Worker,
};
use rollcall_model::{Product, SiteName};
use rollcall_simulator::{AccountPatch, Mix, Options, Simulator};
use rollcall_store::Store;
use rollcall_testkit::{MockClock, TestDatabase};
use secrecy::ExposeSecret;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// People of every generated site who were idle for long.
pub(crate) const THE_IDLE: &str =
    "username IN (\"formula\", \"at\", \"bold\", \"leila\", \"thida\") AND status = enabled AND idle >= 90d";

struct Hands(MockClock);

impl Clock for Hands {
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

pub(crate) struct Stage {
    pub(crate) engine: Arc<Engine>,
    pub(crate) clock: MockClock,
    pub(crate) site: Simulator,
    pub(crate) ada: Operator,
    folder: TempDir,
    database: TestDatabase,
}

pub(crate) fn wiki() -> SiteName {
    "wiki".parse().expect("a name")
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

impl Stage {
    /// A site whose accounts can all be changed, one request at a time, connected as `wiki`.
    pub(crate) async fn on(database: TestDatabase, now: &str) -> Self {
        let clock = MockClock::at(now);
        let mut options = Options::new("10.2.0", 60, 7, clock.now());
        options.mix = Mix::all_writable();
        let site = Simulator::start(options).await.expect("the simulated site starts");
        site.with_state(|state| {
            let home = state.account_view("admin").expect("there is an administrator").directory;
            let elsewhere: Vec<_> = state.account_views().filter(|view| view.directory != home).collect();
            for view in elsewhere {
                let patch = AccountPatch { directory: Some(home.clone()), ..AccountPatch::default() };
                state.patch_account(&view.username, &patch).expect("an account can be moved");
            }
        });
        let folder = tempfile::tempdir().expect("a folder");
        let key = SealingKey::from_text(KEY, "the test").expect("a key");
        let file = folder.path().join("sealing.key");
        std::fs::write(&file, key.to_text().expose_secret()).expect("the key is written");
        let engine = engine(&database, folder.path(), &file, &clock).await;
        let stage = Self { engine, clock, site, ada: Operator::local("ada"), folder, database };
        let new = NewSite { name: wiki(), connection: stage.connection() };
        stage.engine.add_site(&stage.ada, new).await.expect("it is connected");
        stage
    }

    /// How the site is reached.
    pub(crate) fn connection(&self) -> Connection {
        let mut settings = SiteSettings::default();
        settings.pacing.concurrency = 1;
        settings.records_every_login = true;
        Connection {
            product: Product::ConfluenceDc,
            url: self.site.url().parse().expect("an address"),
            credentials: Credentials::Token(self.site.token().to_owned().into()),
            certificate_authorities: None,
            addresses: rollcall_model::AddressRule::everything(),
            settings,
        }
    }

    /// Another process on the same data folder and database.
    pub(crate) async fn another(&self) -> Arc<Engine> {
        engine(&self.database, self.folder.path(), &self.key_file(), &self.clock).await
    }

    /// A process on another machine, with a key file of its own.
    pub(crate) async fn elsewhere(&self, folder: &Path) -> Arc<Engine> {
        engine(&self.database, folder, &folder.join("sealing.key"), &self.clock).await
    }

    /// The key of this machine.
    pub(crate) fn key_file(&self) -> PathBuf {
        self.folder.path().join("sealing.key")
    }

    /// A statement behind the program's back.
    pub(crate) fn execute(&self, sql: &str) {
        self.database.execute(sql);
    }

    /// `what: found` of everything that the doctor does not find good.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let findings = self.engine.examine(&self.ada).await.expect("it is examined");
        let is_bad = |finding: &Finding| {
            finding.health != Health::Good && finding.what != "mail" && finding.what != "disk"
        };
        findings.into_iter().filter(is_bad).map(|f| format!("{}: {}", f.what, f.found)).collect()
    }

    /// Keeps a policy, switched on in test mode. `body` is what follows its name.
    pub(crate) async fn policy(&self, name: &str, body: &str) {
        let text = format!(
            "policies:\n  - name: {name}\n    sites: [wiki]\n    select: {THE_IDLE}\n    actions: [disable]\n    snapshot-max-age: 90d\n{body}"
        );
        let policies = rollcall_planner::read_policies(&text).unwrap_or_else(|error| panic!("{error}"));
        self.engine.load_policies(&self.ada, &policies).await.expect("it is kept");
        self.engine.switch_policy(&self.ada, name, PolicyState::Test, None).await.expect("it is switched on");
    }

    /// Keeps a policy, lets it have its test run, and switches it live.
    pub(crate) async fn live_policy(&self, name: &str, body: &str) {
        self.policy(name, body).await;
        self.engine.run_now(&self.ada, name, None).await.expect("it is queued");
        self.work_off().await;
        self.engine.switch_policy(&self.ada, name, PolicyState::Live, None).await.expect("it goes live");
        self.later();
        assert!(self.effects().is_empty(), "a test run changes nothing");
    }

    /// Another time, here and at the site.
    pub(crate) fn set(&self, now: Timestamp) {
        self.clock.set(now);
        self.site.set_now(now);
    }

    /// A moment later, so that ids sort by what was asked for first.
    pub(crate) fn later(&self) {
        self.clock.tick(SignedDuration::from_millis(1));
    }

    /// Everything that is due is done.
    pub(crate) async fn work_off(&self) -> u32 {
        Worker::new(Arc::clone(&self.engine)).work_off().await.expect("the work is done")
    }

    pub(crate) async fn jobs(&self) -> Vec<JobView> {
        self.engine.jobs(&self.ada, &JobQuery::default()).await.expect("jobs")
    }

    /// Jobs that come from a schedule, oldest occurrence first.
    pub(crate) async fn ticks(&self) -> Vec<JobView> {
        let mut jobs: Vec<_> = self.jobs().await.into_iter().filter(|job| job.tick.is_some()).collect();
        jobs.sort_by_key(|job| job.tick);
        jobs
    }

    /// How often the audit log tells of something of that kind.
    pub(crate) async fn told(&self, kind: &str) -> Vec<String> {
        let query = rollcall_engine::AuditQuery { kind: Some(kind.to_owned()), about: None, limit: 10_000 };
        self.engine
            .audit(&self.ada, &query)
            .await
            .expect("the audit log")
            .into_iter()
            .map(|e| e.why)
            .collect()
    }

    /// Writing requests that took effect.
    pub(crate) fn effects(&self) -> Vec<String> {
        let writes = self.site.writes().into_iter().filter(|w| w.effect == Some(true));
        writes.map(|w| format!("{} {}", w.method, w.path)).collect()
    }

    /// Each of the five idle people was disabled, once; and the audit log is whole.
    pub(crate) async fn assert_done_once(&self) {
        let effects = self.effects();
        assert_eq!(effects.len(), 5, "{effects:#?}");
        assert_eq!(effects.iter().collect::<BTreeSet<_>>().len(), 5, "{effects:#?}");
        self.assert_audit_is_whole().await;
    }

    pub(crate) async fn assert_audit_is_whole(&self) {
        self.engine.verify_audit(&self.ada, Vec::new()).await.expect("it can be read").expect("it is whole");
    }

    /// Waits until the site has seen so many changes.
    pub(crate) async fn effects_come_to(&self, wanted: usize) {
        let wait = async {
            while self.effects().len() < wanted {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), wait).await.expect("the changes are made");
    }

    /// Waits until whoever works on the newest run has heard of everything that was asked before: they look whenever they renew their lease,
    /// and have acted on what they saw when they renew it again.
    pub(crate) async fn run_has_heard(&self) {
        let location = self.database.location().parse().expect("an address");
        let store = Store::open(&location, None).await.expect("the database opens");
        let run = self.engine.runs(&self.ada, 1).await.expect("runs").remove(0).id;
        let until = async || store.run(&run).await.expect("the run").owner.expect("somebody works on it").1;
        let wait = async {
            for _ in 0..2 {
                let before = until().await;
                self.later();
                while until().await <= before {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        };
        tokio::time::timeout(Duration::from_mins(1), wait).await.expect("the lease is renewed");
    }

    /// Waits until a job is over.
    pub(crate) async fn ended(&self, job: &JobView) -> JobView {
        self.engine.wait_for_job(&self.ada, &job.id, Duration::from_secs(20)).await.expect("a job")
    }

    /// Waits until a duty stands so.
    pub(crate) async fn duty_is(&self, name: &str, wanted: impl Fn(&DutyView) -> bool) -> DutyView {
        let wait = async {
            loop {
                let duties = self.engine.duties(&self.ada).await.expect("duties");
                if let Some(duty) = duties.into_iter().find(|duty| duty.name == name && wanted(duty)) {
                    return duty;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), wait).await.expect("the duty comes to that")
    }

    /// Waits until a job stands so.
    pub(crate) async fn job_is(&self, job: &JobView, wanted: impl Fn(&JobView) -> bool) -> JobView {
        let wait = async {
            loop {
                let job = self.engine.job(&self.ada, &job.id).await.expect("a job");
                if wanted(&job) {
                    return job;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), wait).await.expect("the job comes to that")
    }
}

async fn engine(database: &TestDatabase, folder: &Path, key: &Path, clock: &MockClock) -> Arc<Engine> {
    let settings = Settings {
        database: database.location().parse().expect("an address"),
        key: SealingKey::from_file(key).expect("a key"),
        mail: None,
        name: "test".to_owned(),
        public_url: None,
        locks: folder.join("locks"),
        clock: Arc::new(Hands(clock.clone())),
        sites: Arc::new(Products),
    };
    Arc::new(Engine::open(settings).await.expect("the installation opens"))
}

/// A worker in the background, and how to end it.
pub(crate) struct Serving {
    stop: tokio::sync::oneshot::Sender<()>,
    task: tokio::task::JoinHandle<Result<(), EngineError>>,
}

impl Serving {
    pub(crate) fn start(engine: Arc<Engine>) -> Self {
        Self::of(Worker::new(engine).looking_every(Duration::from_millis(20)))
    }

    pub(crate) fn of(worker: Worker) -> Self {
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let task = tokio::spawn(worker.serve(async move {
            let _ = stopped.await;
        }));
        Self { stop, task }
    }

    /// Ends it as SIGTERM would.
    pub(crate) async fn end(self) {
        let _ = self.stop.send(());
        let ended = tokio::time::timeout(Duration::from_mins(1), self.task).await.expect("it ends");
        ended.expect("it does not panic").expect("it served");
    }
}

pub(crate) const fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

pub(crate) fn states(jobs: &[JobView]) -> Vec<JobState> {
    jobs.iter().map(|job| job.state).collect()
}
