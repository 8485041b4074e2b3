//! Signing in, as operators and strangers meet it, on both databases.

mod operators;
mod outer;
mod passwords;
mod sessions;
mod setup;
mod tokens;

use jiff::Timestamp;
use rollcall_engine::{
    Act, AuditQuery, Clock, Connection, Engine, EngineError, NewOperator, NewSession, OpenSite, Operator,
    Origin, Role, SealingKey, Settings, SiteError,
};
use rollcall_testkit::{MockClock, TestDatabase};
use secrecy::SecretString;
use std::sync::Arc;

const PASSWORD: &str = "correct marmot 17 ladder";

struct NoSites;

impl OpenSite for NoSites {
    fn open(&self, _: &Connection) -> Result<Arc<dyn Act>, SiteError> {
        unreachable!("no site is asked for anything here")
    }
}

struct Shown(MockClock);

impl Clock for Shown {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

/// An installation without operators, at half past six.
async fn installation(database: &TestDatabase) -> (Engine, MockClock) {
    let clock = MockClock::at("2026-11-22T06:30:00Z");
    (node(database, &clock).await, clock)
}

async fn node(database: &TestDatabase, clock: &MockClock) -> Engine {
    let key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    let settings = Settings {
        database: database.location().parse().unwrap(),
        key: SealingKey::from_text(key, "the test").unwrap(),
        mail: None,
        name: "Rollcall".to_owned(),
        public_url: None,
        locks: std::env::temp_dir().join("rollcall-sign-in-tests"),
        clock: Arc::new(Shown(clock.clone())),
        sites: Arc::new(NoSites),
    };
    Engine::open(settings).await.unwrap()
}

fn shell() -> Operator {
    Operator::local("root")
}

fn from(address: &str) -> Origin {
    Origin::new(address.parse().unwrap(), "a browser")
}

fn home() -> Origin {
    from("192.0.2.1")
}

fn new(name: &str, role: Role) -> NewOperator {
    NewOperator {
        name: name.to_owned(),
        display_name: None,
        email: None,
        role,
        password: Some(PASSWORD.into()),
    }
}

async fn add(engine: &Engine, name: &str, role: Role) {
    engine.add_operator(&shell(), new(name, role)).await.unwrap();
}

async fn sign_in(engine: &Engine, name: &str) -> NewSession {
    engine.sign_in(name, &PASSWORD.into(), &home(), None).await.unwrap()
}

async fn try_wrong(engine: &Engine, name: &str, origin: &Origin) -> EngineError {
    engine.sign_in(name, &"wrong".into(), origin, None).await.unwrap_err()
}

async fn is_good(engine: &Engine, session: &SecretString) -> bool {
    engine.authenticate_session(session).await.unwrap().is_some()
}

/// The kinds of the newest entries of the audit log, the newest first.
async fn newest(engine: &Engine, count: u32) -> Vec<String> {
    let query = AuditQuery { limit: count, ..AuditQuery::default() };
    let entries = engine.audit(&shell(), &query).await.unwrap();
    entries.into_iter().map(|entry| entry.kind.to_string()).collect()
}

/// The whole audit log as text: what must not be in it, is not.
async fn whole_log(engine: &Engine) -> String {
    let mut out = Vec::new();
    engine.export_audit(&shell(), &mut out).await.unwrap();
    String::from_utf8(out).unwrap()
}
