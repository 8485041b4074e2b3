//! Operators: who may sign in, and as what.
//!
//! Here: listing, adding, changing and removing them, their passwords, the one-time link that makes the first one.
//! Not here: letting them in (`sign_in`); what each role may do (`access`).
//! One admin always remains: the last active one can be neither removed, demoted nor deactivated. Whoever has a shell of the machine
//! is above all that.

mod change;
mod names;
mod password;
mod rules;
mod setup;

pub use change::{NewOperator, OperatorEdit};
pub use setup::{Setup, SetupLink};

pub(crate) use names::{check_name, field_text, folded, optional_field_text};
pub(crate) use rules::check_password;

use crate::{Engine, EngineError, Operator, UseCase};
use jiff::Timestamp;
use rollcall_model::Role;
use rollcall_store::{OperatorRow, Standing};
use serde_json::{Value, json};

/// An operator as they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorView {
    /// What they sign in with.
    pub name: String,
    /// What they are called.
    pub display_name: String,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Whether they may sign in.
    pub is_active: bool,
    /// Whether they sign in at the provider of single sign-on; else with a password.
    pub is_outer: bool,
    /// Since when they are known.
    pub created_at: Timestamp,
    /// When something about them was changed last; the next change names it.
    pub changed_at: Timestamp,
    /// When they signed in last.
    pub signed_in_at: Option<Timestamp>,
}

impl From<OperatorRow> for OperatorView {
    fn from(row: OperatorRow) -> Self {
        Self {
            is_active: row.standing == Standing::Active,
            is_outer: row.outer.is_some(),
            name: row.name,
            display_name: row.display_name,
            email: row.email,
            role: row.role,
            created_at: row.created_at,
            changed_at: row.changed_at,
            signed_in_at: row.signed_in_at,
        }
    }
}

/// What the audit log keeps of an operator: no password, not even its hash.
pub(crate) fn audited(row: &OperatorRow) -> Value {
    json!({
        "name": row.name,
        "displayName": row.display_name,
        "email": row.email,
        "role": row.role,
        "standing": row.standing,
        "issuer": row.outer.as_ref().map(|outer| &outer.issuer),
        "subject": row.outer.as_ref().map(|outer| &outer.subject),
    })
}

impl Engine {
    /// Every operator, by name.
    pub async fn operators(&self, operator: &Operator) -> Result<Vec<OperatorView>, EngineError> {
        operator.check(UseCase::SeeOperators)?;
        Ok(self.store.operators().await?.into_iter().map(OperatorView::from).collect())
    }

    /// One operator. Everybody may see themselves.
    pub async fn operator(&self, operator: &Operator, name: &str) -> Result<OperatorView, EngineError> {
        self.check_own(operator, name, UseCase::SeeOwnSelf, UseCase::SeeOperators)?;
        Ok(self.operator_row(name).await?.into())
    }

    /// Lets somebody do to themselves what takes a higher role to do to others.
    #[expect(clippy::unused_self, reason = "reads as the gates of the other use cases")]
    pub(crate) fn check_own(
        &self,
        operator: &Operator,
        name: &str,
        own: UseCase,
        others: UseCase,
    ) -> Result<(), EngineError> {
        operator.check(if operator.is(name) { own } else { others })
    }

    pub(crate) async fn operator_row(&self, name: &str) -> Result<OperatorRow, EngineError> {
        let row = self.store.operator_named(&folded(name)).await?;
        row.ok_or_else(|| EngineError::NotFound {
            what: "operator",
            name: rollcall_model::plain(&name.chars().take(80).collect::<String>()).into_owned(),
            remedy: "; `rollcall operators list` shows those there are".to_owned(),
        })
    }
}

/// A token that leaked must not outlive itself: it lets nobody in who could not come in before. `what` = what a token does not do.
pub(crate) fn check_person(operator: &Operator, what: &'static str) -> Result<(), EngineError> {
    if operator.is_program() { Err(EngineError::NeedsPerson { what }) } else { Ok(()) }
}
