//! Why there is no plan. What concerns single accounts is no error: it is in the plan.

use rollcall_criteria::CriterionError;
use rollcall_model::GroupName;
use std::fmt::Write as _;

/// An order that cannot be planned. Nothing was changed; correct what is named and plan again.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The criterion does not fit the site: a group, directory or list that it does not have.
    #[error("the criterion does not fit this site: {0}")]
    Criterion(#[from] CriterionError),
    /// An action does not fit the site, or contradicts another.
    #[error("{}", listed(.0))]
    Order(Vec<OrderProblem>),
    /// A protected group does not exist. Whoever is meant is not protected.
    #[error("the protected group \"{group}\" does not exist at this site{}. Correct the site's or the policy's protected groups", near(nearest.as_ref()))]
    ProtectedGroup {
        /// As configured.
        group: GroupName,
        /// The nearest that exists.
        nearest: Option<String>,
    },
    /// Who administers the site is not known, so the last administrator cannot be protected (I5).
    #[error(
        "it is not known which groups administer this site, so its last administrator cannot be protected: name them in the site's settings (admin-groups) and take a new snapshot"
    )]
    AdministratorsUnknown,
    /// More items than can be numbered.
    #[error("the plan would have more than {} items; narrow the criterion", u32::MAX)]
    TooLarge,
}

/// What is wrong with one action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderProblem {
    /// The action as it is written on the command line.
    pub action: String,
    /// What is wrong and what to do.
    pub message: String,
}

fn listed(problems: &[OrderProblem]) -> String {
    let mut text = String::new();
    for problem in problems {
        let newline = if text.is_empty() { "" } else { "\n" };
        let _ = write!(text, "{newline}`{}`: {}", problem.action, problem.message);
    }
    text
}

fn near(nearest: Option<&String>) -> String {
    nearest.map(|name| format!("; did you mean \"{name}\"?")).unwrap_or_default()
}
