//! What everything stands on: the database, the disk, the sealing key.

use super::{Finding, Health, finding};
use crate::{Engine, StoreError};
use std::path::Path;

/// Less room than this is worth a word, and less than that is no room to work.
const LITTLE: u64 = 1 << 30;
const TOO_LITTLE: u64 = 64 << 20;

impl Engine {
    pub(super) async fn examine_database(&self) -> Finding {
        let place = self.store.place().to_owned();
        match (self.store.probe().await, self.store.schema().await) {
            (Ok(()), Ok((schema, _))) => {
                finding("database", Health::Good, format!("{place} takes writes, schema {schema}"), "")
            }
            (Err(error), _) | (_, Err(error)) => finding(
                "database",
                Health::Bad,
                error.to_string(),
                "check disk space, owner of the data folder, and that the database server runs",
            ),
        }
    }

    /// Whether the key opens everything, and who else could read it.
    pub(super) async fn examine_key(&self) -> Vec<Finding> {
        let opened = match self.store.check_key().await {
            Ok(()) => self.store.check_secrets().await,
            Err(error) => Err(error),
        };
        let opens = match opened {
            Err(error @ StoreError::OtherKey { .. }) => finding(
                "sealing key",
                Health::Bad,
                error.to_string(),
                "until then `rollcall serve` takes no jobs on this machine; where the key is lost, give the credentials again: `rollcall site set NAME --token-file FILE`",
            ),
            Ok(count) => finding("sealing key", Health::Good, format!("opens every secret ({count})"), ""),
            Err(error) => finding(
                "sealing key",
                Health::Bad,
                error.to_string(),
                "put the key file back that the secrets were sealed with, or give the credentials again: by `Replace credentials` on the site's page, or by `rollcall site set NAME --token-file FILE`",
            ),
        };
        let file = self.store.keys().await.ok().and_then(|keys| keys.file);
        let open_to_others = file.and_then(|file| {
            let mode = others_may(file.path())?;
            let found = format!("{} can be read by others (mode {mode:o})", file.path().display());
            let remedy = format!("chmod 600 {}", file.path().display());
            Some(finding("sealing key", Health::Warning, found, remedy))
        });
        [Some(opens), open_to_others].into_iter().flatten().collect()
    }
}

/// Room on the disk of the data folder. Needs no database.
pub fn examine_disk(folder: &Path) -> Option<Finding> {
    let free = free_bytes(folder)?;
    let found = format!("{} MiB are free where the data folder is", free >> 20);
    let remedy = "make room; `rollcall retention show` says how long what is kept";
    Some(if free < TOO_LITTLE {
        finding("disk", Health::Bad, found, remedy)
    } else if free < LITTLE {
        finding("disk", Health::Warning, found, remedy)
    } else {
        finding("disk", Health::Good, found, "")
    })
}

#[cfg(unix)]
fn free_bytes(folder: &Path) -> Option<u64> {
    // The folder may not have been made yet; the disk is that of the one it would be in.
    let there = folder.ancestors().find(|folder| folder.exists())?;
    let disk = rustix::fs::statvfs(there).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes(_folder: &Path) -> Option<u64> {
    None
}

/// The rights of a file that not only its owner has.
#[cfg(unix)]
fn others_may(file: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(file).ok()?.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn others_may(_file: &Path) -> Option<u32> {
    None
}
