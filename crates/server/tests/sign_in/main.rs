//! The door of the server: who is let in, by what, and to which routes.

#[path = "../../../oidc/tests/provider/browser.rs"]
mod browser;
mod doctor;
mod door;
mod operators;
mod outer;
mod routes;
mod table;

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use rollcall_engine::{
    Act, Clock, Connection, Engine, NewOperator, OpenSite, Operator, Role, SealingKey, Settings, SiteError,
};
use rollcall_server::{Api, Doorkeeper, ServerSettings, SignOn, router};
use rollcall_testkit::{MockClock, TestDatabase};
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;
use tower::ServiceExt as _;

const PASSWORD: &str = "correct marmot 17 ladder";

struct Products;

impl OpenSite for Products {
    fn open(&self, connection: &Connection) -> Result<Arc<dyn Act>, SiteError> {
        Ok(rollcall_atlassian::connect(connection)?)
    }
}

/// The machine's time, and what the test adds to it: what signs tokens elsewhere has no other time.
#[derive(Clone)]
struct Shifted(MockClock);

impl Clock for Shifted {
    #[expect(clippy::disallowed_methods, reason = "a provider in another process has no other time")]
    fn now(&self) -> Timestamp {
        let start: Timestamp = START.parse().unwrap();
        let now = Timestamp::now() + self.0.now().duration_since(start);
        Timestamp::from_microsecond(now.as_microsecond()).unwrap()
    }
}

const START: &str = "2026-11-22T06:30:00Z";

/// A server without a socket.
struct Stage {
    engine: Arc<Engine>,
    clock: MockClock,
    router: Router,
    _folder: TempDir,
}

/// An answer.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    #[track_caller]
    fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.body));
        self
    }

    #[track_caller]
    fn refuses(self, status: u16, code: &str) -> Self {
        let answer = self.is(status);
        assert_eq!(answer.json()["code"], code);
        answer
    }

    /// The cookies that it sets, whole.
    fn cookies(&self) -> Vec<String> {
        self.headers.get_all(header::SET_COOKIE).iter().map(|c| c.to_str().unwrap().to_owned()).collect()
    }

    /// `name=value` of the session that it sets.
    fn session(&self) -> String {
        let cookie = self.cookies().into_iter().find(|cookie| cookie.starts_with("rollcall="));
        cookie.expect("a session").split(';').next().unwrap().to_owned()
    }
}

/// A request to be.
struct Ask {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Option<Value>,
}

fn ask(method: &str, path: &str) -> Ask {
    let path = if path.starts_with("/sign-on") || path.starts_with("/api") {
        path.to_owned()
    } else {
        format!("/api/v1{path}")
    };
    Ask { method: method.parse().unwrap(), path, headers: HeaderMap::new(), body: None }
        .with("host", "localhost")
}

impl Ask {
    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.append(name, HeaderValue::from_str(value).unwrap());
        self
    }

    fn cookie(self, cookie: &str) -> Self {
        self.with("cookie", cookie)
    }

    fn json(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    async fn to(self, stage: &Stage) -> Answer {
        let mut request = Request::builder().method(self.method).uri(self.path);
        *request.headers_mut().unwrap() = self.headers;
        let body = match self.body {
            None => Body::empty(),
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
        };
        let answer = stage.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        let kind =
            parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        // A stream of events does not end.
        let body = if kind.starts_with("text/event-stream") {
            Vec::new()
        } else {
            to_bytes(body, 1 << 24).await.unwrap().to_vec()
        };
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

fn shell() -> Operator {
    Operator::local("root")
}

impl Stage {
    async fn new(database: &TestDatabase) -> Self {
        Self::with(database, None).await
    }

    async fn with(database: &TestDatabase, sign_on: Option<SignOn>) -> Self {
        let clock = MockClock::at(START);
        let folder = TempDir::new().unwrap();
        let key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
        let settings = Settings {
            database: database.location().parse().unwrap(),
            key: SealingKey::from_text(key, "the test").unwrap(),
            mail: None,
            name: "Rollcall".to_owned(),
            public_url: None,
            locks: folder.path().join("locks"),
            clock: Arc::new(Shifted(clock.clone())),
            sites: Arc::new(Products),
        };
        let engine = Arc::new(Engine::open(settings).await.unwrap());
        let door = Arc::new(Doorkeeper::new(Arc::clone(&engine)));
        let mut api = Api::new(Arc::clone(&engine), door, ServerSettings::default());
        if let Some(sign_on) = sign_on {
            api = api.with_sign_on(sign_on);
        }
        Self { engine, clock, router: router(api).unwrap(), _folder: folder }
    }

    async fn add(&self, name: &str, role: Role) {
        let new = NewOperator {
            name: name.to_owned(),
            display_name: None,
            email: None,
            role,
            password: Some(PASSWORD.into()),
        };
        self.engine.add_operator(&shell(), new).await.unwrap();
    }

    async fn sign_in(&self, name: &str) -> String {
        let body = json!({ "name": name, "password": PASSWORD });
        ask("POST", "/session").json(body).to(self).await.is(200).session()
    }

    fn later(&self, by: SignedDuration) {
        self.clock.tick(by);
    }
}
