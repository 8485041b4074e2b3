//! Single sign-on: what becomes of somebody whom a provider vouches for.
//!
//! Who they are is issuer and subject, never a name: names are given again. Whoever has a name here already keeps it; a stranger of the
//! same name is refused. What they may do is said by their groups, at every sign-in anew.

use super::{NewSession, Origin};
use crate::operators::{audited, check_name, field_text, folded, optional_field_text};
use crate::{Engine, EngineError, Operator};
use rollcall_audit::{EntryKind, Subject};
use rollcall_model::Role;
use rollcall_store::{OperatorChange, OperatorRow, OuterIdentity, Standing};
use secrecy::SecretString;
use serde_json::json;
use std::collections::BTreeMap;

/// Somebody whom the provider vouches for, with what it says of them. Hostile text but for issuer and subject, which were verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOnPerson {
    /// Who vouches for them.
    pub issuer: String,
    /// What the issuer calls them, for good.
    pub subject: String,
    /// The claim that is to be their name here.
    pub name: String,
    /// What they are called.
    pub display_name: Option<String>,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// The groups they are in.
    pub groups: Vec<String>,
}

/// What their groups make of them (`sign-on` in rollcall.yaml).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignOnRules {
    /// Group → role; the highest counts.
    pub roles: BTreeMap<String, Role>,
    /// The role of those in none of the groups; `None` = they are refused.
    pub default_role: Option<Role>,
}

impl SignOnRules {
    /// The role of somebody in these groups.
    fn role(&self, groups: &[String]) -> Option<Role> {
        groups.iter().filter_map(|group| self.roles.get(group)).max().copied().or(self.default_role)
    }
}

impl Engine {
    /// Signs in somebody whom the provider vouches for; the first time, makes them an operator.
    pub async fn sign_on(
        &self,
        person: &SignOnPerson,
        rules: &SignOnRules,
        origin: &Origin,
        previous: Option<&SecretString>,
    ) -> Result<NewSession, EngineError> {
        let outer = OuterIdentity { issuer: person.issuer.clone(), subject: person.subject.clone() };
        let known = self.store.operator_of(&outer).await?;
        let row = match (known, rules.role(&person.groups)) {
            (Some(row), role) => self.outer_again(person, row, role, origin).await?,
            (None, Some(role)) => self.outer_first(person, outer, role, origin).await?,
            (None, None) => {
                let reason = "they are in none of the groups that have a role here";
                return Err(self.refuse_outer(person, None, origin, reason).await?);
            }
        };
        let session = self.begin_session(&row, origin, previous, "single sign-on").await?;
        self.forget_sign_ins().await?;
        Ok(session)
    }

    async fn outer_first(
        &self,
        person: &SignOnPerson,
        outer: OuterIdentity,
        role: Role,
        origin: &Origin,
    ) -> Result<OperatorRow, EngineError> {
        let name = person.name.trim();
        if let Err(error) = check_name(name) {
            let reason = format!("the provider gave a name that cannot be one here: {error}");
            return Err(self.refuse_outer(person, None, origin, &reason).await?);
        }
        if let Some(other) = self.store.operator_named(&folded(name)).await? {
            let whose = if other.outer.is_some() {
                "another person at the provider"
            } else {
                "an operator with a password"
            };
            let reason = format!(
                "the name \"{}\" belongs to {whose}, whom nobody takes over; rename or remove one of the two",
                other.name
            );
            return Err(self.refuse_outer(person, None, origin, &reason).await?);
        }
        let row = OperatorRow {
            id: self.new_id(),
            name: name.to_owned(),
            display_name: display_name(person).unwrap_or_else(|| name.to_owned()),
            email: email(person),
            role,
            standing: Standing::Active,
            outer: Some(outer),
            created_at: self.now(),
            changed_at: self.now(),
            signed_in_at: None,
        };
        let actor = Operator::remote(&row.name, role);
        let why =
            format!("operator \"{}\" signed in at the provider for the first time, as {role}", row.name);
        let mut entry = self.draft(&actor, EntryKind::OPERATOR_ADDED, Subject::default(), why);
        entry.after = Some(audited(&row));
        self.store.add_operator(&row, &folded(&row.name), None, entry).await?;
        Ok(row)
    }

    /// Brings what we know up to date with what the provider says. Without a role they lose what they had: their sessions end, and
    /// their tokens are good no more.
    async fn outer_again(
        &self,
        person: &SignOnPerson,
        row: OperatorRow,
        role: Option<Role>,
        origin: &Origin,
    ) -> Result<OperatorRow, EngineError> {
        if row.standing == Standing::Inactive {
            return Err(self
                .refuse_outer(person, Some(&row), origin, "the operator may not sign in")
                .await?);
        }
        let actor = Operator::remote(&row.name, row.role);
        let Some(role) = role else {
            let change = OperatorChange { standing: Some(Standing::Withdrawn), ..OperatorChange::default() };
            let why = format!("operator \"{}\" is in none of the groups that have a role here", row.name);
            self.record_change(&actor, &row, &change, false, why).await?;
            let reason = "they are no longer in any of the groups that have a role here";
            return Err(self.refuse_outer(person, Some(&row), origin, reason).await?);
        };
        let change = OperatorChange {
            display_name: display_name(person),
            email: email(person).map(Some),
            role: Some(role),
            standing: Some(Standing::Active),
        };
        let why = format!("what the provider says of operator \"{}\" has changed", row.name);
        self.record_change(&actor, &row, &change, false, why).await?;
        self.operator_row(&row.name).await
    }

    /// Records a refusal, and gives what the person is told: not why, which is in the log.
    async fn refuse_outer(
        &self,
        person: &SignOnPerson,
        row: Option<&OperatorRow>,
        origin: &Origin,
        reason: &str,
    ) -> Result<EngineError, EngineError> {
        tracing::warn!("single sign-on was refused: {reason}");
        self.record_refusal(row, origin, reason, Some(said_of(person))).await?;
        Ok(EngineError::SignOnRefused)
    }
}

/// What the provider said of somebody who was refused, so that an administrator sees whom it was about and which groups they are in.
fn said_of(person: &SignOnPerson) -> serde_json::Value {
    const LONGEST: usize = 200;
    const MOST_GROUPS: usize = 50;
    let short = |text: &str| rollcall_model::plain(text).chars().take(LONGEST).collect::<String>();
    json!({
        "issuer": short(&person.issuer),
        "subject": short(&person.subject),
        "name": short(&person.name),
        "email": person.email.as_deref().map(short),
        "groups": person.groups.iter().take(MOST_GROUPS).map(|group| short(group)).collect::<Vec<_>>(),
    })
}

fn display_name(person: &SignOnPerson) -> Option<String> {
    let name: String =
        rollcall_model::plain(person.display_name.as_deref()?.trim()).chars().take(200).collect();
    field_text("displayName", &name).ok()
}

fn email(person: &SignOnPerson) -> Option<String> {
    optional_field_text("email", person.email.as_deref()).ok().flatten()
}
