//! `GET /policies/{name}/preview`

use super::shape::PolicyPath;
use crate::auth::SignedIn;
use crate::endpoints::accounts::{AccountRow, fields_named};
use crate::extract::{InPath, Query, Text};
use crate::problem::{Part, Problem};
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use rollcall_criteria::Field;
use rollcall_engine::Preview;
use rollcall_model::{SiteName, SnapshotId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Where, and on which snapshot.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// At this one of its sites; without: at the first.
    #[param(value_type = Option<String>, max_length = 64)]
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

/// Whom a criterion selects.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Previewed {
    /// The site.
    site: String,
    /// How many accounts are selected.
    selected: u64,
    /// How many more cannot be decided, because something about them is not known.
    unknown: u64,
    /// How many accounts the site had.
    of: u64,
    /// Of those an older snapshot selects: how many were active after it, as far as the newest one knows; `null` on the newest.
    came_back: Option<u64>,
    /// The first of the selected, in the order of the criterion.
    sample: Vec<AccountRow>,
    /// The instant that "ago" was reckoned from.
    at: Timestamp,
    /// The snapshot.
    snapshot: String,
    /// When that was taken.
    snapshot_taken_at: Timestamp,
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

impl Previewed {
    fn of(site: &SiteName, preview: &Preview, fields: &[Field]) -> Self {
        let accounts = &preview.accounts;
        Self {
            site: site.to_string(),
            selected: accounts.total,
            unknown: accounts.unknown,
            of: preview.of,
            came_back: preview.came_back,
            sample: accounts.rows().iter().map(|row| AccountRow::of(accounts, *row, fields)).collect(),
            at: preview.at,
            snapshot: accounts.snapshot().id().to_string(),
            snapshot_taken_at: accounts.snapshot().taken_at(),
        }
    }
}
