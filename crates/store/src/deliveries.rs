//! What webhooks are told: one row for each event and webhook, made from the audit log together with the webhook's place in it, so that
//! none is left out and none is told twice by two processes. A webhook is told in order: while its oldest event waits, so do the others.

use crate::database::{execute, fetch_all, fetch_one, fetch_optional};
use crate::row::{column, instant, micros, number, optional_instant, storable, word};
use crate::words::DeliveryState;
use crate::{Store, StoreError, audit};
use jiff::Timestamp;
use rollcall_audit::Draft;

/// An event to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryDraft {
    /// Place of the audit entry it comes from.
    pub seq: u64,
    /// Kind of event.
    pub event: String,
    /// The body, as it is sent every time.
    pub body: String,
}

/// The delivery of an event to a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// The webhook.
    pub webhook: String,
    /// Place of the audit entry it comes from.
    pub seq: u64,
    /// Kind of event.
    pub event: String,
    /// The body.
    pub body: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// HTTP status of the last answer, if there was one.
    pub status: Option<u16>,
    /// The beginning of the last answer, or why there was none.
    pub answer: Option<String>,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// When it was last tried.
    pub tried_at: Option<Timestamp>,
    /// When it is tried next.
    pub next_try_at: Option<Timestamp>,
}

/// A delivery that was taken to be tried, and until when no other process takes the webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenDelivery {
    /// The delivery.
    pub delivery: DeliveryRow,
    /// Until when.
    pub busy_until: Timestamp,
}

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryTry {
    /// Whether the receiver took it, it is given up, or it is tried again.
    pub state: DeliveryState,
    /// HTTP status of the answer, if there was one.
    pub status: Option<u16>,
    /// The beginning of the answer, or why there was none.
    pub answer: String,
    /// When to try again.
    pub again_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    webhook: String,
    seq: i64,
    event: String,
    body: String,
    state: String,
    attempts: i64,
    status: Option<i64>,
    answer: Option<String>,
    queued_at: i64,
    tried_at: Option<i64>,
    next_try_at: Option<i64>,
}

impl Row {
    fn delivery(self) -> Result<DeliveryRow, StoreError> {
        let what = format!("delivery {} of webhook {}", self.seq, self.webhook);
        Ok(DeliveryRow {
            seq: number(self.seq, &what)?,
            state: word(DeliveryState::from_name(&self.state), &self.state, &what)?,
            attempts: number(self.attempts, &what)?,
            status: self.status.map(|status| number(status, &what)).transpose()?,
            queued_at: instant(self.queued_at, &what)?,
            tried_at: optional_instant(self.tried_at, &what)?,
            next_try_at: optional_instant(self.next_try_at, &what)?,
            webhook: self.webhook,
            event: self.event,
            body: self.body,
            answer: self.answer,
        })
    }
}

impl Store {
    /// Queues what a webhook is to be told of the entries behind `from` up to `through`. `false`: another process has read them for it.
    pub async fn queue_deliveries(
        &self,
        webhook: &str,
        from: u64,
        through: u64,
        deliveries: &[DeliveryDraft],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut writing = self.database.write().await?;
        let moved = execute!(
            &mut writing,
            "UPDATE webhooks SET read_through = $3 WHERE id = $1 AND read_through = $2",
            webhook,
            column(from),
            column(through),
        )?;
        if moved == 0 {
            return Ok(false);
        }
        for delivery in deliveries {
            execute!(
                &mut writing,
                "INSERT INTO webhook_deliveries (webhook, seq, event, body, state, attempts, queued_at, next_try_at)
                 VALUES ($1, $2, $3, $4, 'queued', 0, $5, $5)
                 ON CONFLICT DO NOTHING",
                webhook,
                column(delivery.seq),
                &delivery.event,
                &*storable(&delivery.body),
                micros(now),
            )?;
        }
        writing.commit().await?;
        Ok(true)
    }

    /// Takes the oldest open delivery of a webhook for which it is due, of a webhook that is on and that no other process has.
    pub async fn take_delivery(
        &self,
        now: Timestamp,
        busy_until: Timestamp,
    ) -> Result<Option<TakenDelivery>, StoreError> {
        let mut writing = self.database.write().await?;
        let taken: Option<(String,)> = fetch_optional!(
            &mut writing,
            "UPDATE webhooks SET busy_until = $2
             WHERE (busy_until IS NULL OR busy_until <= $1)
               AND id = (SELECT w.id FROM webhooks w JOIN webhook_deliveries d ON d.webhook = w.id
                         WHERE w.is_on AND (w.busy_until IS NULL OR w.busy_until <= $1)
                           AND d.state = 'queued' AND d.next_try_at <= $1
                           AND d.seq = (SELECT MIN(o.seq) FROM webhook_deliveries o
                                        WHERE o.webhook = w.id AND o.state = 'queued')
                         ORDER BY d.next_try_at, w.id LIMIT 1)
             RETURNING id",
            micros(now),
            micros(busy_until),
        )?;
        let Some((webhook,)) = taken else { return Ok(None) };
        let row: Option<Row> = fetch_optional!(
            &mut writing,
            "UPDATE webhook_deliveries SET attempts = attempts + 1, tried_at = $2
             WHERE webhook = $1 AND state = 'queued' AND next_try_at <= $2
               AND seq = (SELECT MIN(o.seq) FROM webhook_deliveries o WHERE o.webhook = $1 AND o.state = 'queued')
             RETURNING webhook, seq, event, body, state, attempts, status, answer, queued_at, tried_at, next_try_at",
            &webhook,
            micros(now),
        )?;
        // Somebody settled it between the two looks: nothing was taken.
        let Some(row) = row else { return Ok(None) };
        let delivery = row.delivery()?;
        writing.commit().await?;
        Ok(Some(TakenDelivery { delivery, busy_until }))
    }

    /// Records how a try ended, and lets go of the webhook. `false`: another process has taken the webhook over since.
    pub async fn settle_delivery(
        &self,
        taken: &TakenDelivery,
        ended: &DeliveryTry,
        entry: Option<Draft>,
    ) -> Result<bool, StoreError> {
        let delivery = &taken.delivery;
        let mut writing = self.database.write().await?;
        let freed = execute!(
            &mut writing,
            "UPDATE webhooks SET busy_until = NULL WHERE id = $1 AND busy_until = $2",
            &delivery.webhook,
            micros(taken.busy_until),
        )?;
        if freed == 0 {
            return Ok(false);
        }
        execute!(
            &mut writing,
            "UPDATE webhook_deliveries SET state = $3, status = $4, answer = $5, next_try_at = $6
             WHERE webhook = $1 AND seq = $2",
            &delivery.webhook,
            column(delivery.seq),
            ended.state.as_str(),
            ended.status.map(i64::from),
            &*storable(&ended.answer),
            ended.again_at.map(micros),
        )?;
        audit::append(&mut writing, entry.into_iter().collect()).await?;
        writing.commit().await?;
        Ok(true)
    }

    /// Has an event that was given up told again. One that waits or was taken is a conflict.
    pub async fn retry_delivery(
        &self,
        webhook: &str,
        seq: u64,
        now: Timestamp,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let done = execute!(
            &mut writing,
            "UPDATE webhook_deliveries SET state = 'queued', attempts = 0, queued_at = $3, next_try_at = $3
             WHERE webhook = $1 AND seq = $2 AND state = 'failed'",
            webhook,
            column(seq),
            micros(now),
        )?;
        if done == 0 {
            drop(writing);
            let delivery = self.delivery(webhook, seq).await?;
            let reason =
                format!("is {}: only what was given up is told again by hand", delivery.state.as_str());
            return Err(StoreError::Conflict { what: "event", name: seq.to_string(), reason });
        }
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    /// What became of one event.
    pub async fn delivery(&self, webhook: &str, seq: u64) -> Result<DeliveryRow, StoreError> {
        let row: Option<Row> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT webhook, seq, event, body, state, attempts, status, answer, queued_at, tried_at, next_try_at
             FROM webhook_deliveries WHERE webhook = $1 AND seq = $2",
            webhook,
            column(seq),
        )?;
        row.ok_or_else(|| StoreError::not_found("event", &seq))?.delivery()
    }

    /// What a webhook was told, newest first, from behind an event on.
    pub async fn deliveries(
        &self,
        webhook: &str,
        state: Option<DeliveryState>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<DeliveryRow>, StoreError> {
        let rows: Vec<Row> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT webhook, seq, event, body, state, attempts, status, answer, queued_at, tried_at, next_try_at
             FROM webhook_deliveries
             WHERE webhook = $1 AND ($2 IS NULL OR state = $2) AND seq < $3 ORDER BY seq DESC LIMIT $4",
            webhook,
            state.map(DeliveryState::as_str),
            before.map_or(i64::MAX, column),
            i64::from(limit),
        )?;
        rows.into_iter().map(Row::delivery).collect()
    }

    /// How many events wait for a webhook, and the oldest of them, which holds up the others.
    pub async fn waiting_deliveries(&self, webhook: &str) -> Result<(u64, Option<DeliveryRow>), StoreError> {
        let mut reading = self.database.read().await?;
        let (count,): (i64,) = fetch_one!(
            &mut reading,
            "SELECT COUNT(*) FROM webhook_deliveries WHERE webhook = $1 AND state = 'queued'",
            webhook
        )?;
        let oldest: Option<Row> = fetch_optional!(
            &mut reading,
            "SELECT webhook, seq, event, body, state, attempts, status, answer, queued_at, tried_at, next_try_at
             FROM webhook_deliveries WHERE webhook = $1 AND state = 'queued' ORDER BY seq LIMIT 1",
            webhook
        )?;
        Ok((number(count, "the events that wait")?, oldest.map(Row::delivery).transpose()?))
    }
}
