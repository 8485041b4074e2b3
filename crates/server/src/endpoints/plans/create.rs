//! `POST /plans`

use crate::auth::May;
use crate::endpoints::jobs::{Queued, queued};
use crate::extract::{BodyOfKind, Kinds, Text, Wait, parse};
use crate::problem::{Code, Part, Place, Problem};
use crate::state::Api;
use axum::extract::State;
use axum::response::Response;
use rollcall_engine::{EngineError, Freshness, Operator, Task, UseCase};
use rollcall_model::{AccountKey, Action, SiteName};
use rollcall_planner::{Limits, Mode, Period};
use serde::Deserialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// So many accounts may be chosen one by one.
const MOST_CHOSEN: usize = 10_000;
/// So many of those that are not there are named.
const MOST_NAMED: usize = 20;
/// The criterion of those who are chosen one by one and by nothing else.
const EVERYBODY: &str = "all";

/// What is to be planned: a policy, or a selection made by hand.
#[derive(Debug, ToSchema)]
#[serde(untagged)]
#[schema(as = PlanRequest, example = json!({ "kind": "policy", "policy": "reclaim-idle-seats" }),
    discriminator(property_name = "kind", mapping(
        ("policy" = "#/components/schemas/PlanOfPolicy"),
        ("selection" = "#/components/schemas/PlanOfSelection"))))]
pub(crate) enum Request {
    Policy(OfPolicy),
    Selection(OfSelection),
}

/// What is planned.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Policy,
    Selection,
}

impl Kinds for Request {
    type Kind = Kind;

    fn read(kind: Kind, text: &str) -> Result<Self, Problem> {
        match kind {
            Kind::Policy => parse(text).map(Self::Policy),
            Kind::Selection => parse(text).map(Self::Selection),
        }
    }
}

/// A policy, on one of its sites or on all of them.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PlanOfPolicy)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OfPolicy {
    #[serde(rename = "kind")]
    #[schema(inline)]
    _kind: Policy,
    /// Its name.
    policy: Text<1, 64>,
    /// Only at this site.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    site: Option<SiteName>,
    /// `test` or `live`; without: as it is switched.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    mode: Option<Mode>,
    /// The site is read if the newest snapshot is older, as in `24h`; without: as the policy says.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    max_age: Option<Period>,
}

/// A selection made by hand.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PlanOfSelection)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OfSelection {
    #[serde(rename = "kind")]
    #[schema(inline)]
    _kind: Selection,
    /// The site.
    #[schema(value_type = String)]
    site: SiteName,
    /// Who, as a criterion; without: everybody of `accounts`.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 20_000)]
    criterion: Option<Text<1, 20_000>>,
    /// Only these, by key, chosen one by one: at most 10,000. Each must be at the site as it was read last. With a criterion, those of them whom it selects.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, min_items = 1, max_items = 10_000)]
    accounts: Option<Vec<Text<1, 255>>>,
    /// What, in order, as in a policy.
    #[schema(value_type = Vec<Object>, min_items = 1, max_items = 20)]
    actions: Vec<Action>,
    /// `test` or `live`.
    #[schema(value_type = String)]
    mode: Mode,
    /// How much, as in a policy; without: as of a policy that names none.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    limits: Option<Box<Limits>>,
    /// The site is read if the newest snapshot is older, as in `24h`; without: 24 hours.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    max_age: Option<Period>,
}

/// That a policy is planned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Policy {
    Policy,
}

/// That a selection is planned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Selection {
    Selection,
}

/// Plans a policy or a selection: who would be changed, how and why. Changes nothing. A job; the plans are its result.
#[utoipa::path(post, path = "/plans", tag = "plans", request_body = Request,
    responses((status = 202, description = "The job, at the address in `Location`.", body = Queued),
        (status = 200, description = "The job, over: with `Prefer: wait=N`.", body = Queued)))]
pub(crate) async fn create_plan(
    State(api): State<Api>,
    May(operator): May<{ UseCase::Plan as usize }>,
    wait: Wait,
    BodyOfKind(request): BodyOfKind<Request>,
) -> Result<Response, Problem> {
    let task = match request {
        Request::Policy(OfPolicy { policy, site, mode, max_age, .. }) => {
            Task::PlanPolicy { policy: policy.into_inner(), site, mode, max_age }
        }
        Request::Selection(OfSelection {
            site, criterion, accounts, actions, mode, limits, max_age, ..
        }) => {
            if actions.is_empty() || actions.len() > 20 {
                return Err(Problem::body("/actions", "expected 1 to 20 actions"));
            }
            if criterion.is_none() && accounts.is_none() {
                return Err(Problem::body(
                    "/criterion",
                    "say whom: by a criterion, or by `accounts`, or both",
                ));
            }
            let select = criterion.map_or_else(|| EVERYBODY.to_owned(), Text::into_inner);
            // What cannot be read is refused now, and not by the job.
            rollcall_criteria::parse(&select).map_err(|error| {
                let error = EngineError::Criterion { text: select.clone(), error: Box::new(error) };
                Problem::from(error).found_in(Part::Body, "/criterion")
            })?;
            let accounts = match accounts {
                None => None,
                Some(accounts) => Some(chosen(&api, &operator, &site, accounts).await?),
            };
            Task::PlanSelection { site, select, accounts, actions, mode, limits, max_age }
        }
    };
    queued(&api, &operator, task, wait).await
}

/// The accounts that were chosen, each of which must be in the newest snapshot. A site that was not read yet is read by the job, which asks again.
async fn chosen(
    api: &Api,
    operator: &Operator,
    site: &SiteName,
    accounts: Vec<Text<1, 255>>,
) -> Result<BTreeSet<AccountKey>, Problem> {
    if accounts.is_empty() || accounts.len() > MOST_CHOSEN {
        return Err(Problem::body("/accounts", format!("expected 1 to {MOST_CHOSEN} accounts")));
    }
    let accounts: Vec<AccountKey> = accounts.into_iter().map(|key| key.into_inner().into()).collect();
    match api.engine().picture(operator, site, Freshness::Any, &|_| ()).await {
        Err(EngineError::NotNow(_)) => {}
        Err(error) => return Err(error.into()),
        Ok(picture) => {
            let is_missing = |(_, key): &(usize, &AccountKey)| picture.snapshot.find_key(key).is_none();
            let missing = accounts.iter().enumerate().filter(is_missing).take(MOST_NAMED);
            let message = "the site, as it was read last, has no account of that key";
            let mut places = missing.map(|(at, _)| Place::body(format!("/accounts/{at}"), message));
            if let Some(first) = places.next() {
                let problem = Problem::new(Code::BadBody, first.in_words()).with_place(first);
                return Err(places.fold(problem, Problem::with_place));
            }
        }
    }
    Ok(accounts.into_iter().collect())
}
