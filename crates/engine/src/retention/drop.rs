//! Dropping what is past its time, kind by kind, each with its audit entry.

use super::Retention;
use super::settings::days_before;
use crate::{Engine, EngineError, Operator, UseCase, about_site};
use jiff::Timestamp;
use rollcall_audit::{Draft, Dropped, EntryKind, Subject};
use rollcall_model::{PlanId, RunId};
use rollcall_store::{Gone, Past, SnapshotRow};
use serde_json::json;

/// How many ids stand in one entry.
const AT_ONCE: u32 = 200;

/// For how many days jobs that are over are kept: what they did is in the runs and in the audit log.
const JOB_DAYS: u32 = 90;

/// How many are asked for at once: whoever only counts asks for all.
const fn most(dry_run: bool) -> u32 {
    if dry_run { u32::MAX } else { AT_ONCE }
}

/// What was, or would be, dropped of one kind.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Dropping {
    /// Of which kind: `snapshots`, `runs`, `plans`, `mails`, …
    pub what: &'static str,
    /// How many.
    pub count: u64,
    /// Which, in words.
    pub which: String,
    /// Why not more, where something that is past its time has to stay.
    pub held: Option<String>,
}

impl Dropping {
    fn new(what: &'static str, count: u64, which: String) -> Self {
        Self { what, count, which, held: None }
    }
}

impl Engine {
    /// Drops what is past its time; with `dry_run` only tells what would be dropped.
    #[tracing::instrument(name = "retention", skip_all)]
    pub async fn retain(&self, operator: &Operator, dry_run: bool) -> Result<Vec<Dropping>, EngineError> {
        operator.check(UseCase::RunRetention)?;
        let retention = self.stored_retention().await?;
        let now = self.now();
        let mut dropped = vec![self.thin_snapshots(operator, &retention, now, dry_run).await?];
        let before = days_before(now, retention.run_days);
        dropped.push(self.drop_runs(operator, before, now, dry_run).await?);
        dropped.push(self.drop_plans(operator, before, now, dry_run).await?);
        for past in Past::ALL {
            dropped.push(self.drop_past(operator, *past, &retention, now, dry_run).await?);
        }
        if let Some(before) = retention.audit_since(now) {
            dropped.push(self.drop_audit(operator, before, dry_run).await?);
        }
        dropped.retain(|dropping| dropping.count > 0 || dropping.held.is_some());
        Ok(dropped)
    }

    async fn thin_snapshots(
        &self,
        operator: &Operator,
        retention: &Retention,
        now: Timestamp,
        dry_run: bool,
    ) -> Result<Dropping, EngineError> {
        let needed = self.store.snapshots_needed(now).await?;
        let (mut count, mut which) = (0, Vec::new());
        for site in self.store.sites().await? {
            let snapshots = self.store.snapshots(&site.id).await?;
            let taken: Vec<_> = snapshots.iter().map(|snapshot| snapshot.taken_at).collect();
            let kept = rollcall_snapshot::kept(&taken, retention.snapshots);
            let past: Vec<&SnapshotRow> = snapshots
                .iter()
                .zip(kept)
                .filter(|(snapshot, kept)| !kept && !needed.contains(&snapshot.id))
                .map(|(snapshot, _)| snapshot)
                .collect();
            let mut dropped = 0;
            for snapshot in &past {
                dropped += u64::from(dry_run || self.drop_snapshot(operator, snapshot, now).await?);
            }
            if dropped > 0 {
                which.push(format!("{dropped} of {}", site.name));
            }
            count += dropped;
        }
        Ok(Dropping::new("snapshots", count, which.join(", ")))
    }

    async fn drop_snapshot(
        &self,
        operator: &Operator,
        snapshot: &SnapshotRow,
        now: Timestamp,
    ) -> Result<bool, EngineError> {
        let subject = Subject { snapshot: Some(snapshot.id.clone()), ..about_site(&snapshot.site) };
        let why = format!("thinned out by retention; it showed {}", snapshot.taken_at);
        let mut entry = self.draft(operator, EntryKind::SNAPSHOT_DELETED, subject, why);
        entry.before = Some(json!({
            "takenAt": snapshot.taken_at, "hash": snapshot.hash, "accounts": snapshot.accounts,
        }));
        Ok(self.store.drop_snapshot(&snapshot.id, now, entry).await?)
    }

    async fn drop_runs(
        &self,
        operator: &Operator,
        before: Timestamp,
        now: Timestamp,
        dry_run: bool,
    ) -> Result<Dropping, EngineError> {
        let which = format!("items and reports of runs over before {before:.0}");
        let mut count = 0;
        loop {
            let runs = self.store.old_runs(before, most(dry_run)).await?;
            let found = runs.len() as u64;
            if dry_run || runs.is_empty() {
                count += found;
                break;
            }
            let entry = |gone: &[&RunId]| {
                self.gone(operator, "runs", gone.len() as u64, which.clone(), json!({ "ids": gone }))
            };
            let dropped = self.store.drop_items_of(&runs, before, now, entry).await?;
            count += dropped;
            // Those that went on meanwhile would be found for ever.
            if dropped == 0 {
                break;
            }
        }
        Ok(Dropping::new("runs", count, which))
    }

    async fn drop_plans(
        &self,
        operator: &Operator,
        before: Timestamp,
        now: Timestamp,
        dry_run: bool,
    ) -> Result<Dropping, EngineError> {
        let which = format!("items of plans that expired before {before:.0} and never ran");
        let mut count = 0;
        loop {
            let plans = self.store.old_plans(before, most(dry_run)).await?;
            let found = plans.len() as u64;
            if dry_run || plans.is_empty() {
                count += found;
                break;
            }
            let entry = |gone: &[&PlanId]| {
                self.gone(operator, "plans", gone.len() as u64, which.clone(), json!({ "ids": gone }))
            };
            let dropped = self.store.drop_plans(&plans, now, entry).await?;
            count += dropped;
            if dropped == 0 {
                break;
            }
        }
        Ok(Dropping::new("plans", count, which))
    }

    async fn drop_past(
        &self,
        operator: &Operator,
        past: Past,
        retention: &Retention,
        now: Timestamp,
        dry_run: bool,
    ) -> Result<Dropping, EngineError> {
        let (what, days, words) = match past {
            Past::SentMails => ("mails", retention.mail_days, "sent"),
            Past::EndedJobs => ("jobs", JOB_DAYS, "over"),
            Past::SettledDeliveries => ("deliveries", retention.mail_days, "told or given up, of"),
        };
        let before = days_before(now, days);
        let which = |gone: Gone| match (gone.oldest, gone.newest) {
            (Some(oldest), Some(newest)) => format!("{words} from {oldest:.0} to {newest:.0}"),
            _ => format!("{words} before {before:.0}"),
        };
        let gone = if dry_run {
            self.store.past(past, before).await?
        } else {
            let entry = |gone: Gone| {
                let range = json!({ "from": gone.oldest, "to": gone.newest });
                self.gone(operator, what, gone.count, which(gone), range)
            };
            self.store.drop_past(past, before, entry).await?
        };
        Ok(Dropping::new(what, gone.count, which(gone)))
    }

    async fn drop_audit(
        &self,
        operator: &Operator,
        before: Timestamp,
        dry_run: bool,
    ) -> Result<Dropping, EngineError> {
        let behind = self.furthest_behind().await?;
        let through = behind.as_ref().map_or(u64::MAX, |behind| behind.through);
        let past = self.store.old_audit(before, u64::MAX).await?;
        let found = if dry_run {
            self.store.old_audit(before, through).await?
        } else {
            let entry = |last: rollcall_audit::Head, count: u64| {
                let why = format!(
                    "entries {} to {} were dropped: older than {before}",
                    last.seq + 1 - count,
                    last.seq
                );
                let entry = self.draft(operator, EntryKind::AUDIT_DROPPED, Subject::default(), why);
                entry.details(Dropped::details(last, count))
            };
            self.store.drop_audit(before, through, entry).await?
        };
        let (count, which) = found.map_or_else(Default::default, |(last, count)| {
            (count, format!("entries {} to {}", last.seq + 1 - count, last.seq))
        });
        let stays = past.map_or(0, |(_, past)| past).saturating_sub(count);
        let held = behind.filter(|_| stays > 0).map(|behind| behind.holds_up(stays));
        Ok(Dropping { held, ..Dropping::new("audit", count, which) })
    }

    /// The entry about what goes.
    fn gone(
        &self,
        operator: &Operator,
        what: &str,
        count: u64,
        why: String,
        details: serde_json::Value,
    ) -> Draft {
        let mut entry = self.draft(operator, EntryKind::RETENTION_DROPPED, Subject::default(), why);
        entry.details = details;
        entry.details["what"] = json!(what);
        entry.details["count"] = json!(count);
        entry
    }
}
