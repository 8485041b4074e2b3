//! An installation in a folder of its own, a simulated site, and whoever asks.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::request::{Builder, Parts};
use axum::http::{HeaderMap, Request, StatusCode, header};
use futures::future::BoxFuture;
use rollcall_engine::{
    Act, Clock, Connection, DatabaseLocation, Engine, NewSite, OpenSite, Operator, RemoteSites, Role,
    SealingKey, Settings, SiteError, SiteSettings,
};
use rollcall_model::{AddressRule, Product};
use rollcall_server::{Api, Authenticate, Problem, ServerSettings, router};
use rollcall_simulator::{Options, Simulator};
use rollcall_testkit::MockClock;
use serde_json::Value;
use std::sync::Arc;
use tempfile::TempDir;
use tower::ServiceExt as _;

pub(crate) const NOW: &str = "2026-11-22T06:00:00Z";

/// Whoever opens a site there, panics.
pub(crate) const PANICS: &str = "panics.example";

struct Products;

impl OpenSite for Products {
    fn open(&self, connection: &Connection) -> Result<Arc<dyn Act>, SiteError> {
        assert!(connection.url.host_str() != Some(PANICS), "the secret words of a panic");
        Ok(rollcall_atlassian::connect(connection)?)
    }
}

struct TestClock(MockClock);

impl Clock for TestClock {
    fn now(&self) -> jiff::Timestamp {
        self.0.now()
    }
}

/// Whoever the header `x-test-role` says; `nobody-knows` is looked for without end.
pub(crate) struct ByHeader;

impl Authenticate for ByHeader {
    fn operator<'a>(&'a self, parts: &'a mut Parts) -> BoxFuture<'a, Result<Option<Operator>, Problem>> {
        let role = parts.headers.get("x-test-role").and_then(|role| role.to_str().ok());
        if role == Some("nobody-knows") {
            return Box::pin(std::future::pending());
        }
        let role = role.and_then(|role| role.parse::<Role>().ok());
        Box::pin(async move { Ok(role.map(|role| Operator::remote(&format!("the-{role}"), role))) })
    }
}

/// An installation.
pub(crate) struct Stage {
    pub(crate) engine: Arc<Engine>,
    pub(crate) clock: MockClock,
    pub(crate) settings: ServerSettings,
    _folder: TempDir,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Status, code, and the first place.
    pub(crate) fn problem(&self) -> (u16, String, String) {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.text());
        let body = self.json();
        assert_eq!(body["status"], self.status.as_u16());
        assert!(body["title"].is_string() && body["detail"].is_string(), "{body}");
        let place = &body["errors"][0];
        let at = match (place["in"].as_str(), place["at"].as_str()) {
            (Some(part), Some(at)) => format!("{part} {at}"),
            _ => String::new(),
        };
        (self.status.as_u16(), body["code"].as_str().unwrap_or_default().to_owned(), at)
    }
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let loopback = AddressRule::allowing(["127.0.0.0/8".parse().unwrap()]);
        Self::reaching(loopback).await
    }

    /// An installation whose remote operators may connect sites at these addresses.
    pub(crate) async fn reaching(addresses: AddressRule) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = MockClock::at(NOW);
        let settings = Settings {
            database: DatabaseLocation::in_folder(folder.path()),
            key: SealingKey::generate().unwrap(),
            mail: None,
            name: "Rollcall".to_owned(),
            public_url: None,
            locks: folder.path().join("locks"),
            clock: Arc::new(TestClock(clock.clone())),
            sites: Arc::new(Products),
        };
        let engine = Engine::open(settings).await.unwrap();
        let engine = engine.with_remote_sites(RemoteSites { addresses, allow_http: true });
        Self { engine: Arc::new(engine), clock, settings: ServerSettings::default(), _folder: folder }
    }

    /// Sends a request.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        answer_of(self.router(), request).await
    }

    /// One server, which counts what it answers.
    pub(crate) fn router(&self) -> Router {
        router(Api::new(Arc::clone(&self.engine), Arc::new(ByHeader), self.settings.clone())).unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(request("GET", path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn send_json(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.send(json(request(method, path), body)).await
    }

    /// A simulated site, connected by somebody at the shell.
    pub(crate) async fn with_site(&self, name: &str) -> Simulator {
        let simulator = Simulator::start(Options::small()).await.unwrap();
        let connection = Connection {
            product: Product::ConfluenceDc,
            url: simulator.url().parse().unwrap(),
            credentials: rollcall_engine::Credentials::Token(simulator.token().to_owned().into()),
            certificate_authorities: None,
            settings: SiteSettings::default(),
            addresses: AddressRule::everything(),
        };
        let new = NewSite { name: name.parse().unwrap(), connection };
        self.engine.add_site(&Operator::local("tester"), new).await.unwrap();
        simulator
    }
}

/// What a server answers to a request.
pub(crate) async fn answer_of(router: Router, request: Request<Body>) -> Answer {
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 100 << 20).await.unwrap().to_vec();
    Answer { status: parts.status, headers: parts.headers, bytes }
}

/// A request of an admin.
pub(crate) fn request(method: &str, path: &str) -> Builder {
    Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header(header::HOST, "localhost:8474")
        .header("x-test-role", "admin")
}

pub(crate) fn json(request: Builder, body: &Value) -> Request<Body> {
    request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string())).unwrap()
}
