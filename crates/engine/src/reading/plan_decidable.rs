//! What the one who looks at a plan may do about it now, and if not, why: asked of the same checks that the doing asks.

use crate::{Engine, EngineError, Operator, PlanListing, UseCase};
use rollcall_planner::Plan;

/// Whether somebody may do something now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// Why not; `None` = they may.
    pub obstacle: Option<String>,
}

impl Permission {
    fn of(checked: Result<(), EngineError>) -> Result<Self, EngineError> {
        match checked {
            Ok(()) => Ok(Self { obstacle: None }),
            Err(
                error @ (EngineError::Forbidden { .. }
                | EngineError::NotNow(_)
                | EngineError::Refused { .. }
                | EngineError::Frozen { .. }),
            ) => Ok(Self { obstacle: Some(error.to_string()) }),
            Err(error) => Err(error),
        }
    }
}

/// What somebody may do about a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanPermissions {
    /// Approve it.
    pub approve: Permission,
    /// Apply it.
    pub apply: Permission,
}

impl Engine {
    /// What an operator may do about a plan that was shown to them.
    pub async fn plan_permissions(
        &self,
        operator: &Operator,
        shown: &PlanListing,
        plan: &Plan,
    ) -> Result<PlanPermissions, EngineError> {
        operator.check(UseCase::SeePlans)?;
        let approve = match operator.check(UseCase::Approve) {
            Ok(()) => {
                let is_awaiting = shown.standing == "awaiting";
                self.check_approvable(operator, plan, &shown.made_by, is_awaiting).await
            }
            refused => refused,
        };
        let apply = self.check_may_apply(operator, shown, plan).await;
        Ok(PlanPermissions { approve: Permission::of(approve)?, apply: Permission::of(apply)? })
    }

    async fn check_may_apply(
        &self,
        operator: &Operator,
        shown: &PlanListing,
        plan: &Plan,
    ) -> Result<(), EngineError> {
        operator.check(UseCase::Apply)?;
        if let Some(run) = &shown.run {
            return Err(EngineError::NotNow(format!("plan {} was applied already, by run {run}", shown.id)));
        }
        if shown.standing == "rejected" {
            return Err(EngineError::NotNow(format!("plan {} was rejected; make a new one", shown.id)));
        }
        self.check_applicable(&shown.made_by, plan, &self.approvers(&shown.id).await?).await?;
        self.check_may_write(plan.mode, &shown.site).await
    }
}
