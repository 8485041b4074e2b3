//! The one way in: a mailer sends and checks.

use crate::compose::{Addresses, compose};
use crate::smtp::Conversation;
use crate::{MailError, MailSettings, Message, SmtpSettings, Way, folder};
use std::fmt;

/// Somebody who will not get the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRecipient {
    /// The address.
    pub address: String,
    /// Whether trying again may help.
    pub is_temporary: bool,
    /// Code and words of the server.
    pub answer: String,
}

impl fmt::Display for RefusedRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.address, self.answer)
    }
}

/// A message that was taken, for at least one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "some recipients may have been refused"]
pub struct Delivery {
    /// Addresses it was taken for.
    pub accepted: Vec<String>,
    /// Addresses it was not taken for, with the reason.
    pub refused: Vec<RefusedRecipient>,
    /// What the server said when it took the message (often its queue id), or the path of the file.
    pub receipt: String,
}

/// What [`Mailer::check`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// `host:port`, or the folder.
    pub destination: String,
    /// What the server calls itself.
    pub server: Option<String>,
    /// Whether the conversation is encrypted.
    pub is_encrypted: bool,
    /// The name that was accepted, where one is set.
    pub login: Option<String>,
}

/// Sends messages as the settings say. Holds no connection: one conversation for each message.
#[derive(Debug, Clone)]
pub struct Mailer {
    settings: MailSettings,
}

impl Mailer {
    /// Examines the settings, without connecting.
    pub fn new(settings: MailSettings) -> Result<Self, MailError> {
        if let Way::Smtp(smtp) = &settings.way {
            examine(smtp)?;
        }
        Ok(Self { settings })
    }

    /// Sends one message. `Ok` as soon as one recipient was accepted; the others are named.
    pub async fn send(&self, message: &Message) -> Result<Delivery, MailError> {
        // First of all, so that a message that cannot be composed bothers nobody.
        let mail = compose(&self.settings.from, message, Addresses::Any)?;
        match &self.settings.way {
            Way::Folder(folder) => folder::write(folder, message, &mail).await,
            Way::Smtp(smtp) => {
                let settings = &self.settings;
                let sender = settings.bounces_to.as_ref().unwrap_or(&settings.from);
                Conversation::begin(smtp).await?.deliver(&settings.from, sender, message, &mail).await
            }
        }
    }

    /// Goes as far as one can without sending: connect, encrypt, log in, say nothing, leave. For `rollcall doctor`.
    pub async fn check(&self) -> Result<Check, MailError> {
        match &self.settings.way {
            Way::Folder(folder) => folder::check(folder).await,
            Way::Smtp(smtp) => Conversation::begin(smtp).await?.check().await,
        }
    }
}

fn examine(smtp: &SmtpSettings) -> Result<(), MailError> {
    let misconfigured = |setting, why: &str| Err(MailError::Misconfigured { setting, why: why.to_owned() });
    if smtp.host.is_empty() || smtp.host.chars().any(|c| c.is_whitespace() || c.is_control() || c == '/') {
        return misconfigured("host", "give the name or address of the server alone, as in mail.example.org");
    }
    if smtp.port == Some(0) {
        return misconfigured(
            "port",
            "0 is not a port; usual ones are 587 (start-tls), 465 (tls), 25 (plain)",
        );
    }
    if smtp.timeout.is_zero() {
        return misconfigured("timeout", "must be longer than 0 s");
    }
    if let Some(login) = &smtp.login
        && login.username.is_empty()
    {
        return misconfigured(
            "username",
            "is empty; leave name and password out where the server asks for none",
        );
    }
    if let Some(hello) = &smtp.hello
        && (hello.is_empty() || !hello.chars().all(|c| c.is_ascii_graphic()))
    {
        return misconfigured("hello", "must be a host name");
    }
    crate::smtp::trust(smtp).map(|_| ())
}
