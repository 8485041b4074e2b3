//! Notices: what owners of accounts were told by mail, and which of them said that they still need the account.

use crate::database::{Writing, execute, fetch_all, fetch_optional};
use crate::outbox::{MailDraft, queue};
use crate::row::{instant, micros, number, optional_instant, storable};
use crate::words::{ExemptKind, MailState};
use crate::{ExemptionRow, Store, StoreError, audit};
use jiff::Timestamp;
use rollcall_audit::{Draft, EntryKind};
use rollcall_model::{AccountKey, RunId, SiteId};

/// A notice to be recorded together with its mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeDraft {
    /// At which site.
    pub site: SiteId,
    /// To whose account.
    pub account: AccountKey,
    /// Its sign-in name then.
    pub username: String,
    /// The policy, where one sent it.
    pub policy: Option<String>,
    /// The run.
    pub run: RunId,
    /// The item of the run.
    pub item: u32,
}

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// The Message-ID of its mail.
    pub message_id: String,
    /// At which site, to whose account, by which run.
    pub of: NoticeDraft,
    /// When it was written.
    pub written_at: Timestamp,
    /// When its mail was handed to the mail server.
    pub sent_at: Option<Timestamp>,
    /// Until when the account is kept, where its owner asked for that.
    pub kept_until: Option<Timestamp>,
}

/// What the owner of one account was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticedRow {
    /// The account.
    pub account: AccountKey,
    /// When the newest of its notices was sent.
    pub sent_at: Option<Timestamp>,
    /// Whether one waits to be sent.
    pub is_waiting: bool,
}

/// What became of somebody's wish to keep an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is kept now.
    Now {
        /// Until when.
        until: Timestamp,
    },
    /// It was kept already, by the same link.
    Before {
        /// Until when.
        until: Timestamp,
    },
}

#[derive(sqlx::FromRow)]
struct Row {
    message_id: String,
    site: String,
    account: String,
    username: String,
    policy: Option<String>,
    run: String,
    item: i64,
    written_at: i64,
    sent_at: Option<i64>,
    kept_until: Option<i64>,
}

impl Row {
    fn notice(self) -> Result<NoticeRow, StoreError> {
        let what = format!("notice {}", self.message_id);
        Ok(NoticeRow {
            written_at: instant(self.written_at, &what)?,
            sent_at: optional_instant(self.sent_at, &what)?,
            kept_until: optional_instant(self.kept_until, &what)?,
            of: NoticeDraft {
                item: number(self.item, &what)?,
                site: self.site.into(),
                account: self.account.into(),
                username: self.username,
                policy: self.policy,
                run: self.run.into(),
            },
            message_id: self.message_id,
        })
    }
}

impl Store {
    /// Records a notice and puts its mail into the outbox, both or neither. One of that run and item that is there already is left alone, and its
    /// mail is not queued again, whatever became of it; `false` says so.
    pub async fn queue_notice(
        &self,
        mail: &MailDraft,
        notice: &NoticeDraft,
        now: Timestamp,
        entry: Draft,
    ) -> Result<bool, StoreError> {
        let mut writing = self.database.write().await?;
        let added = execute!(
            &mut writing,
            "INSERT INTO notices (message_id, site, account, username, policy, run, item, state, written_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8)
             ON CONFLICT DO NOTHING",
            &*storable(&mail.message_id),
            notice.site.as_str(),
            &*storable(notice.account.as_str()),
            &*storable(&notice.username),
            notice.policy.as_deref(),
            notice.run.as_str(),
            i64::from(notice.item),
            micros(now),
        )?;
        if added == 0 {
            return Ok(false);
        }
        queue(&mut writing, mail, now).await?;
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await?;
        Ok(true)
    }

    /// What the owners of a site's accounts were told, by account.
    pub async fn noticed(&self, site: &SiteId) -> Result<Vec<NoticedRow>, StoreError> {
        let rows: Vec<(String, Option<i64>, i64)> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT account, MAX(sent_at), SUM(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END)
             FROM notices WHERE site = $1 GROUP BY account ORDER BY account",
            site.as_str(),
        )?;
        let noticed = |(account, sent_at, waiting): (String, Option<i64>, i64)| {
            Ok(NoticedRow {
                sent_at: optional_instant(sent_at, "a notice")?,
                is_waiting: waiting > 0,
                account: account.into(),
            })
        };
        rows.into_iter().map(noticed).collect()
    }

    /// The notice that a run sent to the owner of an account.
    pub async fn notice(
        &self,
        site: &SiteId,
        account: &AccountKey,
        run: &RunId,
    ) -> Result<Option<NoticeRow>, StoreError> {
        let row: Option<Row> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT message_id, site, account, username, policy, run, item, written_at, sent_at, kept_until
             FROM notices WHERE site = $1 AND account = $2 AND run = $3 ORDER BY item LIMIT 1",
            site.as_str(),
            &*storable(account.as_str()),
            run.as_str(),
        )?;
        row.map(Row::notice).transpose()
    }

    /// The owner of an account said that they still need it: it is exempt until then. Said again, it counts only where no exemption holds any more; one
    /// that holds longer is left as it is. The audit entry says what was done, and is written only where something was.
    pub async fn keep(
        &self,
        message_id: &str,
        exemption: &ExemptionRow,
        until: Timestamp,
        entry: Draft,
    ) -> Result<Kept, StoreError> {
        debug_assert!(exemption.kind == ExemptKind::Account && exemption.until == Some(until));
        let mut writing = self.database.write().await?;
        let notice: Option<(Option<i64>,)> = fetch_optional!(
            &mut writing,
            "UPDATE notices SET message_id = message_id WHERE message_id = $1 RETURNING kept_until",
            message_id,
        )?;
        let (kept_until,) = notice.ok_or_else(|| StoreError::not_found("notice", &message_id))?;
        let holds: Option<(Option<i64>,)> = fetch_optional!(
            &mut writing,
            "SELECT ends_at FROM exemptions
             WHERE site = $1 AND subject_kind = $2 AND subject = $3 AND (ends_at IS NULL OR ends_at > $4)",
            exemption.site.as_str(),
            exemption.kind.as_str(),
            &*storable(&exemption.subject),
            micros(exemption.added_at),
        )?;
        if let (Some(kept_until), Some((ends_at,))) = (kept_until, holds) {
            let until = ends_at.map_or(kept_until, |ends_at| ends_at.min(kept_until));
            return Ok(Kept::Before { until: instant(until, "a notice")? });
        }
        execute!(
            &mut writing,
            "UPDATE notices SET kept_at = $2, kept_until = $3 WHERE message_id = $1",
            message_id,
            micros(exemption.added_at),
            micros(until),
        )?;
        let added = execute!(
            &mut writing,
            "INSERT INTO exemptions (site, subject_kind, subject, name, reason, ends_at, added_by, added_at)
             SELECT id, $2, $3, $4, $5, $6, $7, $8 FROM sites WHERE id = $1
             ON CONFLICT (site, subject_kind, subject) DO UPDATE
             SET name = excluded.name, reason = excluded.reason, ends_at = excluded.ends_at,
                 added_by = excluded.added_by, added_at = excluded.added_at
             WHERE exemptions.ends_at < excluded.ends_at",
            exemption.site.as_str(),
            exemption.kind.as_str(),
            &*storable(&exemption.subject),
            &*storable(&exemption.name),
            &*storable(&exemption.reason),
            micros(until),
            &*storable(&exemption.added_by),
            micros(exemption.added_at),
        )?;
        let entry = if added > 0 {
            entry
        } else {
            let why = format!("{}; an exemption that holds longer is left as it is", entry.why);
            Draft { kind: EntryKind::NOTICE_ANSWERED, why, after: None, ..entry }
        };
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await?;
        Ok(Kept::Now { until })
    }
}

/// A mail of the outbox came to stand so: where it is that of a notice, its owner was told, or was not, or will be.
pub(crate) async fn follow(
    writing: &mut Writing,
    mail: &str,
    state: MailState,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (state, sent_at) = match state {
        MailState::Sent => ("sent", Some(now)),
        MailState::Queued => ("waiting", None),
        MailState::Bounced | MailState::Failed | MailState::Discarded => ("failed", None),
    };
    execute!(
        writing,
        "UPDATE notices SET state = $2, sent_at = $3
         WHERE state <> 'sent' AND message_id = (SELECT message_id FROM outbox WHERE id = $1)",
        mail,
        state,
        sent_at.map(micros),
    )?;
    Ok(())
}
