//! An installation connected to a simulated site, with a clock that can be set.

use jiff::Timestamp;
use rollcall_engine::{
    Act, Clock, Connection, Credentials, DatabaseLocation, Engine, Freshness, MadePlan, NewSite, OpenSite,
    Operator, SealingKey, Selection, Settings, SiteError, SiteSettings,
};
use rollcall_model::{Action, Product, Role, SiteName};
use rollcall_planner::{Limits, Mode, Percent, Period};
use rollcall_simulator::{AccountPatch, DIRECTORIES, Mix, Options, Simulator, State};
use rollcall_testkit::{MockClock, TestDatabase};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

pub(crate) const NOW: &str = "2026-11-22T06:00:00Z";
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
    _simulator: Simulator,
    pub(crate) site: SiteName,
    folder: TempDir,
}

/// Somebody who may look, and nothing else.
pub(crate) fn viewer() -> Operator {
    Operator::remote("vera", Role::Viewer)
}

pub(crate) fn admin() -> Operator {
    Operator::remote("ada", Role::Admin)
}

impl Stage {
    /// An installation whose site "wiki" has so many accounts and was read once.
    pub(crate) async fn set_up(database: &TestDatabase, accounts: u32) -> Self {
        let clock = MockClock::at(NOW);
        let mut options = Options::new("10.2", accounts, 7, clock.now());
        options.mix = Mix::all_writable();
        let simulator = Simulator::start(options).await.unwrap();
        simulator.with_state(make_writable);
        let folder = tempfile::tempdir().unwrap();
        let engine = open(database, &clock, folder.path()).await;
        let connection = Connection {
            product: Product::ConfluenceDc,
            url: simulator.url().parse().unwrap(),
            credentials: Credentials::Token(simulator.token().to_owned().into()),
            certificate_authorities: None,
            settings: SiteSettings::default(),
            addresses: rollcall_model::AddressRule::everything(),
        };
        let site: SiteName = "wiki".parse().unwrap();
        engine
            .add_site(&rollcall_engine::Operator::local("root"), NewSite { name: site.clone(), connection })
            .await
            .unwrap();
        engine.sync(&admin(), &site, &|_| ()).await.unwrap();
        Self { engine, clock, _simulator: simulator, site, folder }
    }

    /// Another process on the same database.
    pub(crate) async fn another(&self, database: &TestDatabase) -> Engine {
        open(database, &self.clock, self.folder.path()).await
    }

    /// A plan for whom the criterion selects.
    pub(crate) async fn plan(&self, criterion: &str, action: Action, mode: Mode) -> MadePlan {
        let selection = Selection {
            site: &self.site,
            criterion,
            accounts: None,
            actions: std::slice::from_ref(&action),
            mode,
            limits: Limits { percent: Percent::ALL, minimum_idle: Period::hours(0), ..Limits::default() },
            freshness: Freshness::Any,
        };
        self.engine.plan_selection(&admin(), &selection, &|_| ()).await.unwrap()
    }
}

async fn open(database: &TestDatabase, clock: &MockClock, folder: &Path) -> Engine {
    let settings = Settings {
        database: database.location().parse::<DatabaseLocation>().unwrap(),
        key: SealingKey::from_text(KEY, "the test").unwrap(),
        mail: None,
        name: "test".to_owned(),
        public_url: None,
        locks: folder.join("locks"),
        clock: Arc::new(Hands(clock.clone())),
        sites: Arc::new(Products),
    };
    Engine::open(settings).await.unwrap()
}

/// Moves whoever is in a read-only directory into the writable one, so that whatever is planned can be done.
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
