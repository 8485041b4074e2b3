//! Doing a job: from what was asked for to what it came to.
//!
//! A job may be done a second time after a crash. It then finds what it made the first time (a plan and a run know their job) and goes on
//! with that, so that nothing is planned or done twice.

use crate::jobs::task_of;
use crate::runs::RunCounts;
use crate::work::WAITS_FOR_FREEZE;
use crate::{
    Ending, Engine, EngineError, Freshness, JobResult, MadePlan, Operator, PolicyState, Progress, Ran,
    Selection, ShowItems, Task,
};
use jiff::{SignedDuration, Timestamp};
use rollcall_model::{ItemState, PlanId, RunId, SiteName};
use rollcall_planner::Mode;
use rollcall_site::SiteError;
use rollcall_store::{JobRow, RunRow, RunState, Standing, StoreError};

/// How long a snapshot serves where nobody said otherwise.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// When a job that waits for another run, of its policy or at its site, looks again.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(30);

/// The code of a job whose asker may not do it any more.
const NOT_ALLOWED: &str = "not-allowed";

/// How a job ended, or why it goes back to wait.
#[derive(Debug)]
pub(crate) enum Came {
    /// It is done.
    To(JobResult),
    /// It has nothing to do, for this reason.
    Skipped(String),
    /// Somebody did not want it any more; with what it had come to.
    Cancelled(Option<JobResult>),
    /// Nothing may change now.
    Frozen { until: Timestamp, note: String },
    /// The program ends; somebody goes on with it at once.
    Interrupted,
    /// Something stands in the way that will pass by itself.
    Passing { code: String, message: String, again_at: Option<Timestamp>, is_attempt: bool },
    /// It cannot be done.
    Failed { code: String, message: String },
}

impl Engine {
    /// Does a job, or goes on with it.
    pub(crate) async fn perform(&self, job: &JobRow) -> Came {
        match self.try_to(job).await {
            Ok(came) => came,
            Err(error) => self.judge(job, error).await,
        }
    }

    /// The run that a job works on, if it has come that far.
    pub(crate) async fn run_in_hand(&self, job: &JobRow) -> Result<Option<RunId>, EngineError> {
        match task_of(job)? {
            Task::Resume { run } => Ok(Some(run)),
            _ => Ok(self.store.run_of_job(&job.id).await?),
        }
    }

    async fn try_to(&self, job: &JobRow) -> Result<Came, EngineError> {
        let Some(operator) = self.asker(job).await? else {
            let message = format!("\"{}\", who asked for it, may no longer sign in", job.asked_by);
            return Ok(Came::Failed { code: NOT_ALLOWED.to_owned(), message });
        };
        let task = task_of(job)?;
        operator.check(task.use_case())?;
        if let Some(run) = self.store.run_of_job(&job.id).await? {
            return self.go_on(&operator, job, &run).await;
        }
        let made = self.store.plans_of_job(&job.id).await?;
        match task {
            Task::Sync { site } => {
                let synced = self.sync(&operator, &site, &quiet).await?;
                let snapshot = Some(synced.picture.snapshot.id().clone());
                Ok(Came::To(JobResult { ended: Ending::Read, snapshot, plans: Vec::new(), run: None }))
            }
            Task::RunPolicy { policy, site } => {
                self.run_for_job(&operator, job, &policy, &site, &made, false).await
            }
            Task::RunForEvents { policy, site } => {
                self.run_for_job(&operator, job, &policy, &site, &made, true).await
            }
            Task::PlanPolicy { policy, site, mode, max_age } => {
                let fresh = max_age.map(|age| Freshness::AtMost(age.duration()));
                let mut plans = self.plans_there(&policy, &made).await?;
                for site in self.sites_of_policy(&operator, &policy, site.as_ref()).await? {
                    if plans.iter().all(|plan| plan.site != site) {
                        plans.extend(
                            self.plan_policy(&operator, &policy, Some(&site), mode, fresh, &quiet).await?,
                        );
                    }
                }
                Ok(Came::To(planned(&plans)))
            }
            Task::PlanSelection { site, select, accounts, actions, mode, limits, max_age } => {
                if let Some(plan) = made.last() {
                    return Ok(Came::To(planned(&[self.stored_plan(plan).await?])));
                }
                let selection = Selection {
                    site: &site,
                    criterion: &select,
                    accounts: accounts.as_ref(),
                    actions: &actions,
                    mode,
                    limits: limits.map(|limits| *limits).unwrap_or_default(),
                    freshness: Freshness::AtMost(max_age.map_or(DAY, rollcall_planner::Period::duration)),
                };
                let made = self.plan_selection(&operator, &selection, &quiet).await?;
                Ok(Came::To(planned(&[made])))
            }
            Task::Apply { plan, during_freeze } => self.carry_out(&operator, job, &plan, during_freeze).await,
            Task::Resume { run } => self.go_on(&operator, job, &run).await,
            Task::Undo { run, apply, during_freeze } => {
                let made = match made.last() {
                    Some(plan) => self.stored_plan(plan).await?,
                    None => self.plan_undo(&operator, &run, &quiet).await?,
                };
                if !apply || made.is_awaiting || made.plan.is_blocked() {
                    return Ok(Came::To(planned(&[made])));
                }
                self.carry_out(&operator, job, &made.plan.id, during_freeze).await
            }
        }
    }

    /// What the job has planned already, as far as it still is what the policy says.
    async fn plans_there(&self, policy: &str, made: &[PlanId]) -> Result<Vec<MadePlan>, EngineError> {
        let version = self.stored_policy(policy).await?.0.version();
        let mut plans = Vec::new();
        for plan in made {
            let made = self.stored_plan(plan).await?;
            if crate::runs::policy_of(&made.plan).is_some_and(|(_, of)| of == version) {
                plans.push(made);
            }
        }
        Ok(plans)
    }

    /// Who asked for a job: with the role they had then, but never with more than they have now. `None`: they may no longer sign in.
    async fn asker(&self, job: &JobRow) -> Result<Option<Operator>, EngineError> {
        if job.is_local {
            return Ok(Some(Operator::of_job(job, job.role)));
        }
        let row = self.store.operator_named(&crate::operators::folded(&job.asked_by)).await?;
        let row = row.filter(|row| row.standing == Standing::Active);
        Ok(row.map(|row| Operator::of_job(job, job.role.min(row.role))))
    }

    /// Runs a policy, on the plan that the job made before it was interrupted, if it still is what the policy says.
    async fn run_for_job(
        &self,
        operator: &Operator,
        job: &JobRow,
        name: &str,
        site: &SiteName,
        made: &[PlanId],
        for_events: bool,
    ) -> Result<Came, EngineError> {
        let (policy, state) = self.stored_policy(name).await?;
        if state == PolicyState::Off {
            return Ok(Came::Skipped(format!("policy \"{name}\" is switched off")));
        }
        if job.tick.is_some() && !policy.sites.contains(site) {
            return Ok(Came::Skipped(format!("policy \"{name}\" is no longer for site \"{site}\"")));
        }
        // Whom a plan that came to nothing was about: their events wait no longer, and they are planned again.
        let mut again = None;
        if let Some(plan) = made.last() {
            let made = self.stored_plan(plan).await?;
            let is_current =
                crate::runs::policy_of(&made.plan).is_some_and(|(_, version)| version == policy.version());
            if is_current && made.plan.mode == policy.mode && made.plan.expires_at > self.now() {
                if made.is_awaiting || made.plan.is_blocked() {
                    return Ok(Came::To(planned(&[made])));
                }
                return self.carry_out(operator, job, plan, false).await;
            }
            again = made.plan.only.filter(|_| is_current);
        }
        let ran = if for_events {
            self.run_policy_for_events(operator, name, site, again.as_ref(), &quiet, unseen()).await?
        } else {
            Some(self.run_policy(operator, name, site, &quiet, unseen()).await?)
        };
        let Some(ran) = ran else {
            return Ok(Came::Skipped(
                "the criterion selects nobody of those that something happened to".to_owned(),
            ));
        };
        match ran {
            Ran::Held(made) => Ok(Came::To(planned(&[*made]))),
            Ran::Run { report, .. } => self.came_to(&RunId::from(report.run.id.as_str())).await,
        }
    }

    /// Applies a plan.
    async fn carry_out(
        &self,
        operator: &Operator,
        job: &JobRow,
        plan: &PlanId,
        during_freeze: bool,
    ) -> Result<Came, EngineError> {
        if let Some(run) = self.store.run_of_plan(plan).await? {
            if run.job.as_ref() == Some(&job.id) {
                return self.go_on(operator, job, &run.id).await;
            }
            return Ok(Came::Skipped(format!("plan {plan} is executed by run {} already", run.id)));
        }
        let (report, _) = if during_freeze {
            self.apply_during_freeze(operator, plan, unseen()).await?
        } else {
            self.apply(operator, plan, unseen()).await?
        };
        self.came_to(&RunId::from(report.run.id.as_str())).await
    }

    /// Goes on with a run, unless it has come to its end since the job was begun.
    async fn go_on(&self, operator: &Operator, job: &JobRow, run: &RunId) -> Result<Came, EngineError> {
        let row = self.store.run(run).await?;
        let is_ours = row.job.as_ref() == Some(&job.id);
        let ended_since = row.finished_at.is_some_and(|at| job.started_at.is_some_and(|begun| at >= begun));
        let is_over = match row.state {
            RunState::Done => true,
            // What the job itself has brought to an end is not begun again, unless for a reason that passes.
            RunState::Stopped => !waits_for_freeze(&row) && (is_ours || ended_since),
            RunState::Failed => !is_passing_code(&code_of(&row)) && (is_ours || ended_since),
            RunState::Pending | RunState::Running | RunState::Stopping => false,
        };
        if !is_over {
            self.resume(operator, run, unseen()).await?;
        }
        self.came_to(run).await
    }

    /// What a run that has ended came to.
    async fn came_to(&self, run: &RunId) -> Result<Came, EngineError> {
        let row = self.store.run(run).await?;
        let ended = match row.state {
            RunState::Done if is_troubled(&row.counts) => Ending::Partly,
            RunState::Done => Ending::Done,
            RunState::Stopped if waits_for_freeze(&row) => {
                let site = self.store.site(&row.site).await?.name;
                // Where it was lifted meanwhile the run goes on at once.
                self.check_thawed(&site).await?;
                let note = "the freeze has ended; the run goes on".to_owned();
                return Ok(Came::Frozen { until: self.now(), note });
            }
            RunState::Stopped => Ending::Stopped,
            RunState::Failed => {
                let reason = row
                    .report
                    .as_ref()
                    .and_then(|r| r["stoppedBecause"].as_str())
                    .unwrap_or("no reason is known");
                let (run, code, reason) = (run.to_string(), code_of(&row), reason.to_owned());
                return Err(EngineError::RunFailed { run, code, reason });
            }
            RunState::Pending | RunState::Running | RunState::Stopping => {
                return Err(EngineError::Interrupted {
                    run: run.to_string(),
                    reason: "it has not come to its end".to_owned(),
                });
            }
        };
        Ok(Came::To(JobResult { ended, snapshot: None, plans: vec![row.plan], run: Some(row.id) }))
    }

    /// What an error means for a job.
    async fn judge(&self, job: &JobRow, error: EngineError) -> Came {
        let message = match &error {
            // Without the picture of the place, which takes several lines.
            EngineError::Criterion { error, .. } => error.to_string(),
            error => error.to_string(),
        };
        let message = rollcall_model::plain(&message).into_owned();
        let code = code(&error).to_owned();
        let passing = |again_at, is_attempt| Came::Passing {
            code: code.clone(),
            message: message.clone(),
            again_at,
            is_attempt,
        };
        match error {
            EngineError::Frozen { until, freeze, .. } => {
                Came::Frozen { until, note: format!("waits for the end of freeze \"{freeze}\" at {until}") }
            }
            EngineError::Closing => Came::Interrupted,
            EngineError::Interrupted { .. } if self.is_closing() => Came::Interrupted,
            // Whoever has the run does it, or loses its lease.
            EngineError::Store(StoreError::LeaseHeld { until, .. }) => passing(Some(until), false),
            EngineError::Store(StoreError::SiteHeld { .. }) => {
                passing(self.now().checked_add(LOOK_AGAIN).ok(), false)
            }
            EngineError::Store(StoreError::LeaseLost { .. }) | EngineError::InHand { .. } => passing(
                Some(self.now().saturating_add(SignedDuration::from_secs(10)).unwrap_or(self.now())),
                false,
            ),
            EngineError::Store(error) if error.is_passing() => passing(None, true),
            EngineError::Store(StoreError::WrongKey { .. } | StoreError::KeyRetired { .. }) => {
                // A node that has not the key of the installation leaves it to one that has, which may be at once.
                let is_ours = self.has_key().await.unwrap_or(true);
                passing((!is_ours).then(|| self.now()), is_ours)
            }
            EngineError::Site { error: SiteError::Busy { retry_after }, .. } => {
                let wait = SignedDuration::try_from(retry_after).unwrap_or(DAY);
                passing(self.now().checked_add(wait).ok(), true)
            }
            EngineError::Interrupted { .. }
            | EngineError::Site {
                error:
                    SiteError::Unreachable { .. } | SiteError::Unanswered { .. } | SiteError::Incomplete { .. },
                ..
            } => passing(None, true),
            EngineError::RunFailed { .. } if is_passing_code(&code) => passing(None, true),
            EngineError::PolicyRuns { .. } if job.tick.is_some() => Came::Skipped(message),
            // Its events may be taken by the plan that it made: they wait with it.
            EngineError::PolicyRuns { .. } if matches!(task_of(job), Ok(Task::RunForEvents { .. })) => {
                passing(self.now().checked_add(LOOK_AGAIN).ok(), false)
            }
            _ => Came::Failed { code, message },
        }
    }
}

fn quiet(_: Progress<'_>) {}

fn unseen() -> ShowItems {
    Box::new(|_, _, _| {})
}

fn planned(made: &[MadePlan]) -> JobResult {
    let is_live = |m: &&MadePlan| m.plan.mode == Mode::Live;
    let ended = if made.iter().filter(is_live).any(|m| m.plan.is_blocked()) {
        Ending::OverLimit
    } else if made.iter().any(|m| m.is_awaiting) {
        Ending::AwaitingApproval
    } else {
        Ending::Planned
    };
    JobResult { ended, snapshot: None, plans: made.iter().map(|m| m.plan.id.clone()).collect(), run: None }
}

fn is_troubled(counts: &RunCounts) -> bool {
    [ItemState::Refused, ItemState::Failed, ItemState::Unknown].into_iter().any(|state| counts.of(state) > 0)
}

fn waits_for_freeze(run: &RunRow) -> bool {
    run.stop_reason.is_none()
        && run.report.as_ref().is_some_and(|report| report["waitsFor"] == WAITS_FOR_FREEZE)
}

fn code_of(run: &RunRow) -> String {
    run.report.as_ref().and_then(|report| report["code"].as_str()).unwrap_or("run-failed").to_owned()
}

/// Errors of a site after which the run may go on by itself. Refused credentials are not among them (I9).
fn is_passing_code(code: &str) -> bool {
    matches!(code, "unreachable" | "busy")
}

/// A short stable word for what went wrong.
fn code(error: &EngineError) -> &str {
    match error {
        EngineError::Store(StoreError::NotFound { .. }) | EngineError::NotFound { .. } => "not-found",
        EngineError::Store(StoreError::Conflict { .. } | StoreError::Stale { .. }) => "conflict",
        EngineError::Store(
            StoreError::LeaseHeld { .. } | StoreError::LeaseLost { .. } | StoreError::SiteHeld { .. },
        )
        | EngineError::InHand { .. } => "in-hand",
        EngineError::Store(_) => "database",
        EngineError::Site { error, .. } => error.code(),
        EngineError::Criterion { .. } => "criterion",
        EngineError::Plan(_) => "not-plannable",
        EngineError::Refused { .. } => "plan-refused",
        EngineError::Snapshot(_) => "snapshot",
        EngineError::Forbidden { .. } => NOT_ALLOWED,
        EngineError::PolicyRuns { .. } => "policy-runs",
        EngineError::Frozen { .. } => "frozen",
        EngineError::RunFailed { code, .. } => code,
        EngineError::Interrupted { .. } | EngineError::Closing => "interrupted",
        EngineError::Altered { .. } => "altered",
        EngineError::NotNow(_) => "not-now",
        _ => "failed",
    }
}
