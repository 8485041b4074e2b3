//! What is under way, and whether anybody works on it.

use super::{Finding, Health, finding};
use crate::{Engine, EngineError, Operator};
use jiff::SignedDuration;
use rollcall_store::{JobFilter, JobState};

/// What is due for longer than this waits for a `serve` that is not there, or cannot keep up.
const PATIENCE: SignedDuration = SignedDuration::from_mins(15);

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

    /// Jobs that nobody takes, and schedules whose time went by.
    pub(super) async fn examine_jobs(&self, operator: &Operator) -> Result<Vec<Finding>, EngineError> {
        let filter = JobFilter { states: vec![JobState::Queued], ..JobFilter::default() };
        let late = self.now() - PATIENCE;
        let waiting = self.store.jobs(&filter).await?;
        let stuck = waiting.iter().filter(|job| job.due_at < late && !job.is_frozen).count();
        let remedy = "see that `rollcall serve` runs; its log says what it does";
        let mut findings = vec![if stuck == 0 {
            finding("jobs", Health::Good, format!("{} wait, none for long", waiting.len()), "")
        } else {
            finding("jobs", Health::Warning, format!("{stuck} are due for more than 15 minutes"), remedy)
        }];
        for schedule in self.schedules(operator).await? {
            let what = format!("schedule {}", schedule.policy);
            if schedule.next_at.is_some_and(|at| at < late) {
                findings.push(finding(&what, Health::Warning, "its time went by and nobody took it", remedy));
            } else if schedule.is_paused {
                let found = "is paused: it does not run by itself";
                let resume = format!("rollcall schedule resume {}", schedule.policy);
                findings.push(finding(&what, Health::Good, found, resume));
            }
        }
        Ok(findings)
    }

    /// Duties that failed the last time, and what is frozen now.
    pub(super) async fn examine_duties(&self, operator: &Operator) -> Result<Vec<Finding>, EngineError> {
        let mut findings = Vec::new();
        for duty in self.store.duties().await? {
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
}
