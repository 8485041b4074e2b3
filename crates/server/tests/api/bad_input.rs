//! Bad input: the right status, a problem that names the field, no change.

use crate::stage::{Answer, Stage, json, request};
use axum::body::Body;
use axum::http::header;
use serde_json::{Value, json};

fn good() -> Value {
    json!({ "name": "wiki", "kind": "confluence-dc", "url": "https://127.0.0.1:9", "credentials": { "token": "t" } })
}

fn with(change: impl FnOnce(&mut Value)) -> Value {
    let mut body = good();
    change(&mut body);
    body
}

async fn raw(stage: &Stage, content_type: &str, body: impl Into<Body>) -> Answer {
    stage
        .send(request("POST", "/sites").header(header::CONTENT_TYPE, content_type).body(body.into()).unwrap())
        .await
}

fn words((status, code, at): (u16, String, String)) -> String {
    format!("{status} {code} {at}").trim_end().to_owned()
}

#[tokio::test]
async fn every_wrong_body_names_its_field_and_changes_nothing() {
    let stage = Stage::new().await;
    let cases = [
        (with(|b| b["url"] = json!(7)), "422 bad-body body /url"),
        (with(|b| b["credentials"]["token"] = json!(["t"])), "422 bad-body body /credentials/token"),
        (with(|b| b["settings"] = json!({ "auditDays": -1 })), "422 bad-body body /settings/auditDays"),
        (with(|b| b["settings"] = json!({ "concurrency": 0 })), "422 bad-body body /settings/concurrency"),
        (
            with(|b| b["settings"] = json!({ "adminGroups": ["a", 5] })),
            "422 bad-body body /settings/adminGroups/1",
        ),
        (
            with(|b| {
                b.as_object_mut().unwrap().remove("url");
            }),
            "422 bad-body body /url",
        ),
        (with(|b| b["credentials"] = json!({ "username": "u" })), "422 bad-body body /credentials/password"),
        (with(|b| b["clolour"] = json!(1)), "422 bad-body body /clolour"),
        (with(|b| b["settings"] = json!({ "audit-days": 1 })), "422 bad-body body /settings/audit-days"),
        (with(|b| b["name"] = json!("w".repeat(65))), "422 bad-body body /name"),
        (with(|b| b["url"] = json!("https://x/".to_owned() + &"a".repeat(2000))), "422 bad-body body /url"),
        (with(|b| b["kind"] = json!("sharepoint")), "422 bad-body body /kind"),
        (with(|b| b["kind"] = json!(7)), "422 bad-body body /kind"),
        (with(|b| b["settings"] = json!({ "perSecond": 0 })), "422 bad-body body /settings/perSecond"),
        (with(|b| b["credentials"] = json!(["t"])), "422 bad-body body /credentials"),
        (with(|b| b["credentials"]["token"] = json!("t\nx")), "422 bad-body body /credentials/token"),
        (
            with(|b| b["certificateAuthorities"] = json!("no certificate")),
            "422 bad-body body /certificateAuthorities",
        ),
        (json!([]), "422 bad-body body"),
        (json!(["wiki", "confluence-dc", "https://127.0.0.1:9", { "token": "t" }]), "422 bad-body body"),
        (json!(null), "422 bad-body body"),
    ];
    for (body, expected) in cases {
        let answer = stage.send_json("POST", "/sites", &body).await;
        assert_eq!(words(answer.problem()), expected, "{body}: {}", answer.text());
    }
    assert_eq!(stage.get("/sites").await.json()["total"], 0);
}

#[tokio::test]
async fn a_body_in_another_language_is_refused() {
    let stage = Stage::new().await;
    let good = good().to_string();
    for (content_type, body, expected) in [
        ("application/json", b"{\"name\": \"w".to_vec(), "400 malformed body /name"),
        ("application/json", b"name: wiki".to_vec(), "400 malformed body"),
        (
            "application/json",
            b"{\"settings\": {\"auditDays\": 1e999}}".to_vec(),
            "422 bad-body body /settings/auditDays",
        ),
        ("application/json", b"".to_vec(), "400 malformed body"),
        ("application/json", b"{\"name\": \"m\xFCller\"}".to_vec(), "400 malformed body"),
        ("application/json", [good.as_bytes(), b"x"].concat(), "400 malformed body"),
        ("text/plain", good.clone().into_bytes(), "415 unsupported-media-type header content-type"),
        (
            "application/json; charset=iso-8859-1",
            good.clone().into_bytes(),
            "415 unsupported-media-type header content-type",
        ),
        ("application/json", vec![b' '; (1 << 20) + 1], "413 too-large"),
    ] {
        let answer = raw(&stage, content_type, body).await;
        assert_eq!(words(answer.problem()), expected, "{}", answer.text());
    }
}

#[tokio::test]
async fn a_problem_never_repeats_what_may_be_a_secret() {
    let stage = Stage::new().await;
    let answer =
        stage.send_json("POST", "/sites", &with(|b| b["credentials"]["token"] = json!(987_654_321))).await;
    assert!(!answer.text().contains("987654321"), "{}", answer.text());
}

#[tokio::test]
async fn parameters_that_are_not_declared_are_refused() {
    let stage = Stage::new().await;
    for (path, expected) in [
        ("/sites?limit=0", "400 bad-parameter query limit"),
        ("/sites?limit=501", "400 bad-parameter query limit"),
        ("/sites?limit=ten", "400 bad-parameter query limit"),
        ("/sites?limit=1&limit=2", "400 bad-parameter query limit"),
        ("/sites?lmit=1", "400 bad-parameter query lmit"),
        ("/sites?cursor=%FF", "400 bad-parameter query cursor"),
        ("/sites/%20wiki", "400 bad-parameter path site"),
        ("/sites/%FF", "400 bad-parameter path"),
        ("/sites/nobody", "404 not-found"),
    ] {
        let answer = stage.get(path).await;
        assert_eq!(words(answer.problem()), expected, "{path}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_role_that_is_not_enough_changes_nothing_whatever_the_body() {
    let stage = Stage::new().await;
    let as_operator = |body: &Value| {
        let mut request = json(request("POST", "/sites"), body);
        request.headers_mut().insert("x-test-role", "operator".parse().unwrap());
        request
    };
    let answer = stage.send(as_operator(&good())).await;
    assert_eq!(answer.problem().1, "forbidden");
    assert!(answer.text().contains("admin"), "it says which role it takes: {}", answer.text());
    assert_eq!(stage.get("/sites").await.json()["total"], 0);
}

#[tokio::test]
async fn parameters_that_nobody_declared_are_refused_everywhere() {
    let stage = Stage::new().await;
    for path in
        ["/overview?x=1", "/audit/export?since=2030-01-01T00:00:00Z", "/session?x", "/operators/mira?a=1&a=1"]
    {
        let (status, code, at) = stage.get(path).await.problem();
        assert_eq!((status, code.as_str()), (400, "bad-parameter"), "{path}");
        assert!(at.starts_with("query "), "{path}: {at}");
    }
    let describe = stage.send_json("POST", "/criteria/describe?zzz=1", &json!({ "criterion": "all" })).await;
    assert_eq!(words(describe.problem()), "400 bad-parameter query zzz");
    let twice = stage.get("/session?x=1&x=2").await;
    assert!(twice.text().contains("stands there twice"), "{}", twice.text());
    let stranger = stage.get("/runs?foo=1").await.text();
    assert!(stranger.contains("mode, limit, cursor"), "{stranger}");
    // Whoever is not signed in is told that, and a balancer may ask as it likes.
    let nobody = axum::http::Request::get("/api/v1/overview?x=1")
        .header("host", "localhost")
        .body(Body::empty())
        .unwrap();
    assert_eq!(stage.send(nobody).await.status, 401);
    let probe =
        axum::http::Request::get("/healthz?x=1").header("host", "localhost").body(Body::empty()).unwrap();
    assert_eq!(stage.send(probe).await.status, 200);
}

#[tokio::test]
async fn numbers_and_times_are_refused_in_words_that_say_what_is_expected() {
    let stage = Stage::new().await;
    for (path, expected) in [
        ("/runs?limit=-1", "expected a whole number, not below 0"),
        ("/runs?limit=99999999999999999999", "is too large a number"),
        ("/runs?limit=", "is empty; expected a whole number"),
        ("/audit?since=tomorrow", "expected an instant such as"),
    ] {
        let answer = stage.get(path).await;
        assert_eq!(answer.status, 400, "{path}");
        assert!(answer.text().contains(expected), "{path}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_key_that_stands_twice_is_refused_by_its_place() {
    let stage = Stage::new().await;
    let put = |path: &str, method: &str, body: &'static str| {
        request(method, path).header(header::CONTENT_TYPE, "application/json").body(body.into()).unwrap()
    };
    let audit = stage.send(put("/audit/verify", "POST", r#"{"heads": [], "heads": []}"#)).await;
    assert_eq!(words(audit.problem()), "422 bad-body body /heads");
    let policy = r#"{"name": "d", "sites": ["wiki"], "select": "all", "actions": ["disable"],
        "approval": {"above": 0, "second-person": true}, "approval": {"above": 100000}}"#;
    let answer = stage.send(put("/policies", "POST", policy)).await;
    assert_eq!(words(answer.problem()), "422 bad-body body /approval");
    let nested = r#"{"name": "d", "sites": ["wiki"], "select": "all", "actions": ["disable"],
        "approval": {"above": 0, "above": 100000}}"#;
    assert_eq!(
        words(stage.send(put("/policies", "POST", nested)).await.problem()),
        "422 bad-body body /approval/above"
    );
    assert_eq!(stage.get("/policies").await.json()["total"], 0);
}

#[tokio::test]
async fn a_wrong_criterion_in_a_policy_has_its_position_and_what_is_near() {
    let stage = Stage::new().await;
    let body = json!({ "name": "x", "sites": ["wiki"], "select": " idel >= 3d", "actions": ["disable"] });
    let problem = stage.send_json("POST", "/policies", &body).await.json();
    let place = &problem["errors"][0];
    assert_eq!(
        (&place["at"], &place["position"], &place["suggestion"]),
        (&json!("/select"), &json!({ "start": 1, "end": 5 }), &json!("idle")),
        "{problem}"
    );
    assert!(!place["message"].as_str().unwrap().contains('\n'), "{problem}");
}

#[tokio::test]
async fn an_encoded_body_is_refused_and_another_charset_too() {
    let stage = Stage::new().await;
    let put = |kind: &str, encoding: Option<&str>, path: &str| {
        let mut builder = request(if path == "/policies" { "POST" } else { "PUT" }, path);
        builder = builder.header(header::CONTENT_TYPE, kind);
        if let Some(encoding) = encoding {
            builder = builder.header(header::CONTENT_ENCODING, encoding);
        }
        builder.body(Body::from("username\nmira\n")).unwrap()
    };
    for (kind, encoding, path, expected) in [
        ("text/csv", Some("gzip"), "/lists/x", "415 unsupported-media-type header content-encoding"),
        ("text/csv; charset=iso-8859-1", None, "/lists/x", "415 unsupported-media-type header content-type"),
        (
            "application/yaml; charset=iso-8859-1",
            None,
            "/policies",
            "415 unsupported-media-type header content-type",
        ),
    ] {
        assert_eq!(words(stage.send(put(kind, encoding, path)).await.problem()), expected, "{kind}");
    }
    assert_eq!(stage.send(put("text/csv; charset=UTF-8", Some("identity"), "/lists/x")).await.status, 200);
    let bad = request("PUT", "/lists/y").header(header::CONTENT_TYPE, "text/csv");
    let answer = stage.send(bad.body(Body::from("mira\nth\0eo\n")).unwrap()).await;
    assert_eq!(words(answer.problem()), "422 bad-body body");
    assert!(answer.text().contains("line 2"), "{}", answer.text());
    let blank = stage.send_json("PUT", "/lists/y", &json!({ "entries": [" "] })).await;
    assert_eq!(words(blank.problem()), "422 bad-body body /entries");
}

#[tokio::test]
async fn a_webhook_that_cannot_be_is_refused_by_its_field_and_its_address_is_not_repeated() {
    let stage = Stage::new().await;
    for (body, expected) in [
        (json!({ "name": "q", "url": "http://hooks.example.com/services/SECRET" }), "422 bad-body body /url"),
        (json!({ "name": "q", "url": "https://SECRET:pw@hooks.example.com/" }), "422 bad-body body /url"),
        (json!({ "name": "q", "url": "https://10.0.0.1/SECRET" }), "422 bad-body body /url"),
        (
            json!({ "name": "q", "url": "https://h.example.com/", "secret": "SECRET" }),
            "422 bad-body body /secret",
        ),
    ] {
        let answer = stage.send_json("POST", "/webhooks", &body).await;
        assert_eq!(words(answer.problem()), expected, "{body}");
        assert!(!answer.text().contains("SECRET"), "{}", answer.text());
    }
}
