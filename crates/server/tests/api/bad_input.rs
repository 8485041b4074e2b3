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
        (json!([]), "422 bad-body body"),
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
