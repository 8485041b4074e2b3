//! `GET /policies/{name}/preview`

use super::shape::PolicyPath;
use crate::auth::SignedIn;
use crate::endpoints::accounts::fields_named;
use crate::endpoints::criteria::Previewed;
use crate::extract::{InPath, Query, Text};
use crate::problem::{Part, Problem};
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use rollcall_model::{SiteName, SnapshotId};
use serde::Deserialize;
use utoipa::IntoParams;

/// Where, and on which snapshot.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// At this one of its sites; without: at the first.
    #[param(value_type = Option<String>, max_length = 64, pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    #[serde(default)]
    site: Option<SiteName>,
    /// On this snapshot, as of then; without: on the newest, as of now.
    #[param(value_type = Option<String>, max_length = 64)]
    #[serde(default)]
    snapshot: Option<Text<0, 64>>,
    /// How many accounts are shown at most.
    #[param(minimum = 0, maximum = 100, default = 10)]
    #[serde(default)]
    sample: Option<u32>,
    /// Fields to show, separated by commas.
    #[param(value_type = Option<String>, max_length = 500)]
    #[serde(default)]
    fields: Option<Text<0, 500>>,
}

/// Whom a policy's criterion selects, now or on an older snapshot. Protections and limits show in a plan.
#[utoipa::path(get, path = "/policies/{name}/preview", tag = "policies", params(PolicyPath, Params),
    responses((status = 200, description = "Count and sample.", body = Previewed),
        (status = 409, description = "The policy is not for that site.", content_type = "application/problem+json", body = ref("#/components/schemas/Problem"))))]
pub(crate) async fn preview_policy(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<PolicyPath>,
    Query(params): Query<Params>,
) -> Result<Json<Previewed>, Problem> {
    let fields = fields_named(params.fields.as_deref())?;
    let sample = params.sample.unwrap_or(10);
    if sample > 100 {
        return Err(Problem::query("sample", "expected 0 to 100"));
    }
    let engine = api.engine();
    let sites = engine.sites_of_policy(&operator, &path.name, params.site.as_ref()).await?;
    let Some(site) = sites.into_iter().next() else {
        return Err(Problem::query("site", "the policy has no site"));
    };
    let snapshot = params.snapshot.map(|text| SnapshotId::from(text.into_inner()));
    let found = engine.preview_policy(&operator, &path.name, &site, snapshot.as_ref(), sample as usize).await;
    let found = found.map_err(|error| Problem::from(error).found_in(Part::Path, "name"))?;
    Ok(Json(Previewed::of(&site, &found, &fields)))
}
