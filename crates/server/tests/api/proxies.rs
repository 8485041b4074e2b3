//! Whose word about the caller counts, over real sockets.

use crate::socket::{HEALTH, Running, ask, start_with};
use axum::http::request::Parts;
use futures::future::BoxFuture;
use rollcall_engine::Operator;
use rollcall_server::{Authenticate, Client, Problem};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use tokio::net::TcpSocket;

/// Writes down who asked.
#[derive(Default)]
struct Book(Mutex<Vec<Client>>);

impl Authenticate for Book {
    fn operator<'a>(&'a self, parts: &'a mut Parts) -> BoxFuture<'a, Result<Option<Operator>, Problem>> {
        self.0.lock().unwrap().push(parts.extensions.get::<Client>().unwrap().clone());
        Box::pin(async { Ok(None) })
    }
}

/// A request from an address of this machine; the answer.
async fn from(running: &Running, address: &str, path: &str, headers: &str) -> String {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(address.parse().unwrap(), 0)).unwrap();
    let mut stream = socket.connect(running.address).await.unwrap();
    ask(&mut stream, &format!("{}{headers}", HEALTH.replace("/healthz", path))).await
}

#[tokio::test]
async fn what_a_trusted_proxy_says_of_the_caller_counts_and_what_another_says_does_not() {
    let book = Arc::new(Book::default());
    let trust = |settings: &mut rollcall_server::ServerSettings| {
        settings.trusted_proxies = vec!["127.0.0.2/32".parse().unwrap()];
    };
    let running = start_with(trust, book.clone()).await;
    let forwarded = "\r\nX-Forwarded-For: 198.51.100.7\r\nX-Forwarded-Proto: https";
    for (proxy, address, is_secure) in
        [("127.0.0.2", "198.51.100.7", true), ("127.0.0.3", "127.0.0.3", false)]
    {
        let answer = from(&running, proxy, "/api/v1/sites", forwarded).await;
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
        let says_come_back_encrypted = answer.to_lowercase().contains("\r\nstrict-transport-security:");
        assert_eq!(says_come_back_encrypted, is_secure, "{answer}");
        let seen = book.0.lock().unwrap().pop().expect("it was asked who that is");
        assert_eq!((seen.address, seen.is_secure), (address.parse::<IpAddr>().unwrap(), is_secure));
        assert_eq!(seen.is_proxied, is_secure);
    }
    // Nobody becomes this machine by saying so.
    let local = "\r\nX-Forwarded-For: 127.0.0.1";
    for proxy in ["127.0.0.2", "127.0.0.3"] {
        assert!(from(&running, proxy, "/metrics", local).await.starts_with("HTTP/1.1 401"), "{proxy}");
    }
    assert!(from(&running, "127.0.0.3", "/metrics", "").await.starts_with("HTTP/1.1 200"));
    for (accept, kind) in [
        ("text/plain;version=0.0.4", "text/plain; version=0.0.4"),
        ("application/openmetrics-text;version=1.0.0,text/plain;q=0.5", "application/openmetrics-text"),
    ] {
        let answer = from(&running, "127.0.0.3", "/metrics", &format!("\r\nAccept: {accept}")).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.to_lowercase().contains(&format!("content-type: {kind}")), "{answer}");
    }
}
