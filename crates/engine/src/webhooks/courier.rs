//! Telling webhooks: the audit log is read on from where it was read for each of them, what concerns it is queued together with the new
//! place, and delivered in order. Whoever dies in between leaves nothing out and queues nothing twice.

use super::events::{EventBody, EventKind};
use crate::{Engine, EngineError, Operator, UseCase};
use futures::future::{BoxFuture, FutureExt as _};
use futures::stream::{FuturesUnordered, StreamExt as _};
use jiff::{SignedDuration, Timestamp};
use rollcall_audit::{Draft, Entry, EntryKind, Subject};
use rollcall_outlet::{Answer, Post, PostError, Webhooks};
use rollcall_store::{DeliveryDraft, DeliveryRow, DeliveryState, DeliveryTry, TakenDelivery, WebhookRow};
use serde_json::json;
use std::time::Duration;
use url::Url;

/// First pause before an event is told again; it doubles each time.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_mins(1);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(6);
/// An event is given up when it has waited so long.
const PATIENCE: SignedDuration = SignedDuration::from_hours(72);
/// One that the receiver says it will never take is given up after so many tries, so that it does not hold up the others.
const TRIES_IF_REFUSED: u32 = 4;
/// While one process tells a webhook, another leaves it alone for so long.
const BUSY: SignedDuration = SignedDuration::from_mins(2);
/// Entries read at once, and deliveries made in one go.
const PAGE: u32 = 200;
const ROUND: u32 = 500;
/// So many webhooks are told side by side; each of them in order.
const SIDE_BY_SIDE: usize = 16;
/// While receivers take their time, the audit log is read on so often for the others.
const READ_AGAIN: Duration = Duration::from_secs(5);

/// What became of the events that were due.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Courier {
    /// Events that were found in the audit log and queued.
    pub queued: u32,
    /// Taken by their receivers.
    pub delivered: u32,
    /// To be told again, each with what was said.
    pub later: Vec<String>,
    /// Given up, each with what was said.
    pub failed: Vec<String>,
}

/// How a try ended for the courier: where the event stands, and what was said; `None`: somebody else has it now.
type Came = Option<(DeliveryState, String)>;
/// The same, with the webhook it was for.
type Ended = (String, Result<Came, EngineError>);
/// Deliveries that are being made.
type UnderWay<'a> = FuturesUnordered<BoxFuture<'a, Ended>>;

impl Engine {
    /// Finds what webhooks are to be told, and tells them what is due: each in order, and side by side, so that none waits for the receiver of
    /// another. A receiver that is away misses nothing for three days. What goes wrong here with one webhook keeps no other from being told;
    /// it is the error when all had their turn.
    pub async fn tell_webhooks(&self, operator: &Operator) -> Result<Courier, EngineError> {
        operator.check(UseCase::TellWebhooks)?;
        let mut courier = Courier::default();
        let Some((queued, mut trouble)) = self.queue_all_events().await? else { return Ok(courier) };
        courier.queued += queued;
        match Webhooks::new(&self.webhooks) {
            Ok(outlet) => {
                let mut under_way = FuturesUnordered::new();
                let told = self.tell_side_by_side(&outlet, &mut under_way, &mut courier, &mut trouble).await;
                // Whatever was begun is settled, also where something failed.
                while let Some(ended) = under_way.next().await {
                    courier.note(ended, &mut trouble);
                }
                told?;
            }
            Err(error) => courier.later.push(error.to_string()),
        }
        trouble.map_or(Ok(courier), Err)
    }

    async fn tell_side_by_side<'a>(
        &'a self,
        outlet: &'a Webhooks,
        under_way: &mut UnderWay<'a>,
        courier: &mut Courier,
        trouble: &mut Option<EngineError>,
    ) -> Result<(), EngineError> {
        let mut left = ROUND;
        loop {
            while left > 0 && under_way.len() < SIDE_BY_SIDE {
                let take = self.store.take_delivery(self.now(), self.now() + BUSY);
                let Some(taken) = meanwhile(take, under_way, courier, trouble).await? else { break };
                let webhook = taken.delivery.webhook.clone();
                under_way.push(self.deliver(outlet, taken).map(|ended| (webhook, ended)).boxed());
                left -= 1;
            }
            match tokio::time::timeout(READ_AGAIN, under_way.next()).await {
                Ok(None) => return Ok(()),
                Ok(Some(ended)) => courier.note(ended, trouble),
                Err(_) => {
                    let read = meanwhile(self.queue_all_events(), under_way, courier, trouble).await?;
                    if let Some((queued, new)) = read {
                        courier.queued += queued;
                        *trouble = trouble.take().or(new);
                    }
                }
            }
        }
    }

    /// Reads the audit log on for every webhook: how many events were queued, and the first trouble. `None`: there are no webhooks.
    async fn queue_all_events(&self) -> Result<Option<(u32, Option<EngineError>)>, EngineError> {
        let webhooks = self.store.webhooks().await?;
        let (mut queued, mut trouble) = (0, None);
        for webhook in &webhooks {
            match self.queue_events(webhook).await {
                Ok(more) => queued += more,
                Err(error) => note(&mut trouble, &webhook.id, error),
            }
        }
        Ok((!webhooks.is_empty()).then_some((queued, trouble)))
    }

    /// Reads the audit log on for one webhook. What happens while it is off is passed over.
    async fn queue_events(&self, webhook: &WebhookRow) -> Result<u32, EngineError> {
        let wanted: Vec<EventKind> = webhook.events.iter().filter_map(|word| word.parse().ok()).collect();
        let kinds: Vec<EntryKind> = wanted.iter().flat_map(|event| event.entries()).cloned().collect();
        let (mut from, mut queued) = (webhook.read_through, 0);
        loop {
            let (entries, through) = if webhook.is_on && !kinds.is_empty() {
                self.store.audit_after(from, &kinds, PAGE).await?
            } else {
                (Vec::new(), self.store.audit_head().await?.seq.max(from))
            };
            if through == from {
                return Ok(queued);
            }
            let mut drafts = Vec::new();
            for entry in &entries {
                drafts.extend(self.event_draft(webhook, &wanted, entry).await?);
            }
            if !self.store.queue_deliveries(&webhook.id, from, through, &drafts, self.now()).await? {
                // Another process reads for it.
                return Ok(queued);
            }
            queued += u32::try_from(drafts.len()).unwrap_or(u32::MAX);
            from = through;
        }
    }

    async fn event_draft(
        &self,
        webhook: &WebhookRow,
        wanted: &[EventKind],
        entry: &Entry,
    ) -> Result<Option<DeliveryDraft>, EngineError> {
        let concerns = match (&webhook.sites, &entry.subject.site) {
            (None, _) => true,
            (Some(sites), Some(site)) => sites.contains(site),
            (Some(_), None) => false,
        };
        let event = wanted.iter().find(|event| event.entries().contains(&entry.kind));
        let Some(event) = event.filter(|_| concerns) else { return Ok(None) };
        let Some(body) = self.event_body(*event, entry, &webhook.id).await? else { return Ok(None) };
        let body = serde_json::to_string(&body).map_err(EngineError::document("an event"))?;
        Ok(Some(DeliveryDraft { seq: entry.seq, event: event.as_str().to_owned(), body }))
    }

    /// Tells one event. `None`: another process has taken the webhook over since.
    async fn deliver(&self, outlet: &Webhooks, taken: TakenDelivery) -> Result<Came, EngineError> {
        let delivery = &taken.delivery;
        let webhook = self.store.webhook(&delivery.webhook).await?;
        let id = super::events::event_id(delivery.seq, &delivery.webhook);
        let posted = self.post(outlet, &webhook, &delivery.event, &id, &delivery.body).await?;
        let ended = judge(posted, delivery, self.now());
        let words = format!("{}: {}", webhook.name, told(&ended));
        let entry = (ended.state == DeliveryState::Failed).then(|| {
            let why =
                format!("webhook \"{}\" was not told of {}: {}", webhook.name, delivery.event, told(&ended));
            Draft::new(self.now(), "rollcall", EntryKind::WEBHOOK_GIVEN_UP, Subject::default())
                .because(why)
                .details(json!({ "webhook": webhook.id, "event": id, "attempts": delivery.attempts }))
        });
        let is_ours = self.store.settle_delivery(&taken, &ended, entry).await?;
        Ok(is_ours.then_some((ended.state, words)))
    }

    /// Posts a test event at once, and gives the receiver's answer. It is not kept among the deliveries.
    pub async fn test_webhook(&self, operator: &Operator, id: &str) -> Result<Answer, EngineError> {
        operator.check(UseCase::ChangeWebhook)?;
        let webhook = self.webhook_row(id).await?;
        let body = EventBody {
            id: format!("test-{}", self.new_id()),
            kind: "test",
            at: self.now(),
            installation: self.name.clone(),
            words: format!("{operator} tests the webhook \"{}\"", webhook.name),
            site: None,
            plan: None,
            run: None,
        };
        let text = serde_json::to_string(&body).map_err(EngineError::document("an event"))?;
        let failed = |error: PostError| EngineError::NotNow(format!("webhook \"{}\": {error}", webhook.name));
        let outlet = Webhooks::new(&self.webhooks).map_err(failed)?;
        self.post(&outlet, &webhook, body.kind, &body.id, &text).await?.map_err(failed)
    }

    async fn post(
        &self,
        outlet: &Webhooks,
        webhook: &WebhookRow,
        event: &str,
        event_id: &str,
        body: &str,
    ) -> Result<Result<Answer, PostError>, EngineError> {
        let url: Url = webhook.url.parse().map_err(|error| EngineError::Document {
            what: format!("the address of webhook \"{}\"", webhook.name),
            reason: format!("{error}"),
        })?;
        let at = self.now();
        let secrets = self.store.webhook_secrets(webhook, at).await?;
        Ok(outlet.post(&Post { url: &url, event, event_id, at, secrets: &secrets, body }).await)
    }
}

/// The first trouble is kept; the log tells each.
fn note(trouble: &mut Option<EngineError>, webhook: &str, error: EngineError) {
    tracing::warn!(%error, webhook, "a webhook could not be told");
    trouble.get_or_insert(error);
}

/// Does something while what is under way goes on: a delivery that is being settled holds the database, and nobody may wait for it who keeps it
/// from going on.
async fn meanwhile<T>(
    what: impl Future<Output = T>,
    under_way: &mut UnderWay<'_>,
    courier: &mut Courier,
    trouble: &mut Option<EngineError>,
) -> T {
    tokio::pin!(what);
    loop {
        tokio::select! {
            done = &mut what => return done,
            Some(ended) = under_way.next() => courier.note(ended, trouble),
        }
    }
}

impl Courier {
    fn note(&mut self, (webhook, ended): Ended, trouble: &mut Option<EngineError>) {
        match ended {
            Ok(Some((DeliveryState::Delivered, _))) => self.delivered += 1,
            Ok(Some((DeliveryState::Queued, words))) => self.later.push(words),
            Ok(Some((DeliveryState::Failed, words))) => self.failed.push(words),
            Ok(None) => {}
            Err(error) => note(trouble, &webhook, error),
        }
    }
}

/// What comes after a try.
fn judge(posted: Result<Answer, PostError>, delivery: &DeliveryRow, now: Timestamp) -> DeliveryTry {
    let (status, answer) = match posted {
        Ok(answer) if answer.is_taken() => {
            return DeliveryTry {
                state: DeliveryState::Delivered,
                status: Some(answer.status),
                answer: answer.excerpt,
                again_at: None,
            };
        }
        Ok(answer) => (Some(answer.status), answer.excerpt),
        Err(error) => (None, error.to_string()),
    };
    // What it says of this one event: that it cannot be read, is too large, of a wrong type, or makes no sense.
    let is_refused = matches!(status, Some(400 | 413 | 415 | 422)) && delivery.attempts >= TRIES_IF_REFUSED;
    if is_refused || now.duration_since(delivery.queued_at) >= PATIENCE {
        return DeliveryTry { state: DeliveryState::Failed, status, answer, again_at: None };
    }
    let again_at = Some(now + pause(delivery.attempts));
    DeliveryTry { state: DeliveryState::Queued, status, answer, again_at }
}

fn told(ended: &DeliveryTry) -> String {
    let status = ended.status.map(|status| format!("answered {status} ")).unwrap_or_default();
    format!("{status}{}", ended.answer).trim_end().to_owned()
}

fn pause(attempts: u32) -> SignedDuration {
    let doubled =
        FIRST_PAUSE.checked_mul(1_i32.checked_shl(attempts.saturating_sub(1).min(16)).unwrap_or(i32::MAX));
    doubled.unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_from_a_minute_to_six_hours() {
        assert_eq!([1, 2, 3, 9, 10, 99].map(|n| pause(n).as_mins()), [1, 2, 4, 256, 360, 360]);
    }
}
