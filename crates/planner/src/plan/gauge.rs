//! Limits measured on a plan (I4), and whether it needs approval.

use super::steps::{Step, takes_away};
use crate::policy::{Approval, Limits};
use jiff::Timestamp;
use roaring::RoaringBitmap;
use rollcall_snapshot::{Activity, Snapshot};
use serde::{Deserialize, Serialize};

/// Which limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitKind {
    /// Accounts changed at most.
    Accounts,
    /// Accounts changed at most, in percent of the site.
    Percent,
    /// Accounts changed at most, compared with the last run.
    Growth,
    /// Nobody active more recently than this may lose anything.
    MinimumIdle,
}

/// One limit and what the plan comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct LimitCheck {
    /// Which limit.
    pub limit: LimitKind,
    /// As the policy writes it: `200`, `5`, `3x`, `30d`.
    pub setting: String,
    /// How many accounts it allows here.
    pub allowed: u32,
    /// How many there are.
    pub found: u32,
    /// Whether it is kept.
    pub is_kept: bool,
    /// In words, with the remedy where it is not kept.
    pub words: String,
}

/// The limits of a plan, measured. Stored with it: apply looks here before its first write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct LimitReport {
    /// Each limit that applies.
    pub checks: Vec<LimitCheck>,
    /// So many accounts are worked first, alone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub canary: Option<u32>,
    /// The run stops when so many items have failed.
    pub failures: u32,
}

impl LimitReport {
    /// Whether a limit is exceeded: nothing of the plan may be applied.
    pub fn is_blocked(&self) -> bool {
        self.checks.iter().any(|check| !check.is_kept)
    }

    /// Every limit that is exceeded.
    pub fn exceeded(&self) -> impl Iterator<Item = &LimitCheck> {
        self.checks.iter().filter(|check| !check.is_kept)
    }
}

/// Whether a plan needs approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ApprovalNeed {
    /// Somebody must approve it.
    pub is_needed: bool,
    /// The number of accounts above which the order asks for approval; `None`: never.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub above: Option<u32>,
    /// By somebody other than who asked for it.
    pub second_person: bool,
}

impl ApprovalNeed {
    pub(super) fn of(approval: &Approval, accounts: u32) -> Self {
        Self {
            is_needed: approval.above.is_some_and(|above| accounts > above),
            above: approval.above,
            second_person: approval.second_person,
        }
    }
}

/// Measures the steps of a plan against its limits.
pub(super) fn measure(
    snapshot: &Snapshot,
    steps: &[Step],
    accounts: u32,
    limits: &Limits,
    previous: Option<u32>,
    now: Timestamp,
) -> LimitReport {
    let mut checks = Vec::new();
    if let Some(most) = limits.accounts {
        checks.push(check(
            LimitKind::Accounts,
            most.to_string(),
            most,
            accounts,
            || format!("{accounts} accounts would be changed; the limit is {most}"),
            "narrow the criterion or raise `limits.accounts`",
        ));
    }
    let total = snapshot.len();
    let most = limits.percent.of(total);
    checks.push(check(
        LimitKind::Percent,
        limits.percent.to_string(),
        most,
        accounts,
        || {
            format!(
                "{accounts} of the site's {total} accounts would be changed; the limit is {} % = {most}",
                limits.percent
            )
        },
        "narrow the criterion or raise `limits.percent`",
    ));
    if let Some(previous) = previous {
        let most = limits.growth.of(previous);
        checks.push(check(
            LimitKind::Growth,
            limits.growth.to_string(),
            most,
            accounts,
            || format!("{accounts} accounts would be changed, the last run changed {previous}; the limit is {} = {most}", limits.growth),
            "find out what has changed at the site, or raise `limits.growth`",
        ));
    }
    if !limits.minimum_idle.is_zero() {
        let recent = recently_active(snapshot, steps, limits, now);
        let idle = limits.minimum_idle;
        checks.push(check(
            LimitKind::MinimumIdle,
            idle.to_string(),
            0,
            recent,
            || format!("{recent} accounts that would lose something were active within the last {idle}"),
            "add `idle` to the criterion, or set `limits.minimum-idle` lower if that is meant",
        ));
    }
    LimitReport { checks, canary: limits.canary, failures: limits.failures }
}

fn check(
    limit: LimitKind,
    setting: String,
    allowed: u32,
    found: u32,
    words: impl FnOnce() -> String,
    remedy: &str,
) -> LimitCheck {
    let is_kept = found <= allowed;
    let words = if is_kept { words() } else { format!("{}: {remedy}", words()) };
    LimitCheck { limit, setting, allowed, found, is_kept, words }
}

/// How many accounts lose something although they are known to have been active within the minimum idle time. Unknown activity is no
/// known activity: whether such accounts are selected at all is the criterion's affair (I3).
fn recently_active(snapshot: &Snapshot, steps: &[Step], limits: &Limits, now: Timestamp) -> u32 {
    let idle = limits.minimum_idle.duration();
    let losing: RoaringBitmap = steps.iter().filter(|s| takes_away(&s.change)).map(|s| s.account).collect();
    let is_recent = |index: &u32| match snapshot.account(*index).last(None) {
        Activity::At { at, .. } | Activity::AtLeast { at, .. } => now.duration_since(at) < idle,
        Activity::Never { .. } | Activity::Unknown => false,
    };
    losing.iter().filter(is_recent).count() as u32
}
