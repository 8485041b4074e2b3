//! What holds for every request.

use crate::stage::{PANICS, Stage, request};
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::json;
use std::collections::BTreeSet;

#[tokio::test]
async fn every_answer_tells_browsers_what_is_not_allowed() {
    let stage = Stage::new().await;
    for path in ["/sites", "/nowhere"] {
        let answer = stage.get(path).await;
        let policy = answer.header("content-security-policy").unwrap();
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(answer.header("cross-origin-opener-policy"), Some("same-origin"));
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("strict-transport-security"), None, "not over plain HTTP");
        assert!(answer.header("x-request-id").is_some());
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    let stage = Stage::new().await;
    assert_eq!(stage.get("/nowhere").await.problem().1, "not-found");
    let answer = stage.send(request("PUT", "/sites").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.problem().0, 405);
    assert_eq!(answer.header("allow"), Some("GET,HEAD,POST"));
    let answer = stage
        .send(request("GET", "/sites").header(header::ACCEPT, "image/png").body(Body::empty()).unwrap())
        .await;
    assert_eq!(answer.problem().1, "not-acceptable");
}

#[tokio::test]
async fn nobody_gets_in_without_signing_in_and_nobody_brings_a_role_along() {
    let stage = Stage::new().await;
    let open = Request::get("/api/v1/sites").header(header::HOST, "localhost").body(Body::empty()).unwrap();
    let answer = stage.send(open).await;
    assert_eq!(answer.problem().1, "not-signed-in");
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
}

#[tokio::test]
async fn every_operation_of_the_document_that_is_not_open_asks_who_is_there() {
    let stage = Stage::new().await;
    let document = serde_json::to_value(rollcall_server::openapi()).unwrap();
    let mut asked = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if operation["security"].is_array() {
                continue;
            }
            let path = path.replace(['{', '}'], "");
            let request = Request::builder()
                .method(method.to_uppercase().as_str())
                .uri(&path)
                .header(header::HOST, "localhost");
            let answer = stage.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.problem().1, "not-signed-in", "{method} {path}");
            asked += 1;
        }
    }
    assert!(asked > 10);
}

#[tokio::test]
async fn the_document_gives_every_operation_a_name_of_its_own_a_tag_and_words() {
    let document = serde_json::to_value(rollcall_server::openapi()).unwrap();
    let tags: BTreeSet<&str> =
        document["tags"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap()).collect();
    let mut names = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} twice");
            assert!(operation["summary"].is_string(), "{method} {path}");
            assert!(tags.contains(operation["tags"][0].as_str().unwrap()), "{method} {path}");
        }
    }
    let answer = Stage::new().await.get("/openapi.json").await;
    assert_eq!(answer.json(), document);
}

#[tokio::test]
async fn a_page_of_another_origin_changes_nothing() {
    let stage = Stage::new().await;
    let answer = stage
        .send(
            request("POST", "/sites")
                .header("origin", "https://evil.example")
                .header("sec-fetch-site", "cross-site")
                .body(Body::empty())
                .unwrap(),
        )
        .await;
    assert_eq!(answer.problem().1, "cross-origin");
}

#[tokio::test]
async fn an_address_that_no_browser_can_name_is_refused_at_the_start() {
    let stage = Stage::new().await;
    let mut settings = stage.settings.clone();
    settings.public_url = Some("http://roll{call}.example.org".parse().unwrap());
    let findings = rollcall_server::examine(&settings, stage.engine.now());
    assert!(findings[0].found.contains("roll{call}.example.org"), "{findings:?}");
    let api = rollcall_server::Api::new(stage.engine, std::sync::Arc::new(crate::stage::ByHeader), settings);
    let Err(error) = rollcall_server::Server::bind(api).await else { panic!("it listens") };
    let words = error.to_string();
    assert!(words.contains("server.public-url http://roll{call}.example.org/"), "{words}");
}

#[tokio::test]
async fn a_name_that_was_pointed_here_is_not_answered_but_probes_are() {
    let stage = Stage::new().await;
    let by =
        |path: &str| Request::get(path).header(header::HOST, "evil.example").body(Body::empty()).unwrap();
    assert_eq!(stage.send(by("/api/v1/sites")).await.problem().1, "wrong-host");
    assert_eq!(
        stage.send(by("/metrics")).await.problem().1,
        "wrong-host",
        "a page would read them as this machine"
    );
    assert_eq!(stage.send(by("/healthz")).await.json()["status"], "ok");
    assert_eq!(stage.send(by("/readyz")).await.status, 200);
}

#[tokio::test]
async fn the_id_of_a_request_is_taken_from_a_trusted_proxy_only() {
    let mut stage = Stage::new().await;
    let with_id =
        || request("GET", "/sites").header("x-request-id", "from-outside").body(Body::empty()).unwrap();
    assert_ne!(stage.send(with_id()).await.header("x-request-id"), Some("from-outside"));
    stage.settings.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    assert_eq!(stage.send(with_id()).await.header("x-request-id"), Some("from-outside"));
    let secure = request("GET", "/sites").header("x-forwarded-proto", "https").body(Body::empty()).unwrap();
    assert!(stage.send(secure).await.header("strict-transport-security").is_some());
}

#[tokio::test]
async fn a_panic_is_a_problem_without_details_and_takes_nobody_else_along() {
    let stage = Stage::new().await;
    let attempt = json!({
        "name": "x", "kind": "confluence-dc", "url": format!("https://{PANICS}"), "credentials": { "token": "t" },
    });
    let answer = stage.send_json("POST", "/sites", &attempt).await;
    assert_eq!(answer.problem(), (500, "internal".to_owned(), String::new()));
    assert!(!answer.text().contains("panic"), "{}", answer.text());
    assert!(answer.header("x-request-id").is_some() && answer.header("content-security-policy").is_some());
    assert_eq!(stage.get("/sites").await.json()["total"], 0);
}
