//! Who has not been told the oldest part of the audit log yet: it is not dropped before.

use crate::{Engine, EngineError};
use jiff::SignedDuration;

/// A node that has told none of its files for so long is taken to be gone for good.
const GONE: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Somebody whom the audit log is told to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Behind {
    /// The last entry that they were told.
    pub(super) through: u64,
    /// Who it is, in words.
    who: String,
}

impl Behind {
    fn new(through: u64, who: impl Into<String>) -> Self {
        Self { through, who: who.into() }
    }

    /// Why so many entries stay although they are past their time.
    pub(super) fn holds_up(&self, stays: u64) -> String {
        format!(
            "{stays} more are past their time and stay: {} was told only up to entry {}; see `rollcall doctor`, or take it out of the configuration",
            self.who, self.through
        )
    }
}

impl Engine {
    /// Whoever is furthest behind of those that the audit log is told to now. What is no longer configured holds nothing up.
    pub(super) async fn furthest_behind(&self) -> Result<Option<Behind>, EngineError> {
        let mut all = self.outlets_behind().await?;
        for webhook in self.store.webhooks().await? {
            // What happens while one is off is passed over.
            if webhook.is_on {
                all.push(Behind::new(webhook.read_through, format!("webhook \"{}\"", webhook.name)));
            }
        }
        Ok(all.into_iter().min_by_key(|behind| behind.through))
    }

    /// The outlets of the configuration, the same files on other nodes, and the reports by mail.
    async fn outlets_behind(&self) -> Result<Vec<Behind>, EngineError> {
        let rows = self.store.audit_outlets().await?;
        let lately = self.now() - GONE;
        let mut all = Vec::new();
        for outlet in &self.outlets {
            let (cursor, words) = (self.cursor(outlet)?, format!("audit outlet \"{}\"", outlet.name));
            match rows.iter().find(|row| row.name == cursor) {
                Some(row) => all.push(Behind::new(row.told_through, &*words)),
                None => all.extend(outlet.begin.is_everything().then(|| Behind::new(0, &*words))),
            }
            let elsewhere = rows.iter().filter(|row| row.name != cursor && outlet.is_elsewhere(&row.name));
            for row in elsewhere.filter(|row| row.told_at.max(row.next_try_at).is_some_and(|at| at >= lately))
            {
                all.push(Behind::new(row.told_through, format!("{words} of another node ({})", row.name)));
            }
        }
        let reports = rows.iter().filter(|row| self.mail.is_some() && row.name == crate::mailing::REPORTS);
        all.extend(reports.map(|row| Behind::new(row.told_through, "the duty that mails reports of runs")));
        Ok(all)
    }
}
