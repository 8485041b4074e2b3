//! Traces over OpenTelemetry: what is done arrives at a collector, and no secret with it.

use rollcall_simulator::{Mix, Options, Simulator};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

/// Takes what is posted to `/v1/traces` and answers that all is well.
fn collector() -> (String, mpsc::Receiver<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let (posted, received) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream);
            let (mut request, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
                    break;
                }
                let (name, value) = line.split_once(':').unwrap_or((&line, ""));
                if name.eq_ignore_ascii_case("content-length") {
                    length = value.trim().parse().expect("a length");
                }
                if request.is_empty() {
                    request.clone_from(&line);
                }
            }
            let mut body = vec![0; length];
            if reader.read_exact(&mut body).is_err() || posted.send((request, body)).is_err() {
                return;
            }
            let answer = "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            let _ = reader.get_mut().write_all(answer.as_bytes());
        }
    });
    (address, received)
}

#[expect(clippy::disallowed_methods, reason = "the simulated world is made at the time the program will see")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

#[test]
fn a_sync_arrives_at_the_collector_without_its_token() {
    let mut options = Options::new("10.2.0", 100, 7, now());
    options.mix = Mix::all_writable();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let site = runtime.block_on(Simulator::start(options)).expect("the simulated site starts");
    let folder = tempfile::tempdir().expect("a folder");
    let token = folder.path().join("token");
    std::fs::write(&token, site.token()).expect("a file");
    let (collector, received) = collector();
    let rollcall = |args: &[&str], collector: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
        command.args(args).env("ROLLCALL_DATA", folder.path().join("data"));
        if let Some(collector) = collector {
            command.env("OTEL_EXPORTER_OTLP_ENDPOINT", collector);
        }
        let ended = command.output().expect("the program starts");
        assert!(ended.status.success(), "{args:?}: {}", String::from_utf8_lossy(&ended.stderr));
    };
    let token = token.display().to_string();
    rollcall(&["site", "add", "wiki", "--url", &site.url(), "--token-file", &token], None);
    assert!(received.try_recv().is_err(), "without a collector nothing is sent");
    rollcall(&["sync", "wiki"], Some(&collector));
    let (request, body) = received.recv_timeout(Duration::from_secs(20)).expect("traces arrive");
    assert!(request.starts_with("POST /v1/traces "), "{request}");
    let holds = |text: &str| body.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("rollcall") && holds("sync") && holds("wiki"), "{}", String::from_utf8_lossy(&body));
    assert!(!holds(site.token()), "the token was sent");
    // A collector that is not there hinders nobody.
    rollcall(&["sync", "wiki"], Some("http://127.0.0.1:1"));
}
