//! The doctor finds what keeps `serve` from starting, and examines what it can where the rest cannot be used.

use crate::stage::Stage;
use serde_json::Value;

/// The finding about something: its health, and what was found.
fn finding(stage: &Stage, what: &str) -> (String, String) {
    let listed = stage.run(&["doctor", "--format", "json"]).json();
    let found = listed.as_array().expect("a list").iter().find(|finding| finding["what"] == what);
    let found = found.unwrap_or_else(|| panic!("nothing is said of {what}: {listed:#}"));
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    (text("health"), text("found"))
}

#[test]
fn it_finds_what_serve_refuses_to_start_with() {
    let stage = Stage::with(50);
    let data = stage.folder.path().join("data");
    let put = |name: &str, text: &str| std::fs::write(data.join(name), text).expect("a file");
    let pair = || rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let (ours, other) = (pair(), pair());
    put("cert.pem", &ours.cert.pem());
    put("key.pem", &other.signing_key.serialize_pem());
    let sign_on = "sign-on: { issuer: 'https://id.example.org', client-id: rollcall";
    let public = "server: { public-url: 'https://rollcall.example.org' }";
    for (settings, what, words) in [
        (format!("{sign_on}, default-role: viewer }}"), "sign-on", "server.public-url"),
        (format!("{public}\n{sign_on} }}"), "sign-on", "default-role"),
        (
            format!("{public}\n{sign_on}, default-role: viewer, client-secret-file: gone }}"),
            "sign-on",
            "sign-on.client-secret-file",
        ),
        (
            "server: { tls: { certificate-file: cert.pem, key-file: key.pem } }".to_owned(),
            "certificate",
            "does not go with",
        ),
        ("server: { metrics: { token-file: gone } }".to_owned(), "server", "server.metrics.token-file"),
        ("server: { listen: '0.0.0.0:0' }".to_owned(), "server", "server.tls"),
    ] {
        put("rollcall.yaml", &settings);
        let (health, found) = finding(&stage, what);
        assert!(health == "bad" && found.contains(words), "{settings}\n{health}: {found}");
        let served = stage.run(&["serve"]);
        assert!(
            served.code != 0 && served.err.contains(words),
            "serve and doctor say the same: {}",
            served.err
        );
    }
    put("rollcall.yaml", &format!("{public}\n{sign_on}, default-role: viewer }}"));
    // The settings are in order now; what is left is that nobody answers there.
    let (health, found) = finding(&stage, "sign-on");
    assert!(health == "bad" && found.contains("id.example.org"), "{health}: {found}");
}

#[test]
fn it_examines_the_rest_where_database_key_or_settings_cannot_be_used() {
    let stage = Stage::with(50);
    let data = stage.folder.path().join("data");
    let names = |stage: &Stage| {
        let listed = stage.run(&["doctor", "--format", "json"]).json();
        let bad = |finding: &&Value| finding["health"] == "bad";
        let name = |finding: &Value| finding["what"].as_str().unwrap_or_default().to_owned();
        let all: Vec<_> = listed.as_array().expect("a list").iter().map(name).collect();
        let bad: Vec<_> = listed.as_array().expect("a list").iter().filter(bad).map(name).collect();
        (all, bad)
    };
    let rest = ["disk", "mail", "server"].map(str::to_owned);
    let key = std::fs::read(data.join("sealing.key")).expect("a key");
    std::fs::write(data.join("sealing.key"), "no key").expect("a file");
    let (all, bad) = names(&stage);
    assert!(bad == ["sealing key"] && rest.iter().all(|what| all.contains(what)), "{all:?} {bad:?}");
    std::fs::write(data.join("sealing.key"), key).expect("a file");

    std::fs::write(data.join("rollcall.yaml"), "database-url-file: url").expect("a file");
    std::fs::write(data.join("url"), "postgres://rc:hunter2@127.0.0.1:9/rc").expect("a file");
    let (all, bad) = names(&stage);
    assert!(bad == ["database"] && rest.iter().all(|what| all.contains(what)), "{all:?} {bad:?}");

    std::fs::write(data.join("rollcall.yaml"), "sevrer: {}").expect("a file");
    let (all, bad) = names(&stage);
    assert!(bad == ["settings"] && all.contains(&"disk".to_owned()), "{all:?} {bad:?}");
}
