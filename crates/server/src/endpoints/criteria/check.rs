//! `POST /criteria/check`

use super::shape::{Described, read, wrong};
use crate::auth::SignedIn;
use crate::extract::{Body, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use rollcall_engine::Freshness;
use rollcall_model::SiteName;
use serde::Deserialize;
use utoipa::ToSchema;

/// A criterion to be checked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CriterionCheck, example = json!({ "criterion": "status = enabled AND idle >= 90d" }))]
pub(crate) struct Request {
    /// The criterion.
    criterion: Text<0, 70_000>,
    /// The site whose groups, directories and lists it is to fit.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 64)]
    site: Option<SiteName>,
}

/// Checks a criterion: whether it can be read, and whether it fits a site.
#[utoipa::path(post, path = "/criteria/check", tag = "criteria", extensions(("x-changes-nothing" = json!(true))), request_body = Request, responses(
    (status = 200, description = "It is as it should be.", body = Described),
    (status = 422, description = "It is not; `errors` has the position and, where there is a near guess, the suggestion.",
        body = crate::problem::ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn check_criterion(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    Body(body): Body<Request>,
) -> Result<Json<Described>, Problem> {
    let criterion = read(&body.criterion)?;
    if let Some(site) = &body.site {
        let picture = api.engine().picture(&operator, site, Freshness::Any, &|_| ()).await?;
        rollcall_criteria::check(&criterion, &picture.snapshot, &picture.facts)
            .map_err(|error| wrong(&body.criterion, error))?;
    }
    Ok(Json(Described::of(&criterion)))
}
