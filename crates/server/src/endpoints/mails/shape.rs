//! A mail as the API shows it.

use crate::extract::Text;
use jiff::Timestamp;
use rollcall_engine::{MailBounce, MailContent, MailView};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The mail in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct MailPath {
    /// Its id.
    #[param(value_type = String, min_length = 1, max_length = 80)]
    pub(crate) mail: Text<1, 80>,
}

/// A mail in the outbox.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Mail {
    /// Its id.
    id: String,
    /// Its Message-ID, by which mail servers and mailboxes know it.
    message_id: String,
    /// The run that it is about, if it is about one.
    run: Option<String>,
    /// To whom it goes.
    recipients: Vec<String>,
    /// For whom the mail server has taken it.
    served: Vec<String>,
    /// Whom the mail server refused for good.
    bounced: Vec<Bounce>,
    /// Its subject.
    subject: String,
    /// Where it stands. `bounced`: over, and refused for good for at least one recipient.
    #[schema(pattern = "^(queued|sent|bounced|failed|discarded)$")]
    state: &'static str,
    /// How often it was tried.
    attempts: u32,
    /// What the mail server said last.
    last_error: Option<String>,
    /// When it is tried next.
    next_try_at: Option<Timestamp>,
    /// When it was queued.
    queued_at: Timestamp,
    /// When the mail server took it.
    sent_at: Option<Timestamp>,
}

/// A recipient whom the mail server refused for good.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MailBounce)]
pub(crate) struct Bounce {
    /// The address.
    address: String,
    /// The server's words.
    answer: String,
    /// When.
    at: Timestamp,
}

/// A mail as it is, or was, sent. Of a link that keeps an account, `…` stands for what makes it work: it is its owner's alone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WholeMail {
    /// What is listed of it.
    #[serde(flatten)]
    mail: Mail,
    /// The sender, as the settings are now.
    from: Option<String>,
    /// The plain text.
    text: String,
    /// The HTML. Show it in a sandboxed frame.
    html: String,
    /// Files that go with it.
    files: Vec<File>,
}

/// A file that goes with a mail.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MailFile)]
pub(crate) struct File {
    /// Its number, from 0, under which it is fetched.
    number: usize,
    /// Its name.
    name: String,
    /// Its type.
    content_type: String,
    /// How many bytes it has.
    bytes: usize,
}

impl Mail {
    /// From the engine.
    pub(crate) fn of(view: MailView) -> Self {
        let bounce = |b: MailBounce| Bounce { address: b.address, answer: b.answer, at: b.at };
        Self {
            run: view.run.map(|run| run.to_string()),
            id: view.id,
            message_id: view.message_id,
            recipients: view.recipients,
            served: view.served,
            bounced: view.bounced.into_iter().map(bounce).collect(),
            subject: view.subject,
            state: view.state,
            attempts: view.attempts,
            last_error: view.last_error,
            next_try_at: view.next_try_at,
            queued_at: view.queued_at,
            sent_at: view.sent_at,
        }
    }
}

impl WholeMail {
    /// From the engine.
    pub(crate) fn of(content: MailContent) -> Self {
        let files = content.files.into_iter().enumerate().map(|(number, file)| File {
            number,
            name: file.name,
            content_type: file.content_type,
            bytes: file.bytes.len(),
        });
        Self {
            files: files.collect(),
            mail: Mail::of(content.mail),
            from: content.from,
            text: content.text,
            html: content.html,
        }
    }
}
