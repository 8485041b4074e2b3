//! An event that was given up is told again, because somebody wants it.

use super::{DeliveryView, events, view_delivery};
use crate::{Engine, EngineError, Operator, UseCase};
use rollcall_audit::{EntryKind, Subject};
use serde_json::json;

impl Engine {
    /// Has an event told again that was given up; it is tried as patiently as a new one. Gives the delivery as it is then.
    pub async fn retry_delivery(
        &self,
        operator: &Operator,
        webhook: &str,
        delivery: &str,
    ) -> Result<DeliveryView, EngineError> {
        operator.check(UseCase::ChangeWebhook)?;
        let webhook = self.webhook_row(webhook).await?;
        let seq = events::seq_of(delivery, &webhook.id).ok_or_else(|| EngineError::NotFound {
            what: "delivery",
            name: rollcall_model::plain(delivery).into_owned(),
            remedy: format!(" of webhook \"{}\"", webhook.name),
        })?;
        let told = self.store.delivery(&webhook.id, seq).await?;
        let why = format!("webhook \"{}\" is told of {} again", webhook.name, told.event);
        let mut entry = self.draft(operator, EntryKind::WEBHOOK_RETRIED, Subject::default(), why);
        entry.details = json!({ "webhook": webhook.id, "event": delivery });
        self.store.retry_delivery(&webhook.id, seq, self.now(), entry).await?;
        Ok(view_delivery(self.store.delivery(&webhook.id, seq).await?))
    }
}
