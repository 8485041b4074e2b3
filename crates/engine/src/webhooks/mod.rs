//! Webhooks: who is told of which events.
//!
//! Here: adding, changing and removing webhooks, their secrets, what they were told. `events`: what an audit entry is told as;
//! `courier`: telling it.

mod again;
mod courier;
mod events;

pub use courier::Courier;
pub use events::{EventBody, EventKind, EventKindError, PlanEvent, RunEvent, SiteEvent};

use crate::{Engine, EngineError, Operator, UseCase};
use jiff::{SignedDuration, Timestamp};
use rollcall_audit::{EntryKind, Subject};
use rollcall_model::{SiteId, SiteName};
use rollcall_outlet::check_address;
use rollcall_store::{DeliveryRow, DeliveryState, WebhookDraft, WebhookRow};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::collections::BTreeMap;
use url::Url;

/// A secret shorter than this is no secret, in characters.
const SHORTEST_SECRET: usize = 16;
const LONGEST_NAME: usize = 60;
/// What a secret that Rollcall makes begins with.
const SECRET_PREFIX: &str = "rcwh_";

/// A webhook to be added.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    /// What the operator calls it.
    pub name: String,
    /// Where events are posted to.
    pub url: Url,
    /// Kinds of events; empty = all.
    pub events: Vec<EventKind>,
    /// Only of these sites; empty = of all.
    pub sites: Vec<SiteName>,
    /// Signs what it is told; `None` = Rollcall makes one.
    pub secret: Option<SecretString>,
}

/// What of a webhook is changed; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct WebhookChange {
    /// Its name.
    pub name: Option<String>,
    /// Its address.
    pub url: Option<Url>,
    /// Kinds of events; empty = all.
    pub events: Option<Vec<EventKind>>,
    /// Sites; empty = all.
    pub sites: Option<Vec<SiteName>>,
    /// Whether it is told anything. What happens while it is off it is never told.
    pub is_on: Option<bool>,
}

/// A webhook as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookView {
    /// Its id.
    pub id: String,
    /// What the operator calls it.
    pub name: String,
    /// Its address. Often a secret of the receiver's stands in it: whoever may not change webhooks sees scheme and host.
    pub url: String,
    /// Kinds of events it is told.
    pub events: Vec<EventKind>,
    /// Only of these sites; empty = of all.
    pub sites: Vec<SiteName>,
    /// Whether it is told anything.
    pub is_on: bool,
    /// Until when the secret before is signed with as well.
    pub old_secret_until: Option<Timestamp>,
    /// Counts the changes. Whoever changes it says which version they saw.
    pub version: u64,
    /// Events that wait.
    pub waiting: u64,
    /// The oldest of them, if it was tried: what the receiver answered, or why it did not.
    pub trouble: Option<String>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub changed_at: Timestamp,
}

/// The delivery of an event, as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryView {
    /// Id of the event at this webhook.
    pub id: String,
    /// Place of the audit entry it comes from; orders the deliveries.
    pub seq: u64,
    /// Kind of event.
    pub event: String,
    /// `queued`, `delivered` or `failed`.
    pub state: &'static str,
    /// How often it was tried.
    pub attempts: u32,
    /// HTTP status of the last answer.
    pub status: Option<u16>,
    /// The beginning of the last answer, or why there was none.
    pub answer: Option<String>,
    /// The body.
    pub body: String,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// When it was last tried.
    pub tried_at: Option<Timestamp>,
    /// When it is tried next.
    pub next_try_at: Option<Timestamp>,
}

impl Engine {
    /// Adds a webhook, which is told what happens from now on. Gives its secret: it is never shown again.
    pub async fn add_webhook(
        &self,
        operator: &Operator,
        new: NewWebhook,
    ) -> Result<(WebhookView, SecretString), EngineError> {
        operator.check(UseCase::ChangeWebhook)?;
        let secret = secret(new.secret)?;
        let draft = WebhookDraft {
            id: self.new_id(),
            folded: rollcall_snapshot::fold(&named(&new.name)?),
            name: named(&new.name)?,
            url: self.permitted(&new.url)?,
            events: words(new.events),
            sites: self.site_ids(&new.sites).await?,
            is_on: true,
        };
        let why = format!("webhook \"{}\" was added", draft.name);
        let mut entry = self.draft(operator, EntryKind::WEBHOOK_ADDED, Subject::default(), why);
        entry.after = Some(as_json(&draft));
        self.store.add_webhook(&draft, &secret, self.now(), entry).await?;
        Ok((self.webhook(operator, &draft.id).await?, secret))
    }

    /// Changes a webhook. `seen`: the version that was looked at before; `None` = whichever it is.
    pub async fn change_webhook(
        &self,
        operator: &Operator,
        id: &str,
        change: WebhookChange,
        seen: Option<u64>,
    ) -> Result<WebhookView, EngineError> {
        operator.check(UseCase::ChangeWebhook)?;
        let row = self.webhook_row(id).await?;
        let old = draft_of(row.clone());
        let name = change.name.as_deref().map_or_else(|| Ok(row.name.clone()), named)?;
        let draft = WebhookDraft {
            id: row.id,
            folded: rollcall_snapshot::fold(&name),
            name,
            url: change.url.as_ref().map_or_else(|| Ok(row.url), |url| self.permitted(url))?,
            events: change.events.map_or(row.events, words),
            sites: match &change.sites {
                Some(sites) => self.site_ids(sites).await?,
                None => row.sites,
            },
            is_on: change.is_on.unwrap_or(row.is_on),
        };
        let why = format!("webhook \"{}\" was changed", draft.name);
        let mut entry = self.draft(operator, EntryKind::WEBHOOK_CHANGED, Subject::default(), why);
        entry.before = Some(as_json(&old));
        entry.after = Some(as_json(&draft));
        entry.details = json!({ "newAddress": old.url != draft.url });
        self.store.change_webhook(&draft, seen.unwrap_or(row.version), self.now(), entry).await?;
        self.webhook(operator, &draft.id).await
    }

    /// Gives a webhook a new secret. For `overlap` what it is told is signed with the old one as well. Gives the new one: it is never
    /// shown again.
    pub async fn rotate_webhook_secret(
        &self,
        operator: &Operator,
        id: &str,
        new: Option<SecretString>,
        overlap: SignedDuration,
    ) -> Result<SecretString, EngineError> {
        operator.check(UseCase::ChangeWebhook)?;
        let row = self.webhook_row(id).await?;
        let secret = secret(new)?;
        let until = (!overlap.is_zero() && !overlap.is_negative()).then(|| self.now() + overlap);
        let why = format!("webhook \"{}\" was given a new secret", row.name);
        let mut entry = self.draft(operator, EntryKind::WEBHOOK_SECRET_CHANGED, Subject::default(), why);
        entry.details = json!({ "webhook": row.id, "oldUntil": until });
        self.store.rotate_webhook_secret(&row.id, row.version, &secret, until, self.now(), entry).await?;
        Ok(secret)
    }

    /// Removes a webhook, with what waits for it. `seen` as in [`Self::change_webhook`].
    pub async fn remove_webhook(
        &self,
        operator: &Operator,
        id: &str,
        seen: Option<u64>,
    ) -> Result<(), EngineError> {
        operator.check(UseCase::ChangeWebhook)?;
        let row = self.webhook_row(id).await?;
        let why = format!("webhook \"{}\" was removed", row.name);
        let mut entry = self.draft(operator, EntryKind::WEBHOOK_REMOVED, Subject::default(), why);
        let (id, version) = (row.id.clone(), seen.unwrap_or(row.version));
        entry.before = Some(as_json(&draft_of(row)));
        Ok(self.store.remove_webhook(&id, version, self.now(), entry).await?)
    }

    /// Every webhook, by name.
    pub async fn webhooks(&self, operator: &Operator) -> Result<Vec<WebhookView>, EngineError> {
        operator.check(UseCase::SeeWebhooks)?;
        let mut views = Vec::new();
        for row in self.store.webhooks().await? {
            views.push(self.view_webhook(operator, row).await?);
        }
        Ok(views)
    }

    /// One webhook, by id or name.
    pub async fn webhook(&self, operator: &Operator, id: &str) -> Result<WebhookView, EngineError> {
        operator.check(UseCase::SeeWebhooks)?;
        let row = self.webhook_row(id).await?;
        self.view_webhook(operator, row).await
    }

    /// What a webhook was told, newest first. `state`: `queued`, `delivered` or `failed`; `before`: from behind that event on.
    pub async fn webhook_deliveries(
        &self,
        operator: &Operator,
        id: &str,
        state: Option<&str>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<DeliveryView>, EngineError> {
        operator.check(UseCase::SeeWebhooks)?;
        let row = self.webhook_row(id).await?;
        let state = state.map(delivery_state).transpose()?;
        let rows = self.store.deliveries(&row.id, state, before, limit).await?;
        Ok(rows.into_iter().map(view_delivery).collect())
    }

    pub(crate) async fn webhook_row(&self, id: &str) -> Result<WebhookRow, EngineError> {
        let folded = rollcall_snapshot::fold(id);
        let rows = self.store.webhooks().await?;
        let names: Vec<_> = rows.iter().map(|row| row.name.clone()).collect();
        let mut rows = rows.into_iter();
        rows.find(|row| row.id == id || rollcall_snapshot::fold(&row.name) == folded).ok_or_else(|| {
            EngineError::NotFound {
                what: "webhook",
                name: rollcall_model::plain(id).chars().take(LONGEST_NAME).collect(),
                remedy: if names.is_empty() {
                    String::new()
                } else {
                    format!("; known: {}", names.join(", "))
                },
            }
        })
    }

    async fn view_webhook(&self, operator: &Operator, row: WebhookRow) -> Result<WebhookView, EngineError> {
        let names: BTreeMap<SiteId, SiteName> =
            self.store.sites().await?.into_iter().map(|site| (site.id, site.name)).collect();
        let (waiting, oldest) = self.store.waiting_deliveries(&row.id).await?;
        let trouble = oldest.filter(|delivery| delivery.attempts > 0).map(|delivery| {
            let status = delivery.status.map(|status| format!("answered {status}: ")).unwrap_or_default();
            format!("{status}{}", delivery.answer.unwrap_or_default())
        });
        Ok(WebhookView {
            url: if operator.may(UseCase::ChangeWebhook) { row.url } else { origin(&row.url) },
            events: row.events.iter().filter_map(|word| word.parse().ok()).collect(),
            // A site that was removed since is told of no more.
            sites: row.sites.iter().flatten().filter_map(|id| names.get(id).cloned()).collect(),
            id: row.id,
            name: row.name,
            is_on: row.is_on,
            old_secret_until: row.old_secret_until.filter(|until| *until > self.now()),
            version: row.version,
            waiting,
            trouble,
            created_at: row.created_at,
            changed_at: row.changed_at,
        })
    }

    fn permitted(&self, url: &Url) -> Result<String, EngineError> {
        check_address(url, &self.webhooks.addresses)
            .map_err(|error| EngineError::Unfit { field: "url", reason: error.to_string() })?;
        Ok(url.to_string())
    }

    async fn site_ids(&self, names: &[SiteName]) -> Result<Option<Vec<SiteId>>, EngineError> {
        if names.is_empty() {
            return Ok(None);
        }
        let mut ids = Vec::new();
        for name in names {
            ids.push(self.site_row(name).await?.id);
        }
        Ok(Some(ids))
    }
}

fn secret(given: Option<SecretString>) -> Result<SecretString, EngineError> {
    match given {
        None => Ok(rollcall_store::new_secret(SECRET_PREFIX)?),
        Some(secret) if secret.expose_secret().chars().count() < SHORTEST_SECRET => {
            let reason = format!(
                "a secret has at least {SHORTEST_SECRET} characters; leave it out, and Rollcall makes one"
            );
            Err(EngineError::Unfit { field: "secret", reason })
        }
        Some(secret) => Ok(secret),
    }
}

fn named(name: &str) -> Result<String, EngineError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        let reason = format!("expected 1 to {LONGEST_NAME} characters, none of them a control character");
        return Err(EngineError::Unfit { field: "name", reason });
    }
    Ok(name.to_owned())
}

fn words(mut events: Vec<EventKind>) -> Vec<String> {
    if events.is_empty() {
        events = EventKind::ALL.to_vec();
    }
    events.sort_unstable();
    events.dedup();
    events.into_iter().map(|event| event.as_str().to_owned()).collect()
}

fn delivery_state(word: &str) -> Result<DeliveryState, EngineError> {
    DeliveryState::from_name(word).ok_or_else(|| EngineError::NotFound {
        what: "state of deliveries",
        name: rollcall_model::plain(word).into_owned(),
        remedy: "; known: queued, delivered, failed".to_owned(),
    })
}

/// Scheme and host: what of an address is no secret.
fn origin(url: &str) -> String {
    url.parse::<Url>().map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}

fn draft_of(row: WebhookRow) -> WebhookDraft {
    WebhookDraft {
        folded: String::new(),
        id: row.id,
        name: row.name,
        url: row.url,
        events: row.events,
        sites: row.sites,
        is_on: row.is_on,
    }
}

/// For the audit log: everything but the address, in which a secret may stand.
fn as_json(webhook: &WebhookDraft) -> serde_json::Value {
    json!({
        "id": webhook.id, "name": webhook.name, "origin": origin(&webhook.url), "events": webhook.events,
        "sites": webhook.sites, "isOn": webhook.is_on,
    })
}

fn view_delivery(row: DeliveryRow) -> DeliveryView {
    DeliveryView {
        id: events::event_id(row.seq, &row.webhook),
        seq: row.seq,
        event: row.event,
        state: row.state.as_str(),
        attempts: row.attempts,
        status: row.status,
        answer: row.answer,
        body: row.body,
        queued_at: row.queued_at,
        tried_at: row.tried_at,
        next_try_at: row.next_try_at,
    }
}
