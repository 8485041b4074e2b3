//! Working on a run: take its lease, read everything afresh, let the loop work, tell what happened.

use crate::apply::{self, Doer, Freezes, Item, Pass, Performer, Reason, Tester, Wrong};
use crate::killpoint;
use crate::reports::expected_status;
use crate::runs::{RunCounts, RunEnd, ShowItems, policy_of, run_subject};
use crate::sites::OpenedSite;
use crate::{Engine, EngineError, MadePlan, Operator};
use jiff::Timestamp;
use rollcall_audit::EntryKind;
use rollcall_model::{AccountKey, Change, GroupName, ItemState, RunId};
use rollcall_planner::{Mode, Origin, Plan, Policy, Standing};
use rollcall_report::RunReport;
use rollcall_snapshot::Snapshot;
use rollcall_store::{ItemRow, Lease, RunRow, RunState, StoreError};
use serde_json::json;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// What a run that was stopped by a freeze waits for, as it is kept with the run.
pub(crate) const WAITS_FOR_FREEZE: &str = "freeze";
/// What a run has stopped at that too many items of failed: whoever lets it go on then gives it a new allowance.
const AT_FAILURES: &str = "failures";

/// How many accounts are worked on at once. While some wait for the site, the intents and outcomes of the others share a flush to disk;
/// so there are more of them than requests under way. Whoever asks for one request at a time means one account after the other.
fn at_once(requests: u16) -> usize {
    const IN_HAND: usize = 3;
    if requests > 1 { usize::from(requests) * IN_HAND } else { 1 }
}

impl Engine {
    /// Takes a run and works on it to its end, wherever it stands: the one way, for a new run and for one that was left behind.
    #[tracing::instrument(name = "run", skip_all, fields(%run, site = tracing::field::Empty))]
    pub(crate) async fn work(
        &self,
        operator: &Operator,
        run: &RunId,
        show: ShowItems,
    ) -> Result<(RunReport, RunEnd), EngineError> {
        let row = self.store.run(run).await?;
        tracing::Span::current().record("site", row.site.as_str());
        self.check_content(&row.plan).await?;
        let Some(_lock) = self.locks.take(run)? else {
            return Err(EngineError::InHand { run: run.to_string() });
        };
        self.free_owned_here(&row).await?;
        let lease = self.take_lease(operator, &row).await?;
        killpoint::reach("run-taken");
        let made = self.stored_plan(&row.plan).await?;
        let reason = match self.prepare(operator, &made, &row, &lease, show).await {
            Ok(pass) => {
                let reason = pass.work().await;
                if let Some(Reason::Site(error)) = &reason {
                    self.note_trouble(operator, &made.site, error).await;
                }
                reason
            }
            Err(EngineError::Site { site, error }) => {
                self.note_trouble(operator, &site, &error).await;
                Some(Reason::Site(error))
            }
            Err(error) => {
                let _ = self.store.release(lease).await;
                return Err(error);
            }
        };
        killpoint::reach("all-recorded");
        self.finish(operator, &made, &row, lease, reason).await
    }

    /// Takes the lease of a run, as soon as no other live run is being worked on at its site.
    async fn take_lease(&self, operator: &Operator, row: &RunRow) -> Result<Lease, EngineError> {
        let owner = format!("{}#{}", self.locks.signature()?, self.new_id());
        loop {
            if row.mode == rollcall_store::Mode::Live {
                self.wait_for_site(operator, &row.site, Some(&row.id)).await?;
            }
            let entry = self.draft(operator, EntryKind::RUN_TAKEN, run_subject(row), "begins to work on it");
            match self.store.take_run(&row.id, &owner, self.now(), apply::LEASE, entry).await {
                // Somebody was quicker.
                Err(StoreError::SiteHeld { .. }) if operator.job().is_none() => {}
                taken => return Ok(taken?),
            }
        }
    }

    /// Everything the loop needs, read afresh: open items, the site, what is protected now.
    async fn prepare(
        &self,
        operator: &Operator,
        made: &MadePlan,
        run: &RunRow,
        lease: &Lease,
        show: ShowItems,
    ) -> Result<Pass, EngineError> {
        let plan = &made.plan;
        self.check_refusal(operator, &self.site_row(&made.site).await?).await?;
        let opened = self.open_site(&made.site).await?;
        let snapshot = self.load_snapshot(&plan.snapshot).await?;
        if plan.mode == Mode::Live {
            self.check_site(&opened, plan).await?;
        }
        let open = self.all_items(&run.id, &[ItemState::Pending, ItemState::Started]).await?;
        let wrong = [ItemState::Drifted, ItemState::Refused, ItemState::Failed, ItemState::Unknown];
        let wrong = self.all_items(&run.id, &wrong).await?;
        let settled = plan.items.len().saturating_sub(open.len());
        let exempt = self.exempt_now(&opened, &snapshot).await?;
        let protected =
            protected_groups(&opened, &snapshot, self.policy_of_plan(plan).await?.as_ref(), exempt.groups);
        let performer: Box<dyn Performer> = match plan.mode {
            Mode::Test => Box::new(Tester::new(Arc::clone(&opened.site))),
            Mode::Live => {
                let notifier = self.notifier(plan, run, &opened).await?;
                Box::new(Doer::new(Arc::clone(&opened.site), notifier))
            }
        };
        Ok(Pass {
            store: self.store.clone(),
            lease: lease.clone(),
            clock: Arc::clone(&self.clock),
            performer,
            accounts_at_once: at_once(opened.settings.pacing.concurrency),
            items: items(plan, &snapshot, &open),
            failed_before: failures(&wrong, run.failures_since),
            wrong_before: first_wrong(wrong),
            settled_before: u32::try_from(settled).unwrap_or(u32::MAX),
            failure_limit: Some(plan.limits.failures).filter(|n| *n > 0 && plan.mode == Mode::Live),
            canary: plan.limits.canary.filter(|_| plan.mode == Mode::Live && settled == 0),
            idle_since: rests_on_inactivity(plan).then_some(plan.snapshot_taken_at),
            protected,
            exempt: exempt.accounts,
            freezes: Arc::new(Freezes::of(
                made.site.clone(),
                crate::freezes::freezes(&self.store).await?,
                plan.mode == Mode::Live && !run.during_freeze,
            )),
            closing: self.closing.subscribe(),
            progress: show,
        })
    }

    /// A live run begins only at a site that still is what it was, and takes writes.
    async fn check_site(&self, opened: &OpenedSite, plan: &Plan) -> Result<(), EngineError> {
        let profile = opened.site.probe().await.map_err(EngineError::site(&opened.row.name))?;
        self.note_answer(&opened.row).await;
        crate::sites::check_clock(&opened.row.name, opened.site.server_time(), self.now())?;
        let writes = plan.items.iter().any(|item| item.change != Change::Notify);
        if writes && profile.access_mode == rollcall_model::AccessMode::ReadOnly {
            let reason =
                "writes are switched off there; switch the access mode back, then resume the run".to_owned();
            return Err(EngineError::site(&opened.row.name)(rollcall_site::SiteError::ReadOnlyMode {
                reason,
            }));
        }
        let kinds: BTreeSet<_> = plan.items.iter().map(|item| item.change.kind()).collect();
        for kind in kinds {
            if let Some(reason) = profile.support(kind).refusal() {
                let reason = reason.to_owned();
                return Err(EngineError::site(&opened.row.name)(rollcall_site::SiteError::Unsupported {
                    action: kind,
                    reason,
                }));
            }
        }
        Ok(())
    }

    async fn finish(
        &self,
        operator: &Operator,
        made: &MadePlan,
        row: &RunRow,
        lease: Lease,
        reason: Option<Reason>,
    ) -> Result<(RunReport, RunEnd), EngineError> {
        let run = &row.id;
        let because = reason.as_ref().map(Reason::words);
        match &reason {
            Some(Reason::LeaseLost) => {
                return Err(EngineError::Store(StoreError::LeaseLost { run: run.clone() }));
            }
            Some(Reason::Store(_) | Reason::Closing) => {
                // Nothing can be written, perhaps not even this; or somebody else goes on at once. The run stays resumable either way.
                let _ = self.store.release(lease).await;
                return Err(EngineError::Interrupted {
                    run: run.to_string(),
                    reason: because.unwrap_or_default(),
                });
            }
            _ => {}
        }
        let ended = self.store.run(run).await?;
        let counts = ended.counts;
        let because = match (&reason, ended.stop_reason) {
            // Whichever worker heard of it first, the words are those of whoever asked.
            (Some(Reason::Asked(_)), Some(asked)) => Some(asked),
            _ => because,
        };
        let (state, kind) = match &reason {
            // A reason to stop that came when there was nothing left to do has stopped nothing.
            _ if counts.open() == 0 => (RunState::Done, EntryKind::RUN_FINISHED),
            Some(Reason::Site(_)) => (RunState::Failed, EntryKind::RUN_FAILED),
            _ => (RunState::Stopped, EntryKind::RUN_STOPPED),
        };
        let because = because.filter(|_| state != RunState::Done);
        let mut kept = json!({ "stoppedBecause": because });
        match &reason {
            Some(Reason::Site(error)) if state == RunState::Failed => kept["code"] = json!(error.code()),
            Some(Reason::Failures { .. } | Reason::Canary { .. }) if state == RunState::Stopped => {
                kept["stoppedAt"] = json!(AT_FAILURES);
            }
            Some(Reason::Frozen(_)) if state == RunState::Stopped => {
                kept["waitsFor"] = json!(WAITS_FOR_FREEZE);
            }
            _ => {}
        }
        let mut entry = self.draft(
            operator,
            kind,
            run_subject(row),
            because.clone().unwrap_or_else(|| "every item has its outcome".to_owned()),
        );
        entry.details = json!({ "counts": BTreeMap::from(counts) });
        if let Some(Reason::Frozen(frozen)) = &reason
            && state == RunState::Stopped
            && operator.job().is_none()
        {
            // Queued before the run is stopped: a job that finds it under way goes on with it all the same.
            self.resume_later(operator, run, frozen.until).await?;
        }
        let mut entries = vec![entry];
        if let (RunState::Stopped, Some(Reason::Failures { .. } | Reason::Canary { .. })) = (state, &reason) {
            let why = because.unwrap_or_default();
            entries.push(self.draft(operator, EntryKind::LIMIT_HIT, run_subject(row), why));
        }
        match policy_of(&made.plan).filter(|_| state == RunState::Done && made.plan.mode == Mode::Test) {
            Some((name, version)) => {
                let why = format!("a test run of version {version} is done");
                let tested = self.draft(operator, EntryKind::POLICY_TESTED, run_subject(row), why);
                let of = (name, version, tested);
                self.store.finish_test_run(&lease, Some(&kept), self.now(), entries, of).await?;
            }
            None => self.store.finish_run(&lease, state, Some(&kept), self.now(), entries).await?,
        }
        let report = self.report_of(run).await?;
        killpoint::reach("report-stored");
        // Whoever sends mail next finds it in the audit log; so a report that cannot be queued now is not lost.
        if let Err(error) = self.queue_run_reports().await {
            tracing::warn!(%error, %run, "the report of the run could not be queued yet");
        }
        Ok((report, end(state, &counts, reason.as_ref())))
    }

    /// Exemptions as they are now, whatever they were when the plan was made.
    async fn exempt_now(&self, opened: &OpenedSite, snapshot: &Snapshot) -> Result<Exempt, EngineError> {
        let facts = self.facts(&opened.row, rollcall_snapshot::History::advance(None, snapshot)).await?;
        let now = self.now();
        let mut exempt = Exempt::default();
        for exemption in facts.exemptions.into_iter().filter(|e| e.is_in_force(now)) {
            match exemption.subject {
                rollcall_snapshot::ExemptSubject::Account(key) => {
                    exempt.accounts.insert(key, exemption.reason);
                }
                rollcall_snapshot::ExemptSubject::Group(group) => exempt.groups.push(group),
            }
        }
        Ok(exempt)
    }
}

/// Whether a run has stopped because too many of its items failed.
pub(crate) fn stopped_at_failures(run: &RunRow) -> bool {
    run.report.as_ref().is_some_and(|report| report["stoppedAt"] == AT_FAILURES)
}

/// How many items of earlier passes count towards the limit of failures.
fn failures(wrong: &[ItemRow], since: Option<Timestamp>) -> u32 {
    let counts = |item: &&ItemRow| {
        apply::is_failure(item.state, item.code.as_deref())
            && since.is_none_or(|since| item.finished_at.is_some_and(|at| at > since))
    };
    u32::try_from(wrong.iter().filter(counts).count()).unwrap_or(u32::MAX)
}

/// Of each account the first item that went wrong. Items come in the plan's order.
fn first_wrong(items: Vec<ItemRow>) -> HashMap<AccountKey, Wrong> {
    let mut first = HashMap::new();
    for ItemRow { seq, account, change, state, .. } in items {
        first.entry(account).or_insert(Wrong { seq, change, state });
    }
    first
}

#[derive(Default)]
struct Exempt {
    accounts: BTreeMap<AccountKey, String>,
    groups: Vec<GroupName>,
}

/// Protected and exempt groups with all groups inside them, as far as the snapshot knows them.
fn protected_groups(
    opened: &OpenedSite,
    snapshot: &Snapshot,
    policy: Option<&Policy>,
    exempt: Vec<GroupName>,
) -> BTreeSet<GroupName> {
    let of_policy = policy.map(|p| p.protected_groups.clone()).unwrap_or_default();
    let named = opened.settings.protected_groups.iter().cloned().chain(of_policy).chain(exempt);
    let mut open: Vec<_> = named.filter_map(|name| snapshot.find_group(name.as_str())).collect();
    let (mut seen, mut closure) = (BTreeSet::new(), BTreeSet::new());
    while let Some(index) = open.pop() {
        if seen.insert(index) {
            let group = snapshot.group(index);
            closure.insert(group.name().clone());
            open.extend(group.children());
        }
    }
    closure
}

/// A plan that takes something away from people for being idle must not hit somebody who came back.
fn rests_on_inactivity(plan: &Plan) -> bool {
    const ACTIVITY: [&str; 4] = ["idle", "lastActive", "lastLogin", "lastContribution"];
    let Ok(criterion) = rollcall_criteria::parse(&plan.criterion) else { return false };
    !matches!(plan.origin, Origin::Undo { .. })
        && criterion.fields().iter().any(|field| ACTIVITY.contains(&field.name()))
}

fn items(plan: &Plan, snapshot: &Snapshot, open: &[ItemRow]) -> Vec<Item> {
    let open: BTreeSet<u32> = open.iter().map(|item| item.seq).collect();
    let mut earlier: Vec<&rollcall_planner::PlanItem> = Vec::new();
    let mut items = Vec::with_capacity(open.len());
    for item in &plan.items {
        if earlier.last().is_some_and(|before| before.account.key != item.account.key) {
            earlier.clear();
        }
        if open.contains(&item.seq) {
            let status_before = match (&plan.origin, item.before.clone()) {
                (_, Standing::Enabled) => Some(rollcall_model::Status::Enabled),
                (_, Standing::Disabled) => Some(rollcall_model::Status::Disabled),
                (Origin::Undo { .. }, _) => None,
                _ => {
                    let was = snapshot.find_key(&item.account.key).and_then(|i| snapshot.account(i).status());
                    // In a test run the items before this one have changed nothing.
                    if plan.mode == Mode::Test { was } else { expected_status(was, &earlier) }
                }
            };
            items.push(Item {
                seq: item.seq,
                account: item.account.clone(),
                change: item.change.clone(),
                status_before,
            });
        }
        earlier.push(item);
    }
    items
}

fn end(state: RunState, counts: &RunCounts, reason: Option<&Reason>) -> RunEnd {
    let troubled =
        [ItemState::Refused, ItemState::Failed, ItemState::Unknown].into_iter().any(|s| counts.of(s) > 0);
    match (state, reason) {
        (RunState::Failed, _) => RunEnd::Failed,
        (RunState::Stopped, _) => RunEnd::Stopped,
        _ if troubled => RunEnd::Partly,
        _ => RunEnd::Done,
    }
}
