//! What can go wrong on the way, and what to decide then.

use crate::RefusedRecipient;

/// What the sender does about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Try the same message again later.
    Retry,
    /// Trying again gives the same answer; tell somebody.
    GiveUp,
    /// The settings are wrong: nothing will be sent before somebody mends them. A password is not tried again.
    Reconfigure,
    /// The message is too large: send it without its attachments.
    Shorten,
}

/// A message that was not delivered, or not certainly. Never holds a password.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// A setting cannot be right.
    #[error("mail setting \"{setting}\": {why}")]
    Misconfigured {
        /// The setting.
        setting: &'static str,
        /// What is wrong and what to do.
        why: String,
    },
    /// The message cannot be put together.
    #[error("the message cannot be composed: {0}")]
    Message(String),
    /// Nobody answers there.
    #[error("mail server {server} cannot be reached: {why}. Check host, port and firewall")]
    Unreachable {
        /// `host:port`.
        server: String,
        /// What the system said.
        why: String,
    },
    /// The conversation was cut, or an answer did not come.
    #[error("mail server {server} {why} while {stage}{}", if *perhaps_sent { "; the message may have been taken" } else { "" })]
    Cut {
        /// `host:port`.
        server: String,
        /// What was under way: `sending the message`.
        stage: &'static str,
        /// `closed the connection`, `did not answer within 30 s`.
        why: String,
        /// The whole message had been sent: it may arrive. Trying again keeps the message id, by which a receiver sees that it is the same.
        perhaps_sent: bool,
    },
    /// The server does not offer encryption.
    #[error(
        "mail server {server} does not offer STARTTLS, and mail is not sent in clear text. Use its TLS port (security `tls`, usually 465), or ask its administrator"
    )]
    NoStartTls {
        /// `host:port`.
        server: String,
    },
    /// The server's certificate is not to be trusted, or no common protocol was found.
    #[error(
        "no trusted connection with mail server {server}: {why}. If its certificate is from a private authority, give that as mail CA file"
    )]
    Tls {
        /// `host:port`.
        server: String,
        /// What was wrong.
        why: String,
    },
    /// Name or password were refused. Not tried again.
    #[error(
        "mail server {server} refused the login of \"{username}\" ({answer}). Correct name or password; it is not tried again"
    )]
    AuthRefused {
        /// `host:port`.
        server: String,
        /// The name.
        username: String,
        /// Code and words of the server.
        answer: String,
    },
    /// Not now (4xx).
    #[error("mail server {server} asks to try again later, while {stage}: {answer}")]
    Temporary {
        /// `host:port`.
        server: String,
        /// What was under way.
        stage: &'static str,
        /// Code and words of the server.
        answer: String,
    },
    /// Not ever (5xx).
    #[error("mail server {server} refused, while {stage}: {answer}")]
    Refused {
        /// `host:port`.
        server: String,
        /// What was under way.
        stage: &'static str,
        /// Code and words of the server.
        answer: String,
    },
    /// The message is too large for the server (552, 5.3.4).
    #[error("mail server {server} does not take a message of {bytes} bytes: {answer}")]
    TooLarge {
        /// `host:port`.
        server: String,
        /// Size of the message.
        bytes: usize,
        /// Code and words of the server.
        answer: String,
    },
    /// Not one recipient was accepted.
    #[error("mail server {server} accepted no recipient: {}", refused.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    NoRecipient {
        /// `host:port`.
        server: String,
        /// Each with its reason.
        refused: Vec<RefusedRecipient>,
    },
    /// The folder does not take the file.
    #[error("mail folder {}: {source}. Check that it exists and may be written", folder.display())]
    Folder {
        /// The folder.
        folder: std::path::PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl MailError {
    /// What to do about it.
    pub fn decision(&self) -> Decision {
        match self {
            Self::Unreachable { .. } | Self::Cut { .. } | Self::Temporary { .. } => Decision::Retry,
            Self::NoRecipient { refused, .. } if refused.iter().any(|r| r.is_temporary) => Decision::Retry,
            Self::Misconfigured { .. }
            | Self::NoStartTls { .. }
            | Self::Tls { .. }
            | Self::AuthRefused { .. } => Decision::Reconfigure,
            Self::TooLarge { .. } => Decision::Shorten,
            Self::Message(_) | Self::Refused { .. } | Self::NoRecipient { .. } | Self::Folder { .. } => {
                Decision::GiveUp
            }
        }
    }
}
