//! The server's own TLS.

use crate::socket::{HEALTH, PATIENCE, Running, ask, connect, start};
use crate::stage::{ByHeader, Stage};
use rollcall_server::{Api, Server, ServerSettings, TlsFiles};
use rustls::pki_types::{CertificateDer, ServerName};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::client::TlsStream;

/// A connection to the server, which shows one of these certificates.
async fn encrypted(running: &Running, known: &[CertificateDer<'static>]) -> TlsStream<TcpStream> {
    let mut roots = rustls::RootCertStore::empty();
    for certificate in known {
        roots.add(certificate.clone()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let name = ServerName::try_from("localhost").unwrap();
    connector.connect(name, connect(running).await).await.unwrap()
}

/// The certificate that a new connection is shown.
async fn shown(running: &Running, known: &[CertificateDer<'static>]) -> CertificateDer<'static> {
    let stream = encrypted(running, known).await;
    stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned()
}

/// What an administrator sends after a renewal.
fn hang_up() {
    let process = std::process::id().to_string();
    assert!(std::process::Command::new("kill").args(["-HUP", &process]).status().unwrap().success());
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
    let mut stream = encrypted(&running, &[root]).await;
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
async fn a_renewed_certificate_is_taken_while_serving_and_a_broken_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let (files, old) = certificate(folder.path(), "localhost");
    let change = |settings: &mut ServerSettings| {
        settings.tls = Some(files.clone());
        settings.limits.head_time = PATIENCE;
    };
    let running = start(change).await;
    let other = tempfile::tempdir().unwrap();
    let (renewed_files, renewed) = certificate(other.path(), "localhost");
    let known = [old.clone(), renewed.clone()];
    let mut kept = encrypted(&running, &known).await;
    assert_eq!(shown(&running, &known).await, old);

    // Half of a renewal: the certificate without its key. Then what is no certificate at all. Whoever comes gets the old one.
    std::fs::copy(&renewed_files.certificate, &files.certificate).unwrap();
    for broken in [None, Some("-----BEGIN CERTIFICATE-----\n?")] {
        if let Some(text) = broken {
            std::fs::write(&files.certificate, text).unwrap();
        }
        hang_up();
        let began = Instant::now();
        while began.elapsed() < Duration::from_millis(400) {
            assert_eq!(shown(&running, &known).await, old);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    std::fs::copy(&renewed_files.certificate, &files.certificate).unwrap();
    std::fs::copy(&renewed_files.key, &files.key).unwrap();
    hang_up();
    let began = Instant::now();
    while shown(&running, &known).await != renewed {
        assert!(began.elapsed() < Duration::from_mins(1), "the renewed certificate is not taken");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Who was there already is not sent away.
    assert!(ask(&mut kept, HEALTH).await.starts_with("HTTP/1.1 200"));
}
