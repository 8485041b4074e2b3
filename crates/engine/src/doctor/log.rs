//! The audit log and the clock that its instants come from.

use super::{Finding, Health, finding};
use crate::{Engine, EngineError, Operator};
use jiff::SignedDuration;

impl Engine {
    pub(super) async fn examine_audit(&self) -> Finding {
        match self.store.verify_audit([]).await {
            Ok(Ok(verified)) => {
                let dropped = verified.dropped.map_or_else(String::new, |dropped| {
                    let (last, by) = (dropped.last.seq, rollcall_model::plain(&dropped.by).into_owned());
                    format!("; entries 1 to {last} were dropped by retention at {:.0} by {by}", dropped.at)
                });
                finding(
                    "audit log",
                    Health::Good,
                    format!("whole, {} entries{dropped}", verified.head.seq),
                    "",
                )
            }
            Ok(Err(broken)) => finding(
                "audit log",
                Health::Bad,
                broken.to_string(),
                "somebody changed the database by hand; compare with a backup and with the head in your report mails",
            ),
            Err(error) => finding("audit log", Health::Bad, error.to_string(), "repair the database first"),
        }
    }

    /// The clock must not stand before what was already written: plans would never expire and leases never run out.
    pub(super) async fn examine_clock(&self, operator: &Operator) -> Result<Finding, EngineError> {
        let query = crate::AuditQuery { limit: 1, ..crate::AuditQuery::default() };
        let newest = self.audit(operator, &query).await?.first().map(|entry| entry.at);
        let now = self.now();
        Ok(match newest {
            Some(newest) if newest > now + SignedDuration::from_secs(60) => finding(
                "clock",
                Health::Bad,
                format!("says {now}, but the audit log has an entry of {newest}"),
                "set the machine's clock, best by NTP",
            ),
            _ => finding("clock", Health::Good, format!("{now:.0}"), ""),
        })
    }
}
