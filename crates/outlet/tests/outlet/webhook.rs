//! Webhooks posted to real web servers.

use crate::receiver::web;
use jiff::{SignedDuration, Timestamp};
use rollcall_model::AddressRule;
use rollcall_outlet::{
    Answer, Post, PostError, WebhookAddressError, WebhookSettings, Webhooks, check_address, verify,
};
use secrecy::SecretString;
use std::time::Duration;
use url::Url;

const BODY: &str = r#"{"id":"7-w1","words":"<script> \" \n Tāne"}"#;

fn now() -> Timestamp {
    "2026-11-22T06:00:00Z".parse().unwrap()
}

fn near() -> WebhookSettings {
    WebhookSettings {
        addresses: AddressRule::allowing(["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()]),
        timeout: Duration::from_secs(20),
        ..WebhookSettings::default()
    }
}

async fn post(settings: &WebhookSettings, url: &str, secrets: &[SecretString]) -> Result<Answer, PostError> {
    let url: Url = url.parse().unwrap();
    let post = Post { url: &url, event: "run-finished", event_id: "7-w1", at: now(), secrets, body: BODY };
    Webhooks::new(settings).unwrap().post(&post).await
}

fn header<'a>(request: &'a str, name: &str) -> &'a str {
    let mut found = request
        .lines()
        .filter_map(|line| line.split_once(": "))
        .filter(|(n, _)| n.eq_ignore_ascii_case(name));
    found.next().unwrap_or_else(|| panic!("no {name} in {request}")).1
}

#[tokio::test]
async fn an_event_arrives_signed_with_each_secret() {
    let (port, mut asked) = web(b"HTTP/1.1 204 No Content\r\n\r\n").await;
    let secrets = ["the new secret of it".to_owned().into(), "the old secret of it".to_owned().into()];
    let answer = post(&near(), &format!("http://127.0.0.1:{port}/hook?x=1"), &secrets).await.unwrap();
    assert!(answer.is_taken());
    let request = asked.recv().await.unwrap();
    assert!(request.starts_with("POST /hook?x=1 HTTP/1.1\r\n"), "{request}");
    assert_eq!(header(&request, "rollcall-event"), "run-finished");
    assert_eq!(header(&request, "rollcall-event-id"), "7-w1");
    assert_eq!(header(&request, "content-type"), "application/json");
    let body = request.split_once("\r\n\r\n").unwrap().1;
    assert_eq!(body, BODY, "the very bytes that are signed");
    for secret in &secrets {
        let signature = header(&request, "rollcall-signature");
        verify(signature, secret, body.as_bytes(), now(), SignedDuration::from_mins(5)).unwrap();
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_is_no_yes() {
    let (elsewhere, mut asked) = web(b"HTTP/1.1 200 OK\r\n\r\n").await;
    let answer = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:{elsewhere}/\r\nContent-Length: 0\r\n\r\n"
    );
    let (port, _) = web(Box::leak(answer.into_bytes().into_boxed_slice())).await;
    let answer = post(&near(), &format!("http://127.0.0.1:{port}/"), &[]).await.unwrap();
    assert_eq!((answer.status, answer.is_taken()), (307, false));
    assert!(asked.try_recv().is_err(), "nobody was sent elsewhere");
}

#[tokio::test]
async fn of_an_answer_only_the_beginning_is_kept_and_made_harmless() {
    let mut answer = b"HTTP/1.1 500 Oh\r\nContent-Length: 100000\r\n\r\nno\x1b[31m\r\n  thanks ".to_vec();
    answer.resize(answer.len() + 99_900, b'x');
    let (port, _) = web(Box::leak(answer.into_boxed_slice())).await;
    let answer = post(&near(), &format!("http://127.0.0.1:{port}/"), &[]).await.unwrap();
    assert_eq!(answer.status, 500);
    assert!(answer.excerpt.starts_with("no\u{fffd}[31m thanks xxx"), "{}", answer.excerpt);
    assert_eq!(answer.excerpt.chars().count(), 500);
}

#[tokio::test]
async fn a_yes_whose_words_do_not_end_is_a_yes() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let receiver = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        assert!(tokio::io::AsyncReadExt::read(&mut stream, &mut [0; 4096]).await.unwrap() > 0);
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nfirst words";
        tokio::io::AsyncWriteExt::write_all(&mut stream, head).await.unwrap();
        stream
    };
    let settings = WebhookSettings { timeout: Duration::from_hours(1), ..near() };
    let url = format!("http://127.0.0.1:{port}/");
    let (answer, _open) = tokio::join!(post(&settings, &url, &[]), receiver);
    assert_eq!(answer.unwrap(), Answer { status: 200, excerpt: "first words".to_owned() });
}

#[tokio::test]
async fn a_receiver_that_does_not_answer_in_time_is_left() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let settings = WebhookSettings { timeout: Duration::from_millis(300), ..near() };
    let error =
        post(&settings, &format!("http://127.0.0.1:{port}/secret-path"), &[]).await.unwrap_err().to_string();
    assert_eq!(error, format!("no answer from 127.0.0.1:{port}: it took too long"));
    drop(listener);
    let error =
        post(&near(), &format!("http://127.0.0.1:{port}/secret-path"), &[]).await.unwrap_err().to_string();
    assert!(error.contains("refused") && !error.contains("secret-path"), "{error}");
}

#[tokio::test]
async fn an_address_that_is_not_public_is_not_gone_to() {
    let (port, mut asked) = web(b"HTTP/1.1 200 OK\r\n\r\n").await;
    let public = WebhookSettings { timeout: Duration::from_secs(20), ..WebhookSettings::default() };
    for url in [
        format!("https://127.0.0.1:{port}/"),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
        format!("https://localhost:{port}/"),
    ] {
        let error = post(&public, &url, &[]).await.unwrap_err();
        assert!(matches!(&error, PostError::Address(WebhookAddressError::Forbidden(_))), "{url}: {error}");
        assert!(error.to_string().contains("allow-private-addresses"), "{error}");
    }
    assert!(asked.try_recv().is_err());
}

#[test]
fn what_is_no_address_for_a_webhook_is_refused_with_its_reason() {
    let rule = near().addresses;
    let check = |url: &str, rule: &AddressRule| check_address(&url.parse().unwrap(), rule);
    for good in [
        "https://chat.example.org/hooks/1?x=y",
        "http://127.0.0.1:8080/",
        "http://localhost/",
        "https://8.8.8.8/",
    ] {
        assert_eq!(check(good, &rule), Ok(()), "{good}");
    }
    for (bad, why) in [
        ("http://chat.example.org/", "not encrypted"),
        ("http://8.8.8.8/", "not encrypted"),
        ("ftp://chat.example.org/", "begin with https"),
        ("https://me:pass@chat.example.org/", "name or password"),
        ("https://chat.example.org/#x", "#"),
        ("https://10.0.0.1/", "not a public address"),
        ("https://169.254.169.254/latest", "not a public address"),
    ] {
        let error = check(bad, &rule).unwrap_err().to_string();
        assert!(error.contains(why) && !error.contains("pass@"), "{bad}: {error}");
    }
    assert!(check("http://127.0.0.1/", &AddressRule::public_only()).is_err());
}
