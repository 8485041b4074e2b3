//! What is under way, and whether anybody works on it.

use super::{Finding, Health, finding};
use crate::{Duty, Engine, EngineError, Operator};
use jiff::{SignedDuration, Timestamp};
use rollcall_store::{DutyRow, JobFilter, JobRow, JobState};

/// What is due for longer than this waits for a `serve` that is not there, or cannot keep up.
const PATIENCE: SignedDuration = SignedDuration::from_mins(15);
/// What helps against that.
const SERVE: &str = "see that `rollcall serve` runs; its log says what it does";

impl Engine {
    pub(super) async fn examine_runs(&self) -> Result<Vec<Finding>, EngineError> {
        let lost = self.store.free_runs(self.now()).await?.into_iter();
        let word = |run: rollcall_store::RunRow| {
            let found = format!("is {} but nobody works on it: its process died", run.state);
            finding(
                format!("run {}", run.id),
                Health::Warning,
                found,
                format!("rollcall runs resume {}", run.id),
            )
        };
        Ok(lost.map(word).collect())
    }

    /// Jobs that nobody takes or that nobody goes on with, and schedules.
    pub(super) async fn examine_jobs(&self) -> Result<Vec<Finding>, EngineError> {
        let filter = JobFilter { states: vec![JobState::Queued], ..JobFilter::default() };
        let late = self.now() - PATIENCE;
        let waiting = self.store.jobs(&filter).await?;
        let stuck = waiting.iter().filter(|job| job.due_at < late && !job.is_frozen).count();
        let mut findings = vec![if stuck == 0 {
            finding("jobs", Health::Good, format!("{} wait, none for long", waiting.len()), "")
        } else {
            finding("jobs", Health::Warning, format!("{stuck} are due for more than 15 minutes"), SERVE)
        }];
        findings.extend(self.examine_running().await?);
        findings.extend(self.examine_schedules().await?);
        Ok(findings)
    }

    /// Schedules whose time went by, that are paused, or whose policy cannot be read.
    async fn examine_schedules(&self) -> Result<Vec<Finding>, EngineError> {
        let late = self.now() - PATIENCE;
        let mut findings = Vec::new();
        for row in self.store.schedules().await? {
            let what = format!("schedule {}", row.policy);
            let schedule = match self.schedule_view(row).await {
                Ok(schedule) => schedule,
                Err(error) => {
                    let remedy = "load the policy again: rollcall policy load FILE";
                    findings.push(finding(what, Health::Bad, error.to_string(), remedy));
                    continue;
                }
            };
            if schedule.next_at.is_some_and(|at| at < late) {
                findings.push(finding(&what, Health::Warning, "its time went by and nobody took it", SERVE));
            } else if schedule.is_paused {
                let found = "is paused: it does not run by itself";
                let resume = format!("rollcall schedule resume {}", schedule.policy);
                findings.push(finding(&what, Health::Good, found, resume));
            }
        }
        Ok(findings)
    }

    /// Jobs whose worker says nothing any more: they keep their policy and their site from all others.
    async fn examine_running(&self) -> Result<Vec<Finding>, EngineError> {
        let filter = JobFilter { states: vec![JobState::Running], ..JobFilter::default() };
        let now = self.now();
        let silent =
            |job: JobRow| job.owner.filter(|(_, until)| *until < now).map(|(_, until)| (job.id, until));
        let lost = self.store.jobs(&filter).await?.into_iter().filter_map(silent);
        let word = |(id, until): (_, Timestamp)| {
            let found = format!(
                "is running, but its worker was to be heard of until {until:.0}: its process died, or cannot write to the database"
            );
            let remedy = "see that `rollcall serve` runs and the database takes writes; a worker then ends the job or goes on with it";
            finding(format!("job {id}"), Health::Warning, found, remedy)
        };
        Ok(lost.map(word).collect())
    }

    /// Duties that failed the last time or that nobody does, and what is frozen now.
    pub(super) async fn examine_duties(&self, operator: &Operator) -> Result<Vec<Finding>, EngineError> {
        let mut findings = Vec::new();
        let duties = self.store.duties().await?;
        findings.extend(self.overdue(&duties));
        for duty in duties {
            if let Some(error) = duty.last_error {
                let what = format!("duty {}", duty.name);
                findings.push(finding(what, Health::Warning, error, "it is tried again at its next time"));
            }
        }
        for freeze in self.freezes(operator).await?.into_iter().filter(|freeze| freeze.is_in_force) {
            let until = freeze.next.map_or_else(String::new, |(_, until)| format!(" until {until:.0}"));
            let found = format!("in force{until}: nothing is changed live. {}", freeze.freeze.reason());
            findings.push(finding(format!("freeze {}", freeze.freeze.name()), Health::Good, found, ""));
        }
        Ok(findings)
    }

    /// Duties whose time went by long ago and that nobody does. Those of other nodes, which may be gone for good, are not looked at.
    fn overdue(&self, duties: &[DutyRow]) -> Option<Finding> {
        let (now, late) = (self.now(), self.now() - PATIENCE);
        let own = Duty::of_the_engine(self);
        let is_overdue =
            |duty: &&DutyRow| duty.next_at < late && duty.held_until.is_none_or(|until| until < now);
        let names: Vec<_> = duties
            .iter()
            .filter(|duty| own.iter().any(|own| own.name() == duty.name))
            .filter(is_overdue)
            .map(|duty| format!("\"{}\"", duty.name))
            .collect();
        let found = || format!("due for more than 15 minutes, and nobody does them: {}", names.join(", "));
        (!names.is_empty()).then(|| finding("duties", Health::Warning, found(), SERVE))
    }
}
