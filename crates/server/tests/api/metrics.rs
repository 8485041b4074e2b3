//! Every answer counts, wherever it was made.

use crate::stage::{PANICS, Stage, answer_of, json, request};
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::json;

fn plain(method: &str, path: &str) -> Request<Body> {
    request(method, path).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn what_is_refused_breaks_or_takes_too_long_is_counted_by_its_route() {
    let stage = Stage::new().await;
    let router = stage.router();
    let new_site = json!({
        "name": "x", "kind": "confluence-dc", "url": format!("https://{PANICS}"), "credentials": { "token": "t" },
    });
    let by = |role: &str| {
        let request = Request::get("/api/v1/sites/secret-name").header(header::HOST, "localhost");
        request.header("x-test-role", role).body(Body::empty()).unwrap()
    };
    let foreign = request("POST", "/sites")
        .header("origin", "https://evil.example")
        .header("sec-fetch-site", "cross-site");
    let no_form = request("GET", "/sites").header(header::ACCEPT, "image/png");
    let no_key = json(request("POST", "/sites").header("idempotency-key", " "), &new_site);
    let elsewhere =
        Request::get("/api/v1/sites").header(header::HOST, "evil.example").body(Body::empty()).unwrap();
    for (request, status) in [
        (by("nobody"), 401),
        (plain("GET", "/sites/secret-name"), 404),
        (foreign.body(Body::empty()).unwrap(), 403),
        (no_form.body(Body::empty()).unwrap(), 406),
        (plain("PUT", "/sites"), 405),
        (no_key, 400),
        (json(request("POST", "/sites"), &new_site), 500),
        (elsewhere, 421),
    ] {
        assert_eq!(answer_of(router.clone(), request).await.status, status);
    }
    // Nobody waits for the time-out: the clock of the runtime jumps to where something happens.
    tokio::time::pause();
    assert_eq!(answer_of(router.clone(), by("nobody-knows")).await.status, 504);
    tokio::time::resume();

    let metrics = Request::get("/metrics").header(header::HOST, "localhost").body(Body::empty()).unwrap();
    let text = answer_of(router, metrics).await.text();
    for (method, route, status) in [
        ("GET", "/api/v1/sites/{site}", 401),
        ("GET", "/api/v1/sites/{site}", 404),
        ("GET", "/api/v1/sites/{site}", 504),
        ("GET", "/api/v1/sites", 406),
        ("GET", "/api/v1/sites", 421),
        ("POST", "/api/v1/sites", 400),
        ("POST", "/api/v1/sites", 403),
        ("POST", "/api/v1/sites", 500),
        ("PUT", "/api/v1/sites", 405),
    ] {
        let line = format!(
            "rollcall_http_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}} 1"
        );
        assert!(text.lines().any(|there| there == line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("secret-name"), "{text}");
}
