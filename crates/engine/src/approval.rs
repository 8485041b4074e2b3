//! Deciding about a plan: who may approve or reject it, who has, and what follows.

use crate::{Engine, EngineError, MadePlan, Operator, PolicyState, UseCase};
use jiff::Timestamp;
use rollcall_audit::{Draft, EntryKind, Subject};
use rollcall_model::{ApprovalId, PlanId};
use rollcall_planner::{Mode, Origin, Plan};
use rollcall_store::{ApprovalRow, StoreError};
use serde_json::json;

/// What somebody decided about a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Who.
    pub by: String,
    /// Yes, or no.
    pub is_consent: bool,
    /// In their own words; may be empty.
    pub comment: String,
    /// When.
    pub at: Timestamp,
}

impl Engine {
    /// Approves a plan. Where the policy asks for a second person, whoever made the plan cannot; nor can, where nobody asked for it, whoever
    /// loaded the policy.
    pub async fn approve(
        &self,
        operator: &Operator,
        id: &PlanId,
        comment: &str,
    ) -> Result<MadePlan, EngineError> {
        operator.check(UseCase::Approve)?;
        let made = self.stored_plan(id).await?;
        self.check_content(id).await?;
        let row = self.store.plan(id).await?;
        self.check_approvable(operator, &made.plan, &row.made_by, made.is_awaiting).await?;
        let then = self.apply_once_approved(&row, operator).await?;
        let (approval, entry) = self.decision(operator, &made.plan, row.policy, true, comment);
        self.store.decide_plan(&approval, 1, entry, then).await?;
        self.queued.notify_one();
        self.stored_plan(id).await
    }

    /// Rejects a plan that awaits approval; for good. Whoever made it may, too.
    pub async fn reject(
        &self,
        operator: &Operator,
        id: &PlanId,
        comment: &str,
    ) -> Result<MadePlan, EngineError> {
        operator.check(UseCase::Approve)?;
        let made = self.stored_plan(id).await?;
        if !made.is_awaiting {
            return Err(EngineError::NotNow(format!("plan {id} does not await approval")));
        }
        let policy = self.store.plan(id).await?.policy;
        let (refusal, entry) = self.decision(operator, &made.plan, policy, false, comment);
        self.store.decide_plan(&refusal, 1, entry, None).await?;
        self.stored_plan(id).await
    }

    /// A decision as it is kept, and its entry.
    fn decision(
        &self,
        operator: &Operator,
        plan: &Plan,
        policy: Option<String>,
        is_consent: bool,
        comment: &str,
    ) -> (ApprovalRow, Draft) {
        let kind = if is_consent { EntryKind::PLAN_APPROVED } else { EntryKind::PLAN_REJECTED };
        let (site, plan_id) = (Some(plan.site.clone()), Some(plan.id.clone()));
        let subject = Subject { site, policy, plan: plan_id, ..Subject::default() };
        let mut entry = self.draft(operator, kind, subject, comment);
        entry.details = json!({ "fingerprint": plan.fingerprint });
        let row = ApprovalRow {
            id: ApprovalId::new(self.new_id()),
            plan: plan.id.clone(),
            operator: operator.name().to_owned(),
            is_consent,
            comment: comment.to_owned(),
            given_at: self.now(),
        };
        (row, entry)
    }

    /// Who has approved or rejected a plan, in the order in which they did.
    pub async fn decisions_on(&self, operator: &Operator, id: &PlanId) -> Result<Vec<Decision>, EngineError> {
        operator.check(UseCase::SeePlans)?;
        let given = self.store.approvals(id).await?.into_iter();
        let decision = |row: rollcall_store::ApprovalRow| Decision {
            by: row.operator,
            is_consent: row.is_consent,
            comment: row.comment,
            at: row.given_at,
        };
        Ok(given.map(decision).collect())
    }

    /// Who has approved a plan.
    pub(crate) async fn approvers(&self, id: &PlanId) -> Result<Vec<String>, EngineError> {
        let approvals = self.store.approvals(id).await?;
        Ok(approvals.into_iter().filter(|a| a.is_consent).map(|a| a.operator).collect())
    }

    /// Whether somebody whose role is enough may approve a plan now.
    pub(crate) async fn check_approvable(
        &self,
        operator: &Operator,
        plan: &Plan,
        made_by: &str,
        is_awaiting: bool,
    ) -> Result<(), EngineError> {
        let id: &PlanId = &plan.id;
        if plan.is_blocked() {
            let exceeded: Vec<_> = plan.limits.exceeded().map(|check| check.words.clone()).collect();
            return Err(EngineError::NotNow(format!(
                "plan {id} exceeds a limit and cannot be approved: {}",
                exceeded.join("; ")
            )));
        }
        if !is_awaiting {
            return Err(EngineError::NotNow(format!("plan {id} does not await approval")));
        }
        if self.now() >= plan.expires_at {
            return Err(EngineError::NotNow(format!("plan {id} expired at {}; plan again", plan.expires_at)));
        }
        self.check_policy_stands(plan).await?;
        if plan.approval.second_person {
            let maker = self.maker_of(plan, made_by).await?;
            if operator.is(&maker) {
                return Err(EngineError::NotNow(format!(
                    "plan {id} was made by {}, and its policy asks for a second person: somebody else has to approve it",
                    if operator.is(made_by) { maker } else { format!("the policy that {maker} loaded") }
                )));
            }
        }
        Ok(())
    }

    /// Who counts as the maker of a plan where a second person is wanted: whoever asked for it; where nobody did, whoever loaded this version of
    /// its policy.
    pub(crate) async fn maker_of(&self, plan: &Plan, made_by: &str) -> Result<String, EngineError> {
        if let Origin::Policy { name, version } = &plan.origin
            && Operator::scheduler().is(made_by)
        {
            let versions = self.store.policy_versions(name).await?;
            if let Some(loaded) = versions.into_iter().find(|known| known.version == *version) {
                return Ok(loaded.loaded_by);
            }
        }
        Ok(made_by.to_owned())
    }

    /// Whether a live plan still is what its policy says: the policy is there, live, and in the very version that was planned (I14). What
    /// no policy made stands for itself.
    pub(crate) async fn check_policy_stands(&self, plan: &Plan) -> Result<(), EngineError> {
        let (Origin::Policy { name, version }, Mode::Live) = (&plan.origin, plan.mode) else { return Ok(()) };
        let id = &plan.id;
        let row = match self.store.policy(name).await {
            Err(StoreError::NotFound { .. }) => {
                return Err(EngineError::NotNow(format!(
                    "policy \"{name}\" was removed since plan {id} was made: nobody applies it any more"
                )));
            }
            found => found?,
        };
        if row.version != *version {
            return Err(EngineError::NotNow(format!(
                "policy \"{name}\" was changed since plan {id} was made: plan again"
            )));
        }
        check_live(name, row.state)
    }
}

/// A policy changes accounts only while it is live.
pub(crate) fn check_live(name: &str, state: PolicyState) -> Result<(), EngineError> {
    let stands = match state {
        PolicyState::Live => return Ok(()),
        PolicyState::Off => "is off",
        PolicyState::Test => "is in test mode",
    };
    Err(EngineError::NotNow(format!(
        "policy \"{name}\" {stands}, and changes accounts only while it is live: an approver switches it by `rollcall policy enable {name} --live`, \
         after a test run of this version"
    )))
}
