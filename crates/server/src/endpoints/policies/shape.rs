//! A policy as the API shows it.

use crate::extract::{Tag, Text};
use jiff::Timestamp;
use rollcall_engine::{PolicyState, PolicyView};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// The policy in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct PolicyPath {
    /// The policy's name.
    #[param(value_type = String, min_length = 1, max_length = 64, example = "reclaim-idle-seats")]
    pub(crate) name: Text<1, 64>,
}

/// A policy and where it stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Policy)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shown {
    /// Its name.
    name: String,
    /// The policy, in the form of a policy file.
    #[schema(value_type = Object)]
    policy: Value,
    /// The hash of its content.
    version: String,
    /// Whether it runs.
    state: State,
    /// When this very version finished a test run; without one it cannot be switched live.
    tested_at: Option<Timestamp>,
    /// When it was loaded or switched last.
    changed_at: Timestamp,
}

/// Whether a policy runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PolicyState)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// Saved, and no more.
    Off,
    /// Runs without changing anything.
    Test,
    /// Runs in earnest.
    Live,
}

impl From<PolicyState> for State {
    fn from(state: PolicyState) -> Self {
        match state {
            PolicyState::Off => Self::Off,
            PolicyState::Test => Self::Test,
            PolicyState::Live => Self::Live,
        }
    }
}

impl From<State> for PolicyState {
    fn from(state: State) -> Self {
        match state {
            State::Off => Self::Off,
            State::Test => Self::Test,
            State::Live => Self::Live,
        }
    }
}

impl Shown {
    pub(crate) fn of(view: &PolicyView) -> Self {
        Self {
            name: view.policy.name.clone(),
            policy: serde_json::to_value(&view.policy).unwrap_or_default(),
            version: view.policy.version(),
            state: view.state.into(),
            tested_at: view.tested_at,
            changed_at: view.changed_at,
        }
    }
}

/// The tag of a policy in the version and state it is in.
pub(crate) fn tag(view: &PolicyView) -> Tag {
    Tag::of((&view.policy.name, view.policy.version(), view.state.as_str(), view.changed_at))
}
