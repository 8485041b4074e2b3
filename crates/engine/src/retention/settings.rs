//! How long what is kept.

use crate::{Engine, EngineError, Operator, UseCase};
use jiff::{SignedDuration, Timestamp};
use rollcall_audit::{EntryKind, Subject};
use rollcall_snapshot::Thinning;
use rollcall_store::{SettingChange, StoreError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The name of the setting.
const NAME: &str = "retention";

/// How long what is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Retention {
    /// Of how many days, weeks and months a snapshot of each site is kept. The newest always is, and whatever a plan or run still needs.
    pub snapshots: Thinning,
    /// For how many days the items and reports of runs that are over are kept, and the items of plans that never ran. At least 30.
    pub run_days: u32,
    /// For how many days mails that were sent are kept. At least 1.
    pub mail_days: u32,
    /// For how many years entries of the audit log are kept; `None` = for ever. At least 1.
    pub audit_years: Option<u32>,
}

impl Default for Retention {
    fn default() -> Self {
        Self { snapshots: Thinning::default(), run_days: 730, mail_days: 90, audit_years: None }
    }
}

/// So many days before an instant.
pub(super) fn days_before(now: Timestamp, days: u32) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MIN)
}

impl Retention {
    /// What is wrong with it, and where: the field and the sentence.
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        const MOST_DAYS: u32 = 36_500;
        match self {
            Self { run_days, .. } if !(30..=MOST_DAYS).contains(run_days) => {
                Some(("runDays", "runs are kept for 30 to 36,500 days"))
            }
            Self { mail_days, .. } if !(1..=MOST_DAYS).contains(mail_days) => {
                Some(("mailDays", "mails are kept for 1 to 36,500 days"))
            }
            Self { audit_years: Some(years), .. } if !(1..=100).contains(years) => {
                Some(("auditYears", "the audit log is kept for 1 to 100 years, or for ever"))
            }
            _ => None,
        }
    }

    /// From when on audit entries are kept.
    pub(super) fn audit_since(&self, now: Timestamp) -> Option<Timestamp> {
        self.audit_years.map(|years| days_before(now, years.saturating_mul(366)))
    }
}

impl Engine {
    /// How long what is kept.
    pub async fn retention(&self, operator: &Operator) -> Result<Retention, EngineError> {
        operator.check(UseCase::SeeRetention)?;
        self.stored_retention().await
    }

    pub(super) async fn stored_retention(&self) -> Result<Retention, EngineError> {
        read(self.store.setting(NAME).await?)
    }

    /// Sets how long what is kept. Drops nothing yet. `seen`: the setting as the operator looked at it; absent: whatever it is.
    pub async fn set_retention(
        &self,
        operator: &Operator,
        retention: &Retention,
        seen: Option<&Retention>,
    ) -> Result<(), EngineError> {
        operator.check(UseCase::ChangeRetention)?;
        if let Some((_, fault)) = retention.fault() {
            return Err(EngineError::NotNow(fault.to_owned()));
        }
        let stored = self.store.setting(NAME).await?;
        let before = read(stored.clone())?;
        if seen.is_some_and(|seen| *seen != before) {
            return Err(StoreError::Stale { what: "setting", name: NAME.to_owned() }.into());
        }
        let mut entry =
            self.draft(operator, EntryKind::SETTING_CHANGED, Subject::default(), "retention was changed");
        entry.before = Some(json!({ NAME: before }));
        entry.after = Some(json!({ NAME: retention }));
        let value = json!(retention);
        let change = SettingChange { name: NAME, seen: stored.as_ref(), value: &value };
        Ok(self.store.set_setting(change, self.now(), entry).await?)
    }
}

fn read(stored: Option<Value>) -> Result<Retention, EngineError> {
    let Some(value) = stored else { return Ok(Retention::default()) };
    serde_json::from_value(value).map_err(EngineError::document("the setting \"retention\""))
}
