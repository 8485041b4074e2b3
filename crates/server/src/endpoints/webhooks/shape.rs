//! A webhook as the API shows it.

use crate::extract::{Tag, Text};
use crate::problem::Problem;
use jiff::Timestamp;
use rollcall_engine::{EventKind, WebhookView};
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::{IntoParams, ToSchema};

/// The webhook in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct WebhookPath {
    /// Its id.
    #[param(value_type = String, min_length = 1, max_length = 80)]
    pub(crate) webhook: Text<1, 80>,
}

/// A kind of event.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Event {
    /// A plan was made that would change something.
    PlanReady,
    /// A plan waits for somebody to approve it.
    ApprovalNeeded,
    /// A run ended, with its last item or before.
    RunFinished,
    /// A limit stopped a plan before its first change, or a run.
    LimitHit,
    /// A site that answered until then does not any more.
    SiteUnreachable,
}

impl From<Event> for EventKind {
    fn from(event: Event) -> Self {
        match event {
            Event::PlanReady => Self::PlanReady,
            Event::ApprovalNeeded => Self::ApprovalNeeded,
            Event::RunFinished => Self::RunFinished,
            Event::LimitHit => Self::LimitHit,
            Event::SiteUnreachable => Self::SiteUnreachable,
        }
    }
}

impl From<EventKind> for Event {
    fn from(event: EventKind) -> Self {
        match event {
            EventKind::PlanReady => Self::PlanReady,
            EventKind::ApprovalNeeded => Self::ApprovalNeeded,
            EventKind::RunFinished => Self::RunFinished,
            EventKind::LimitHit => Self::LimitHit,
            EventKind::SiteUnreachable => Self::SiteUnreachable,
        }
    }
}

/// A program that is told what happens.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Webhook {
    /// Its id.
    id: String,
    /// What the operators call it.
    name: String,
    /// Where events are posted to. Whoever may not change webhooks sees scheme and host: often a secret stands in the rest.
    url: String,
    /// Kinds of events it is told.
    events: Vec<Event>,
    /// Only of these sites; empty = of all.
    sites: Vec<String>,
    /// Whether it is told anything.
    is_on: bool,
    /// Until when the secret before is signed with as well.
    old_secret_until: Option<Timestamp>,
    /// Events that wait.
    waiting: u64,
    /// What keeps the oldest of them waiting.
    trouble: Option<String>,
    /// When it was added.
    created_at: Timestamp,
    /// When it was last changed.
    changed_at: Timestamp,
}

impl Webhook {
    /// From the engine.
    pub(crate) fn of(view: WebhookView) -> Self {
        Self {
            events: view.events.into_iter().map(Event::from).collect(),
            sites: view.sites.iter().map(ToString::to_string).collect(),
            id: view.id,
            name: view.name,
            url: view.url,
            is_on: view.is_on,
            old_secret_until: view.old_secret_until,
            waiting: view.waiting,
            trouble: view.trouble,
            created_at: view.created_at,
            changed_at: view.changed_at,
        }
    }
}

/// The tag of a webhook.
pub(crate) fn tag(view: &WebhookView) -> Tag {
    Tag::of((&view.id, view.version))
}

/// An address in a body.
pub(crate) fn address(url: &str) -> Result<Url, Problem> {
    url.parse().map_err(|error| Problem::body("/url", format!("is no address: {error}")))
}
