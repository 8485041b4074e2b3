//! The outbox: mails that are to be sent, kept until the mail server took them.
//!
//! A mail cannot be asked whether it was sent, so it may go out twice after a crash. Its Message-ID comes from what it is about, so that
//! the same mail is queued once, and a double is recognised by whoever receives it.

use crate::database::{execute, fetch_all, fetch_optional};
use crate::row::{instant, json_of, micros, number, optional_instant, storable, word};
use crate::words::MailState;
use crate::{Store, StoreError, audit};
use jiff::Timestamp;
use rollcall_audit::Draft;

/// A mail to be queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailDraft {
    /// Its id.
    pub id: String,
    /// Its Message-ID, the same whenever the same mail is made again.
    pub message_id: String,
    /// To whom it goes.
    pub recipients: Vec<String>,
    /// Its subject, for listings.
    pub subject: String,
    /// The message as it goes over the wire.
    pub raw: Vec<u8>,
}

/// A mail in the outbox, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailRow {
    /// Its id.
    pub id: String,
    /// Its Message-ID.
    pub message_id: String,
    /// To whom it goes.
    pub recipients: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// Queued, sent or given up.
    pub state: MailState,
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

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The mail server took it.
    Sent,
    /// Not now; again at that instant.
    Later {
        /// When.
        at: Timestamp,
        /// What was said.
        error: String,
    },
    /// Never.
    Failed {
        /// What was said.
        error: String,
    },
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    message_id: String,
    recipients: String,
    subject: String,
    state: String,
    attempts: i64,
    last_error: Option<String>,
    next_try_at: Option<i64>,
    queued_at: i64,
    sent_at: Option<i64>,
}

impl Row {
    fn mail(self) -> Result<MailRow, StoreError> {
        let what = format!("mail {}", self.id);
        Ok(MailRow {
            recipients: serde_json::from_str(&self.recipients)
                .map_err(|error| StoreError::corrupt(&what, &error))?,
            state: word(MailState::from_name(&self.state), &self.state, &what)?,
            attempts: number(self.attempts, &what)?,
            next_try_at: optional_instant(self.next_try_at, &what)?,
            queued_at: instant(self.queued_at, &what)?,
            sent_at: optional_instant(self.sent_at, &what)?,
            id: self.id,
            message_id: self.message_id,
            subject: self.subject,
            last_error: self.last_error,
        })
    }
}

impl Store {
    /// Puts a mail into the outbox, due at once. One with the same Message-ID that is there already, in whatever state, is left
    /// alone; `false` says so.
    pub async fn queue_mail(&self, mail: &MailDraft, now: Timestamp) -> Result<bool, StoreError> {
        let mut writing = self.database.write().await?;
        let added = execute!(
            &mut writing,
            "INSERT INTO outbox (id, message_id, recipients, subject, raw, state, attempts, next_try_at, queued_at)
             VALUES ($1, $2, $3, $4, $5, 'queued', 0, $6, $6)
             ON CONFLICT DO NOTHING",
            &mail.id,
            &*storable(&mail.message_id),
            json_of(&mail.recipients)?,
            &*storable(&mail.subject),
            &mail.raw,
            micros(now),
        )?;
        writing.commit().await?;
        Ok(added > 0)
    }

    /// Takes a mail that is due and puts its next try off to `again_at`, so that no other process tries it meanwhile, and so that it is tried
    /// again if this process dies. Gives it with its bytes.
    pub async fn take_mail(
        &self,
        now: Timestamp,
        again_at: Timestamp,
    ) -> Result<Option<(MailRow, Vec<u8>)>, StoreError> {
        let mut writing = self.database.write().await?;
        let taken: Option<Row> = fetch_optional!(
            &mut writing,
            "UPDATE outbox SET attempts = attempts + 1, next_try_at = $2
             WHERE state = 'queued' AND next_try_at <= $1
               AND id = (SELECT id FROM outbox WHERE state = 'queued' AND next_try_at <= $1
                         ORDER BY next_try_at, id LIMIT 1)
             RETURNING id, message_id, recipients, subject, state, attempts, last_error, next_try_at, queued_at, sent_at",
            micros(now),
            micros(again_at),
        )?;
        let Some(row) = taken else { return Ok(None) };
        let raw: Option<(Vec<u8>,)> =
            fetch_optional!(&mut writing, "SELECT raw FROM outbox WHERE id = $1", &row.id)?;
        let mail = row.mail()?;
        let (raw,) = raw.ok_or_else(|| StoreError::not_found("mail", &mail.id))?;
        writing.commit().await?;
        Ok(Some((mail, raw)))
    }

    /// Records how a try ended.
    pub async fn settle_mail(
        &self,
        id: &str,
        delivery: &Delivery,
        now: Timestamp,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let (state, error, next, sent) = match delivery {
            Delivery::Sent => (MailState::Sent, None, None, Some(now)),
            Delivery::Later { at, error } => (MailState::Queued, Some(error), Some(*at), None),
            Delivery::Failed { error } => (MailState::Failed, Some(error), None, None),
        };
        let mut writing = self.database.write().await?;
        let settled = execute!(
            &mut writing,
            "UPDATE outbox SET state = $2, last_error = COALESCE($3, last_error), next_try_at = $4, sent_at = $5
             WHERE id = $1 AND state = 'queued'",
            id,
            state.as_str(),
            error.map(|error| storable(error).into_owned()),
            next.map(micros),
            sent.map(micros),
        )?;
        if settled == 0 {
            return Err(StoreError::not_found("queued mail", id));
        }
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    /// Mails, newest first; in one state where one is named.
    pub async fn mails(&self, state: Option<MailState>, limit: u32) -> Result<Vec<MailRow>, StoreError> {
        let rows: Vec<Row> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT id, message_id, recipients, subject, state, attempts, last_error, next_try_at, queued_at, sent_at
             FROM outbox WHERE ($1 IS NULL OR state = $1) ORDER BY queued_at DESC, id DESC LIMIT $2",
            state.map(MailState::as_str),
            i64::from(limit),
        )?;
        rows.into_iter().map(Row::mail).collect()
    }
}
