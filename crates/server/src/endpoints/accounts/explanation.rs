//! `GET /sites/{site}/accounts/{key}/explanation`

use super::shape::AccountPath;
use crate::auth::SignedIn;
use crate::extract::{InPath, Query, Text};
use crate::problem::{Part, Problem};
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use rollcall_criteria::Explanation;
use serde::Deserialize;
use utoipa::IntoParams;

/// By which criterion.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// The criterion.
    #[param(value_type = String, min_length = 1, max_length = 20_000, example = "status = enabled AND idle >= 90d")]
    criterion: Text<1, 20_000>,
}

/// Why an account is or is not selected by a criterion: clause by clause, with the value, the evidence and the verdict.
#[utoipa::path(get, path = "/sites/{site}/accounts/{key}/explanation", tag = "accounts", params(AccountPath, Params),
    responses((status = 200, description = "`account`, `at`, `snapshotTakenAt`, `verdict` (`true`, `false`, `unknown`) and `step`: `text`, \
        `verdict`, `value`, `evidence`, `notes` and the `steps` inside.", body = Object)))]
pub(crate) async fn explain_account(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<AccountPath>,
    Query(params): Query<Params>,
) -> Result<Json<Explanation>, Problem> {
    let explained = api.engine().explain_account(&operator, &path.site, &path.key, &params.criterion).await;
    Ok(Json(explained.map_err(|error| Problem::from(error).found_in(Part::Query, "criterion"))?))
}
