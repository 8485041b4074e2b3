//! A policy: who, where, what, when, how much, and who is told (product.md §6).

mod approval;
mod combine;
mod limits;
mod notice;
mod period;
mod report_wish;
mod samples;
mod schedule;
mod schedule_words;
mod trigger;

pub use approval::Approval;
pub(crate) use combine::contradictions;
pub use limits::{Growth, LimitError, Limits, Percent};
pub use notice::Notice;
pub use period::{Period, PeriodError};
pub use report_wish::{Attachment, ReportWhen, ReportWish};
pub(crate) use schedule::time_zone;
pub use schedule::{Passed, Schedule, ScheduleError};
pub use trigger::{PollPeriod, PollPeriodError};

use crate::file;
use rollcall_model::{Action, ActionKind, GroupName, SiteName, Trigger};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};

/// Name, sites, criterion, actions, schedule, limits, approval and reporting. A value of this type read by [`crate::read_policies`], or
/// deserialised from JSON, has passed every check that needs no site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Policy {
    /// Short, stable, unique in the installation: letters, digits, `-`, `_` and `.`, at most 64.
    #[schemars(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"))]
    pub name: String,
    /// What it is for, in a sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The sites it works on; one plan for each.
    #[schemars(length(min = 1))]
    pub sites: Vec<SiteName>,
    /// Whether its runs only show what they would do.
    #[serde(default)]
    pub mode: Mode,
    /// The criterion that selects accounts; see docs/criteria.md.
    pub select: String,
    /// What is made true of each account, in this order.
    #[schemars(length(min = 1))]
    pub actions: Vec<Action>,
    /// When it runs. Absent: only when asked, or after the events of `on`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Schedule")]
    pub schedule: Option<Schedule>,
    /// It runs soon after such an event, for the accounts alone that the event is about: those of them that the criterion selects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<Trigger>,
    /// How soon: how often the site is looked at for events. Default 15m.
    #[serde(default, skip_serializing_if = "PollPeriod::is_default")]
    pub poll: PollPeriod,
    /// What the action `notify` tells, and what its link does. Absent: the defaults of the section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Notice")]
    pub notice: Option<Notice>,
    /// How much one run may do.
    #[serde(default)]
    pub limits: Limits,
    /// Whether somebody must agree first. Absent: nobody.
    #[serde(default, skip_serializing_if = "Approval::is_never")]
    pub approval: Approval,
    /// Who is told.
    #[serde(default)]
    pub report: ReportWish,
    /// Accounts younger than this, or enabled again more recently, are left alone. Default 7d.
    #[serde(default = "default_grace")]
    pub grace: Period,
    /// Groups whose members, nested ones included, this policy never changes, besides those that the site protects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub protected_groups: Vec<GroupName>,
    /// A snapshot older than this is made anew before the policy is planned. Default 24h.
    #[serde(default = "default_day")]
    pub snapshot_max_age: Period,
    /// A plan that was not applied within this time is refused. Default 24h.
    #[serde(default = "default_day")]
    pub plan_expiry: Period,
}

pub(crate) const fn default_grace() -> Period {
    Period::days(7)
}

pub(crate) const fn default_day() -> Period {
    Period::hours(24)
}

/// Whether runs write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// The whole pipeline up to the report, against a site that cannot be written to (I1).
    #[default]
    Test,
    /// Changes are made.
    Live,
}

impl Mode {
    pub(crate) const ALL: [(&'static str, Self); 2] = [("test", Self::Test), ("live", Self::Live)];

    /// The word of the policy file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Live => "live",
        }
    }
}

impl Policy {
    /// When it runs, in words: `every Saturday at 06:00, UTC`, `after login`; `None`: only when asked.
    pub fn when(&self) -> Option<String> {
        let events: Vec<&str> = self.on.iter().map(|trigger| trigger.as_str()).collect();
        let events = (!events.is_empty()).then(|| format!("after {}", events.join(" or ")));
        match (self.schedule.as_ref().map(Schedule::describe), events) {
            (Some(schedule), Some(events)) => Some(format!("{schedule}; {events}")),
            (schedule, events) => schedule.or(events),
        }
    }

    /// Whether it tells accounts' owners something.
    pub fn notifies(&self) -> bool {
        self.actions.iter().any(|action| action.kind() == ActionKind::Notify)
    }

    /// What the policy is, as a hash: the same whatever the spacing, comments, order of keys or spelling of a period in the file, and the
    /// same in test and in live mode, so that a test run speaks for the live one (I14). Everything else counts.
    pub fn version(&self) -> String {
        let mut canonical = self.clone();
        canonical.mode = Mode::Test;
        if let Ok(criterion) = rollcall_criteria::parse(&self.select) {
            canonical.select = criterion.to_string();
        }
        let text = serde_json::to_vec(&canonical).unwrap_or_default();
        hex::encode(Sha256::digest(text))
    }
}

impl<'de> Deserialize<'de> for Policy {
    /// Through the same reader as a policy file, so that there is one set of rules.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        file::policy_from_json(&value).map_err(serde::de::Error::custom)
    }
}
