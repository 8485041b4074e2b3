//! A snapshot as the API shows it.

use jiff::Timestamp;
use rollcall_engine::SnapshotView;
use serde::Serialize;
use utoipa::ToSchema;

/// A picture of a site at one instant. It never changes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Snapshot {
    /// Its id.
    id: String,
    /// The site.
    site: String,
    /// When reading the site ended.
    taken_at: Timestamp,
    /// How many accounts are in it.
    accounts: u64,
    /// The hash of its content.
    hash: String,
    /// How many bytes it takes in the database.
    bytes: u64,
}

impl Snapshot {
    pub(crate) fn of(site: &str, view: SnapshotView) -> Self {
        Self {
            id: view.id.to_string(),
            site: site.to_owned(),
            taken_at: view.taken_at,
            accounts: view.accounts,
            hash: view.hash,
            bytes: view.bytes,
        }
    }
}
