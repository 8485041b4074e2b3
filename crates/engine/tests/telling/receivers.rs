//! Receivers on this machine: a real SMTP server in a process of its own, and a web server that says what it is told to.

use serde_json::{Value, json};
use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A port that is free at this moment.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// aiosmtpd; it ends with this value.
pub(crate) struct MailServer {
    process: Child,
    said: Receiver<Value>,
}

impl MailServer {
    /// Whether there is one here; says so aloud where not.
    pub(crate) fn is_there() -> bool {
        let is_there = std::env::var_os("ROLLCALL_TEST_SMTP_PYTHON").is_some();
        let is_required = std::env::var("ROLLCALL_REQUIRE_SMTP").is_ok_and(|v| v == "1");
        assert!(
            is_there || !is_required,
            "ROLLCALL_TEST_SMTP_PYTHON is not set: run by scripts/with-mail-venv"
        );
        if !is_there {
            eprintln!("SKIPPED: no SMTP server; run by scripts/with-mail-venv");
        }
        is_there
    }

    /// Starts it at a port.
    pub(crate) fn start(port: u16) -> Self {
        let settings = json!({ "tls": "none", "after": "take", "port": port });
        let mut process = Command::new(std::env::var_os("ROLLCALL_TEST_SMTP_PYTHON").unwrap())
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../mail/tests/smtp/server.py"))
            .arg(settings.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = process.stdout.take().unwrap();
        let (sender, said) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                let said: Value = serde_json::from_str(&line.unwrap()).unwrap();
                if sender.send(said).is_err() {
                    break;
                }
            }
        });
        let server = Self { process, said };
        assert_eq!(server.arrived()["port"], json!(port));
        server
    }

    /// The next mail that arrived.
    pub(crate) fn arrived(&self) -> Value {
        self.said.recv_timeout(Duration::from_mins(1)).expect("the SMTP server says something")
    }

    pub(crate) fn is_silent(&self) -> bool {
        self.said.try_recv().is_err()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An SMTP server at that port that answers everything with yes, but this.
pub(crate) async fn mail_server_refusing(
    port: u16,
    command: &'static str,
    answer: &'static str,
) -> JoinHandle<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (reading, mut writing) = stream.into_split();
            let mut lines = tokio::io::BufReader::new(reading).lines();
            writing.write_all(b"220 mail.test\r\n").await.unwrap();
            while let Ok(Some(line)) = lines.next_line().await {
                let said = if line.starts_with(command) { answer } else { "250 ok" };
                if writing.write_all(format!("{said}\r\n").as_bytes()).await.is_err() {
                    break;
                }
            }
        }
    })
}

/// A web server: what it was asked, and what it answers next (204 where nothing is prepared).
#[derive(Clone, Default)]
pub(crate) struct Web {
    pub(crate) port: u16,
    asked: Arc<Mutex<Vec<String>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
    /// Whoever has it holds up every answer.
    held: Arc<tokio::sync::Mutex<()>>,
}

impl Web {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let web = Self { port: listener.local_addr().unwrap().port(), ..Self::default() };
        let serving = web.clone();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut read = Vec::new();
                let mut buffer = [0; 4096];
                while !is_whole(&read) {
                    match stream.read(&mut buffer).await {
                        Ok(count) if count > 0 => read.extend_from_slice(&buffer[..count]),
                        _ => break,
                    }
                }
                serving.asked.lock().unwrap().push(String::from_utf8(read).unwrap());
                drop(serving.held.lock().await);
                let status = serving.answers.lock().unwrap().pop_front().unwrap_or(204);
                let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        });
        web
    }

    pub(crate) fn url(&self) -> url::Url {
        format!("http://127.0.0.1:{}/hook", self.port).parse().unwrap()
    }

    /// Answers nobody until what this gives is dropped.
    pub(crate) async fn hold(&self) -> tokio::sync::OwnedMutexGuard<()> {
        Arc::clone(&self.held).lock_owned().await
    }

    /// How many requests came since it was last asked for them.
    pub(crate) fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    pub(crate) fn will_answer(&self, statuses: &[u16]) {
        self.answers.lock().unwrap().extend(statuses);
    }

    /// The requests since it was last asked for them: kind of event, id, signature, body.
    pub(crate) fn asked(&self) -> Vec<(String, String, String, String)> {
        let requests = std::mem::take(&mut *self.asked.lock().unwrap());
        let part = |request: &str, name: &str| {
            let line =
                request.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}: ")));
            line.unwrap_or_else(|| panic!("no {name} in {request}"))[name.len() + 2..].to_owned()
        };
        let read = |request: &String| {
            let body = request.split_once("\r\n\r\n").unwrap().1.to_owned();
            (
                part(request, "rollcall-event"),
                part(request, "rollcall-event-id"),
                part(request, "rollcall-signature"),
                body,
            )
        };
        requests.iter().map(read).collect()
    }
}

fn is_whole(read: &[u8]) -> bool {
    let text = String::from_utf8_lossy(read);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
    });
    body.len() >= length.unwrap_or_default()
}
