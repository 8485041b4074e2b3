//! What is past its time.

use super::{Finding, Health, finding};
use crate::{Engine, EngineError, Operator};

impl Engine {
    pub(super) async fn examine_retention(&self, operator: &Operator) -> Result<Finding, EngineError> {
        let past = self.retain(operator, true).await?;
        if let Some(held) = past.iter().find_map(|dropping| dropping.held.as_ref()) {
            return Ok(finding("retention", Health::Warning, format!("the audit log: {held}"), ""));
        }
        let words: Vec<_> =
            past.iter().map(|dropping| format!("{} {}", dropping.count, dropping.what)).collect();
        let found = if words.is_empty() {
            "nothing is past its time".to_owned()
        } else {
            format!(
                "{} are past their time; dropped by `rollcall serve` once a day, or by `rollcall retention run`",
                words.join(", ")
            )
        };
        Ok(finding("retention", Health::Good, found, ""))
    }
}
