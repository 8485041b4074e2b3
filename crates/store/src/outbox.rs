//! The outbox: mails that are to be sent, kept until the mail server took them, recipient by recipient.
//!
//! A mail cannot be asked whether it was sent, so it may go out twice after a crash. Its Message-ID comes from what it is about, so that
//! the same mail is queued once, and a double is recognised by whoever receives it.

use crate::database::{Writing, execute, fetch_all, fetch_optional};
use crate::row::{instant, json_of, micros, number, optional_instant, storable, word};
use crate::words::MailState;
use crate::{Store, StoreError, audit, notices};
use jiff::Timestamp;
use rollcall_audit::Draft;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How often a mail is tried before it is given up.
const TRIES: i64 = 16;

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
    /// The message, as the engine keeps it.
    pub raw: Vec<u8>,
}

/// A recipient whom the mail server refused for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounce {
    /// The address.
    pub address: String,
    /// The server's words.
    pub answer: String,
    /// When.
    pub at: Timestamp,
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
    /// For whom the mail server has taken it.
    pub served: Vec<String>,
    /// Whom the mail server refused for good.
    pub bounced: Vec<Bounce>,
    /// Its subject.
    pub subject: String,
    /// Where it stands.
    pub state: MailState,
    /// How often it was tried.
    pub attempts: u32,
    /// How often it is tried yet before it is given up.
    pub tries_left: u32,
    /// What the mail server said last.
    pub last_error: Option<String>,
    /// When it is tried next; of one that is in hand, when it is taken again if nothing more is heard of whoever has it.
    pub next_try_at: Option<Timestamp>,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// When the mail server took it, for the last of those it took it for.
    pub sent_at: Option<Timestamp>,
}

/// How a try ended: for whom it was taken now, who was refused for good now, and what comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Addresses the mail server took it for.
    pub served: Vec<String>,
    /// Addresses it refused for good.
    pub bounced: Vec<Bounce>,
    /// What comes next.
    pub next: Next,
}

/// What comes after a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Nothing: everybody was served or refused for good.
    Over,
    /// Again at that instant, for those who are left.
    Later {
        /// When.
        at: Timestamp,
        /// What was said.
        error: String,
    },
    /// Nothing: it is given up.
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
    served: String,
    bounced: String,
    subject: String,
    state: String,
    attempts: i64,
    tries_left: i64,
    last_error: Option<String>,
    next_try_at: Option<i64>,
    queued_at: i64,
    sent_at: Option<i64>,
}

/// A row as [`Row`] takes it, for the statement it stands in.
macro_rules! columns {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " id, message_id, recipients, served, bounced, subject, state, attempts, tries_left, last_error,
              CASE WHEN busy_until > next_try_at THEN busy_until ELSE next_try_at END AS next_try_at,
              queued_at, sent_at ",
            $after
        )
    };
}

impl Row {
    fn mail(self) -> Result<MailRow, StoreError> {
        let what = format!("mail {}", self.id);
        let corrupt = |error: serde_json::Error| StoreError::corrupt(&what, &error);
        Ok(MailRow {
            recipients: serde_json::from_str(&self.recipients).map_err(corrupt)?,
            served: serde_json::from_str(&self.served).map_err(corrupt)?,
            bounced: serde_json::from_str(&self.bounced).map_err(corrupt)?,
            state: word(MailState::from_name(&self.state), &self.state, &what)?,
            attempts: number(self.attempts, &what)?,
            tries_left: number(self.tries_left, &what)?,
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

/// Which mails.
#[derive(Debug, Clone, Copy, Default)]
pub struct MailFilter<'a> {
    /// In this state.
    pub state: Option<MailState>,
    /// Whose Message-ID begins with this.
    pub key: Option<&'a str>,
    /// Older than this one.
    pub before: Option<&'a str>,
}

impl Store {
    /// Puts a mail into the outbox, due at once. One with the same Message-ID that is there already, in whatever state, is left
    /// alone; `false` says so.
    pub async fn queue_mail(&self, mail: &MailDraft, now: Timestamp) -> Result<bool, StoreError> {
        let mut writing = self.database.write().await?;
        let added = queue(&mut writing, mail, now).await?;
        writing.commit().await?;
        Ok(added)
    }

    /// Takes a mail that is due. No other process tries it before `busy_until`; then it is due again, if this process died meanwhile.
    /// Gives it with its bytes.
    pub async fn take_mail(
        &self,
        now: Timestamp,
        busy_until: Timestamp,
    ) -> Result<Option<(MailRow, Vec<u8>)>, StoreError> {
        let mut writing = self.database.write().await?;
        let taken: Option<Row> = fetch_optional!(
            &mut writing,
            columns!(
                "UPDATE outbox SET attempts = attempts + 1, tries_left = CASE WHEN tries_left > 0 THEN tries_left - 1 ELSE 0 END,
                                   busy_until = $2
                 WHERE state = 'queued' AND next_try_at <= $1 AND (busy_until IS NULL OR busy_until <= $1)
                   AND id = (SELECT id FROM outbox WHERE state = 'queued' AND next_try_at <= $1
                                                     AND (busy_until IS NULL OR busy_until <= $1)
                             ORDER BY next_try_at, id LIMIT 1)
                 RETURNING",
                ""
            ),
            micros(now),
            micros(busy_until),
        )?;
        let Some(row) = taken else { return Ok(None) };
        let raw: Option<(Vec<u8>,)> =
            fetch_optional!(&mut writing, "SELECT raw FROM outbox WHERE id = $1", &row.id)?;
        let mail = row.mail()?;
        let (raw,) = raw.ok_or_else(|| StoreError::not_found("mail", &mail.id))?;
        writing.commit().await?;
        Ok(Some((mail, raw)))
    }

    /// Records how a try of a mail that was taken ended. `false`: it was taken by somebody else since, or an operator decided
    /// otherwise; nothing was recorded.
    pub async fn settle_mail(
        &self,
        taken: &MailRow,
        delivery: &Delivery,
        now: Timestamp,
        entry: Option<Draft>,
    ) -> Result<bool, StoreError> {
        let served = [taken.served.as_slice(), &delivery.served].concat();
        let bounced = [taken.bounced.as_slice(), &delivery.bounced].concat();
        let (state, error, next) = match &delivery.next {
            Next::Over if bounced.is_empty() => (MailState::Sent, None, None),
            Next::Over => (MailState::Bounced, bounced.last().map(|b| &b.answer), None),
            Next::Later { at, error } => (MailState::Queued, Some(error), Some(*at)),
            Next::Failed { error } => (MailState::Failed, Some(error), None),
        };
        let mut writing = self.database.write().await?;
        let settled = execute!(
            &mut writing,
            "UPDATE outbox SET state = $3, last_error = COALESCE($4, last_error), next_try_at = $5, busy_until = NULL,
                               served = $6, bounced = $7, sent_at = COALESCE($8, sent_at)
             WHERE id = $1 AND attempts = $2 AND state = 'queued'",
            &taken.id,
            i64::from(taken.attempts),
            state.as_str(),
            error.map(|error| storable(error).into_owned()),
            next.map(micros),
            json_of(&served)?,
            json_of(&bounced)?,
            (!delivery.served.is_empty()).then(|| micros(now)),
        )?;
        if settled == 0 {
            return Ok(false);
        }
        notices::follow(&mut writing, &taken.id, state, now).await?;
        audit::append(&mut writing, entry.into_iter().collect()).await?;
        writing.commit().await?;
        Ok(true)
    }

    /// Has a mail tried again at once, with all its tries; whoever was served is left out, whoever was refused is asked again.
    /// One that was sent to everybody is a conflict.
    pub async fn retry_mail(&self, id: &str, now: Timestamp, entry: Draft) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let done = execute!(
            &mut writing,
            "UPDATE outbox SET state = 'queued', next_try_at = $2, tries_left = $3, bounced = '[]'
             WHERE id = $1 AND state <> 'sent'",
            id,
            micros(now),
            TRIES,
        )?;
        if done == 0 {
            drop(writing);
            return Err(self.mail_conflict(id, "was sent already").await?);
        }
        notices::follow(&mut writing, id, MailState::Queued, now).await?;
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    /// Gives a mail up. One that is over already is a conflict.
    pub async fn discard_mail(&self, id: &str, entry: Draft) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let done = execute!(
            &mut writing,
            "UPDATE outbox SET state = 'discarded', next_try_at = NULL WHERE id = $1 AND state IN ('queued', 'failed')",
            id,
        )?;
        if done == 0 {
            drop(writing);
            return Err(self.mail_conflict(id, "is over already: there is nothing to discard").await?);
        }
        notices::follow(&mut writing, id, MailState::Discarded, entry.at).await?;
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    async fn mail_conflict(&self, id: &str, reason: &str) -> Result<StoreError, StoreError> {
        self.mail(id).await?;
        Ok(StoreError::Conflict { what: "mail", name: id.to_owned(), reason: reason.to_owned() })
    }

    /// One mail with its bytes.
    pub async fn mail(&self, id: &str) -> Result<(MailRow, Vec<u8>), StoreError> {
        let mut reading = self.database.read().await?;
        let row: Option<Row> =
            fetch_optional!(&mut reading, columns!("SELECT", "FROM outbox WHERE id = $1"), id)?;
        let raw: Option<(Vec<u8>,)> =
            fetch_optional!(&mut reading, "SELECT raw FROM outbox WHERE id = $1", id)?;
        let (row, (raw,)) = row.zip(raw).ok_or_else(|| StoreError::not_found("mail", id))?;
        Ok((row.mail()?, raw))
    }

    /// Mails, newest first; in one state where one is named.
    pub async fn mails(&self, state: Option<MailState>, limit: u32) -> Result<Vec<MailRow>, StoreError> {
        self.mails_where(&MailFilter { state, ..MailFilter::default() }, limit).await
    }

    /// Mails that a filter lets through, newest first.
    pub async fn mails_where(&self, filter: &MailFilter<'_>, limit: u32) -> Result<Vec<MailRow>, StoreError> {
        let rows: Vec<Row> = fetch_all!(
            &mut self.database.read().await?,
            columns!(
                "SELECT",
                "FROM outbox WHERE ($1 IS NULL OR state = $1) AND ($2 IS NULL OR id < $2)
                   AND ($4 IS NULL OR SUBSTR(message_id, 1, LENGTH($4)) = $4) ORDER BY id DESC LIMIT $3"
            ),
            filter.state.map(MailState::as_str),
            filter.before,
            i64::from(limit),
            filter.key,
        )?;
        rows.into_iter().map(Row::mail).collect()
    }

    /// How many mails are in each state; states that none is in are absent.
    pub async fn count_mails(&self) -> Result<BTreeMap<MailState, u64>, StoreError> {
        let rows: Vec<(String, i64)> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT state, COUNT(*) FROM outbox GROUP BY state ORDER BY state"
        )?;
        let count = |(state, count): (String, i64)| {
            let what = "the outbox";
            Ok((word(MailState::from_name(&state), &state, what)?, number(count, what)?))
        };
        rows.into_iter().map(count).collect()
    }
}

/// Puts a mail into the outbox within somebody's transaction. Tells whether it was not there yet.
pub(crate) async fn queue(
    writing: &mut Writing,
    mail: &MailDraft,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let added = execute!(
            writing,
            "INSERT INTO outbox (id, message_id, recipients, served, bounced, subject, raw, state, attempts, tries_left,
                                 next_try_at, queued_at)
             VALUES ($1, $2, $3, '[]', '[]', $4, $5, 'queued', 0, $6, $7, $7)
             ON CONFLICT DO NOTHING",
            &mail.id,
            &*storable(&mail.message_id),
            json_of(&mail.recipients)?,
            &*storable(&mail.subject),
            &mail.raw,
            TRIES,
            micros(now),
        )?;
    Ok(added > 0)
}
