//! The page behind the link in a notice, asked for as a browser does it.

use axum::body::{Body, to_bytes};
use http::{HeaderMap, Request, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use rollcall_engine::{
    Act, Clock, Connection, Credentials, Engine, ExemptName, Freshness, MailQuery, MailSettings, MailWay,
    NewSite, OpenSite, Operator, SealingKey, Selection, Settings, SiteError, SiteSettings,
};
use rollcall_model::{Action, Product, SiteName};
use rollcall_planner::{Limits, Mode, Percent};
use rollcall_server::{Api, Closed, ServerSettings, router};
use rollcall_simulator::{AccountPatch, Mix, Options, PatchStatus, Simulator};
use rollcall_testkit::{MockClock, TestDatabase, both_databases};
use std::sync::Arc;
use tempfile::TempDir;
use tower::ServiceExt as _;

const NOW: &str = "2026-11-22T12:00:00Z";
const PERSON: &str = "formula";

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

/// An installation that has told one person; the token of the link in their mail.
struct Told {
    engine: Arc<Engine>,
    clock: MockClock,
    token: String,
    wiki: SiteName,
    ada: Operator,
    site: Simulator,
    _folder: TempDir,
}

impl Told {
    async fn somebody(database: &TestDatabase) -> Self {
        let mut options = Options::new("10.2.0", 60, 7, NOW.parse().unwrap());
        options.mix = Mix::all_writable();
        let site = Simulator::start(options).await.unwrap();
        let email = Some("formula@example.org".to_owned());
        let patch = AccountPatch { email, ..AccountPatch::default() };
        site.with_state(|state| state.patch_account(PERSON, &patch)).unwrap();
        let folder = TempDir::new().unwrap();
        let mails = folder.path().join("mail");
        let clock = MockClock::at(NOW);
        let settings = Settings {
            database: database.location().parse().unwrap(),
            key: SealingKey::from_text(&"ab".repeat(32), "the test").unwrap(),
            mail: Some(MailSettings {
                from: "Rollcall <rollcall@example.org>".parse().unwrap(),
                bounces_to: None,
                way: MailWay::Folder(mails.clone()),
            }),
            name: "Rollcall".to_owned(),
            public_url: Some("https://rollcall.example.org".parse().unwrap()),
            locks: folder.path().join("locks"),
            clock: Arc::new(Shows(clock.clone())),
            sites: Arc::new(Products),
        };
        let engine = Arc::new(Engine::open(settings).await.unwrap());
        let (ada, wiki) = (Operator::local("ada"), "wiki".parse::<SiteName>().unwrap());
        let connection = Connection {
            product: Product::ConfluenceDc,
            url: site.url().parse().unwrap(),
            credentials: Credentials::Token(site.token().to_owned().into()),
            certificate_authorities: None,
            addresses: rollcall_model::AddressRule::everything(),
            settings: SiteSettings { records_every_login: true, ..SiteSettings::default() },
        };
        engine.add_site(&ada, NewSite { name: wiki.clone(), connection }).await.unwrap();
        let selection = Selection {
            site: &wiki,
            criterion: "username = formula",
            accounts: None,
            actions: &[Action::Notify],
            mode: Mode::Live,
            limits: Limits { percent: Percent::ALL, ..Limits::default() },
            freshness: Freshness::AtMost(SignedDuration::from_hours(1)),
        };
        let made = engine.plan_selection(&ada, &selection, &|_| ()).await.unwrap();
        engine.apply(&ada, &made.plan.id, Box::new(|_, _, _| {})).await.unwrap();
        engine.send_mail(&ada).await.unwrap();
        let mail = std::fs::read_dir(&mails).unwrap().next().unwrap().unwrap().path();
        let mail = std::fs::read_to_string(mail).unwrap().replace("=\r\n", "").replace("=3D", "=");
        let (_, rest) = mail.split_once("https://rollcall.example.org/keep/").unwrap();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap();
        let token = rest[..end].to_owned();
        Self { engine, clock, token, wiki, ada, site, _folder: folder }
    }

    async fn ask(&self, method: &str, token: &str) -> (StatusCode, HeaderMap, String) {
        self.ask_at(method, &format!("/keep/{token}")).await
    }

    async fn ask_at(&self, method: &str, path: &str) -> (StatusCode, HeaderMap, String) {
        let api = Api::new(Arc::clone(&self.engine), Arc::new(Closed), ServerSettings::default());
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost")
            .header("sec-fetch-site", if method == "POST" { "same-origin" } else { "cross-site" })
            .header(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8")
            .body(Body::empty())
            .unwrap();
        let response = router(api).unwrap().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, headers, String::from_utf8(body.to_vec()).unwrap())
    }

    /// The site is read, an hour later.
    async fn read_again(&self) {
        self.clock.tick(SignedDuration::from_hours(1));
        self.engine.sync(&self.ada, &self.wiki, &|_| ()).await.unwrap();
    }

    async fn exemptions(&self) -> usize {
        self.engine.exemptions(&self.ada, &self.wiki).await.unwrap().len()
    }
}

both_databases! {
    async fn the_page_asks_the_button_keeps_and_looking_changes_nothing(database: TestDatabase) {
        let told = Told::somebody(&database).await;
        for _ in 0..2 {
            let (status, headers, page) = told.ask("GET", &told.token).await;
            assert_eq!(status, StatusCode::OK, "{page}");
            assert!(headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
            let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"), "{policy}");
            assert!(page.contains("I still need this") && page.contains(PERSON), "{page}");
            assert!(!page.contains("<script"), "{page}");
            assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        }
        assert_eq!(told.exemptions().await, 0);
        for _ in 0..2 {
            let (status, _, page) = told.ask("POST", &told.token).await;
            assert_eq!(status, StatusCode::OK, "{page}");
            assert!(page.contains("21 May 2027") && !page.contains("<button"), "{page}");
        }
        assert_eq!(told.exemptions().await, 1);
        let (_, _, page) = told.ask("GET", &told.token).await;
        assert!(page.contains("is kept") && !page.contains("<button"), "{page}");
    }

    async fn a_link_that_is_cut_made_up_or_late_is_told_in_plain_words(database: TestDatabase) {
        let told = Told::somebody(&database).await;
        for method in ["GET", "POST"] {
            for wrong in ["x", "a.b", &told.token[1..]] {
                let (status, headers, page) = told.ask(method, wrong).await;
                assert_eq!(status, StatusCode::NOT_FOUND, "{page}");
                assert!(headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"), "{page}");
                assert!(page.contains("This link is not whole"), "{page}");
            }
        }
        told.clock.tick(SignedDuration::from_hours(24 * 60));
        let (status, _, page) = told.ask("POST", &told.token).await;
        assert_eq!(status, StatusCode::GONE, "{page}");
        assert!(page.contains("This link was valid until 5 January 2027"), "{page}");
        assert_eq!(told.exemptions().await, 0);
    }

    async fn the_link_is_its_owners_alone(database: TestDatabase) {
        let told = Told::somebody(&database).await;
        let mails = told.engine.mails(&told.ada, &MailQuery { limit: 10, ..MailQuery::default() }).await.unwrap();
        let mail = told.engine.mail(&told.ada, &mails[0].id).await.unwrap();
        assert!(mail.text.contains("https://rollcall.example.org/keep/…\n"), "{}", mail.text);
        assert!(mail.html.contains("keep&#x2f;…\""), "{}", mail.html);
        assert!(!format!("{mail:?}").contains(&told.token[..20]), "{mail:?}");
        for path in ["//keep/{}", "/Keep/{}", "/keep/{}/", "/keep/{}/more", "/keep//{}", "/api/v1/{}", "/%6beep/{}"] {
            for method in ["GET", "POST", "PATCH"] {
                let (status, _, answer) = told.ask_at(method, &path.replace("{}", &told.token)).await;
                assert!(!answer.contains(&told.token), "{method} {path}: {status} {answer}");
            }
        }
        assert_eq!(told.exemptions().await, 0);
    }

    async fn an_account_that_is_disabled_or_gone_meanwhile_is_promised_nothing_that_is_not_so(database: TestDatabase) {
        let told = Told::somebody(&database).await;
        told.site.with_state(|state| state.patch_account(PERSON, &AccountPatch { status: Some(PatchStatus::Disabled), ..AccountPatch::default() })).unwrap();
        told.read_again().await;
        let (status, _, page) = told.ask("GET", &told.token).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(page.contains("It is disabled now") && page.contains("ask whoever administers the site") && page.contains("<button"), "{page}");
        let (status, _, page) = told.ask("POST", &told.token).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(page.contains("is disabled, and stays so until somebody enables it") && page.contains("Nothing more is done to it until"), "{page}");
        assert!(!page.contains("Thank you") && !page.contains("left as it is"), "{page}");
        assert_eq!(told.exemptions().await, 1, "nothing more is done to it");

        told.site.with_state(|state| state.delete_account(PERSON)).unwrap();
        told.read_again().await;
        for method in ["GET", "POST"] {
            let (status, _, page) = told.ask(method, &told.token).await;
            assert_eq!(status, StatusCode::GONE, "{page}");
            assert!(page.contains("Your account is gone") && page.contains("ask whoever administers the site"), "{page}");
            assert!(!page.contains("<button") && !page.contains("Thank you"), "{page}");
        }
        let left = told.engine.exemptions(&told.ada, &told.wiki).await.unwrap();
        assert_eq!(left[0].name, PERSON, "by name, also of whom the site no longer knows");
        told.engine.end_exemption(&told.ada, &told.wiki, ExemptName::Account(PERSON), None).await.unwrap();
        told.ask("POST", &told.token).await;
        assert_eq!(told.exemptions().await, 0, "nobody is left to be exempt");
    }
}
