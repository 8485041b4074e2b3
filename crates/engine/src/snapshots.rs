//! Snapshots: which there are, and what changed between two of them.

use crate::pictures::finished;
use crate::{Engine, EngineError, Operator, UseCase};
use jiff::Timestamp;
use rollcall_model::{SiteName, SnapshotId};
use rollcall_snapshot::{Difference, difference};
use rollcall_store::SnapshotRow;
use std::sync::Arc;

/// A snapshot as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotView {
    /// Its id.
    pub id: SnapshotId,
    /// When reading the site ended.
    pub taken_at: Timestamp,
    /// How many accounts are in it.
    pub accounts: u64,
    /// The hash of its content.
    pub hash: String,
    /// How many bytes it takes in the database.
    pub bytes: u64,
}

/// What changed between two snapshots.
pub struct SnapshotDifference {
    /// The older one.
    pub older: SnapshotView,
    /// The newer one.
    pub newer: SnapshotView,
    /// What changed.
    pub difference: Arc<Difference>,
}

impl Engine {
    /// The snapshots of a site, newest first.
    pub async fn snapshots(
        &self,
        operator: &Operator,
        site: &SiteName,
    ) -> Result<Vec<SnapshotView>, EngineError> {
        operator.check(UseCase::SeeSites)?;
        let row = self.site_row(site).await?;
        Ok(self.store.snapshots(&row.id).await?.into_iter().map(view).collect())
    }

    /// One snapshot, with the name of its site.
    pub async fn snapshot(
        &self,
        operator: &Operator,
        id: &SnapshotId,
    ) -> Result<(SiteName, SnapshotView), EngineError> {
        operator.check(UseCase::SeeSites)?;
        let row = self.store.snapshot(id).await?;
        let site = self.store.site(&row.site).await?;
        Ok((site.name, view(row)))
    }

    /// What changed from one snapshot to another of the same site, whichever is named first.
    pub async fn snapshot_difference(
        &self,
        operator: &Operator,
        one: &SnapshotId,
        other: &SnapshotId,
    ) -> Result<SnapshotDifference, EngineError> {
        operator.check(UseCase::SeeAccounts)?;
        let (mut older, mut newer) = (self.store.snapshot(one).await?, self.store.snapshot(other).await?);
        if older.site != newer.site {
            return Err(EngineError::NotNow(format!(
                "snapshots {one} and {other} are of two sites: there is nothing to compare"
            )));
        }
        if newer.taken_at < older.taken_at {
            std::mem::swap(&mut older, &mut newer);
        }
        let (before, after) = (self.load_snapshot(&older.id).await?, self.load_snapshot(&newer.id).await?);
        let compare = move || async move {
            let comparing = tokio::task::spawn_blocking(move || difference(&before, &after));
            let found = finished(comparing.await);
            let weight = weight(&found);
            Ok::<_, EngineError>((Arc::new(found), weight))
        };
        let key = (older.id.clone(), newer.id.clone());
        let difference = self.reading.differences.get(key, compare).await?;
        Ok(SnapshotDifference { older: view(older), newer: view(newer), difference })
    }
}

/// Names, keys and values: some hundred bytes for each line.
fn weight(difference: &Difference) -> usize {
    const LINE: usize = 200;
    let members = difference.memberships.iter().map(|change| change.added.len() + change.removed.len());
    let lines = difference.added.len() + difference.removed.len() + difference.changed.len();
    (lines + members.sum::<usize>()) * LINE
}

fn view(row: SnapshotRow) -> SnapshotView {
    SnapshotView {
        id: row.id,
        taken_at: row.taken_at,
        accounts: row.accounts,
        hash: row.hash,
        bytes: row.bytes,
    }
}
