//! Runs: begin, work, stop, resume, show.

use crate::apply::{self, Doer, Item, Pass, Performer, Reason, Tester};
use crate::killpoint;
use crate::reports::expected_status;
use crate::sites::OpenedSite;
use crate::{Engine, EngineError, MadePlan, Operator};
use jiff::Timestamp;
use rollcall_audit::{EntryKind, Subject};
use rollcall_model::{GroupName, ItemState, PlanId, RunId, SiteName};
use rollcall_planner::{Applying, GivenApproval, Mode, Origin, Plan, Policy, Standing};
use rollcall_report::RunReport;
use rollcall_snapshot::Snapshot;
use rollcall_store::{ItemDraft, ItemRow, Lease, RunDraft, RunFilter, RunRow, RunState, Stop, StoreError};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use rollcall_store::ItemCounts as RunCounts;

/// Items read from the database at once.
const PAGE: u32 = 5_000;

/// Told of progress: settled items, all items, failed or refused ones.
type ShowItems = Box<dyn Fn(u32, u32, u32) + Send + Sync>;

/// How a run ended, for the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunEnd {
    /// Every item has its outcome, and all went well.
    Done,
    /// Every item has its outcome; some were refused or failed, or could not be told.
    Partly,
    /// It ended before its last item: on request, or by a limit.
    Stopped,
    /// It ended by an error that concerns all of it.
    Failed,
}

/// A run as it is listed.
#[derive(Debug, Clone)]
pub struct RunView {
    /// Its id.
    pub id: RunId,
    /// The plan it executes.
    pub plan: PlanId,
    /// The site's name.
    pub site: SiteName,
    /// The policy, where one made the plan.
    pub policy: Option<String>,
    /// Test or live.
    pub mode: Mode,
    /// Where it stands.
    pub state: &'static str,
    /// Items by outcome.
    pub counts: RunCounts,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Who started it.
    pub started_by: String,
}

impl Engine {
    /// Begins a run of a plan and works on it to its end. The plan must be in time, within its limits and approved (I2, I4).
    pub async fn apply(&self, operator: &Operator, plan: &PlanId, show: ShowItems) -> Result<(RunReport, RunEnd), EngineError> {
        let made = self.plan(plan).await?;
        let made_by = self.store.plan(plan).await?.made_by;
        self.check_applicable(&made_by, &made)?;
        let run = RunId::new(self.new_id());
        let items = made.plan.items.iter().map(draft).collect::<Result<Vec<_>, _>>()?;
        let undo_of = match &made.plan.origin {
            Origin::Undo { run, .. } => Some(run.clone()),
            Origin::Policy { .. } | Origin::Bulk { .. } => None,
        };
        let subject = Subject {
            site: Some(made.plan.site.clone()),
            plan: Some(plan.clone()),
            run: Some(run.clone()),
            policy: policy_of(&made.plan).map(|(name, _)| name.to_owned()),
            ..Subject::default()
        };
        let mut entry = self.draft(operator, EntryKind::RUN_CREATED, subject, format!("{} items", items.len()));
        entry.details = json!({ "mode": made.plan.mode, "fingerprint": made.plan.fingerprint });
        let draft = RunDraft { id: run.clone(), plan: plan.clone(), undo_of, started_by: operator.name().to_owned() };
        self.store.create_run(&draft, &items, self.now(), entry).await?;
        self.work(operator, &run, show).await
    }

    fn check_applicable(&self, made_by: &str, made: &MadePlan) -> Result<(), EngineError> {
        let plan = &made.plan;
        if plan.mode == Mode::Test {
            // A test run changes nothing: it needs no approval, and shows what a limit would stop.
            if self.now() >= plan.expires_at {
                return Err(EngineError::NotNow(format!("plan {} expired at {}; plan again", plan.id, plan.expires_at)));
            }
            return Ok(());
        }
        let approvals: Vec<_> =
            made.approved_by.iter().map(|by| GivenApproval { by, fingerprint: &plan.fingerprint }).collect();
        let applying =
            Applying { now: self.now(), site: &plan.site, operator: made_by, approvals: &approvals };
        plan.check_applicable(&applying)
            .map_err(|refusal| EngineError::Refused { plan: plan.id.to_string(), refusal })
    }

    /// Goes on with a run that was stopped, failed, or whose process died.
    pub async fn resume(&self, operator: &Operator, run: &RunId, show: ShowItems) -> Result<(RunReport, RunEnd), EngineError> {
        let row = self.store.run(run).await?;
        match row.state {
            RunState::Done => {
                return Err(EngineError::NotNow(format!("run {run} is done: every item has its outcome")));
            }
            RunState::Stopped | RunState::Failed => {
                let entry = self.draft(operator, EntryKind::RUN_RESUMED, run_subject(&row), "goes on");
                self.store.resume_run(run, entry).await?;
            }
            RunState::Pending | RunState::Running | RunState::Stopping => {}
        }
        self.work(operator, run, show).await
    }

    /// Asks a run to stop before its next item (I8). `true` = it has stopped already, `false` = its process will stop it.
    pub async fn stop(&self, operator: &Operator, run: &RunId, why: &str) -> Result<bool, EngineError> {
        let row = self.store.run(run).await?;
        if row.state.is_over() {
            return Err(EngineError::NotNow(format!("run {run} is {} already", row.state)));
        }
        self.free_if_dead(&row).await?;
        let entry = self.draft(operator, EntryKind::RUN_STOP_REQUESTED, run_subject(&row), why);
        let reason = format!("stopped by {operator}: {why}");
        Ok(self.store.request_stop(run, &reason, self.now(), entry).await? == Stop::Stopped)
    }

    /// Runs, newest first.
    pub async fn runs(&self, limit: u32) -> Result<Vec<RunView>, EngineError> {
        let names: BTreeMap<_, _> = self.store.sites().await?.into_iter().map(|s| (s.id, s.name)).collect();
        let filter = RunFilter { limit: Some(limit), ..RunFilter::default() };
        let runs = self.store.runs(&filter).await?.into_iter();
        Ok(runs.filter_map(|run| names.get(&run.site).cloned().map(|site| view(run, site))).collect())
    }

    /// Takes over a policy's run whose process died, or refuses to begin a second one beside a living one.
    pub(crate) async fn unfinished_run(&self, policy: &str, site: &SiteName) -> Result<Option<RunId>, EngineError> {
        let site = self.site_row(site).await?;
        let filter = RunFilter { site: Some(site.id), policy: Some(policy.to_owned()), limit: Some(20), ..RunFilter::default() };
        let under_way = self.store.runs(&filter).await?.into_iter().find(|run| !run.state.is_over());
        let Some(run) = under_way else { return Ok(None) };
        self.free_if_dead(&run).await?;
        let run = self.store.run(&run.id).await?;
        match &run.owner {
            Some((_, until)) if *until > self.now() => Err(EngineError::NotNow(format!(
                "policy \"{policy}\" is running on {} already (run {}); it never runs twice at the same time",
                site.name, run.id
            ))),
            _ => Ok(Some(run.id)),
        }
    }

    async fn work(&self, operator: &Operator, run: &RunId, show: ShowItems) -> Result<(RunReport, RunEnd), EngineError> {
        let row = self.store.run(run).await?;
        let Some(_lock) = self.locks.take(run)? else {
            return Err(EngineError::NotNow(format!("run {run} is being worked on by another process on this data folder")));
        };
        self.free_owned_here(&row).await?;
        let owner = format!("{}#{}", self.locks.signature()?, self.new_id());
        let entry = self.draft(operator, EntryKind::RUN_TAKEN, run_subject(&row), "begins to work on it");
        let lease = self.store.take_run(run, &owner, self.now(), apply::LEASE, entry).await?;
        killpoint::reach("run-taken");
        let made = self.plan(&row.plan).await?;
        let reason = match self.prepare(&made, &row, &lease, show).await {
            Ok(pass) => pass.work().await,
            Err(EngineError::Site { error, .. }) => Some(Reason::Site(error)),
            Err(error) => {
                let _ = self.store.release(lease).await;
                return Err(error);
            }
        };
        killpoint::reach("all-recorded");
        self.finish(operator, &made, &row, lease, reason).await
    }

    /// Everything the loop needs, read afresh: open items, the site, what is protected now.
    async fn prepare(&self, made: &MadePlan, run: &RunRow, lease: &Lease, show: ShowItems) -> Result<Pass, EngineError> {
        let plan = &made.plan;
        let opened = self.open_site(&made.site).await?;
        let snapshot = self.load_snapshot(&plan.snapshot).await?;
        if plan.mode == Mode::Live {
            self.check_site(&opened, plan).await?;
        }
        let open = self.all_items(&run.id, &[ItemState::Pending, ItemState::Started]).await?;
        let settled = plan.items.len().saturating_sub(open.len());
        let exempt = self.exempt_now(&opened, &snapshot).await?;
        let protected = protected_groups(&opened, &snapshot, self.policy_of_plan(plan).await?.as_ref(), exempt.groups);
        let performer: Box<dyn Performer> = match plan.mode {
            Mode::Test => Box::new(Tester::new(Arc::clone(&opened.site))),
            Mode::Live => Box::new(Doer::new(Arc::clone(&opened.site))),
        };
        Ok(Pass {
            store: self.store.clone(),
            lease: lease.clone(),
            clock: Arc::clone(&self.clock),
            performer,
            concurrency: opened.settings.pacing.concurrency.into(),
            items: items(plan, &snapshot, &open),
            settled_before: u32::try_from(settled).unwrap_or(u32::MAX),
            failure_limit: Some(plan.limits.failures).filter(|n| *n > 0 && plan.mode == Mode::Live),
            canary: plan.limits.canary.filter(|_| plan.mode == Mode::Live && settled == 0),
            idle_since: rests_on_inactivity(plan).then_some(plan.snapshot_taken_at),
            protected,
            exempt: exempt.accounts,
            progress: show,
        })
    }

    /// A live run begins only at a site that still is what it was, and takes writes.
    async fn check_site(&self, opened: &OpenedSite, plan: &Plan) -> Result<(), EngineError> {
        let profile = opened.site.probe().await.map_err(EngineError::site(&opened.row.name))?;
        if profile.access_mode == rollcall_model::AccessMode::ReadOnly {
            let reason = "writes are switched off there; switch the access mode back, then resume the run".to_owned();
            return Err(EngineError::site(&opened.row.name)(rollcall_site::SiteError::ReadOnlyMode { reason }));
        }
        let kinds: BTreeSet<_> = plan.items.iter().map(|item| item.change.kind()).collect();
        for kind in kinds {
            if let Some(reason) = profile.support(kind).refusal() {
                let reason = reason.to_owned();
                return Err(EngineError::site(&opened.row.name)(rollcall_site::SiteError::Unsupported { action: kind, reason }));
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
            Some(Reason::LeaseLost) => return Err(EngineError::Store(StoreError::LeaseLost { run: run.clone() })),
            Some(Reason::Store(_)) => {
                // Nothing can be written, perhaps not even this. The run stays resumable either way.
                let _ = self.store.release(lease).await;
                return Err(EngineError::NotNow(format!(
                    "{}. The run ended there; go on with it later: rollcall runs resume {run}",
                    because.unwrap_or_default()
                )));
            }
            _ => {}
        }
        let counts = self.store.run(run).await?.counts;
        let (state, kind) = match &reason {
            None if counts.open() == 0 => (RunState::Done, EntryKind::RUN_FINISHED),
            Some(Reason::Site(_)) => (RunState::Failed, EntryKind::RUN_FAILED),
            _ => (RunState::Stopped, EntryKind::RUN_STOPPED),
        };
        let kept = json!({ "stoppedBecause": because });
        let mut entry = self.draft(operator, kind, run_subject(row), because.clone().unwrap_or_else(|| "every item has its outcome".to_owned()));
        entry.details = json!({ "counts": BTreeMap::from(counts) });
        self.store.finish_run(&lease, state, Some(&kept), self.now(), entry).await?;
        if state == RunState::Done
            && made.plan.mode == Mode::Test
            && let Some((name, version)) = policy_of(&made.plan)
        {
            let entry = self.draft(operator, EntryKind::POLICY_TESTED, run_subject(row), format!("a test run of version {version} is done"));
            match self.store.mark_tested(name, version, self.now(), entry).await {
                // The policy was removed meanwhile: there is nothing left to go live.
                Ok(()) | Err(StoreError::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let report = self.run_report(run).await?;
        killpoint::reach("report-stored");
        if let Some(policy) = self.policy_of_plan(&made.plan).await? {
            self.queue_run_report(&policy.report, &report).await?;
        }
        Ok((report, end(state, &counts, reason.as_ref())))
    }

    /// The policy as it was when the plan was made.
    pub(crate) async fn policy_of_plan(&self, plan: &Plan) -> Result<Option<Policy>, EngineError> {
        let Some((name, version)) = policy_of(plan) else { return Ok(None) };
        let document = self.store.policy_versions(name).await?.into_iter().find(|v| v.version == version).map(|v| v.document);
        document.map(|text| serde_json::from_str(&text).map_err(EngineError::document(format!("policy \"{name}\"")))).transpose()
    }

    /// All items of a run in these states, in order.
    pub(crate) async fn all_items(&self, run: &RunId, states: &[ItemState]) -> Result<Vec<ItemRow>, EngineError> {
        let (mut items, mut after) = (Vec::new(), None);
        loop {
            let page = self.store.items(run, states, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(items) };
            after = Some(last.seq);
            items.extend(page);
        }
    }

    /// Whether the process that holds a run's lease is known to be dead, and if so lets go of the lease for it.
    async fn free_if_dead(&self, row: &RunRow) -> Result<(), EngineError> {
        // Whoever holds the lock file lives; the lock is let go of again at once.
        if let Some(_lock) = self.locks.take(&row.id)? {
            self.free_owned_here(row).await?;
        }
        Ok(())
    }

    /// With the run's lock in hand: a lease signed by this data folder belongs to a process that no longer lives.
    async fn free_owned_here(&self, row: &RunRow) -> Result<(), EngineError> {
        let here = format!("{}#", self.locks.signature()?);
        match &row.owner {
            Some((owner, _)) if owner.starts_with(&here) => Ok(self.store.expire_lease(&row.id, row.epoch).await?),
            _ => Ok(()),
        }
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

#[derive(Default)]
struct Exempt {
    accounts: BTreeMap<rollcall_model::AccountKey, String>,
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
    let (mut seen, mut names) = (BTreeSet::new(), BTreeSet::new());
    while let Some(index) = open.pop() {
        if seen.insert(index) {
            let group = snapshot.group(index);
            names.insert(group.name().clone());
            open.extend(group.children());
        }
    }
    names
}

/// A plan that takes something away from people for being idle must not hit somebody who came back.
fn rests_on_inactivity(plan: &Plan) -> bool {
    const ACTIVITY: [&str; 4] = ["idle", "lastActive", "lastLogin", "lastContribution"];
    let Ok(criterion) = rollcall_criteria::parse(&plan.criterion) else { return false };
    !matches!(plan.origin, Origin::Undo { .. }) && criterion.fields().iter().any(|field| ACTIVITY.contains(&field.name()))
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
            items.push(Item { seq: item.seq, account: item.account.clone(), change: item.change.clone(), status_before });
        }
        earlier.push(item);
    }
    items
}

fn draft(item: &rollcall_planner::PlanItem) -> Result<ItemDraft, EngineError> {
    let value = |standing: &Standing| serde_json::to_value(standing).map_err(EngineError::document("a plan's item"));
    Ok(ItemDraft {
        seq: item.seq,
        account: item.account.key.clone(),
        username: item.account.username.clone(),
        change: item.change.clone(),
        before: Some(value(&item.before)?),
        after: Some(value(&item.after)?),
        why: item.why.clone(),
    })
}

pub(crate) fn policy_of(plan: &Plan) -> Option<(&str, &str)> {
    match &plan.origin {
        Origin::Policy { name, version } => Some((name, version)),
        Origin::Bulk { .. } | Origin::Undo { .. } => None,
    }
}

fn run_subject(row: &RunRow) -> Subject {
    Subject {
        site: Some(row.site.clone()),
        policy: row.policy.clone(),
        plan: Some(row.plan.clone()),
        run: Some(row.id.clone()),
        ..Subject::default()
    }
}

fn end(state: RunState, counts: &RunCounts, reason: Option<&Reason>) -> RunEnd {
    let troubled = [ItemState::Refused, ItemState::Failed, ItemState::Unknown].into_iter().any(|s| counts.of(s) > 0);
    match (state, reason) {
        (RunState::Failed, _) => RunEnd::Failed,
        (RunState::Stopped, _) => RunEnd::Stopped,
        _ if troubled => RunEnd::Partly,
        _ => RunEnd::Done,
    }
}

fn view(run: RunRow, site: SiteName) -> RunView {
    RunView {
        mode: match run.mode {
            rollcall_store::Mode::Test => Mode::Test,
            rollcall_store::Mode::Live => Mode::Live,
        },
        state: run.state.as_str(),
        id: run.id,
        plan: run.plan,
        site,
        policy: run.policy,
        counts: run.counts,
        created_at: run.created_at,
        finished_at: run.finished_at,
        started_by: run.started_by,
    }
}
