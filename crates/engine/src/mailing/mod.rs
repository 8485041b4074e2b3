//! Mailing: rendered once, kept in the outbox, sent, tried again when the server was away.
//!
//! Here: what is put into the outbox, and how it is packed. `reports`: which runs and plans are reported; `postman`: sending;
//! `shown`: what an operator sees of the outbox and decides about it; `setup`: whether mail works at all.

mod postman;
mod reports;
mod setup;
mod shown;

pub use postman::Postman;
pub(crate) use reports::REPORTS;
pub use setup::{MailSetup, MailSetupWay};
pub use shown::{MailBounce, MailContent, MailFile, MailQuery, MailView};

use crate::{Engine, EngineError};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use rollcall_mail::{Attachment, Mailbox, Message};
use rollcall_model::RunId;
use rollcall_report::{MailBody, ReportFile};
use rollcall_store::{MailDraft, MailRow};
use serde::{Deserialize, Serialize};

/// A mail to be put into the outbox.
pub(crate) struct Letter {
    /// What it is about, the same whenever the same mail is made again: it is queued once. Letters, digits, `-` and `.`.
    pub(crate) key: String,
    /// To whom.
    pub(crate) to: Vec<String>,
    /// What it says.
    pub(crate) body: MailBody,
    /// A file that goes with it.
    pub(crate) file: Option<ReportFile>,
    /// The run it reports.
    pub(crate) run: Option<RunId>,
}

/// A message as it waits in the outbox.
#[derive(Serialize, Deserialize)]
struct Packed {
    date: Timestamp,
    subject: String,
    text: String,
    html: String,
    /// Name, type, base64.
    attachments: Vec<(String, String, String)>,
    run: Option<String>,
}

impl Engine {
    /// Whether there is a way to send mail; without one no report is mailed, whatever policies wish.
    pub fn has_mail(&self) -> bool {
        self.mail.is_some()
    }

    /// Puts a mail into the outbox. Tells whether it was put there now: not where mail is not set up, where nobody is to get it, or
    /// where it is there already.
    pub(crate) async fn queue_letter(&self, letter: Letter) -> Result<bool, EngineError> {
        let Some(settings) = &self.mail else { return Ok(false) };
        if letter.to.is_empty() {
            return Ok(false);
        }
        let draft = letter.draft(&settings.from, self.now())?;
        Ok(self.store.queue_mail(&draft, self.now()).await?)
    }
}

impl Letter {
    /// The letter as it is put into the outbox.
    pub(crate) fn draft(self, from: &Mailbox, now: Timestamp) -> Result<MailDraft, EngineError> {
        let attachments = self
            .file
            .into_iter()
            .map(|f| (f.name, f.content_type.to_owned(), BASE64_STANDARD.encode(f.bytes)));
        let packed = Packed {
            date: now,
            subject: self.body.subject.clone(),
            text: self.body.text,
            html: self.body.html,
            attachments: attachments.collect(),
            run: self.run.map(|run| run.to_string()),
        };
        Ok(MailDraft {
            id: rollcall_store::new_id(now),
            message_id: message_id(&self.key, from),
            recipients: self.to,
            subject: self.body.subject,
            raw: serde_json::to_vec(&packed).map_err(EngineError::document("a mail"))?,
        })
    }
}

/// Unique in the world (RFC 5322 §3.6.4): the key has a `UUIDv7` in it, and the domain is the sender's own.
fn message_id(key: &str, from: &Mailbox) -> String {
    let domain = from.address().rsplit_once('@').map_or("rollcall.invalid", |(_, domain)| domain);
    format!("{key}@{domain}")
}

fn unpack(row: &MailRow, raw: &[u8]) -> Result<Message, String> {
    let packed: Packed = serde_json::from_slice(raw)
        .map_err(|error| format!("the mail in the outbox cannot be read: {error}"))?;
    let to = row
        .recipients
        .iter()
        .map(|r| r.parse::<Mailbox>().map_err(|e| e.to_string()))
        .collect::<Result<_, _>>()?;
    let attachments = packed.attachments.into_iter().map(|(name, content_type, text)| {
        let bytes = BASE64_STANDARD
            .decode(text)
            .map_err(|error| format!("the attachment {name} cannot be read: {error}"))?;
        Ok(Attachment { name, content_type, bytes })
    });
    let bounced = row.bounced.iter().map(|bounce| bounce.address.clone());
    Ok(Message {
        message_id: row.message_id.clone(),
        date: packed.date,
        to,
        cc: Vec::new(),
        // Whoever was refused for good is not asked for again either.
        served: row.served.iter().cloned().chain(bounced).collect(),
        subject: packed.subject,
        text: packed.text,
        html: packed.html,
        attachments: attachments.collect::<Result<_, String>>()?,
        run: packed.run,
    })
}

#[cfg(test)]
mod tests {
    use super::message_id;

    #[test]
    fn a_message_id_is_of_the_senders_domain() {
        let from = "Rollcall <rollcall@Bücher.example>".parse().unwrap();
        assert_eq!(message_id("run-1.7", &from), "run-1.7@xn--bcher-kva.example");
    }
}
