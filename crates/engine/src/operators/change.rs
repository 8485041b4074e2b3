//! Adding, changing and removing operators.

use super::{
    OperatorView, audited, check_name, check_password, check_person, field_text, folded, optional_field_text,
};
use crate::{Engine, EngineError, Operator, UseCase};
use jiff::Timestamp;
use rollcall_audit::{EntryKind, Subject};
use rollcall_model::Role;
use rollcall_store::{OperatorChange, OperatorRow, Standing, StoreError};
use secrecy::{ExposeSecret, SecretString};

/// An operator to be.
#[derive(Debug)]
pub struct NewOperator {
    /// What they sign in with.
    pub name: String,
    /// What they are called; default: the name.
    pub display_name: Option<String>,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// What they may do.
    pub role: Role,
    /// What they sign in with first; without one nobody signs in by this name until it is set.
    pub password: Option<SecretString>,
}

/// What is to become of an operator. What is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OperatorEdit {
    /// What they are called.
    pub display_name: Option<String>,
    /// Where mail reaches them; an empty text forgets it.
    pub email: Option<String>,
    /// What they may do.
    pub role: Option<Role>,
    /// Whether they may sign in.
    pub is_active: Option<bool>,
}

impl Engine {
    /// Checks a new operator and makes the row of it, not yet kept; hashes the password.
    pub(super) async fn operator_to_be(
        &self,
        new: NewOperator,
    ) -> Result<(OperatorRow, Option<SecretString>), EngineError> {
        check_name(&new.name)?;
        let email = optional_field_text("email", new.email.as_deref())?;
        let display_name = field_text("displayName", new.display_name.as_deref().unwrap_or(&new.name))?;
        let password = match new.password {
            None => None,
            Some(password) => {
                check_password("password", password.expose_secret(), &new.name, email.as_deref())?;
                Some(self.hasher.hash(&password).await?)
            }
        };
        let row = OperatorRow {
            id: self.new_id(),
            name: new.name,
            display_name,
            email,
            role: new.role,
            standing: Standing::Active,
            outer: None,
            created_at: self.now(),
            changed_at: self.now(),
            signed_in_at: None,
        };
        Ok((row, password))
    }

    /// Adds an operator who signs in with a password.
    pub async fn add_operator(
        &self,
        operator: &Operator,
        new: NewOperator,
    ) -> Result<OperatorView, EngineError> {
        operator.check(UseCase::ChangeOperators)?;
        check_person(operator, "adds no operators")?;
        // Asked before the password is hashed; the database has the last word.
        if self.store.operator_named(&folded(&new.name)).await?.is_some() {
            return Err(EngineError::Taken { what: "operator", name: new.name });
        }
        let (row, password) = self.operator_to_be(new).await?;
        let why = format!("operator \"{}\" was added as {}", row.name, row.role);
        let mut entry = self.draft(operator, EntryKind::OPERATOR_ADDED, Subject::default(), why);
        entry.after = Some(audited(&row));
        self.store.add_operator(&row, &folded(&row.name), password.as_ref(), entry).await?;
        Ok(row.into())
    }

    /// Changes what an operator is called, where mail reaches them, what they may do, whether they may sign in. `seen` is the
    /// [`OperatorView::changed_at`] that the decision was based on; where it is another by now, nothing is changed. Gives the operator as
    /// they are then.
    pub async fn change_operator(
        &self,
        operator: &Operator,
        name: &str,
        edit: &OperatorEdit,
        seen: Option<Timestamp>,
    ) -> Result<OperatorView, EngineError> {
        operator.check(UseCase::ChangeOperators)?;
        let row = self.operator_row(name).await?;
        check_seen(&row, seen)?;
        if edit.is_active == Some(true) && row.standing != Standing::Active {
            check_person(operator, "lets nobody sign in again")?;
        }
        if edit.role.is_some_and(|role| role > row.role) {
            check_person(operator, "gives nobody a higher role")?;
        }
        if row.outer.is_some() && edit.role.is_some_and(|role| role != row.role) {
            return Err(EngineError::NotNow(format!(
                "operator \"{}\" signs in at the provider, and has the role that their groups there give (`sign-on.roles` in rollcall.yaml)",
                row.name
            )));
        }
        let standing = match edit.is_active {
            Some(true) => Some(Standing::Active),
            Some(false) => Some(Standing::Inactive),
            None => None,
        };
        let email =
            edit.email.as_deref().map(|email| optional_field_text("email", Some(email))).transpose()?;
        let change = OperatorChange {
            display_name: edit.display_name.as_deref().map(|n| field_text("displayName", n)).transpose()?,
            email,
            role: edit.role,
            standing,
        };
        let why = format!("operator \"{}\" was changed", row.name);
        self.record_change(operator, &row, &change, true, why).await?;
        Ok(self.operator_row(name).await?.into())
    }

    /// Changes an operator, if that changes anything.
    pub(crate) async fn record_change(
        &self,
        operator: &Operator,
        row: &OperatorRow,
        change: &OperatorChange,
        spares_last_admin: bool,
        why: String,
    ) -> Result<(), EngineError> {
        let after = OperatorRow {
            display_name: change.display_name.clone().unwrap_or_else(|| row.display_name.clone()),
            email: change.email.clone().unwrap_or_else(|| row.email.clone()),
            role: change.role.unwrap_or(row.role),
            standing: change.standing.unwrap_or(row.standing),
            ..row.clone()
        };
        if after == *row {
            return Ok(());
        }
        let mut entry = self.draft(operator, EntryKind::OPERATOR_CHANGED, Subject::default(), why);
        (entry.before, entry.after) = (Some(audited(row)), Some(audited(&after)));
        self.store.change_operator(row, change, spares_last_admin, self.now(), entry).await?;
        Ok(())
    }

    /// Removes an operator with their sessions and tokens.
    pub async fn remove_operator(
        &self,
        operator: &Operator,
        name: &str,
        seen: Option<Timestamp>,
    ) -> Result<(), EngineError> {
        operator.check(UseCase::ChangeOperators)?;
        let row = self.operator_row(name).await?;
        check_seen(&row, seen)?;
        let why = format!("operator \"{}\" was removed", row.name);
        let mut entry = self.draft(operator, EntryKind::OPERATOR_REMOVED, Subject::default(), why);
        entry.before = Some(audited(&row));
        Ok(self.store.remove_operator(&row, entry).await?)
    }
}

pub(super) fn check_seen(row: &OperatorRow, seen: Option<Timestamp>) -> Result<(), EngineError> {
    if seen.is_some_and(|seen| seen.as_microsecond() != row.changed_at.as_microsecond()) {
        return Err(StoreError::Stale { what: "operator", name: row.name.clone() }.into());
    }
    Ok(())
}
