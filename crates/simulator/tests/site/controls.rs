//! The controls on their own port, and starting, stopping, resetting.

use std::path::Path;

use reqwest::Method;
use rollcall_simulator::{JournalEntry, Options, Simulator, SimulatorError, Tls};
use serde_json::{Value, json};

use crate::visitor::{Visitor, client, shared};

async fn control(visitor: &Visitor, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let mut request = visitor.client.request(method, format!("{}{path}", visitor.site.control_url()));
    if let Some(body) = body {
        request = request.body(body.to_string());
    }
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let text = response.text().await.expect("a body");
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

#[tokio::test]
async fn the_journal_is_read_filtered_and_emptied() {
    let visitor = Visitor::small().await;
    visitor.get("/rest/api/user?username=mkoval&expand=status").await;
    visitor.put("/rest/api/admin/user/mkoval/disable").await;
    visitor.anonymously("GET", "/status").await;
    let (status, all) = control(&visitor, "GET", "/journal", None).await;
    let entries: Vec<JournalEntry> = serde_json::from_value(all.clone()).expect("entries");
    assert_eq!((status, entries.len()), (200, 3));
    assert_eq!(entries, visitor.site.journal());
    assert_eq!(
        all[0],
        json!({"seq": 1, "at": all[0]["at"], "method": "GET", "path": "/rest/api/user",
        "query": "username=mkoval&expand=status", "status": 200, "as": "admin"})
    );
    assert_eq!((&all[1]["effect"], &all[2]["as"]), (&json!(true), &json!("anonymous")));
    assert_eq!(
        control(&visitor, "GET", "/journal?writes=true", None).await.1.as_array().map(Vec::len),
        Some(1)
    );
    assert_eq!(control(&visitor, "DELETE", "/journal", None).await.0, 204);
    assert_eq!(control(&visitor, "GET", "/journal", None).await.1, json!([]));
}

#[tokio::test]
async fn the_state_is_read_and_patched() {
    let visitor = Visitor::small().await;
    let (_, state) = control(&visitor, "GET", "/state?limit=5&start=1", None).await;
    assert_eq!(
        (state["accounts"].as_array().map(Vec::len), &state["counts"]["groups"]),
        (Some(5), &json!(state["groups"].as_array().map(Vec::len)))
    );
    let login = "2026-11-21T08:00:00Z";
    let patch = json!({"lastLogin": login, "status": "disabled", "groups": {"add": ["Docs Editors"], "remove": ["confluence-users"]}});
    let (status, account) = control(&visitor, "PUT", "/state/accounts/mkoval", Some(patch)).await;
    assert_eq!((status, &account["lastLogin"], &account["status"]), (200, &json!(login), &json!("disabled")));
    assert_eq!(account["groups"], json!(["Docs Editors"]));
    assert_eq!(control(&visitor, "GET", "/state?account=mkoval", None).await.1, account);
    let (_, cleared) =
        control(&visitor, "PUT", "/state/accounts/mkoval", Some(json!({"lastLogin": null}))).await;
    assert!(cleared["lastLogin"].is_null());
    let (_, group) = control(&visitor, "GET", "/state?group=Docs%20Editors", None).await;
    assert!(group["members"].as_array().expect("members").contains(&json!("mkoval")));
    for (path, body, expected) in [
        ("/state/accounts/nobody", json!({}), 404),
        ("/state/accounts/mkoval", json!({"colour": "red"}), 400),
        ("/state/accounts/mkoval", json!({"groups": {"add": ["nothing"]}}), 404),
        ("/state/accounts/mkoval", json!({"username": "admin"}), 409),
    ] {
        let (status, answer) = control(&visitor, "PUT", path, Some(body)).await;
        assert_eq!(status, expected, "{answer}");
        assert!(answer["error"].is_string());
    }
    assert!(visitor.site.journal().is_empty(), "controls leave no trace in the journal");
}

#[tokio::test]
async fn faults_are_set_shown_and_cleared() {
    let visitor = Visitor::small().await;
    let faults = json!({"latencyMs": 1, "switches": {"forbiddenWrite": "silent204"},
        "rules": [{"method": "GET", "path": "/group", "fault": {"kind": "status", "status": 502}}]});
    assert_eq!(control(&visitor, "PUT", "/faults", Some(faults)).await.0, 204);
    assert_eq!(visitor.get("/rest/api/group").await.status, 502);
    assert_eq!(visitor.put("/rest/api/admin/user/j.doe/disable").await, 204);
    let (_, shown) = control(&visitor, "GET", "/faults", None).await;
    assert_eq!((&shown["latencyMs"], &shown["switches"]["pageCap"]), (&json!(1), &json!(200)));
    for bad in [
        json!({"latency": 1}),
        json!({"switches": {"forbiddenWrite": "maybe"}}),
        json!({"switches": {"timeZone": "Moon/Crater"}}),
    ] {
        assert_eq!(control(&visitor, "PUT", "/faults", Some(bad)).await.0, 400);
    }
    assert_eq!(visitor.get("/rest/api/group").await.status, 502, "bad faults change nothing");
    assert_eq!(control(&visitor, "DELETE", "/faults", None).await.0, 204);
    assert_eq!(visitor.get("/rest/api/group").await.status, 200);
}

#[tokio::test]
async fn a_reset_brings_the_first_day_back() {
    let visitor = Visitor::small().await;
    let before = visitor.site.with_state(|state| state.account_views().collect::<Vec<_>>());
    visitor.put("/rest/api/admin/user/mkoval/disable").await;
    visitor.delete("/rest/api/user/tbeck/group/confluence-users").await;
    assert_eq!(control(&visitor, "PUT", "/clock", Some(json!({"now": "2030-01-01T00:00:00Z"}))).await.0, 204);
    assert!(
        control(&visitor, "GET", "/clock", None).await.1["now"]
            .as_str()
            .expect("now")
            .starts_with("2030-01-01")
    );
    assert_eq!(control(&visitor, "POST", "/reset", None).await.0, 204);
    assert_eq!(visitor.site.with_state(|state| state.account_views().collect::<Vec<_>>()), before);
    assert!(visitor.site.journal().is_empty());
    assert!(visitor.site.now() < Options::small().now + jiff::SignedDuration::from_mins(5));
    assert_eq!(visitor.get("/rest/api/user/current").await.json()["username"], "admin");
    assert_eq!(control(&visitor, "GET", "/reset", None).await.0, 405);
    assert_eq!(control(&visitor, "GET", "/nothing", None).await.0, 404);
}

#[tokio::test]
async fn a_stopped_site_answers_no_more() {
    let visitor = Visitor::small().await;
    let (url, client) = (visitor.site.url(), visitor.client.clone());
    visitor.site.stop().await;
    assert!(client.get(format!("{url}/status")).send().await.is_err());
}

#[tokio::test]
async fn a_site_answers_while_the_thread_that_started_it_is_blocked() {
    let visitor = Visitor::small().await;
    let address = visitor.site.url().strip_prefix("http://").expect("http").to_owned();
    let text = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(address).expect("a connection");
        stream.write_all(b"GET /status HTTP/1.0\r\n\r\n").expect("sent");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("read");
        text
    });
    assert!(text.join().expect("an answer").contains("RUNNING"));
}

#[tokio::test]
async fn what_cannot_be_set_up_is_refused_by_name() {
    let start = async |options: Options| Simulator::start(options).await.err().expect("refused");
    let small = Options::small;
    assert!(matches!(start(small().version("7.19")).await, SimulatorError::Version { .. }));
    assert!(matches!(
        start(Options { accounts: 3, ..small() }).await,
        SimulatorError::Accounts { accounts: 3 }
    ));
    let error = start(Options { context_path: "wiki/".into(), ..small() }).await;
    assert!(error.to_string().contains("\"wiki/\""), "{error}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port();
    assert!(start(Options { port: Some(port), ..small() }).await.to_string().contains(&port.to_string()));
    let from =
        async |path: &Path| Simulator::start_from(path, small()).await.err().expect("refused").to_string();
    assert!(from(Path::new("/nowhere/rows.json")).await.contains("/nowhere/rows.json"));
    assert!(
        from(&Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
            .await
            .contains("not rows of an installation")
    );
}

#[tokio::test]
async fn a_site_is_served_by_tls_with_the_certificate_given() {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let tls = Tls {
        certificate_pem: made.cert.pem(),
        key_pem: made.signing_key.serialize_pem(),
        host: "localhost".into(),
    };
    let broken = Tls { key_pem: "nothing".into(), ..tls.clone() };
    let refused = Simulator::start(Options { tls: Some(broken), ..Options::small() }).await.err();
    assert!(matches!(refused, Some(SimulatorError::Tls(_))));
    let visitor = Visitor::of(Options { tls: Some(tls.clone()), ..Options::small() }).await;
    let url = format!("{}/status", visitor.site.url());
    assert!(url.starts_with("https://localhost:"));
    assert!(client().get(&url).send().await.is_err(), "nobody knows this certificate");
    let root = reqwest::Certificate::from_pem(tls.certificate_pem.as_bytes()).expect("a certificate");
    let trusting = reqwest::Client::builder().tls_certs_only([root]).no_proxy().build().expect("a client");
    assert_eq!(trusting.get(&url).send().await.expect("an answer").status().as_u16(), 200);
}

#[tokio::test]
async fn a_real_installation_is_simulated_from_its_rows() {
    let Some(rows) = shared("fixtures/confluence-dc/db-8.6-users-groups.json") else { return };
    let options = Options { password: Some("chosen".into()), ..Options::small().version("8.6") };
    let site = Simulator::start_from(&rows, options.clone()).await.expect("the site starts");
    assert_eq!((site.username(), site.password()), ("admin", "chosen"));
    let visitor = Visitor { site, client: client() };
    let who = visitor.get_as("admin", "chosen", "/rest/api/user/current").await;
    assert_eq!((who.status, who.header("x-ausername")), (200, "admin"));
    assert_eq!(
        visitor.get("/rest/api/group").await.column("name"),
        ["confluence-administrators", "confluence-users"]
    );
    assert_eq!(visitor.get("/rest/api/group/confluence-users/member").await.column("username"), ["admin"]);
    let view = visitor.site.with_state(|state| state.account_view("admin").expect("admin"));
    assert!(view.seat && view.system_administrator);
    assert_eq!(view.last_login.map(|at| at.to_string()).as_deref(), Some("2024-07-02T16:58:25.077Z"));
    assert_eq!(visitor.status_of("exporter"), "unsynced");
    let key = visitor.site.with_state(|state| state.account_view("exporter").expect("exporter").user_key);
    assert_eq!(visitor.get(&format!("/rest/api/user?key={key}")).await.json()["type"], "unknown");
    assert_eq!(visitor.put("/rest/api/user/admin/group/confluence-users").await, 204);
    assert_eq!(visitor.put("/rest/api/admin/user/exporter/disable").await, 404);
    let wrong = Options { administrator: Some("exporter".into()), ..options };
    assert!(
        Simulator::start_from(&rows, wrong)
            .await
            .err()
            .expect("refused")
            .to_string()
            .contains("\"exporter\"")
    );
}
