//! Whatever else answers at the address: a clear error that names the thing, the place and the remedy, and no credentials shown to
//! a stranger.

use crate::stage::{connection, staged, with_password};
use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use rollcall_simulator::{Options, Simulator, Tls};
use rollcall_site::{Observe as _, SiteError};
use std::sync::{Arc, Mutex};

/// A server that answers every request with `answer`; gives its address and the requests with an `Authorization` header.
async fn serve(
    answer: impl Fn(&Request) -> Response + Clone + Send + Sync + 'static,
) -> (String, Arc<Mutex<Vec<String>>>) {
    let signed = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&signed);
    let handler = move |request: Request| {
        if request.headers().contains_key("authorization") {
            seen.lock().unwrap().push(request.uri().to_string());
        }
        let response = answer(&request);
        async move { response }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handler)).await });
    (url, signed)
}

async fn refusal(url: &str) -> SiteError {
    let client = match rollcall_atlassian::connect(&connection(url, "secret-token")) {
        Ok(client) => client,
        Err(error) => return error,
    };
    let error = client.probe().await.unwrap_err();
    assert!(!error.to_string().contains("secret-token"), "{error}");
    error
}

fn says(error: &SiteError, words: &[&str]) {
    let text = error.to_string();
    for word in words {
        assert!(text.contains(word), "«{text}» does not say \"{word}\"");
    }
}

#[tokio::test]
async fn html_with_200_is_not_a_site_and_gets_no_credentials() {
    let (url, signed) =
        serve(|_| Html("<html><body>Welcome to the intranet</body></html>").into_response()).await;
    let error = refusal(&url).await;
    assert!(matches!(error, SiteError::NotASite { .. }));
    says(&error, &[&url, "web page", "context path"]);
    assert!(signed.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_login_page_with_200_is_recognised() {
    let (url, signed) =
        serve(|_| Html("<form name=loginform><input name=os_username></form>").into_response()).await;
    says(&refusal(&url).await, &["login page", "personal access token"]);
    assert!(signed.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_redirect_elsewhere_is_named_and_not_followed() {
    let (other, signed_there) = serve(|_| Html("<html>").into_response()).await;
    let target = format!("{other}/sso/start?secret=1");
    let (url, signed) =
        serve(move |_| (StatusCode::FOUND, [("location", target.clone())]).into_response()).await;
    let error = refusal(&url).await;
    says(&error, &["redirects to a login page", &other]);
    assert!(!error.to_string().contains("secret=1"));
    assert!(signed.lock().unwrap().is_empty() && signed_there.lock().unwrap().is_empty());
    let (url, _) = serve(|_| {
        (StatusCode::MOVED_PERMANENTLY, [("location", "https://wiki.example.org/x")]).into_response()
    })
    .await;
    says(&refusal(&url).await, &["redirects to https://wiki.example.org/x", "give that address instead"]);
}

#[tokio::test]
async fn a_redirect_to_the_sites_own_login_page_is_said_to_be_one() {
    let (url, _) =
        serve(|_| (StatusCode::FOUND, [("location", "/login.action?os_destination=x")]).into_response())
            .await;
    says(&refusal(&url).await, &["redirects to a login page", "/login.action"]);
}

#[tokio::test]
async fn another_product_is_named() {
    let (url, signed) = serve(|_| {
        let body = r#"{"typeId":"jira","version":"10.3.1","url":"https://jira.example.org"}"#;
        ([("content-type", "application/json")], body).into_response()
    })
    .await;
    says(&refusal(&url).await, &["another product", "jira"]);
    assert!(signed.lock().unwrap().is_empty());
}

#[tokio::test]
async fn too_old_a_version_is_refused_in_words_and_gets_no_credentials() {
    let (url, signed) = serve(|_| {
        ([("content-type", "application/json")], r#"{"typeId":"confluence","version":"7.19.16"}"#)
            .into_response()
    })
    .await;
    says(&refusal(&url).await, &["7.19.16", "8.2 or later"]);
    assert!(signed.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_newer_version_is_a_warning_and_xml_is_read_too() {
    let (url, _) = serve(|request| match request.uri().path() {
        "/rest/applinks/1.0/manifest" => {
            let body = "<?xml version='1.0'?><manifest><typeId>confluence</typeId><version>11.2.0</version></manifest>";
            ([("content-type", "application/xml")], body).into_response()
        }
        "/rest/api/user/current" => {
            let body = r#"{"type":"known","username":"rollcall","userKey":"2c9580839013922301901a0000010001"}"#;
            ([("content-type", "application/json")], body).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    })
    .await;
    let profile = rollcall_atlassian::connect(&connection(&url, "t")).unwrap().probe().await.unwrap();
    assert_eq!(profile.version.unwrap().to_string(), "11.2.0");
    assert!(profile.warnings.iter().any(|w| w.contains("11.2.0 is newer")), "{:?}", profile.warnings);
}

#[tokio::test]
async fn a_wrong_context_path_is_named_with_its_remedy() {
    let mut options = Options::small();
    options.context_path = "/confluence".to_owned();
    let stage = staged(options, |_| {}).await;
    stage.client.probe().await.unwrap();
    let root = stage.site.url().replace("/confluence", "");
    for wrong in [root.clone(), format!("{root}/wiki"), format!("{}/x", stage.site.url())] {
        let error = refusal(&wrong).await;
        assert!(matches!(error, SiteError::NotASite { .. }), "{wrong}: {error}");
        says(&error, &[&wrong, "context path"]);
    }
    let with_slash = format!("{}/", stage.site.url());
    rollcall_atlassian::connect(&connection(&with_slash, stage.site.token())).unwrap().probe().await.unwrap();
}

#[tokio::test]
async fn addresses_that_cannot_be_one_are_refused_without_repeating_a_password() {
    for (url, word) in [
        ("ftp://wiki.example.org", "https://"),
        ("https://admin:hunter2@wiki.example.org", "must not hold a user name"),
        ("https://wiki.example.org/?x=1", "without anything after"),
    ] {
        let error = rollcall_atlassian::connect(&connection(url, "t")).map(|_| ()).unwrap_err();
        says(&error, &[word]);
        assert!(!error.to_string().contains("hunter2"));
    }
    let error = rollcall_atlassian::connect(&connection("https://wiki.example.org", "to\nken"))
        .map(|_| ())
        .unwrap_err();
    assert!(matches!(error, SiteError::Unauthorized { .. }));
}

#[tokio::test]
async fn an_unknown_name_and_a_closed_port_are_told_apart() {
    let error = refusal("http://no-such-host.invalid").await;
    assert!(matches!(error, SiteError::Unreachable { .. }), "{error}");
    says(&error, &["no-such-host.invalid", "not known"]);
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = refusal(&format!("http://{free}")).await;
    says(&error, &["refused", "running"]);
}

fn certificate(name: &str) -> Tls {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    Tls {
        certificate_pem: made.cert.pem(),
        key_pem: made.signing_key.serialize_pem(),
        host: "localhost".to_owned(),
    }
}

#[tokio::test]
async fn a_certificate_is_checked_for_its_name_and_its_authority() {
    let mut options = Options::small();
    options.tls = Some(certificate("localhost"));
    let authority = options.tls.as_ref().unwrap().certificate_pem.clone();
    let site = Simulator::start(options).await.unwrap();
    let mut trusted = connection(&site.url(), site.token());
    says(
        &rollcall_atlassian::connect(&trusted).unwrap().probe().await.unwrap_err(),
        &["certificate", "authority", "Give the authority's certificate"],
    );
    trusted.certificate_authorities = Some(authority);
    rollcall_atlassian::connect(&trusted).unwrap().probe().await.unwrap();
    trusted.certificate_authorities = Some("no certificate".to_owned());
    says(
        &rollcall_atlassian::connect(&trusted).map(|_| ()).unwrap_err(),
        &["certificate authorities", "PEM"],
    );

    let mut options = Options::small();
    options.tls = Some(certificate("wiki.example.org"));
    let authority = options.tls.as_ref().unwrap().certificate_pem.clone();
    let site = Simulator::start(options).await.unwrap();
    let mut misnamed = connection(&site.url(), site.token());
    misnamed.certificate_authorities = Some(authority);
    let error = rollcall_atlassian::connect(&misnamed).unwrap().probe().await.unwrap_err();
    assert!(matches!(error, SiteError::Unreachable { .. }));
    says(&error, &["localhost", "for another name"]);
}

#[tokio::test]
async fn a_wrong_password_and_a_token_that_is_served_as_anonymous_are_refusals() {
    for (anonymous_access, anonymous_refusal) in [(true, 401), (false, 401), (false, 403)] {
        let mut options = Options::small();
        options.switches.anonymous_access = anonymous_access;
        options.switches.anonymous_refusal = anonymous_refusal;
        let site = Simulator::start(options).await.unwrap();
        let error = refusal(&site.url()).await;
        assert!(
            matches!(error, SiteError::Unauthorized { .. }),
            "{anonymous_access} {anonymous_refusal}: {error}"
        );
        says(&error, &["token", "expired"]);
    }
    let site = Simulator::start(Options::small()).await.unwrap();
    let client = rollcall_atlassian::connect(&with_password(&site.url(), site.username(), "wrong")).unwrap();
    let error = client.probe().await.unwrap_err();
    says(&error, &["password is wrong", "does not try a password twice"]);
    let tried = site.journal().iter().filter(|e| e.status == 401).count();
    assert_eq!(tried, 1);
}
