//! `POST /criteria/preview`

use crate::auth::SignedIn;
use crate::endpoints::accounts::{AccountRow, fields_named};
use crate::extract::{Body, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use rollcall_criteria::Field;
use rollcall_engine::{Preview, PreviewQuery};
use rollcall_model::{SiteName, SnapshotId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A criterion to be tried at a site.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CriterionPreview, example = json!({ "site": "wiki", "criterion": "status = enabled AND idle >= 90d", "sample": 5 }))]
pub(crate) struct Request {
    /// The site.
    #[schema(value_type = String, max_length = 64)]
    site: SiteName,
    /// The criterion.
    criterion: Text<1, 20_000>,
    /// On this snapshot, as of then; without: on the newest, as of now.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 64)]
    snapshot: Option<Text<0, 64>>,
    /// How many accounts are shown at most; without: 10.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100)]
    sample: Option<u32>,
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

/// Whom a criterion selects, now or on an older snapshot; it need not be any policy's. Protections and limits show in a plan.
#[utoipa::path(post, path = "/criteria/preview", tag = "criteria", extensions(("x-changes-nothing" = json!(true))), request_body = Request, responses(
    (status = 200, description = "Count and sample.", body = Previewed),
    (status = 422, description = "It cannot be read or does not fit the site; `errors` has the position and, where there is a near guess, the suggestion.",
        body = crate::problem::ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn preview_criterion(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    Body(body): Body<Request>,
) -> Result<Json<Previewed>, Problem> {
    let sample = body.sample.unwrap_or(10);
    if sample > 100 {
        return Err(Problem::body("/sample", "expected 0 to 100"));
    }
    let snapshot = body.snapshot.map(|text| SnapshotId::from(text.into_inner()));
    let query = PreviewQuery {
        site: &body.site,
        criterion: &body.criterion,
        snapshot: snapshot.as_ref(),
        sample: sample as usize,
    };
    let found = api.engine().preview(&operator, &query).await?;
    Ok(Json(Previewed::of(&body.site, &found, &fields_named(None)?)))
}

impl Previewed {
    pub(crate) fn of(site: &SiteName, preview: &Preview, fields: &[Field]) -> Self {
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
