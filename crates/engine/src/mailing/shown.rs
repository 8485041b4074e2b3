//! The outbox as an operator sees it: what waits, what was refused, what a mail says; trying again and giving up.

use super::unpack;
use crate::keep_token::hide_links;
use crate::{Engine, EngineError, Operator, UseCase};
use jiff::Timestamp;
use rollcall_audit::{EntryKind, Subject};
use rollcall_model::RunId;
use rollcall_store::{MailFilter, MailRow, MailState};

/// Which mails to list.
#[derive(Debug, Clone, Default)]
pub struct MailQuery {
    /// In this state: `queued`, `sent`, `bounced`, `failed`, `discarded`.
    pub state: Option<String>,
    /// Only the reports of this run.
    pub run: Option<RunId>,
    /// From behind this one on, by id.
    pub before: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// A mail as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailView {
    /// Its id.
    pub id: String,
    /// Its Message-ID, by which mail servers and mailboxes know it.
    pub message_id: String,
    /// The run that it is about, if it is about one.
    pub run: Option<RunId>,
    /// To whom it goes.
    pub recipients: Vec<String>,
    /// For whom the mail server has taken it.
    pub served: Vec<String>,
    /// Whom the mail server refused for good.
    pub bounced: Vec<MailBounce>,
    /// Its subject.
    pub subject: String,
    /// `queued`, `sent`, `bounced`, `failed` or `discarded`.
    pub state: &'static str,
    /// How often it was tried.
    pub attempts: u32,
    /// What the mail server said last.
    pub last_error: Option<String>,
    /// When it is tried next.
    pub next_try_at: Option<Timestamp>,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// When the mail server took it.
    pub sent_at: Option<Timestamp>,
}

/// A recipient whom the mail server refused for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailBounce {
    /// The address.
    pub address: String,
    /// The server's words.
    pub answer: String,
    /// When.
    pub at: Timestamp,
}

/// A mail as it is, or was, sent, but for the links in notices: they are for the owners of the accounts alone, and not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailContent {
    /// What is listed of it.
    pub mail: MailView,
    /// The sender, as the settings are now.
    pub from: Option<String>,
    /// The words.
    pub text: String,
    /// The same, laid out.
    pub html: String,
    /// Files.
    pub files: Vec<MailFile>,
}

/// A file that goes with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailFile {
    /// Its name.
    pub name: String,
    /// Its type.
    pub content_type: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl From<MailRow> for MailView {
    fn from(row: MailRow) -> Self {
        let bounce =
            |b: rollcall_store::Bounce| MailBounce { address: b.address, answer: b.answer, at: b.at };
        Self {
            bounced: row.bounced.into_iter().map(bounce).collect(),
            state: row.state.as_str(),
            run: super::postman::run_of(&row.message_id),
            id: row.id,
            message_id: row.message_id,
            recipients: row.recipients,
            served: row.served,
            subject: hide_links(&row.subject).into_owned(),
            attempts: row.attempts,
            last_error: row.last_error,
            next_try_at: row.next_try_at,
            queued_at: row.queued_at,
            sent_at: row.sent_at,
        }
    }
}

impl Engine {
    /// Mails, newest first.
    pub async fn mails(&self, operator: &Operator, query: &MailQuery) -> Result<Vec<MailView>, EngineError> {
        operator.check(UseCase::SeeMails)?;
        let state = query.state.as_deref().map(mail_state).transpose()?;
        let of = query.run.as_ref().map(|run| format!("run-{run}."));
        let filter = MailFilter { state, key: of.as_deref(), before: query.before.as_deref() };
        let rows = self.store.mails_where(&filter, query.limit).await?;
        Ok(rows.into_iter().map(MailView::from).collect())
    }

    /// One mail, with what it says.
    pub async fn mail(&self, operator: &Operator, id: &str) -> Result<MailContent, EngineError> {
        operator.check(UseCase::SeeMails)?;
        let (row, raw) = self.store.mail(id).await?;
        let message = unpack(&row, &raw)
            .map_err(|reason| EngineError::Document { what: format!("mail {id}"), reason })?;
        let file = |a: rollcall_mail::Attachment| MailFile {
            name: a.name,
            content_type: a.content_type,
            bytes: a.bytes,
        };
        Ok(MailContent {
            mail: row.into(),
            from: self.mail.as_ref().map(|settings| settings.from.to_string()),
            text: hide_links(&message.text).into_owned(),
            html: hide_links(&message.html).into_owned(),
            files: message.attachments.into_iter().map(file).collect(),
        })
    }

    /// Has a mail tried again as soon as mail is sent next. Whoever has it keeps it; whoever was refused is asked again.
    pub async fn retry_mail(&self, operator: &Operator, id: &str) -> Result<MailView, EngineError> {
        operator.check(UseCase::ChangeMail)?;
        let (row, _) = self.store.mail(id).await?;
        let mut entry = self.draft(
            operator,
            EntryKind::MAIL_RETRIED,
            Subject::default(),
            hide_links(&row.subject).into_owned(),
        );
        entry.details = serde_json::json!({ "mail": id });
        self.store.retry_mail(id, self.now(), entry).await?;
        Ok(self.store.mail(id).await?.0.into())
    }

    /// Gives a mail up that waits or failed. One that is being sent at this moment may still arrive.
    pub async fn discard_mail(&self, operator: &Operator, id: &str) -> Result<MailView, EngineError> {
        operator.check(UseCase::ChangeMail)?;
        let (row, _) = self.store.mail(id).await?;
        let mut entry = self.draft(
            operator,
            EntryKind::MAIL_DISCARDED,
            Subject::default(),
            hide_links(&row.subject).into_owned(),
        );
        entry.details = serde_json::json!({ "mail": id });
        self.store.discard_mail(id, entry).await?;
        Ok(self.store.mail(id).await?.0.into())
    }
}

fn mail_state(word: &str) -> Result<MailState, EngineError> {
    MailState::from_name(word).ok_or_else(|| EngineError::NotFound {
        what: "state of mails",
        name: rollcall_model::plain(word).into_owned(),
        remedy: format!(
            "; known: {}",
            MailState::ALL.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(", ")
        ),
    })
}
