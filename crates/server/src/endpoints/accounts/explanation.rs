//! `GET /sites/{site}/accounts/{key}/explanation`

use super::shape::AccountPath;
use crate::auth::SignedIn;
use crate::extract::{InPath, Query, Text};
use crate::problem::{Part, Problem};
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use rollcall_criteria::Explanation;
use rollcall_planner::{Protection, ProtectionKind};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// By which criterion, or by which policy: one of them.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// The criterion.
    #[param(value_type = Option<String>, min_length = 1, max_length = 20_000, example = "status = enabled AND idle >= 90d")]
    #[serde(default)]
    criterion: Option<Text<1, 20_000>>,
    /// The policy, by name: its criterion, its grace and the groups it protects.
    #[param(value_type = Option<String>, min_length = 1, max_length = 64)]
    #[serde(default)]
    policy: Option<Text<1, 64>>,
}

/// The explanation, and what protects the account.
#[derive(Debug, Serialize)]
pub(crate) struct Explained {
    #[serde(flatten)]
    explanation: Explanation,
    protection: Option<Protected>,
}

/// Why an account is left alone although it is selected.
#[derive(Debug, Serialize)]
struct Protected {
    code: ProtectionKind,
    why: String,
    until: Option<Timestamp>,
}

/// Why an account is or is not selected by a criterion or a policy: clause by clause, with the value, the evidence and the verdict; and whether it is
/// protected, so that it is left alone even if it is selected.
#[utoipa::path(get, path = "/sites/{site}/accounts/{key}/explanation", tag = "accounts", params(AccountPath, Params),
    responses((status = 200, description = "`account`, `at`, `snapshotTakenAt`, `verdict` (`true`, `false`, `unknown`) and `step`: `text`, \
        `verdict`, `value`, `evidence`, `notes` and the `steps` inside; `protection`: `null`, or `code` (`own-account`, `exempt`, `protected-group`, `too-young`, \
        `recently-reactivated`, `age-unknown`), `why`, and `until`, when it ends by itself. That somebody is the last administrator shows in a plan.", body = Object),
        (status = 409, description = "The policy is not for that site.", content_type = "application/problem+json", body = ref("#/components/schemas/Problem"))))]
pub(crate) async fn explain_account(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<AccountPath>,
    Query(params): Query<Params>,
) -> Result<Json<Explained>, Problem> {
    let engine = api.engine();
    let (explained, named) = match (&params.criterion, &params.policy) {
        (Some(criterion), None) => {
            (engine.explain_by_criterion(&operator, &path.site, &path.key, criterion).await, "criterion")
        }
        (None, Some(policy)) => {
            (engine.explain_by_policy(&operator, &path.site, &path.key, policy).await, "policy")
        }
        _ => return Err(Problem::query("criterion", "name a criterion or a policy, one of them")),
    };
    let (explanation, protection) =
        explained.map_err(|error| Problem::from(error).found_in(Part::Query, named))?;
    let protection =
        protection.map(|Protection { kind, reason, until, .. }| Protected { code: kind, why: reason, until });
    Ok(Json(Explained { explanation, protection }))
}
