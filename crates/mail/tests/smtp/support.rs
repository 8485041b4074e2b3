//! A real SMTP server in a process of its own, certificates, and a message to send.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rollcall_mail::{Attachment, Login, MailSettings, Mailbox, Mailer, Message, Security, SmtpSettings, Way};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// An authority, and a certificate of it for this machine.
pub(crate) struct Certificates {
    pub(crate) authority: String,
    pub(crate) certificate: String,
    key: String,
}

impl Certificates {
    pub(crate) fn for_names(names: &[&str]) -> Self {
        let authority_key = KeyPair::generate().unwrap();
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority_pem = authority.self_signed(&authority_key).unwrap().pem();
        let issuer = Issuer::new(authority, authority_key);
        let key = KeyPair::generate().unwrap();
        let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
        let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap().pem();
        Self { authority: authority_pem, certificate, key: key.serialize_pem() }
    }

    pub(crate) fn self_signed() -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        Self {
            authority: made.cert.pem(),
            certificate: made.cert.pem(),
            key: made.signing_key.serialize_pem(),
        }
    }
}

/// The server; it ends with this value.
pub(crate) struct Server {
    process: Child,
    said: Receiver<Value>,
    pub(crate) port: u16,
    _folder: tempfile::TempDir,
}

impl Server {
    /// Starts it, or says aloud why the test is skipped. `tls`: `none`, `starttls`, `implicit`.
    pub(crate) fn start(tls: &str, certificates: &Certificates, extra: &Value) -> Option<Self> {
        let Some(python) = std::env::var_os("ROLLCALL_TEST_SMTP_PYTHON") else {
            let is_required = std::env::var("ROLLCALL_REQUIRE_SMTP").is_ok_and(|v| v == "1");
            assert!(!is_required, "ROLLCALL_TEST_SMTP_PYTHON is not set: run by scripts/with-mail-venv");
            eprintln!("SKIPPED: no SMTP server; run by scripts/with-mail-venv");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
        std::fs::write(&cert, &certificates.certificate).unwrap();
        std::fs::write(&key, &certificates.key).unwrap();
        let mut settings = json!({ "tls": tls, "cert": cert, "key": key, "after": "take" });
        for (name, value) in extra.as_object().unwrap() {
            settings[name] = value.clone();
        }
        let mut process = Command::new(python)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/smtp/server.py"))
            .arg(settings.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("ROLLCALL_TEST_SMTP_PYTHON names a Python");
        let said = listen(process.stdout.take().unwrap());
        let port = next(&said)["port"].as_u64().unwrap() as u16;
        Some(Self { process, said, port, _folder: folder })
    }

    /// The next message that arrived, decoded by Python's `email` package.
    pub(crate) fn arrived(&mut self) -> Value {
        next(&self.said)
    }

    /// Whether nothing arrived until now: the server is ended and everything it said is read.
    pub(crate) fn nothing_arrived(mut self) -> bool {
        drop(self.process.stdin.take());
        self.said.iter().count() == 0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Takes what the server says as soon as it says it: a pipe holds little, and a server that waits for its pipe answers nobody.
fn listen(output: ChildStdout) -> Receiver<Value> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines() {
            let said = serde_json::from_str(&line.unwrap()).unwrap();
            if sender.send(said).is_err() {
                break;
            }
        }
    });
    receiver
}

fn next(said: &Receiver<Value>) -> Value {
    said.recv_timeout(Duration::from_mins(1)).expect("the SMTP server says something")
}

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// Settings for a server on this machine.
pub(crate) fn settings(port: u16, security: Security, certificates: Option<&Certificates>) -> SmtpSettings {
    SmtpSettings {
        port: Some(port),
        security,
        ca_pem: certificates.map(|c| c.authority.clone().into_bytes()),
        timeout: Duration::from_secs(20),
        hello: Some("rollcall.test".to_owned()),
        ..SmtpSettings::new("localhost")
    }
}

pub(crate) fn login(password: &str) -> Login {
    Login { username: "rollcall".to_owned(), password: password.to_owned().into() }
}

pub(crate) fn mailer(smtp: SmtpSettings) -> Mailer {
    Mailer::new(MailSettings {
        from: "Rollcall <rollcall@example.org>".parse().unwrap(),
        bounces_to: None,
        way: Way::Smtp(smtp),
    })
    .unwrap()
}

pub(crate) fn message(to: &[&str]) -> Message {
    Message {
        message_id: "run-4711@rollcall.example.org".to_owned(),
        date: "2026-11-21T06:00:00Z".parse().unwrap(),
        to: to.iter().map(|t| t.parse::<Mailbox>().unwrap()).collect(),
        cc: Vec::new(),
        served: Vec::new(),
        subject: "[Rollcall] wiki: 41 accounts would be disabled".to_owned(),
        text: "Tāne O'Rourke and 40 more.\n.\nA line with a dot alone is above.\n".to_owned(),
        html: "<p>Tāne O'Rourke and 40 more.</p>".to_owned(),
        attachments: vec![Attachment {
            name: "wiki.csv".to_owned(),
            content_type: "text/csv; charset=utf-8".to_owned(),
            bytes: "\u{feff}username,name\r\ntane,Tāne O'Rourke\r\n".as_bytes().to_vec(),
        }],
        run: Some("01939d52-7c10-7d3e-9a55-3f0c5b7a2e11".to_owned()),
    }
}
