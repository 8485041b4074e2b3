//! An installation connected to a simulated site, and somebody who asks over HTTP.

use axum::Router;
use axum::body::{Body, BodyDataStream, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Request, StatusCode};
use futures::StreamExt as _;
use futures::future::BoxFuture;
use rollcall_engine::{
    Act, Clock, Connection, Credentials, DatabaseLocation, Engine, EngineError, Freshness, MadePlan,
    MailSettings, NewOperator, NewSite, OpenSite, Operator, Role, SealingKey, Selection, Settings, SiteError,
    SiteSettings, Worker,
};
use rollcall_model::{Action, AddressRule, Product, SiteName};
use rollcall_planner::{Limits, Mode, Percent, Period};
use rollcall_server::{Api, Authenticate, Problem, Server, ServerSettings, router};
use rollcall_simulator::{AccountPatch, DIRECTORIES, Mix, Options, Simulator, State};
use rollcall_testkit::{MockClock, TestDatabase};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower::ServiceExt as _;

/// Five people of every generated site who were idle for long.
pub(crate) const THE_IDLE: &str =
    "username IN (\"formula\", \"at\", \"bold\", \"leila\", \"thida\") AND status = enabled AND idle >= 90d";

struct Products;

impl OpenSite for Products {
    fn open(&self, connection: &Connection) -> Result<Arc<dyn Act>, SiteError> {
        Ok(rollcall_atlassian::connect(connection)?)
    }
}

struct Hands(MockClock);

impl Clock for Hands {
    fn now(&self) -> jiff::Timestamp {
        self.0.now()
    }
}

/// Whoever the header `x-test-role` says.
struct ByHeader;

impl Authenticate for ByHeader {
    fn operator<'a>(&'a self, parts: &'a mut Parts) -> BoxFuture<'a, Result<Option<Operator>, Problem>> {
        let role = parts.headers.get("x-test-role").and_then(|role| role.to_str().ok()?.parse::<Role>().ok());
        Box::pin(async move { Ok(role.map(|role| Operator::remote(&format!("the-{role}"), role))) })
    }
}

pub(crate) struct Stage {
    pub(crate) engine: Arc<Engine>,
    pub(crate) clock: MockClock,
    pub(crate) simulator: Simulator,
    pub(crate) site: SiteName,
    router: Router,
    folder: TempDir,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text);
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Status, code, and the first place.
    pub(crate) fn problem(&self) -> (u16, String, String) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{} {}", self.status, self.text);
        let body: Value = serde_json::from_str(&self.text).unwrap();
        let place = &body["errors"][0];
        let at = format!(
            "{} {}",
            place["in"].as_str().unwrap_or_default(),
            place["at"].as_str().unwrap_or_default()
        );
        (self.status.as_u16(), body["code"].as_str().unwrap_or_default().to_owned(), at.trim().to_owned())
    }
}

impl Stage {
    /// An installation whose site "wiki" has so many accounts and was read once.
    pub(crate) async fn set_up(database: &TestDatabase, accounts: u32) -> Self {
        Self::set_up_with(database, accounts, |_| ()).await
    }

    /// The same, after something was done to the site.
    pub(crate) async fn set_up_with(
        database: &TestDatabase,
        accounts: u32,
        change: impl FnOnce(&mut State),
    ) -> Self {
        Self::open(database, accounts, None, change).await
    }

    /// The same, with a small site and a way for mails.
    pub(crate) async fn with_mail(database: &TestDatabase, mail: MailSettings) -> Self {
        Self::open(database, 60, Some(mail), |_| ()).await
    }

    async fn open(
        database: &TestDatabase,
        accounts: u32,
        mail: Option<MailSettings>,
        change: impl FnOnce(&mut State),
    ) -> Self {
        let clock = MockClock::at("2026-11-22T06:00:00Z");
        let mut options = Options::new("10.2", accounts, 7, clock.now());
        options.mix = Mix::all_writable();
        let simulator = Simulator::start(options).await.unwrap();
        simulator.with_state(|state| {
            make_writable(state);
            change(state);
        });
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            database: database.location().parse::<DatabaseLocation>().unwrap(),
            key: SealingKey::generate().unwrap(),
            mail,
            name: "test".to_owned(),
            public_url: None,
            locks: folder.path().join("locks"),
            clock: Arc::new(Hands(clock.clone())),
            sites: Arc::new(Products),
        };
        let engine = Arc::new(Engine::open(settings).await.unwrap());
        let connection = Connection {
            product: Product::ConfluenceDc,
            url: simulator.url().parse().unwrap(),
            credentials: Credentials::Token(simulator.token().to_owned().into()),
            certificate_authorities: None,
            settings: SiteSettings::default(),
            addresses: AddressRule::everything(),
        };
        let (site, local): (SiteName, _) = ("wiki".parse().unwrap(), Operator::local("tester"));
        engine.add_site(&local, NewSite { name: site.clone(), connection }).await.unwrap();
        engine.sync(&local, &site, &|_| ()).await.unwrap();
        let router = of(&engine);
        Self { engine, clock, simulator, site, router, folder }
    }

    /// The same installation as another process sees it.
    pub(crate) async fn another(&self, database: &TestDatabase) -> Arc<Engine> {
        let settings = Settings {
            database: database.location().parse::<DatabaseLocation>().unwrap(),
            key: SealingKey::generate().unwrap(),
            mail: None,
            name: "test".to_owned(),
            public_url: None,
            locks: self.folder.path().join("locks"),
            clock: Arc::new(Hands(self.clock.clone())),
            sites: Arc::new(Products),
        };
        Arc::new(Engine::open(settings).await.unwrap())
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let bytes = to_bytes(body, 100 << 20).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(request("GET", path, &[], "")).await
    }

    pub(crate) async fn get_as(&self, path: &str, accept: &str) -> Answer {
        self.send(request("GET", path, &[("accept", accept)], "")).await
    }

    pub(crate) async fn send_json(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        let headers: Vec<_> = headers.iter().copied().chain([("content-type", "application/json")]).collect();
        self.send(request(method, path, &headers, &body.to_string())).await
    }

    /// The events of an answer that streams, until `enough` says so or it ends.
    pub(crate) async fn events(
        &self,
        engine: &Arc<Engine>,
        path: &str,
        last: Option<&str>,
        mut enough: impl FnMut(&[Event]) -> bool,
    ) -> (StatusCode, Vec<Event>) {
        let headers: Vec<_> = last.map(|last| ("last-event-id", last)).into_iter().collect();
        let response = of(engine).oneshot(request("GET", path, &headers, "")).await.unwrap();
        let status = response.status();
        let mut stream: BodyDataStream = response.into_body().into_data_stream();
        let (mut text, mut events) = (String::new(), Vec::new());
        while let Some(piece) = stream.next().await {
            text.push_str(std::str::from_utf8(&piece.unwrap()).unwrap());
            while let Some(end) = text.find("\n\n") {
                let block: String = text.drain(..end + 2).collect();
                events.extend(Event::read(&block));
            }
            if enough(&events) {
                break;
            }
        }
        (status, events)
    }

    /// A plan for whom the criterion selects.
    pub(crate) async fn plan(&self, criterion: &str, mode: Mode) -> MadePlan {
        let selection = Selection {
            site: &self.site,
            criterion,
            accounts: None,
            actions: &[Action::Disable],
            mode,
            limits: Limits { percent: Percent::ALL, minimum_idle: Period::hours(0), ..Limits::default() },
            freshness: Freshness::Any,
        };
        self.engine.plan_selection(&Operator::local("tester"), &selection, &|_| ()).await.unwrap()
    }
}

impl Stage {
    /// Keeps whom the header of that role stands for: a job asks whether its asker still may.
    pub(crate) async fn add_operator(&self, role: Role) {
        let new = NewOperator {
            name: format!("the-{role}"),
            display_name: None,
            email: None,
            role,
            password: None,
        };
        self.engine.add_operator(&Operator::local("tester"), new).await.unwrap();
    }

    /// The same over a real socket, until told to end: its address, the word, and the end.
    pub(crate) async fn listen(&self) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
        let settings =
            ServerSettings { listen: SocketAddr::from(([127, 0, 0, 1], 0)), ..ServerSettings::default() };
        let server =
            Server::bind(Api::new(Arc::clone(&self.engine), Arc::new(ByHeader), settings)).await.unwrap();
        let (end, told) = oneshot::channel();
        let address = server.address();
        let ended = tokio::spawn(server.run(async {
            let _ = told.await;
        }));
        (address, end, ended)
    }
}

/// A worker in the background.
pub(crate) struct Working {
    end: oneshot::Sender<()>,
    ended: JoinHandle<Result<(), EngineError>>,
}

impl Working {
    pub(crate) fn start(engine: Arc<Engine>) -> Self {
        let (end, told) = oneshot::channel();
        let worker = Worker::new(engine).looking_every(Duration::from_millis(20));
        let ended = tokio::spawn(worker.serve(async move {
            let _ = told.await;
        }));
        Self { end, ended }
    }

    /// Waits until something has come true.
    pub(crate) async fn until(&self, is_true: impl Fn() -> bool) {
        let wait = async {
            while !is_true() {
                assert!(!self.ended.is_finished(), "the worker has ended");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), wait).await.expect("it comes true");
    }

    /// Ends it as SIGTERM would.
    pub(crate) async fn end(self) {
        let _ = self.end.send(());
        let ended = tokio::time::timeout(Duration::from_secs(20), self.ended).await.expect("it ends");
        ended.expect("it does not panic").expect("it served");
    }
}

fn of(engine: &Arc<Engine>) -> Router {
    router(Api::new(Arc::clone(engine), Arc::new(ByHeader), ServerSettings::default())).unwrap()
}

/// A server-sent event.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) id: Option<String>,
    pub(crate) data: Value,
}

impl Event {
    fn read(block: &str) -> Option<Self> {
        let field = |name: &str| {
            block.lines().find_map(|line| line.strip_prefix(name)).map(|text| text.trim().to_owned())
        };
        let data = field("data:")?;
        Some(Self {
            name: field("event:").unwrap_or_default(),
            id: field("id:"),
            data: serde_json::from_str(&data).unwrap(),
        })
    }
}

pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let mut builder = Request::builder().method(method).uri(path).header("host", "localhost");
    if !headers.iter().any(|(name, _)| *name == "x-test-role") {
        builder = builder.header("x-test-role", "admin");
    }
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(Body::from(body.to_owned())).unwrap()
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
