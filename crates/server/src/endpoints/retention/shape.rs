//! Retention as the API shows and takes it.

use crate::extract::Tag;
use rollcall_engine::{Retention as Kept, Thinning};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How long what is kept.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({
    "snapshots": { "daily": 7, "weekly": 5, "monthly": 12 }, "runDays": 730, "mailDays": 90, "auditYears": null
}))]
pub(crate) struct Retention {
    /// Of how many days, weeks and months a snapshot of each site is kept.
    pub(crate) snapshots: Snapshots,
    /// For how many days the items and reports of runs that are over are kept.
    #[schema(minimum = 30, maximum = 36_500, example = 730)]
    pub(crate) run_days: u32,
    /// For how many days mails that were sent are kept.
    #[schema(minimum = 1, maximum = 36_500, example = 90)]
    pub(crate) mail_days: u32,
    /// For how many years entries of the audit log are kept; `null` = for ever.
    #[schema(minimum = 1, maximum = 100, required = true)]
    pub(crate) audit_years: Option<u32>,
}

/// Which snapshots are kept.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Snapshots {
    /// Of so many days.
    #[schema(maximum = 65_535, example = 7)]
    daily: u16,
    /// Of so many weeks.
    #[schema(maximum = 65_535, example = 5)]
    weekly: u16,
    /// Of so many months.
    #[schema(maximum = 65_535, example = 12)]
    monthly: u16,
}

impl From<Kept> for Retention {
    fn from(kept: Kept) -> Self {
        let Thinning { daily, weekly, monthly } = kept.snapshots;
        Self {
            snapshots: Snapshots { daily, weekly, monthly },
            run_days: kept.run_days,
            mail_days: kept.mail_days,
            audit_years: kept.audit_years,
        }
    }
}

impl From<Retention> for Kept {
    fn from(asked: Retention) -> Self {
        let Snapshots { daily, weekly, monthly } = asked.snapshots;
        Self {
            snapshots: Thinning { daily, weekly, monthly },
            run_days: asked.run_days,
            mail_days: asked.mail_days,
            audit_years: asked.audit_years,
        }
    }
}

/// The tag of the setting.
pub(crate) fn tag(kept: &Kept) -> Tag {
    Tag::of(kept)
}
