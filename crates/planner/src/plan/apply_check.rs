//! Whether a stored plan may be applied now.

use super::Plan;
use jiff::Timestamp;
use rollcall_model::SiteId;
use rollcall_snapshot::fold;

/// An approval that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GivenApproval<'a> {
    /// Who approved.
    pub by: &'a str,
    /// The fingerprint of the plan that was approved.
    pub fingerprint: &'a str,
}

/// The circumstances in which a plan is to be applied.
#[derive(Debug, Clone, Copy)]
pub struct Applying<'a> {
    /// Now.
    pub now: Timestamp,
    /// The site that would be written to.
    pub site: &'a SiteId,
    /// Who asked for the run.
    pub operator: &'a str,
    /// The approvals given to this plan.
    pub approvals: &'a [GivenApproval<'a>],
}

/// Why a plan is not applied. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanRefusal {
    /// Too old. Plan again.
    #[error("the plan expired at {expires_at}: what it was decided on is out of date. Plan again")]
    Expired {
        /// When it did.
        expires_at: Timestamp,
    },
    /// Made from a snapshot of another site.
    #[error(
        "the plan was made on a snapshot of another site ({planned}) than the one it is to be applied to ({wanted})"
    )]
    OtherSite {
        /// The plan's site.
        planned: SiteId,
        /// The site it was to be applied to.
        wanted: SiteId,
    },
    /// A limit is exceeded (I4).
    #[error("the plan exceeds a limit: {}", .exceeded.join("; "))]
    Blocked {
        /// Each limit that is, in words with the remedy.
        exceeded: Vec<String>,
    },
    /// Somebody must agree first.
    #[error("the plan changes {accounts} accounts and needs approval{}: rollcall approve {plan}", of_whom(*second_person, operator))]
    NeedsApproval {
        /// The plan, as `approve` names it.
        plan: String,
        /// How many accounts it changes.
        accounts: u32,
        /// It must be somebody other than who asked for it.
        second_person: bool,
        /// Who asked for it.
        operator: String,
    },
}

fn of_whom(second_person: bool, operator: &str) -> String {
    if second_person { format!(" by somebody other than {operator}") } else { String::new() }
}

impl Plan {
    /// Whether the plan may be applied. Asked before the first write of a run; each account is looked at again after that (I2).
    pub fn check_applicable(&self, applying: &Applying<'_>) -> Result<(), PlanRefusal> {
        if self.site != *applying.site {
            return Err(PlanRefusal::OtherSite { planned: self.site.clone(), wanted: applying.site.clone() });
        }
        if applying.now >= self.expires_at {
            return Err(PlanRefusal::Expired { expires_at: self.expires_at });
        }
        if self.is_blocked() {
            let exceeded = self.limits.exceeded().map(|check| check.words.clone()).collect();
            return Err(PlanRefusal::Blocked { exceeded });
        }
        let is_approved = applying.approvals.iter().any(|given| {
            given.fingerprint == self.fingerprint
                && (!self.approval.second_person || fold(given.by) != fold(applying.operator))
        });
        if self.approval.is_needed && !is_approved {
            return Err(PlanRefusal::NeedsApproval {
                plan: self.id.to_string(),
                accounts: self.accounts,
                second_person: self.approval.second_person,
                operator: applying.operator.to_owned(),
            });
        }
        Ok(())
    }
}
