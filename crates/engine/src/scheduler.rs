//! Schedules: when a policy is due, and the jobs that come of it.
//!
//! What was missed, because nobody ran or the clock was wrong, comes once, late, and never as a backlog. The clock going back brings
//! nothing twice: an occurrence that was taken is known by its instant.

use crate::policies::PolicyState;
use crate::{Engine, EngineError, JobView, Operator, Task, UseCase};
use jiff::{SignedDuration, Timestamp};
use rollcall_audit::{EntryKind, Subject};
use rollcall_model::{JobId, SiteName};
use rollcall_planner::{Passed, Policy, Schedule};
use rollcall_store::{JobDraft, JobKind, JobRow, JobState, ScheduleRow, StoreError, TickDraft};
use serde_json::json;

/// An occurrence that is taken this much after its time is late enough to be told.
const LATE: SignedDuration = SignedDuration::from_mins(5);

/// The schedule of a policy as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleView {
    /// The policy.
    pub policy: String,
    /// Whether it is switched on.
    pub state: PolicyState,
    /// The schedule; `None`: it runs only when asked.
    pub schedule: Option<Schedule>,
    /// Whether its occurrences are passed over.
    pub is_paused: bool,
    /// When it runs next by itself; `None` where it is off, paused, or has no schedule.
    pub next_at: Option<Timestamp>,
    /// The last occurrence that was taken.
    pub last_at: Option<Timestamp>,
}

impl ScheduleView {
    /// The next so many occurrences after an instant, whether or not the policy is switched on.
    pub fn upcoming(&self, after: Timestamp, count: usize) -> Vec<Timestamp> {
        self.schedule.as_ref().map(|schedule| schedule.upcoming(after, count)).unwrap_or_default()
    }
}

impl Engine {
    /// The schedules of all policies, by name.
    pub async fn schedules(&self, operator: &Operator) -> Result<Vec<ScheduleView>, EngineError> {
        operator.check(UseCase::SeePolicies)?;
        let mut views = Vec::new();
        for row in self.store.schedules().await? {
            views.push(self.schedule_view(row).await?);
        }
        Ok(views)
    }

    /// The next so many occurrences of a schedule that is being written.
    pub fn occurrences(
        &self,
        operator: &Operator,
        schedule: &Schedule,
        count: usize,
    ) -> Result<Vec<Timestamp>, EngineError> {
        operator.check(UseCase::SeePolicies)?;
        Ok(schedule.upcoming(self.now(), count))
    }

    /// The schedule of one policy.
    pub async fn schedule(&self, operator: &Operator, policy: &str) -> Result<ScheduleView, EngineError> {
        operator.check(UseCase::SeePolicies)?;
        let name = self.policy_row(policy).await?.name;
        self.schedule_view(self.store.schedule(&name).await?).await
    }

    /// Pauses a policy: the occurrences of its schedule are passed over, and its events wait, until somebody lets it go on. It can still be run by hand.
    pub async fn pause_schedule(
        &self,
        operator: &Operator,
        policy: &str,
        why: &str,
    ) -> Result<(), EngineError> {
        operator.check(UseCase::PauseSchedule)?;
        self.set_paused(operator, policy, true, why).await
    }

    /// Lets a paused policy go on, with its next occurrence and the events that waited. Occurrences that were passed over are not made up for.
    pub async fn resume_schedule(
        &self,
        operator: &Operator,
        policy: &str,
        why: &str,
    ) -> Result<(), EngineError> {
        operator.check(UseCase::PauseSchedule)?;
        self.set_paused(operator, policy, false, why).await
    }

    /// Queues a run of a policy, whatever its schedule: at one of its sites, or at all of them; where it cannot be at one, at none.
    pub async fn run_now(
        &self,
        operator: &Operator,
        policy: &str,
        site: Option<&SiteName>,
    ) -> Result<Vec<JobView>, EngineError> {
        operator.check(UseCase::Apply)?;
        let sites = self.sites_of_policy(operator, policy, site).await?;
        let name = self.policy_row(policy).await?.name;
        let tasks: Vec<_> =
            sites.into_iter().map(|site| Task::RunPolicy { policy: name.clone(), site }).collect();
        self.enqueue_all(operator, &tasks).await
    }

    /// Moves schedules that are due to jobs; tells how many were. Any number of nodes may do so at once. A schedule that cannot be taken holds up
    /// no other, and is an error when all had their turn; it stays due.
    pub async fn tick(&self) -> Result<u32, EngineError> {
        let now = self.now();
        let (mut taken, mut troubles) = (0, Vec::new());
        for row in self.store.due_schedules(now).await? {
            match self.take(&row, now).await {
                Ok(is_taken) => taken += u32::from(is_taken),
                Err(error) => troubles.push(format!("policy \"{}\": {error}", row.policy)),
            }
        }
        if taken > 0 {
            self.queued.notify_one();
        }
        if troubles.is_empty() { Ok(taken) } else { Err(EngineError::Schedules(troubles.join("; "))) }
    }

    /// Brings back schedules that are due later than they say themselves: a clock that was ahead had moved them on, and was put right since.
    pub(crate) async fn realign_schedules(&self) -> Result<(), EngineError> {
        let now = self.now();
        for row in self.store.schedules().await? {
            let Some(due) = row.next_at.filter(|due| row.is_settled && *due > now) else { continue };
            // One that cannot be read is told by the tick, when it is due.
            let Ok((policy, _)) = self.stored_policy(&row.policy).await else { continue };
            let next = policy.schedule.as_ref().and_then(|schedule| schedule.next_after(now));
            if next.is_some_and(|next| next < due) && self.store.take_tick(&row, None, next, &[], now).await?
            {
                tracing::warn!(
                    policy = %row.policy,
                    "the schedule stood at {due}, later than its next time: the clock was ahead then; it is due at its next time again"
                );
            }
        }
        Ok(())
    }

    async fn take(&self, row: &ScheduleRow, now: Timestamp) -> Result<bool, EngineError> {
        let (policy, _) = self.stored_policy(&row.policy).await?;
        let Some(schedule) = &policy.schedule else {
            self.store.take_tick(row, None, None, &[], now).await?;
            return Ok(false);
        };
        let due = row.next_at.filter(|_| row.is_settled);
        let Some((due, passed)) = due.and_then(|due| Some((due, schedule.passed(due, now)?))) else {
            // Switched on before there was a scheduler: from now on it is one's own.
            self.store.take_tick(row, None, schedule.next_after(now), &[], now).await?;
            return Ok(false);
        };
        crate::killpoint::reach("tick-due");
        let note = lateness(due, passed, now);
        let mut jobs = Vec::new();
        for site in &policy.sites {
            jobs.push(self.tick_draft(&policy, site, passed.latest, note.clone()).await?);
        }
        let is_taken =
            self.store.take_tick(row, Some(passed.latest), schedule.next_after(now), &jobs, now).await?;
        crate::killpoint::reach("tick-taken");
        Ok(is_taken)
    }

    async fn tick_draft(
        &self,
        policy: &Policy,
        site: &SiteName,
        tick: Timestamp,
        note: Option<String>,
    ) -> Result<TickDraft, EngineError> {
        let scheduler = Operator::scheduler();
        let task = Task::RunPolicy { policy: policy.name.clone(), site: site.clone() };
        let (id, error) = match self.store.site_named(site).await {
            Ok(row) => (Some(row.id), None),
            Err(StoreError::NotFound { .. }) => {
                let message = EngineError::site_is_gone(site, &[&policy.name]).to_string();
                (None, Some(("not-found".to_owned(), message)))
            }
            Err(error) => return Err(error.into()),
        };
        let runs = match &id {
            // A run from the command line, or one whose job is over: the occurrence is not kept until it ends.
            Some(_) => match self.unfinished_run(&policy.name, site).await {
                Ok(_) => None,
                Err(error @ EngineError::PolicyRuns { .. }) => Some(error.to_string()),
                Err(error) => return Err(error),
            },
            None => None,
        };
        let payload = serde_json::to_value(&task).map_err(EngineError::document("a job"))?;
        let job = JobId::new(self.new_id());
        let entry = |kind, why: String| {
            let subject = Subject { site: id.clone(), ..Subject::policy(&policy.name) };
            let mut entry = self.draft(&scheduler, kind, subject, why);
            entry.details = json!({ "job": job, "tick": tick, "site": site });
            entry
        };
        let because = format!(
            "policy \"{}\" still waits or runs at {site} since an earlier occurrence; it never runs twice at the same time",
            policy.name
        );
        let told = note.as_ref().map_or_else(String::new, |note| format!(" ({note})"));
        let (queued, state) = match (&error, &runs) {
            (Some((_, message)), _) => (entry(EntryKind::JOB_FAILED, message.clone()), JobState::Failed),
            (None, Some(runs)) => (entry(EntryKind::JOB_SKIPPED, runs.clone()), JobState::Skipped),
            (None, None) => (entry(EntryKind::JOB_QUEUED, format!("due at {tick}{told}")), JobState::Queued),
        };
        Ok(TickDraft {
            entry: queued,
            skipped: entry(EntryKind::JOB_SKIPPED, because.clone()),
            because,
            job: JobDraft {
                id: job,
                kind: JobKind::RunPolicy,
                payload,
                site: id.clone(),
                policy: Some(policy.name.clone()),
                tick: Some(tick),
                writes: true,
                state,
                due_at: tick,
                is_frozen: false,
                asked_by: scheduler.name().to_owned(),
                role: scheduler.role(),
                is_local: scheduler.is_local(),
                note: runs.or(note),
                error,
            },
        })
    }

    /// What there is to say about an occurrence that was held up after it was taken.
    pub(crate) async fn lateness_of(&self, job: &JobRow) -> Option<String> {
        let (tick, name) = (job.tick?, job.policy.as_ref()?);
        let was_told = job.note.as_ref().is_some_and(|note| note.starts_with("late"));
        let begun =
            job.started_at.filter(|_| job.attempts == 0 && job.epoch == 1).unwrap_or_else(|| self.now());
        if was_told || begun.duration_since(tick) <= LATE {
            return None;
        }
        let policy = self.stored_policy(name).await.ok()?.0;
        let passed = policy.schedule?.passed(tick, begun)?;
        let occurrences = if passed.count == 1 { "occurrence" } else { "occurrences" };
        let held = job
            .note
            .as_ref()
            .map_or_else(String::new, |note| format!("; it {}", note.replacen("waits", "waited", 1)));
        Some(format!("late: due at {tick}, in all {} {occurrences} until it could begin{held}", passed.count))
    }

    async fn set_paused(
        &self,
        operator: &Operator,
        policy: &str,
        is_paused: bool,
        why: &str,
    ) -> Result<(), EngineError> {
        let row = self.policy_row(policy).await?;
        let (policy, state) = self.stored_policy(&row.name).await?;
        let name = &policy.name;
        if policy.schedule.is_none() && policy.on.is_empty() {
            return Err(EngineError::NotNow(format!(
                "policy \"{name}\" has no schedule and waits for no events; it runs only when asked"
            )));
        }
        if self.store.schedule(name).await?.is_paused == is_paused {
            let words = if is_paused { "is paused already" } else { "is not paused" };
            return Err(EngineError::NotNow(format!("policy \"{name}\" {words}")));
        }
        let next = self.first_due(&policy, state).filter(|_| !is_paused);
        let kind = if is_paused { EntryKind::SCHEDULE_PAUSED } else { EntryKind::SCHEDULE_RESUMED };
        let mut entry = self.draft(operator, kind, Subject::policy(name), why);
        entry.details = json!({ "next": next });
        self.store.pause_schedule(name, &row.version, is_paused, next, entry).await?;
        self.queued.notify_one();
        Ok(())
    }

    /// When a policy that is switched to this state is due first.
    pub(crate) fn first_due(&self, policy: &Policy, to: PolicyState) -> Option<Timestamp> {
        let schedule = policy.schedule.as_ref().filter(|_| to != PolicyState::Off)?;
        schedule.next_after(self.now())
    }

    pub(crate) async fn schedule_view(&self, row: ScheduleRow) -> Result<ScheduleView, EngineError> {
        let (policy, state) = self.stored_policy(&row.policy).await?;
        let is_running = state != PolicyState::Off && !row.is_paused;
        let next = policy.schedule.as_ref().and_then(|schedule| schedule.next_after(self.now()));
        Ok(ScheduleView {
            next_at: if row.is_settled { row.next_at } else { next }.filter(|_| is_running),
            policy: row.policy,
            state,
            schedule: policy.schedule,
            is_paused: row.is_paused,
            last_at: row.last_at,
        })
    }
}

/// What there is to say about an occurrence that is not the one that was due, or comes after its time.
fn lateness(due: Timestamp, passed: Passed, now: Timestamp) -> Option<String> {
    let is_late = now.duration_since(passed.latest) > LATE;
    let missed = passed.count - u32::from(!is_late);
    let more = if passed.is_more { "more than " } else { "" };
    match missed {
        0 => None,
        1 if is_late && passed.count == 1 => Some(format!("late: it was due at {due}")),
        1 => Some(format!("late: 1 missed occurrence, of {due}")),
        n => Some(format!("late: {more}{n} missed occurrences since {due}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_missed_is_counted_and_dated() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let daily = Schedule::new("0 6 * * *", "UTC").unwrap();
        let note = |due: &str, now: &str| {
            let (due, now) = (at(due), at(now));
            lateness(due, daily.passed(due, now).unwrap(), now)
        };
        assert_eq!(note("2026-11-01T06:00:00Z", "2026-11-01T06:00:02Z"), None);
        let note_of_one = note("2026-11-01T06:00:00Z", "2026-11-01T09:00:00Z");
        assert_eq!(note_of_one.as_deref(), Some("late: it was due at 2026-11-01T06:00:00Z"));
        let on_time = note("2026-11-01T06:00:00Z", "2026-11-04T06:00:01Z");
        assert_eq!(on_time.as_deref(), Some("late: 3 missed occurrences since 2026-11-01T06:00:00Z"));
        let late = note("2026-11-01T06:00:00Z", "2026-11-03T12:00:00Z");
        assert_eq!(late.as_deref(), Some("late: 3 missed occurrences since 2026-11-01T06:00:00Z"));
    }

    #[test]
    fn years_of_a_busy_schedule_are_passed_quickly() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let minutes = Schedule::new("* * * * *", "UTC").unwrap();
        let passed = minutes.passed(at("2020-01-01T00:00:00Z"), at("2026-11-25T10:00:30Z")).unwrap();
        assert_eq!((passed.latest, passed.is_more), (at("2026-11-25T10:00:00Z"), true));
    }
}
