//! Webhooks: who is told of which events, and how far the audit log was read for each. Their secrets are sealed in `secrets`.

use crate::database::{execute, fetch_all, fetch_one, fetch_optional};
use crate::row::{column, instant, json_of, micros, number, optional_instant, storable};
use crate::{Store, StoreError, audit};
use jiff::Timestamp;
use rollcall_audit::Draft;
use rollcall_model::SiteId;
use secrecy::SecretString;

/// A webhook as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookRow {
    /// Its id.
    pub id: String,
    /// The operator's name for it, unique without regard to case.
    pub name: String,
    /// Where events are posted to.
    pub url: String,
    /// Kinds of events it is told, by the engine's words.
    pub events: Vec<String>,
    /// Only of these sites; `None` = of all.
    pub sites: Option<Vec<SiteId>>,
    /// Whether it is told anything.
    pub is_on: bool,
    /// Until when the secret before is signed with as well.
    pub old_secret_until: Option<Timestamp>,
    /// Counts the changes.
    pub version: u64,
    /// Place in the audit log up to which it was read for this webhook.
    pub read_through: u64,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub changed_at: Timestamp,
}

/// A webhook to be added, or what it is to be changed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookDraft {
    /// Its id.
    pub id: String,
    /// The operator's name for it.
    pub name: String,
    /// The name as it is compared.
    pub folded: String,
    /// Where events are posted to.
    pub url: String,
    /// Kinds of events it is told.
    pub events: Vec<String>,
    /// Only of these sites; `None` = of all.
    pub sites: Option<Vec<SiteId>>,
    /// Whether it is told anything.
    pub is_on: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    url: String,
    events: String,
    sites: Option<String>,
    is_on: bool,
    old_secret_until: Option<i64>,
    version: i64,
    read_through: i64,
    created_at: i64,
    changed_at: i64,
}

impl Row {
    fn webhook(self) -> Result<WebhookRow, StoreError> {
        let what = format!("webhook \"{}\"", self.name);
        let corrupt = |error: serde_json::Error| StoreError::corrupt(&what, &error);
        Ok(WebhookRow {
            events: serde_json::from_str(&self.events).map_err(corrupt)?,
            sites: self.sites.as_deref().map(serde_json::from_str).transpose().map_err(corrupt)?,
            old_secret_until: optional_instant(self.old_secret_until, &what)?,
            version: number(self.version, &what)?,
            read_through: number(self.read_through, &what)?,
            created_at: instant(self.created_at, &what)?,
            changed_at: instant(self.changed_at, &what)?,
            id: self.id,
            name: self.name,
            url: self.url,
            is_on: self.is_on,
        })
    }
}

fn secret_name(id: &str) -> String {
    format!("webhook/{id}")
}

fn old_secret_name(id: &str) -> String {
    format!("webhook/{id}/old")
}

impl Store {
    /// Adds a webhook. It is told what happens from now on.
    pub async fn add_webhook(
        &self,
        webhook: &WebhookDraft,
        secret: &SecretString,
        now: Timestamp,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let (head,): (i64,) = fetch_one!(&mut writing, "SELECT seq FROM audit_head WHERE one = 1")?;
        let added = execute!(
            &mut writing,
            "INSERT INTO webhooks (id, name, folded, url, events, sites, is_on, version, read_through, created_at, changed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $9)
             ON CONFLICT DO NOTHING",
            &webhook.id,
            &*storable(&webhook.name),
            &*storable(&webhook.folded),
            &webhook.url,
            json_of(&webhook.events)?,
            webhook.sites.as_ref().map(json_of).transpose()?,
            webhook.is_on,
            head,
            micros(now),
        )?;
        if added == 0 {
            return Err(StoreError::exists("webhook", &webhook.name));
        }
        self.keep_secret(&mut writing, &secret_name(&webhook.id), Some(secret), now).await?;
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    /// Changes a webhook that was seen in this version. Gives the new version.
    pub async fn change_webhook(
        &self,
        webhook: &WebhookDraft,
        version: u64,
        now: Timestamp,
        entry: Draft,
    ) -> Result<u64, StoreError> {
        let mut writing = self.database.write().await?;
        let namesake: Option<(String,)> = fetch_optional!(
            &mut writing,
            "SELECT id FROM webhooks WHERE folded = $1 AND id <> $2",
            &*storable(&webhook.folded),
            &webhook.id,
        )?;
        if namesake.is_some() {
            return Err(StoreError::exists("webhook", &webhook.name));
        }
        let changed = execute!(
            &mut writing,
            "UPDATE webhooks SET name = $3, folded = $4, url = $5, events = $6, sites = $7, is_on = $8,
                                 version = version + 1, changed_at = $9
             WHERE id = $1 AND version = $2",
            &webhook.id,
            column(version),
            &*storable(&webhook.name),
            &*storable(&webhook.folded),
            &webhook.url,
            json_of(&webhook.events)?,
            webhook.sites.as_ref().map(json_of).transpose()?,
            webhook.is_on,
            micros(now),
        )?;
        if changed == 0 {
            return Err(StoreError::stale("webhook", &webhook.name));
        }
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await?;
        Ok(version + 1)
    }

    /// Gives a webhook that was seen in this version a new secret. Up to `old_until` what it is told is signed with both.
    pub async fn rotate_webhook_secret(
        &self,
        id: &str,
        version: u64,
        secret: &SecretString,
        old_until: Option<Timestamp>,
        now: Timestamp,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let changed = execute!(
            &mut writing,
            "UPDATE webhooks SET old_secret_until = $2, version = version + 1, changed_at = $3
             WHERE id = $1 AND version = $4",
            id,
            old_until.map(micros),
            micros(now),
            column(version),
        )?;
        if changed == 0 {
            return Err(StoreError::stale("webhook", id));
        }
        let old = self.secret_within(&mut writing, &secret_name(id)).await?.filter(|_| old_until.is_some());
        self.keep_secret(&mut writing, &old_secret_name(id), old.as_ref(), now).await?;
        self.keep_secret(&mut writing, &secret_name(id), Some(secret), now).await?;
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    /// The secrets a webhook is signed with at this moment, the present one first.
    pub async fn webhook_secrets(
        &self,
        webhook: &WebhookRow,
        now: Timestamp,
    ) -> Result<Vec<SecretString>, StoreError> {
        let mut secrets = Vec::new();
        secrets.extend(self.secret(&secret_name(&webhook.id)).await?);
        if webhook.old_secret_until.is_some_and(|until| until > now) {
            secrets.extend(self.secret(&old_secret_name(&webhook.id)).await?);
        }
        Ok(secrets)
    }

    /// Removes a webhook that was seen in this version, with its secrets and what it was told.
    pub async fn remove_webhook(
        &self,
        id: &str,
        version: u64,
        now: Timestamp,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let removed = execute!(
            &mut writing,
            "DELETE FROM webhooks WHERE id = $1 AND version = $2",
            id,
            column(version)
        )?;
        if removed == 0 {
            return Err(StoreError::stale("webhook", id));
        }
        self.keep_secret(&mut writing, &secret_name(id), None, now).await?;
        self.keep_secret(&mut writing, &old_secret_name(id), None, now).await?;
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    /// Every webhook, by name.
    pub async fn webhooks(&self) -> Result<Vec<WebhookRow>, StoreError> {
        let rows: Vec<Row> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT id, name, url, events, sites, is_on, old_secret_until, version, read_through, created_at, changed_at
             FROM webhooks ORDER BY folded"
        )?;
        rows.into_iter().map(Row::webhook).collect()
    }

    /// One webhook.
    pub async fn webhook(&self, id: &str) -> Result<WebhookRow, StoreError> {
        let row: Option<Row> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT id, name, url, events, sites, is_on, old_secret_until, version, read_through, created_at, changed_at
             FROM webhooks WHERE id = $1",
            id
        )?;
        row.ok_or_else(|| StoreError::not_found("webhook", id))?.webhook()
    }
}
