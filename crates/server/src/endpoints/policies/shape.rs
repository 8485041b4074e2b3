//! A policy as the API shows it.

use crate::extract::{Tag, Text};
use jiff::Timestamp;
use rollcall_engine::{
    Engine, EngineError, Operator, PolicyState, PolicyView, RunListQuery, RunView, ScheduleView,
};
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
    /// When it runs by itself.
    schedule: Plan,
    /// Its newest run, at whichever site.
    last_run: Option<Last>,
}

/// When a policy runs by itself, in short; the next occurrences are at `/policies/{name}/schedule`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicyTimes)]
#[serde(rename_all = "camelCase")]
struct Plan {
    /// In words; `null`: only when asked.
    words: Option<String>,
    /// When it runs next; `null` where it is off, paused, or has no schedule.
    next_at: Option<Timestamp>,
    /// Whether its occurrences are passed over.
    is_paused: bool,
}

/// The newest run of a policy, in short.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicyLastRun)]
#[serde(rename_all = "camelCase")]
struct Last {
    /// The run.
    run: String,
    /// The site.
    site: String,
    /// `test` or `live`.
    mode: &'static str,
    /// How it stands.
    state: &'static str,
    /// When it was begun.
    created_at: Timestamp,
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
    /// A policy with what else a list shows of it.
    pub(crate) async fn seen(
        engine: &Engine,
        operator: &Operator,
        view: &PolicyView,
    ) -> Result<Self, EngineError> {
        let name = &view.policy.name;
        let query = RunListQuery { policy: Some(name.clone()), ..RunListQuery::default() };
        let last = engine.run_list(operator, &query, 1).await?.into_iter().next();
        Ok(Self::of(view, &engine.schedule(operator, name).await?, last))
    }

    fn of(view: &PolicyView, schedule: &ScheduleView, last: Option<RunView>) -> Self {
        Self {
            name: view.policy.name.clone(),
            policy: serde_json::to_value(&view.policy).unwrap_or_default(),
            version: view.policy.version(),
            state: view.state.into(),
            tested_at: view.tested_at,
            changed_at: view.changed_at,
            schedule: Plan {
                words: schedule.schedule.as_ref().map(rollcall_planner::Schedule::describe),
                next_at: schedule.next_at,
                is_paused: schedule.is_paused,
            },
            last_run: last.map(|run| Last {
                run: run.id.to_string(),
                site: run.site.to_string(),
                mode: run.mode.as_str(),
                state: run.state,
                created_at: run.created_at,
            }),
        }
    }
}

/// The tag of a policy in the version and state it is in.
pub(crate) fn tag(view: &PolicyView) -> Tag {
    Tag::of((&view.policy.name, view.policy.version(), view.state.as_str(), view.changed_at))
}
