//! `GET /audit/{seq}`

use super::shape::Entry;
use crate::auth::SignedIn;
use crate::extract::InPath;
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

/// The entry in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct EntryPath {
    /// Its number.
    #[param(minimum = 1)]
    seq: u64,
}

/// One entry of the audit log.
#[utoipa::path(get, path = "/audit/{seq}", tag = "audit", params(EntryPath),
    responses((status = 200, description = "The entry.", body = Entry)))]
pub(crate) async fn audit_entry(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<EntryPath>,
) -> Result<Json<Entry>, Problem> {
    let entry = api.engine().audit_entry(&operator, path.seq).await?;
    let names = api.engine().site_names(&operator).await?;
    Ok(Json(Entry::of(entry, &names)))
}
