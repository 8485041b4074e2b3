//! Runs: begin, work, stop, resume, show.

use crate::{Engine, EngineError, MadePlan, Operator, PolicyState, UseCase, killpoint};
use jiff::{SignedDuration, Timestamp};
use rollcall_audit::{EntryKind, Subject};
use rollcall_model::{ItemState, PlanId, RunId, SiteName};
use rollcall_planner::{Applying, GivenApproval, Mode, Origin, Plan, Policy, Standing};
use rollcall_report::RunReport;
use rollcall_store::{ItemDraft, ItemRow, RunDraft, RunFilter, RunRow, RunState, Stop, StoreError};
use serde_json::json;

pub use rollcall_store::ItemCounts as RunCounts;

/// By so much the clocks of two nodes may differ.
const A_MOMENT: SignedDuration = SignedDuration::from_mins(10);

/// Items read from the database at once.
const PAGE: u32 = 5_000;

/// Told of progress: settled items, all items, failed or refused ones.
pub type ShowItems = Box<dyn Fn(u32, u32, u32) + Send + Sync>;

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
    /// The run whose changes it takes back.
    pub undo_of: Option<RunId>,
    /// The run that takes its changes back, where there is one; of several the newest.
    pub undone_by: Option<RunId>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was first taken.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Who started it.
    pub started_by: String,
    /// Why it ended, or is to end, before its last item.
    pub stopped_because: Option<String>,
}

impl Engine {
    /// Begins a run of a plan and works on it to its end. The plan must be in time, within its limits and approved (I2, I4).
    pub async fn apply(
        &self,
        operator: &Operator,
        plan: &PlanId,
        show: ShowItems,
    ) -> Result<(RunReport, RunEnd), EngineError> {
        operator.check(UseCase::Apply)?;
        let made = self.stored_plan(plan).await?;
        if let (Err(error), Origin::Undo { .. }) =
            (self.check_may_write(made.plan.mode, &made.site).await, &made.plan.origin)
        {
            return Err(match error {
                EngineError::Frozen { .. } => EngineError::NotNow(format!(
                    "{error}. An undo changes accounts too, and nobody expects that in a freeze; where it cannot wait, an administrator applies it \
                     with --during-freeze, which is noted in the audit log"
                )),
                error => error,
            });
        }
        self.begin(operator, made, false, show).await
    }

    /// Applies the undo of a run although there is a freeze. Noted in the audit log.
    pub async fn apply_during_freeze(
        &self,
        operator: &Operator,
        plan: &PlanId,
        show: ShowItems,
    ) -> Result<(RunReport, RunEnd), EngineError> {
        operator.check(UseCase::OverrideFreeze)?;
        let made = self.stored_plan(plan).await?;
        if !matches!(made.plan.origin, Origin::Undo { .. }) {
            return Err(EngineError::NotNow(format!(
                "plan {plan} is not the undo of a run; only an undo may be applied in a freeze"
            )));
        }
        self.begin(operator, made, true, show).await
    }

    async fn begin(
        &self,
        operator: &Operator,
        made: MadePlan,
        during_freeze: bool,
        show: ShowItems,
    ) -> Result<(RunReport, RunEnd), EngineError> {
        let plan = &made.plan.id;
        if made.plan.mode == Mode::Live {
            if let Some((policy, _)) = policy_of(&made.plan) {
                // Beside a run of the same policy it would do with an older picture what that one is doing: it does not even wait.
                self.unfinished_run(policy, &made.site).await?;
            }
            self.wait_for_site(operator, &made.plan.site, None).await?;
        }
        let made_by = self.store.plan(plan).await?.made_by;
        self.check_applicable(&made_by, &made.plan, &made.approved_by).await?;
        let mut overridden = None;
        match self.check_may_write(made.plan.mode, &made.site).await {
            Err(error @ EngineError::Frozen { .. }) if during_freeze => overridden = Some(error.to_string()),
            checked => checked?,
        }
        if self.is_closing() {
            return Err(EngineError::Closing);
        }
        killpoint::reach("plan-made");
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
        let mut entry =
            self.draft(operator, EntryKind::RUN_CREATED, subject.clone(), format!("{} items", items.len()));
        entry.details = json!({ "mode": made.plan.mode, "fingerprint": made.plan.fingerprint });
        let draft = RunDraft {
            id: run.clone(),
            plan: plan.clone(),
            undo_of,
            started_by: operator.name().to_owned(),
            job: operator.job().cloned(),
            during_freeze,
        };
        let mut entries = vec![entry];
        if let Some(freeze) = overridden {
            let why = format!("an administrator undoes a run in a freeze: {freeze}");
            entries.insert(0, self.draft(operator, EntryKind::FREEZE_OVERRIDDEN, subject, why));
        }
        if let Err(error) = self.store.create_run(&draft, &items, self.now(), entries).await {
            return Err(self.why_not_begun(&made, error).await?);
        }
        killpoint::reach("run-created");
        self.work(operator, &run, show).await
    }

    /// Why a run could not begin. Another run of the policy may have begun since the plan was asked for: that ends, and the plan is as good then.
    async fn why_not_begun(&self, made: &MadePlan, error: StoreError) -> Result<EngineError, EngineError> {
        let (StoreError::Conflict { .. }, Some((policy, _))) = (&error, policy_of(&made.plan)) else {
            return Ok(error.into());
        };
        if self.store.run_of_plan(&made.plan.id).await?.is_some() {
            return Ok(error.into());
        }
        match self.unfinished_run(policy, &made.site).await {
            Err(runs @ EngineError::PolicyRuns { .. }) => Ok(runs),
            Ok(_) => Ok(error.into()),
            Err(other) => Err(other),
        }
    }

    pub(crate) async fn check_applicable(
        &self,
        made_by: &str,
        plan: &Plan,
        approved_by: &[String],
    ) -> Result<(), EngineError> {
        if plan.mode == Mode::Test {
            // A test run changes nothing: it needs no approval, and shows what a limit would stop.
            if self.now() >= plan.expires_at {
                return Err(EngineError::NotNow(format!(
                    "plan {} expired at {}; plan again",
                    plan.id, plan.expires_at
                )));
            }
            return Ok(());
        }
        if plan.made_at > self.now() + A_MOMENT {
            return Err(EngineError::NotNow(format!(
                "plan {} was made at {}, which is still to come: a clock was ahead, and who is idle was told by it; plan again",
                plan.id, plan.made_at
            )));
        }
        self.check_policy_stands(plan).await?;
        let maker = self.maker_of(plan, made_by).await?;
        let approvals: Vec<_> =
            approved_by.iter().map(|by| GivenApproval { by, fingerprint: &plan.fingerprint }).collect();
        let applying =
            Applying { now: self.now(), site: &plan.site, operator: &maker, approvals: &approvals };
        plan.check_applicable(&applying)
            .map_err(|refusal| EngineError::Refused { plan: plan.id.to_string(), refusal })
    }

    /// Whether a run goes on by itself: not when its policy was removed or switched off meanwhile. Then somebody has to say so.
    async fn check_goes_on(&self, run: &RunRow) -> Result<(), EngineError> {
        let (Some(policy), rollcall_store::Mode::Live) = (&run.policy, run.mode) else { return Ok(()) };
        let is_live = match self.store.policy(policy).await {
            Err(StoreError::NotFound { .. }) => false,
            found => found?.state == PolicyState::Live,
        };
        if is_live {
            return Ok(());
        }
        Err(EngineError::NotNow(format!(
            "policy \"{policy}\" is not live any more, so run {0} does not go on by itself: let it go on with `rollcall runs resume {0}`, or end it with \
             `rollcall runs stop {0}`",
            run.id
        )))
    }

    /// Goes on with a run that was stopped, failed, or whose process died.
    pub async fn resume(
        &self,
        operator: &Operator,
        run: &RunId,
        show: ShowItems,
    ) -> Result<(RunReport, RunEnd), EngineError> {
        operator.check(UseCase::ResumeRun)?;
        let row = self.store.run(run).await?;
        if row.state != RunState::Done && row.mode == rollcall_store::Mode::Live && !row.during_freeze {
            self.check_thawed(&self.store.site(&row.site).await?.name).await?;
        }
        if operator.is_scheduler() {
            self.check_goes_on(&row).await?;
        }
        if self.is_closing() {
            return Err(EngineError::Closing);
        }
        match row.state {
            RunState::Done => {
                return Err(EngineError::NotNow(format!("run {run} is done: every item has its outcome")));
            }
            RunState::Stopped | RunState::Failed => {
                let entry = self.draft(operator, EntryKind::RUN_RESUMED, run_subject(&row), "goes on");
                let forgiven_at = crate::work::stopped_at_failures(&row).then(|| self.now());
                self.store.resume_run(run, forgiven_at, entry).await?;
            }
            RunState::Pending | RunState::Running | RunState::Stopping => {}
        }
        self.work(operator, run, show).await
    }

    /// Asks a run to stop before its next item (I8). `true` = it has stopped already, `false` = its process will stop it.
    pub async fn stop(&self, operator: &Operator, run: &RunId, why: &str) -> Result<bool, EngineError> {
        operator.check(UseCase::StopRun)?;
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
    pub async fn runs(&self, operator: &Operator, limit: u32) -> Result<Vec<RunView>, EngineError> {
        operator.check(UseCase::SeeRuns)?;
        self.run_views(&RunFilter { limit: Some(limit), ..RunFilter::default() }).await
    }

    /// The policy as it was when the plan was made.
    pub(crate) async fn policy_of_plan(&self, plan: &Plan) -> Result<Option<Policy>, EngineError> {
        let Some((name, version)) = policy_of(plan) else { return Ok(None) };
        let document = self
            .store
            .policy_versions(name)
            .await?
            .into_iter()
            .find(|v| v.version == version)
            .map(|v| v.document);
        document
            .map(|text| {
                serde_json::from_str(&text).map_err(EngineError::document(format!("policy \"{name}\"")))
            })
            .transpose()
    }

    /// All items of a run in these states, in order.
    pub(crate) async fn all_items(
        &self,
        run: &RunId,
        states: &[ItemState],
    ) -> Result<Vec<ItemRow>, EngineError> {
        let (mut items, mut after) = (Vec::new(), None);
        loop {
            let page = self.store.items(run, states, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(items) };
            after = Some(last.seq);
            items.extend(page);
        }
    }
}

fn draft(item: &rollcall_planner::PlanItem) -> Result<ItemDraft, EngineError> {
    let value =
        |standing: &Standing| serde_json::to_value(standing).map_err(EngineError::document("a plan's item"));
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

pub(crate) fn run_subject(row: &RunRow) -> Subject {
    Subject {
        site: Some(row.site.clone()),
        policy: row.policy.clone(),
        plan: Some(row.plan.clone()),
        run: Some(row.id.clone()),
        ..Subject::default()
    }
}

pub(crate) fn view(run: RunRow, site: SiteName, undone_by: Option<RunId>) -> RunView {
    RunView {
        mode: match run.mode {
            rollcall_store::Mode::Test => Mode::Test,
            rollcall_store::Mode::Live => Mode::Live,
        },
        state: run.state.as_str(),
        stopped_because: crate::reports::stopped_because(&run),
        undo_of: run.undo_of,
        undone_by,
        started_at: run.started_at,
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
