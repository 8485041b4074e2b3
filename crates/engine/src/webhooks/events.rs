//! What an entry of the audit log is told as. docs/webhooks.md shows each field.

use crate::{Engine, EngineError};
use jiff::Timestamp;
use rollcall_audit::{Entry, EntryKind};
use rollcall_model::{PlanId, RunId};
use rollcall_planner::Mode;
use rollcall_store::StoreError;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $words:literal, from [$($kind:ident),*];)*) => {
        /// A kind of event that a webhook may be told.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EventKind {
            $($(#[$doc])* $name,)*
        }

        impl EventKind {
            /// Each of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word of it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// When it is told.
            pub const fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)* }
            }

            /// The audit entries it comes from.
            pub(crate) const fn entries(self) -> &'static [EntryKind] {
                match self { $(Self::$name => &[$(EntryKind::$kind),*],)* }
            }
        }
    };
}

events! {
    /// A plan was made that would change something.
    PlanReady = "plan-ready", "a plan was made that would change something", from [PLAN_MADE];
    /// A plan waits for somebody to approve it.
    ApprovalNeeded = "approval-needed", "a plan waits for somebody to approve it", from [PLAN_HELD];
    /// A run ended: with its last item, or before.
    RunFinished = "run-finished", "a run ended, with its last item or before", from [RUN_FINISHED, RUN_STOPPED, RUN_FAILED];
    /// A limit stopped a plan before its first change, or a run.
    LimitHit = "limit-hit", "a limit stopped a plan before its first change, or a run", from [LIMIT_HIT];
    /// A site that answered until then does not any more.
    SiteUnreachable = "site-unreachable", "a site that answered until then does not any more", from [SITE_UNREACHABLE];
}

/// A word that no event has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no event \"{0}\"; known: {known}", known = EventKind::ALL.iter().map(|event| event.as_str()).collect::<Vec<_>>().join(", "))]
pub struct EventKindError(String);

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for EventKind {
    type Err = EventKindError;

    fn from_str(text: &str) -> Result<Self, EventKindError> {
        let known = Self::ALL.iter().copied().find(|event| event.as_str() == text);
        known.ok_or_else(|| EventKindError(text.chars().take(80).collect()))
    }
}

/// What a webhook is sent. Never a secret; names and words from sites stand in it as they are, as data.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventBody {
    /// The same at every try: by it a receiver knows what it has seen.
    pub id: String,
    /// Kind of event, or `test`.
    pub kind: &'static str,
    /// When it happened.
    pub at: Timestamp,
    /// What this installation calls itself.
    pub installation: String,
    /// What happened, in words.
    pub words: String,
    /// The site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteEvent>,
    /// The plan, of events about plans, if it can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanEvent>,
    /// The run, of events about runs, if it can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<RunEvent>,
}

/// A site, as events name it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SiteEvent {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its address.
    pub url: String,
}

/// A plan, as events tell it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanEvent {
    /// Its id.
    pub id: PlanId,
    /// The policy it comes from, if it is not made by hand.
    pub policy: Option<String>,
    /// `test` or `live`.
    pub mode: Mode,
    /// Accounts it would change.
    pub accounts: u32,
    /// Changes it would make.
    pub items: usize,
    /// Accounts for which something was refused.
    pub refused: usize,
    /// Accounts that are protected.
    pub protected: usize,
    /// Seats it would free.
    pub seats_freed: u32,
    /// Limits it exceeds, in words.
    pub exceeded: Vec<String>,
    /// Whether it needs an approval.
    pub needs_approval: bool,
    /// Whether that has to be by a second person.
    pub by_second_person: bool,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// A run, as events tell it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunEvent {
    /// Its id.
    pub id: RunId,
    /// Its plan.
    pub plan: PlanId,
    /// The policy it comes from.
    pub policy: Option<String>,
    /// `test` or `live`.
    pub mode: &'static str,
    /// `done`, `stopped` or `failed`.
    pub state: &'static str,
    /// Items by outcome.
    pub counts: BTreeMap<String, u64>,
    /// Why it ended before its last item.
    pub stopped_because: Option<String>,
    /// Who started it.
    pub started_by: String,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// The id of an event at a webhook.
pub(crate) fn event_id(seq: u64, webhook: &str) -> String {
    format!("{seq}-{webhook}")
}

/// The place in the audit log of an event of that id at that webhook.
pub(crate) fn seq_of(id: &str, webhook: &str) -> Option<u64> {
    let (seq, of) = id.split_once('-')?;
    seq.parse().ok().filter(|_| of == webhook)
}

impl Engine {
    /// What an entry is told as; `None` = it is not worth telling.
    pub(crate) async fn event_body(
        &self,
        event: EventKind,
        entry: &Entry,
        webhook: &str,
    ) -> Result<Option<EventBody>, EngineError> {
        let mut body = EventBody {
            id: event_id(entry.seq, webhook),
            kind: event.as_str(),
            at: entry.at,
            installation: self.name.clone(),
            words: entry.why.clone(),
            site: None,
            plan: None,
            run: None,
        };
        if let Some(site) = &entry.subject.site {
            let site = readable(self.store.site(site).await.map_err(EngineError::from))?;
            body.site = site.map(|site| SiteEvent {
                id: site.id.to_string(),
                name: site.name.to_string(),
                url: site.url,
            });
        }
        match (&entry.subject.run, &entry.subject.plan) {
            (Some(run), _) => body.run = self.run_event(run).await?,
            (None, Some(plan)) => body.plan = self.plan_event(plan).await?,
            (None, None) => {}
        }
        // The entry says so as well: the plan may not be there to say it.
        let is_empty =
            event == EventKind::PlanReady && entry.details["items"].as_u64().is_none_or(|items| items == 0);
        Ok((!is_empty).then_some(body))
    }

    async fn plan_event(&self, id: &PlanId) -> Result<Option<PlanEvent>, EngineError> {
        let Some(made) = readable(self.stored_plan(id).await)? else { return Ok(None) };
        let plan = made.plan;
        Ok(Some(PlanEvent {
            policy: crate::runs::policy_of(&plan).map(|(name, _)| name.to_owned()),
            mode: plan.mode,
            accounts: plan.accounts,
            items: plan.items.len(),
            refused: plan.refused.len(),
            protected: plan.protected.len(),
            seats_freed: plan.seats.freed,
            exceeded: plan.limits.exceeded().map(|check| check.words.clone()).collect(),
            needs_approval: plan.mode == Mode::Live && plan.approval.is_needed,
            by_second_person: plan.approval.second_person,
            expires_at: plan.expires_at,
            id: plan.id,
        }))
    }

    async fn run_event(&self, id: &RunId) -> Result<Option<RunEvent>, EngineError> {
        let Some(run) = readable(self.store.run(id).await.map_err(EngineError::from))? else {
            return Ok(None);
        };
        Ok(Some(RunEvent {
            mode: run.mode.as_str(),
            state: run.state.as_str(),
            stopped_because: crate::reports::stopped_because(&run),
            counts: BTreeMap::from(run.counts),
            id: run.id,
            plan: run.plan,
            policy: run.policy,
            started_by: run.started_by,
            started_at: run.started_at,
            finished_at: run.finished_at,
        }))
    }
}

/// What was forgotten since, or cannot be read any more, is left out of the event: it must not keep all later ones from being told.
fn readable<T>(found: Result<T, EngineError>) -> Result<Option<T>, EngineError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(EngineError::Store(StoreError::NotFound { .. } | StoreError::Dropped { .. })) => Ok(None),
        Err(
            error @ (EngineError::Store(StoreError::Corrupt { .. })
            | EngineError::Document { .. }
            | EngineError::Altered { .. }),
        ) => {
            tracing::warn!(%error, "an event is told to webhooks without its details");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
