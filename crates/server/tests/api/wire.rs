//! Over real sockets: slow callers, limits, the end.

use crate::socket::{HEALTH, PATIENCE, ask, connect, rest, start};
use crate::stage::{ByHeader, Stage};
use rollcall_server::{Api, Server, ServerSettings};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

#[tokio::test]
async fn whoever_does_not_finish_a_head_or_says_nothing_is_let_go_of() {
    let running = start(|_| ()).await;
    for begun in ["", "GET /healthz HTTP/1.1\r\nHost: loc"] {
        let mut stream = connect(&running).await;
        stream.write_all(begun.as_bytes()).await.unwrap();
        let began = Instant::now();
        rest(&mut stream).await;
        assert!(began.elapsed() < Duration::from_secs(5), "{begun:?}");
    }
    // Also after an answer, on a connection that is kept.
    let mut stream = connect(&running).await;
    stream.write_all(format!("{HEALTH}\r\n\r\n").as_bytes()).await.unwrap();
    assert!(rest(&mut stream).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let running = start(|_| ()).await;
    let mut stream = connect(&running).await;
    let head = "POST /api/v1/sites HTTP/1.1\r\nHost: localhost\r\nx-test-role: admin\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{\"name\":";
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("too-slow"), "{answer}");
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let running = start(|settings| settings.limits.head = 8 << 10).await;
    let mut stream = connect(&running).await;
    let answer = ask(&mut stream, &format!("{HEALTH}\r\nX-Long: {}", "a".repeat(9 << 10))).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn more_connections_than_there_are_places_wait_for_one() {
    let running = start(|settings| settings.limits.connections = 1).await;
    let began = Instant::now();
    let mut first = connect(&running).await;
    first.write_all(b"GET ").await.unwrap();
    let mut second = connect(&running).await;
    // The first holds the only place until its time is up.
    assert!(ask(&mut second, HEALTH).await.starts_with("HTTP/1.1 200"));
    assert!(began.elapsed() >= Duration::from_millis(290), "{:?}", began.elapsed());
}

#[tokio::test]
async fn whoever_does_not_take_an_answer_is_let_go_of() {
    let change = |settings: &mut ServerSettings| {
        settings.limits.connections = 1;
        settings.limits.write_time = Duration::from_millis(300);
    };
    let running = start(change).await;
    let mut first = connect(&running).await;
    // More than any buffer on the way holds, asked for in a few bytes and never read.
    let wish = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100);
    first.write_all(wish.as_bytes()).await.unwrap();
    // It holds the only place: somebody else is answered once it is let go of.
    let mut second = connect(&running).await;
    assert!(ask(&mut second, HEALTH).await.starts_with("HTTP/1.1 200"));
    // What it finds when it reads at last breaks off in the middle.
    let mut taken = Vec::new();
    let _ = timeout(PATIENCE, first.read_to_end(&mut taken)).await.expect("the connection has ended");
    let answers = String::from_utf8_lossy(&taken).matches("HTTP/1.1 200 OK").count();
    assert!((1..100).contains(&answers), "{answers}");
}

#[tokio::test]
async fn the_end_lets_answers_be_finished_and_takes_nobody_new() {
    let running = start(|settings| settings.limits.body_time = Duration::from_secs(5)).await;
    let mut stream = connect(&running).await;
    let body = r#"{"criterion":"all"}"#;
    let head = format!(
        "POST /api/v1/criteria/check HTTP/1.1\r\nHost: localhost\r\nx-test-role: viewer\r\nContent-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // It is in the hands of its endpoint: it has asked for the body.
    let mut interim = [0; 25];
    timeout(PATIENCE, stream.read_exact(&mut interim)).await.unwrap().unwrap();
    assert!(interim.starts_with(b"HTTP/1.1 100"));
    running.end.send(()).unwrap();
    while TcpStream::connect(running.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    stream.write_all(body.as_bytes()).await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.contains("HTTP/1.1 200") && answer.contains("canonical"), "{answer}");
    timeout(PATIENCE, running.ended).await.unwrap().unwrap();
}

#[tokio::test]
async fn an_address_that_others_reach_takes_tls_or_a_proxy() {
    let stage = Stage::new().await;
    let settings = ServerSettings { listen: "0.0.0.0:0".parse().unwrap(), ..ServerSettings::default() };
    let api = Api::new(Arc::clone(&stage.engine), Arc::new(ByHeader), settings);
    let error = Server::bind(api).await.err().expect("refused").to_string();
    assert!(error.contains("server.tls") && error.contains("trusted-proxies"), "{error}");
}
