//! `GET /snapshots/{id}`

use super::shape::Snapshot;
use crate::auth::SignedIn;
use crate::extract::InPath;
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use rollcall_model::SnapshotId;
use serde::Deserialize;
use utoipa::IntoParams;

/// The snapshot in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct SnapshotPath {
    /// Its id.
    #[param(value_type = String, min_length = 1, max_length = 64)]
    pub(super) id: SnapshotId,
}

/// One snapshot: what is known of it without loading it.
#[utoipa::path(get, path = "/snapshots/{id}", tag = "snapshots", params(SnapshotPath),
    responses((status = 200, description = "The snapshot.", body = Snapshot)))]
pub(crate) async fn get_snapshot(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<SnapshotPath>,
) -> Result<Json<Snapshot>, Problem> {
    let (site, view) = api.engine().snapshot(&operator, &path.id).await?;
    Ok(Json(Snapshot::of(site.as_str(), view)))
}
