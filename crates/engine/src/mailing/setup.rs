//! How mail is set up, and a mail that shows whether it works.

use super::message_id;
use crate::{Engine, EngineError, Operator, UseCase};
use rollcall_audit::{EntryKind, Subject};
use rollcall_mail::{MailError, MailSettings, Mailbox, Mailer, Message, Security, Way};
use serde_json::json;

/// How mail is set up. No password: that is not asked for again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailSetup {
    /// The sender.
    pub from: String,
    /// Where word of undeliverable mails goes, where that is not the sender.
    pub bounces_to: Option<String>,
    /// Where mails go.
    pub way: MailSetupWay,
}

/// Where mails go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailSetupWay {
    /// To a server.
    Server {
        /// Its name or address.
        host: String,
        /// Its port.
        port: u16,
        /// How the way is protected.
        security: Security,
        /// Who signs in, where somebody does.
        username: Option<String>,
    },
    /// Into a folder on the machine of the server.
    Folder(String),
}

impl MailSetup {
    fn of(settings: &MailSettings) -> Self {
        let way = match &settings.way {
            Way::Smtp(smtp) => MailSetupWay::Server {
                host: smtp.host.clone(),
                port: smtp.port(),
                security: smtp.security,
                username: smtp.login.as_ref().map(|login| login.username.clone()),
            },
            Way::Folder(folder) => MailSetupWay::Folder(folder.display().to_string()),
        };
        let bounces_to = settings.bounces_to.as_ref().map(ToString::to_string);
        Self { from: settings.from.to_string(), bounces_to, way }
    }
}

impl Engine {
    /// How mail is set up; `None` = it is not.
    pub fn mail_setup(&self, operator: &Operator) -> Result<Option<MailSetup>, EngineError> {
        operator.check(UseCase::TestMail)?;
        Ok(self.mail.as_ref().map(MailSetup::of))
    }

    /// Sends a mail to somebody at once, past the outbox, so that its failure is told to whoever asked. Gives what the server said.
    pub async fn test_mail(&self, operator: &Operator, to: &str) -> Result<String, EngineError> {
        operator.check(UseCase::TestMail)?;
        let to: Mailbox = to.parse().map_err(|error: rollcall_mail::AddressError| EngineError::Unfit {
            field: "to",
            reason: error.to_string(),
        })?;
        let Some(settings) = &self.mail else {
            return Err(EngineError::NotNow(
                "mail is not set up: name a mail server in rollcall.yaml".to_owned(),
            ));
        };
        let key = format!("test-{}", self.new_id());
        let message = self.test_message(operator, settings, &to, &key);
        let sent = async { Mailer::new(settings.clone())?.send(&message).await }.await;
        let taken = match sent {
            // One recipient was asked for: refused is refused.
            Ok(taken) if taken.accepted.is_empty() && !taken.refused.is_empty() => {
                Err(MailError::NoRecipient { server: destination(settings), refused: taken.refused })
            }
            other => other,
        };
        let (outcome, said) = match &taken {
            Ok(taken) => ("taken", taken.receipt.clone()),
            Err(error) => ("failed", error.to_string()),
        };
        let why = format!(
            "a test mail to {} was {}",
            to.address(),
            if taken.is_ok() { "taken" } else { "not taken" }
        );
        let mut entry = self.draft(operator, EntryKind::MAIL_TESTED, Subject::default(), why);
        entry.details = json!({ "to": to.address(), "outcome": outcome, "answer": said });
        self.store.append_audit(vec![entry]).await?;
        taken.map(|taken| taken.receipt).map_err(EngineError::Mail)
    }

    fn test_message(&self, operator: &Operator, settings: &MailSettings, to: &Mailbox, key: &str) -> Message {
        let text = format!(
            "{operator} asked Rollcall \"{}\" for this mail, to see whether mail works. It does.\n\nNothing else is to be done.\n",
            self.name
        );
        Message {
            message_id: message_id(key, &settings.from),
            date: self.now(),
            to: vec![to.clone()],
            cc: Vec::new(),
            served: Vec::new(),
            subject: format!("Rollcall \"{}\": a test", self.name),
            html: format!("<pre>{}</pre>", escaped(&text)),
            text,
            attachments: Vec::new(),
            run: None,
        }
    }
}

fn destination(settings: &MailSettings) -> String {
    match &settings.way {
        Way::Smtp(smtp) => smtp.address(),
        Way::Folder(folder) => folder.display().to_string(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
