//! Running a policy: snapshot if needed, plan, and, where nothing holds it up, apply.

use crate::plans::ShowProgress;
use crate::{Engine, EngineError, MadePlan, Operator, PolicyState, RunEnd, ShowItems, UseCase};
use rollcall_model::SiteName;
use rollcall_report::RunReport;

/// What running a policy at one site came to.
pub enum Ran {
    /// There was a run.
    Run {
        /// What happened.
        report: Box<RunReport>,
        /// How it ended.
        end: RunEnd,
    },
    /// The plan exceeds a limit or awaits approval; nothing was changed.
    Held(Box<MadePlan>),
}

impl Engine {
    /// The sites a policy is for, or the one named if it is one of them.
    pub async fn sites_of_policy(
        &self,
        operator: &Operator,
        name: &str,
        only: Option<&SiteName>,
    ) -> Result<Vec<SiteName>, EngineError> {
        operator.check(UseCase::SeePolicies)?;
        let (policy, _) = self.stored_policy(name).await?;
        match only {
            None => Ok(policy.sites),
            Some(site) if policy.sites.contains(site) => Ok(vec![site.clone()]),
            Some(site) => Err(EngineError::NotNow(format!("policy \"{name}\" is not for site \"{site}\""))),
        }
    }

    /// Runs a policy at a site in the mode it is switched to. A run of it that was left behind by a dead process is finished first,
    /// and is then all that happens: the next call makes a new plan.
    pub async fn run_policy(
        &self,
        operator: &Operator,
        name: &str,
        site: &SiteName,
        progress: ShowProgress<'_>,
        show: ShowItems,
    ) -> Result<Ran, EngineError> {
        operator.check(UseCase::Apply)?;
        let (policy, state) = self.stored_policy(name).await?;
        if state == PolicyState::Off {
            return Err(EngineError::NotNow(format!(
                "policy \"{name}\" is off; switch it on with `rollcall policy enable {name}`"
            )));
        }
        self.check_may_write(policy.mode, site).await?;
        if let Some(run) = self.unfinished_run(name, site).await? {
            let (report, end) = self.resume(operator, &run, show).await?;
            return Ok(Ran::Run { report: Box::new(report), end });
        }
        let made = self.plan_policy(operator, name, Some(site), None, None, progress).await?;
        let Some(made) = made.into_iter().next() else {
            return Err(EngineError::NotNow(format!("policy \"{name}\" is not for site \"{site}\"")));
        };
        self.apply_or_hold(operator, &policy, made, show).await
    }
}
