//! Over real sockets: slow callers, limits, TLS, the end.

use crate::stage::{ByHeader, Stage};
use rollcall_server::{Api, Server, ServerSettings, TlsFiles};
use rustls::pki_types::{CertificateDer, ServerName};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

/// Longer than any bound of these tests.
const PATIENCE: Duration = Duration::from_secs(20);

struct Running {
    address: SocketAddr,
    end: oneshot::Sender<()>,
    ended: JoinHandle<()>,
    _stage: Stage,
}

async fn start(change: impl FnOnce(&mut ServerSettings)) -> Running {
    let mut stage = Stage::new().await;
    stage.settings.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let limits = &mut stage.settings.limits;
    (limits.head_time, limits.body_time) = (Duration::from_millis(300), Duration::from_millis(300));
    limits.farewell = Duration::from_secs(5);
    change(&mut stage.settings);
    let api = Api::new(Arc::clone(&stage.engine), Arc::new(ByHeader), stage.settings.clone());
    let server = Server::bind(api).await.unwrap();
    let (end, told) = oneshot::channel();
    let address = server.address();
    let ended = tokio::spawn(server.run(async {
        let _ = told.await;
    }));
    Running { address, end, ended, _stage: stage }
}

async fn connect(running: &Running) -> TcpStream {
    TcpStream::connect(running.address).await.unwrap()
}

/// Everything until the other end closes.
async fn rest(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    let _ =
        timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("the server closes the connection");
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn ask(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), head: &str) -> String {
    stream.write_all(format!("{head}\r\nConnection: close\r\n\r\n").as_bytes()).await.unwrap();
    rest(stream).await
}

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nHost: localhost";

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
    let mut first = connect(&running).await;
    first.write_all(b"GET ").await.unwrap();
    let mut second = connect(&running).await;
    let began = Instant::now();
    // The first holds the only place until its time is up.
    assert!(ask(&mut second, HEALTH).await.starts_with("HTTP/1.1 200"));
    assert!(began.elapsed() >= Duration::from_millis(150), "{:?}", began.elapsed());
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

fn certificate(folder: &std::path::Path, name: &str) -> (TlsFiles, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let files = TlsFiles { certificate: folder.join("cert.pem"), key: folder.join("key.pem") };
    std::fs::write(&files.certificate, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    (files, made.cert.der().clone())
}

#[tokio::test]
async fn its_own_tls_answers_and_tells_browsers_to_come_back_that_way() {
    let folder = tempfile::tempdir().unwrap();
    let (files, root) = certificate(folder.path(), "localhost");
    let running = start(|settings| settings.tls = Some(files)).await;
    let mut roots = rustls::RootCertStore::empty();
    roots.add(root).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = connector.connect(name, connect(&running).await).await.unwrap();
    let answer = ask(&mut stream, HEALTH).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.to_lowercase().contains("strict-transport-security: max-age="), "{answer}");
    // Plain HTTP on that port gets nothing.
    let mut plain = connect(&running).await;
    assert!(!ask(&mut plain, HEALTH).await.contains("200 OK"));
}

#[tokio::test]
async fn a_certificate_without_its_key_is_refused_before_anybody_is_answered() {
    let stage = Stage::new().await;
    let folder = tempfile::tempdir().unwrap();
    let (files, _) = certificate(folder.path(), "localhost");
    let other = tempfile::tempdir().unwrap();
    let (foreign, _) = certificate(other.path(), "localhost");
    for (certificate, key) in
        [(files.certificate.clone(), foreign.key), (folder.path().join("none.pem"), files.key)]
    {
        let tls = Some(TlsFiles { certificate, key });
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let settings = ServerSettings { tls, listen, ..ServerSettings::default() };
        let api = Api::new(Arc::clone(&stage.engine), Arc::new(ByHeader), settings);
        let error = Server::bind(api).await.err().expect("refused").to_string();
        assert!(error.contains(".pem"), "{error}");
    }
}

#[tokio::test]
async fn an_address_that_others_reach_takes_tls_or_a_proxy() {
    let stage = Stage::new().await;
    let settings = ServerSettings { listen: "0.0.0.0:0".parse().unwrap(), ..ServerSettings::default() };
    let api = Api::new(Arc::clone(&stage.engine), Arc::new(ByHeader), settings);
    let error = Server::bind(api).await.err().expect("refused").to_string();
    assert!(error.contains("server.tls") && error.contains("trusted-proxies"), "{error}");
}
