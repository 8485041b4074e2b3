//! Where mail goes, as the administrator says it.

use crate::Mailbox;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;

/// How the way to the server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Security {
    /// Begins in clear text, goes on encrypted, or not at all. Port 587.
    #[default]
    StartTls,
    /// Encrypted from the first byte. Port 465.
    Tls,
    /// Clear text: to a server on this machine, or where `allow_plain` says so. Port 25.
    Plain,
}

impl Security {
    /// The port where such servers listen.
    pub const fn default_port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Tls => 465,
            Self::Plain => 25,
        }
    }

    /// The word of the settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StartTls => "start-tls",
            Self::Tls => "tls",
            Self::Plain => "plain",
        }
    }
}

impl std::str::FromStr for Security {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::StartTls, Self::Tls, Self::Plain]
            .into_iter()
            .find(|s| s.as_str() == text)
            .ok_or_else(|| format!("\"{text}\" is not a kind of mail security; known: start-tls, tls, plain"))
    }
}

/// Name and password for the server.
#[derive(Debug, Clone)]
pub struct Login {
    /// The name.
    pub username: String,
    /// The password; printed as `[REDACTED]`.
    pub password: SecretString,
}

/// A server and how to talk to it.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Host name or address; the certificate must be for it.
    pub host: String,
    /// Port; `None` = the usual one of [`Security::default_port`].
    pub port: Option<u16>,
    /// How the way is protected.
    pub security: Security,
    /// Name and password, where the server asks for them.
    pub login: Option<Login>,
    /// Authorities to trust, PEM; then they are the only ones trusted. `None` = those of the system.
    pub ca_pem: Option<Vec<u8>>,
    /// Clear text also to a server elsewhere. Never a password, even then.
    pub allow_plain: bool,
    /// How long to wait for the connection, and for each answer. The answer to the whole message may take ten times as
    /// long (RFC 5321 §4.5.3.2 asks for ten minutes there).
    pub timeout: Duration,
    /// What the client calls itself; `None` = the name of this machine.
    pub hello: Option<String>,
}

impl SmtpSettings {
    /// That server with STARTTLS, no login, the authorities of the system, 30 s for each answer.
    pub fn new(host: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            port: None,
            security: Security::StartTls,
            login: None,
            ca_pem: None,
            allow_plain: false,
            timeout: Duration::from_secs(30),
            hello: None,
        }
    }

    /// The port in use.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or_else(|| self.security.default_port())
    }

    /// `host:port`, as errors name it.
    pub fn address(&self) -> String {
        format!("{}:{}", self.host, self.port())
    }
}

/// Where messages go.
#[derive(Debug, Clone)]
pub enum Way {
    /// To a server.
    Smtp(SmtpSettings),
    /// Into this folder, one `.eml` file each: for development and for `rollcall demo`.
    Folder(PathBuf),
}

/// Everything needed to send.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// The sender.
    pub from: Mailbox,
    /// Where mail servers send word of mails that could not be delivered (the envelope sender); `None` = to the sender.
    pub bounces_to: Option<Mailbox>,
    /// Where messages go.
    pub way: Way,
}
