//! An operator as the API shows it.

use crate::extract::{Tag, Text};
use jiff::Timestamp;
use rollcall_engine::{OperatorView, Role};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The operator in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct OperatorPath {
    /// Their name.
    #[param(value_type = String, min_length = 1, max_length = 64, example = "mira")]
    pub(crate) operator: Text<1, 64>,
}

/// What an operator or a token may do. Each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = Role)]
pub(crate) enum RoleWord {
    /// Sees everything but secrets; changes nothing.
    Viewer,
    /// Syncs, plans, runs, undoes; keeps policies, exemptions and lists.
    Operator,
    /// Approves plans and switches policies live.
    Approver,
    /// Sites, operators, tokens of others, settings.
    Admin,
}

impl From<Role> for RoleWord {
    fn from(role: Role) -> Self {
        match role {
            Role::Viewer => Self::Viewer,
            Role::Operator => Self::Operator,
            Role::Approver => Self::Approver,
            Role::Admin => Self::Admin,
        }
    }
}

impl From<RoleWord> for Role {
    fn from(word: RoleWord) -> Self {
        match word {
            RoleWord::Viewer => Self::Viewer,
            RoleWord::Operator => Self::Operator,
            RoleWord::Approver => Self::Approver,
            RoleWord::Admin => Self::Admin,
        }
    }
}

/// Where an operator signs in.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum SignsIn {
    /// Here, with a password.
    Password,
    /// At the provider of single sign-on.
    Provider,
}

/// Somebody who may sign in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Operator {
    /// What they sign in with.
    #[schema(example = "mira")]
    name: String,
    /// What they are called.
    display_name: String,
    /// Where mail reaches them.
    email: Option<String>,
    /// What they may do.
    role: RoleWord,
    /// Whether they may sign in.
    is_active: bool,
    /// Where they sign in.
    signs_in: SignsIn,
    /// Since when they are known.
    created_at: Timestamp,
    /// When something about them was changed last.
    changed_at: Timestamp,
    /// When they signed in last.
    signed_in_at: Option<Timestamp>,
}

impl Operator {
    /// From the engine.
    pub(crate) fn of(view: OperatorView) -> Self {
        Self {
            signs_in: if view.is_outer { SignsIn::Provider } else { SignsIn::Password },
            name: view.name,
            display_name: view.display_name,
            email: view.email,
            role: view.role.into(),
            is_active: view.is_active,
            created_at: view.created_at,
            changed_at: view.changed_at,
            signed_in_at: view.signed_in_at,
        }
    }
}

/// The tag of an operator. A sign-in is no new version.
pub(crate) fn tag(view: &OperatorView) -> Tag {
    Tag::of((&view.name, view.changed_at))
}
