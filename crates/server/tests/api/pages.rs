//! The pages: which paths are theirs, and what browsers are told with them.

use crate::stage::Stage;
use axum::body::Body;
use axum::http::{Method, Request, header};
use std::collections::BTreeSet;

fn of(method: Method, path: &str) -> Request<Body> {
    Request::builder().method(method).uri(path).header(header::HOST, "localhost").body(Body::empty()).unwrap()
}

#[tokio::test]
async fn every_path_that_no_program_uses_is_a_page() {
    let stage = Stage::new().await;
    for path in ["/", "/setup", "/users/wiki/4028", "/runs/01a2", "/index.html", "/%2e%2e/Cargo.toml"] {
        let answer = stage.send(of(Method::GET, path)).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}");
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        assert!(answer.text().contains("Rollcall"), "{path}");
    }
    for path in [
        "/api",
        "/api/v1/nowhere",
        "/assets/none.js",
        "/keep/",
        "/sign-on/nowhere",
        "/metrics/x",
        "/healthz/",
        "/readyz/",
    ] {
        assert_eq!(stage.send(of(Method::GET, path)).await.status.as_u16(), 404, "{path}");
    }
    assert_eq!(stage.send(of(Method::POST, "/users")).await.status.as_u16(), 404);
}

#[tokio::test]
async fn a_page_runs_no_script_of_others_and_its_styles_carry_a_nonce_of_their_own() {
    let stage = Stage::new().await;
    let mut nonces = BTreeSet::new();
    for _ in 0..3 {
        let answer = stage.send(of(Method::GET, "/users")).await;
        let policy = answer.header("content-security-policy").unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert!(policy.contains("script-src 'self';"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let text = answer.text();
        assert!(!text.contains("__CSP_NONCE__"));
        if let Some((_, rest)) = policy.split_once("'nonce-") {
            let nonce = rest.split('\'').next().unwrap();
            assert!(nonce.len() >= 22 && text.contains(nonce), "{policy}");
            nonces.insert(nonce.to_owned());
        }
    }
    // None where the pages were not built.
    assert!(nonces.is_empty() || nonces.len() == 3, "{nonces:?}");
}
