//! Jobs: what is asked for now and done by a worker, whoever asks and whichever node works. A job outlives the process it was asked of.
//!
//! How one is done is in `perform.rs`, who does it in `worker.rs`.

use crate::{Engine, EngineError, JobResult, Operator, Task, UseCase, about_site};
use jiff::Timestamp;
use rollcall_audit::{Draft, EntryKind, Subject};
use rollcall_model::{JobId, PlanId, RunId, SiteId, SiteName};
use rollcall_planner::Mode;
use rollcall_store::{JobDraft, JobFilter, JobKind, JobRow, JobState, StoreError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// Why a job failed, or what went wrong the last time it was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobError {
    /// Short, stable.
    pub code: String,
    /// For people.
    pub message: String,
}

/// A job as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct JobView {
    /// Its id.
    pub id: JobId,
    /// What it does.
    pub task: Task,
    /// The site it is about, if it is still there.
    pub site: Option<SiteName>,
    /// The policy it is about.
    pub policy: Option<String>,
    /// The occurrence of the policy's schedule that it comes from.
    pub tick: Option<Timestamp>,
    /// Where it stands.
    pub state: JobState,
    /// When it is due.
    pub due_at: Timestamp,
    /// How often it was tried and failed for a passing reason.
    pub attempts: u32,
    /// Whether it waits for the end of a freeze.
    pub is_frozen: bool,
    /// Whether somebody wants it to end.
    pub is_cancel_wanted: bool,
    /// Who asked for it.
    pub asked_by: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When work on it began.
    pub started_at: Option<Timestamp>,
    /// When it was over.
    pub finished_at: Option<Timestamp>,
    /// What it came to.
    pub result: Option<JobResult>,
    /// What went wrong.
    pub error: Option<JobError>,
    /// What there is to say about it.
    pub note: Option<String>,
}

/// Which jobs to list, newest first. The default is all.
#[derive(Debug, Clone, Default)]
pub struct JobQuery {
    /// In one of these states; empty = in any.
    pub states: Vec<JobState>,
    /// Of this kind.
    pub kind: Option<JobKind>,
    /// About this site.
    pub site: Option<SiteName>,
    /// About this policy.
    pub policy: Option<String>,
    /// Older than this one: the next page.
    pub before: Option<JobId>,
    /// How many at most; `None` = all.
    pub limit: Option<u32>,
}

/// What a task is about, as ids.
#[derive(Default)]
struct About {
    site: Option<SiteId>,
    policy: Option<String>,
    plan: Option<PlanId>,
    run: Option<RunId>,
}

impl Engine {
    /// Queues a job. What it names must be there; whether it can be done shows when a worker does it.
    pub async fn enqueue(&self, operator: &Operator, task: Task) -> Result<JobView, EngineError> {
        let (draft, entry) = self.job_to_queue(operator, &task).await?;
        self.store.add_job(&draft, self.now(), entry).await?;
        self.queued.notify_one();
        self.job_view(&draft.id).await
    }

    /// Queues several jobs: all of them, or, where one cannot be, none.
    pub(crate) async fn enqueue_all(
        &self,
        operator: &Operator,
        tasks: &[Task],
    ) -> Result<Vec<JobView>, EngineError> {
        let mut drafts = Vec::with_capacity(tasks.len());
        for task in tasks {
            drafts.push(self.job_to_queue(operator, task).await?);
        }
        let ids: Vec<_> = drafts.iter().map(|(draft, _)| draft.id.clone()).collect();
        self.store.add_jobs(drafts, self.now()).await?;
        self.queued.notify_one();
        let mut views = Vec::with_capacity(ids.len());
        for id in &ids {
            views.push(self.job_view(id).await?);
        }
        Ok(views)
    }

    async fn job_to_queue(&self, operator: &Operator, task: &Task) -> Result<(JobDraft, Draft), EngineError> {
        operator.check(task.use_case())?;
        let about = self.about(task).await?;
        self.check_may_begin(task).await?;
        self.job_draft(operator, task, about, self.now())
    }

    /// One job.
    pub async fn job(&self, operator: &Operator, id: &JobId) -> Result<JobView, EngineError> {
        operator.check(UseCase::SeeJobs)?;
        self.job_view(id).await
    }

    /// Jobs, newest first.
    pub async fn jobs(&self, operator: &Operator, query: &JobQuery) -> Result<Vec<JobView>, EngineError> {
        operator.check(UseCase::SeeJobs)?;
        let names: BTreeMap<_, _> = self.store.sites().await?.into_iter().map(|s| (s.id, s.name)).collect();
        let rows = self.store.jobs(&self.filter(query).await?).await?;
        rows.into_iter().map(|row| view(row, |site| names.get(site).cloned())).collect()
    }

    /// How many jobs a query finds, its limit apart.
    pub async fn count_jobs(&self, operator: &Operator, query: &JobQuery) -> Result<u64, EngineError> {
        operator.check(UseCase::SeeJobs)?;
        Ok(self.store.count_jobs(&self.filter(query).await?).await?)
    }

    /// Ends a job that waits; one that runs stops before its next item. Gives the job as it is then.
    pub async fn cancel_job(
        &self,
        operator: &Operator,
        id: &JobId,
        why: &str,
    ) -> Result<JobView, EngineError> {
        operator.check(UseCase::CancelJob)?;
        let row = self.store.job(id).await?;
        let subject = Subject { site: row.site.clone(), policy: row.policy.clone(), ..Subject::default() };
        let mut entry = self.draft(operator, EntryKind::JOB_CANCELLED, subject, why);
        entry.details = json!({ "job": id, "kind": row.kind });
        self.store.cancel_job(id, &format!("cancelled by {operator}: {why}"), self.now(), entry).await?;
        self.job_view(id).await
    }

    /// Waits until a job is over, but not longer than this. Gives the job as it is then.
    pub async fn wait_for_job(
        &self,
        operator: &Operator,
        id: &JobId,
        at_most: Duration,
    ) -> Result<JobView, EngineError> {
        operator.check(UseCase::SeeJobs)?;
        // Another node may do it, so that nothing in this process would tell: it is looked at, at first often.
        let look = async {
            let mut pause = Duration::from_millis(20);
            loop {
                if self.store.job(id).await?.state.is_over() {
                    return Ok::<(), StoreError>(());
                }
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(Duration::from_millis(500));
            }
        };
        if let Ok(looked) = tokio::time::timeout(at_most, look).await {
            looked?;
        }
        self.job_view(id).await
    }

    /// Queues the resumption of a run that a freeze has stopped.
    pub(crate) async fn resume_later(
        &self,
        operator: &Operator,
        run: &RunId,
        until: Timestamp,
    ) -> Result<(), EngineError> {
        let task = Task::Resume { run: run.clone() };
        let (mut draft, mut entry) = self.job_draft(operator, &task, self.about(&task).await?, until)?;
        draft.is_frozen = true;
        draft.note = Some("waits for the end of a freeze".to_owned());
        entry.why = format!("goes on when the freeze ends at {until}");
        Ok(self.store.add_job(&draft, self.now(), entry).await?)
    }

    /// The job that applies a plan as soon as it is approved, where a schedule or an event made it.
    pub(crate) async fn apply_once_approved(
        &self,
        plan: &rollcall_store::PlanRow,
        approver: &Operator,
    ) -> Result<Option<(JobDraft, Draft)>, EngineError> {
        let Some(job) = &plan.job else { return Ok(None) };
        let job = self.store.job(job).await?;
        if job.tick.is_none() && !matches!(task_of(&job)?, Task::RunForEvents { .. }) {
            return Ok(None);
        }
        let task = Task::Apply { plan: plan.id.clone(), during_freeze: false };
        let (mut draft, mut entry) =
            self.job_draft(&Operator::scheduler(), &task, self.about(&task).await?, self.now())?;
        let why =
            format!("nobody asked for the plan by hand, and {approver} has approved it: it is applied now");
        draft.note = Some(why.clone());
        entry.why = why;
        Ok(Some((draft, entry)))
    }

    /// A job to be of a task, with its audit entry.
    fn job_draft(
        &self,
        operator: &Operator,
        task: &Task,
        about: About,
        due_at: Timestamp,
    ) -> Result<(JobDraft, Draft), EngineError> {
        let id = JobId::new(self.new_id());
        let payload = serde_json::to_value(task).map_err(EngineError::document("a job"))?;
        let subject = Subject {
            plan: about.plan,
            run: about.run,
            policy: about.policy.clone(),
            ..about.site.as_ref().map(about_site).unwrap_or_default()
        };
        let why = format!("{} was asked for", task.kind());
        let mut entry = self.draft(operator, EntryKind::JOB_QUEUED, subject, why);
        let mut asked = payload.clone();
        if let Some(Value::Array(accounts)) = asked.get("accounts") {
            // Whom exactly is in the plan, whose content has its hash in the log.
            asked["accounts"] = accounts.len().into();
        }
        entry.details = json!({ "job": id, "task": asked });
        let draft = JobDraft {
            id,
            kind: task.kind(),
            payload,
            site: about.site,
            policy: about.policy,
            tick: None,
            writes: task.writes(),
            state: JobState::Queued,
            due_at,
            is_frozen: false,
            asked_by: operator.name().to_owned(),
            role: operator.role(),
            is_local: operator.is_local(),
            note: None,
            error: None,
        };
        Ok((draft, entry))
    }

    /// What a task names must be there.
    async fn about(&self, task: &Task) -> Result<About, EngineError> {
        match task {
            Task::Sync { site } | Task::PlanSelection { site, .. } => {
                Ok(About { site: Some(self.site_row(site).await?.id), ..About::default() })
            }
            Task::RunPolicy { policy, site } | Task::RunForEvents { policy, site } => {
                self.about_policy(policy, Some(site)).await
            }
            Task::PlanPolicy { policy, site, .. } => self.about_policy(policy, site.as_ref()).await,
            Task::Apply { plan, .. } => {
                let row = self.store.plan(plan).await?;
                Ok(About { site: Some(row.site), policy: row.policy, plan: Some(row.id), run: None })
            }
            Task::Resume { run } | Task::Undo { run, .. } => {
                let row = self.store.run(run).await?;
                Ok(About { site: Some(row.site), policy: row.policy, plan: None, run: Some(row.id) })
            }
        }
    }

    async fn about_policy(&self, name: &str, site: Option<&SiteName>) -> Result<About, EngineError> {
        let (policy, _) = self.stored_policy(name).await?;
        let site = match site {
            Some(site) if !policy.sites.contains(site) => {
                return Err(EngineError::NotNow(format!("policy \"{name}\" is not for site \"{site}\"")));
            }
            Some(site) => Some(self.site_row(site).await?.id),
            None => None,
        };
        Ok(About { site, policy: Some(policy.name), ..About::default() })
    }

    /// What is asked for in a freeze is refused like from the command line: nobody wants it to begin by itself two weeks later. What a schedule
    /// brings waits.
    async fn check_may_begin(&self, task: &Task) -> Result<(), EngineError> {
        let (mode, site) = match task {
            Task::RunPolicy { policy, site } => (self.stored_policy(policy).await?.0.mode, site.clone()),
            Task::Apply { plan, during_freeze: false } => {
                let row = self.store.plan(plan).await?;
                (mode_of(row.mode), self.store.site(&row.site).await?.name)
            }
            Task::Resume { run } | Task::Undo { run, apply: true, during_freeze: false } => {
                let row = self.store.run(run).await?;
                if row.during_freeze {
                    return Ok(());
                }
                (mode_of(row.mode), self.store.site(&row.site).await?.name)
            }
            _ => return Ok(()),
        };
        self.check_may_write(mode, &site).await
    }

    async fn filter(&self, query: &JobQuery) -> Result<JobFilter, EngineError> {
        let site = match &query.site {
            Some(site) => Some(self.site_row(site).await?.id),
            None => None,
        };
        Ok(JobFilter {
            states: query.states.clone(),
            kind: query.kind,
            site,
            policy: query.policy.clone(),
            before: query.before.clone(),
            limit: query.limit,
        })
    }

    async fn job_view(&self, id: &JobId) -> Result<JobView, EngineError> {
        let row = self.store.job(id).await?;
        let site = match &row.site {
            Some(site) => self.store.site(site).await.ok().map(|row| row.name),
            None => None,
        };
        view(row, |_| site.clone())
    }
}

fn mode_of(mode: rollcall_store::Mode) -> Mode {
    match mode {
        rollcall_store::Mode::Test => Mode::Test,
        rollcall_store::Mode::Live => Mode::Live,
    }
}

/// What a job that is kept does.
pub(crate) fn task_of(row: &JobRow) -> Result<Task, EngineError> {
    serde_json::from_value(row.payload.clone()).map_err(EngineError::document(format!("job {}", row.id)))
}

fn view(row: JobRow, name_of: impl Fn(&SiteId) -> Option<SiteName>) -> Result<JobView, EngineError> {
    let task = task_of(&row)?;
    let result = row.result.map(serde_json::from_value).transpose();
    Ok(JobView {
        result: result.map_err(EngineError::document(format!("job {}", row.id)))?,
        site: row.site.as_ref().and_then(name_of),
        error: row.error.map(|(code, message)| JobError { code, message }),
        id: row.id,
        task,
        policy: row.policy,
        tick: row.tick,
        state: row.state,
        due_at: row.due_at,
        attempts: row.attempts,
        is_frozen: row.is_frozen,
        is_cancel_wanted: row.is_cancel_wanted,
        asked_by: row.asked_by,
        created_at: row.created_at,
        started_at: row.started_at,
        finished_at: row.finished_at,
        note: row.note,
    })
}
