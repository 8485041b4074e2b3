//! Backups: making one while everything goes on, looking into one, restoring one into an empty installation.

use crate::{Clock, DatabaseLocation, Engine, EngineError, Operator, UseCase};
use rollcall_audit::{Draft, EntryKind, Subject};
use rollcall_store::{BackupSummary, Restored, Store, StoreError, inspect_backup};
use serde_json::json;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

impl Engine {
    /// Writes a backup of everything but the sealing key to a new file, which appears whole or not at all and only its owner can read.
    /// Nothing else waits for it.
    #[tracing::instrument(name = "backup", skip_all)]
    pub async fn back_up(&self, operator: &Operator, to: &Path) -> Result<BackupSummary, EngineError> {
        operator.check(UseCase::BackUp)?;
        let failed = |reason: std::io::Error| EngineError::File {
            what: format!("the backup {}", to.display()),
            reason: reason.to_string(),
        };
        if to.exists() {
            return Err(EngineError::NotNow(format!(
                "{} exists already; a backup never overwrites a file. Name another",
                to.display()
            )));
        }
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Half a backup is none: dropped before it is in its place, the file is gone.
        let mut part = tempfile::Builder::new()
            .prefix(".rollcall-backup-")
            .suffix(".part")
            .tempfile_in(folder)
            .map_err(failed)?;
        let mut out = BufWriter::new(part.as_file_mut());
        let summary = self.store.back_up(self.now(), &mut out).await?;
        out.flush().and_then(|()| out.get_ref().sync_all()).map_err(failed)?;
        drop(out);
        part.persist_noclobber(to).map_err(|refused| failed(refused.error))?;
        let why = format!("{} rows up to audit entry {}", summary.rows, summary.head.audit.seq);
        let mut entry = self.draft(operator, EntryKind::BACKUP_MADE, Subject::default(), why);
        entry.details = json!({
            "sha256": summary.sha256, "rows": summary.rows, "head": summary.head.audit,
            "madeAt": summary.head.made_at, "file": to.file_name().map(|name| name.to_string_lossy()),
        });
        self.store.append_audit(vec![entry]).await?;
        Ok(summary)
    }
}

fn open(file: &Path) -> Result<File, EngineError> {
    File::open(file).map_err(|error| EngineError::File {
        what: format!("the backup {}", file.display()),
        reason: error.to_string(),
    })
}

/// Reads a backup to its end and verifies its hash and the audit log in it. Touches no database.
pub fn inspect_backup_file(file: &Path) -> Result<BackupSummary, EngineError> {
    Ok(inspect_backup(&mut open(file)?)?)
}

/// Restores a backup into an empty database, whole or not at all. An entry of the restored audit log says who did so.
pub async fn restore(
    operator: &Operator,
    database: &DatabaseLocation,
    clock: &dyn Clock,
    file: &Path,
) -> Result<Restored, EngineError> {
    operator.check(UseCase::Restore)?;
    let (actor, now) = (operator.name().to_owned(), clock.now());
    let mut file = open(file)?;
    let restored = Store::restore(database, &mut file, |summary| {
        let head = &summary.head;
        let why = format!("from the backup of {}", head.made_at);
        let mut entry = Draft::new(now, actor, EntryKind::BACKUP_RESTORED, Subject::default()).because(why);
        entry.details = json!({
            "sha256": summary.sha256, "rows": summary.rows, "head": head.audit, "madeAt": head.made_at,
            "program": head.program, "schema": head.schema,
        });
        entry
    });
    let restored = restored.await?;
    // What was read is what was verified; that it is also what was written is worth a look.
    let store = Store::open(database, None).await?;
    let verdict = store.verify_audit([restored.summary.head.audit]).await;
    store.close().await;
    match verdict? {
        Ok(_) => Ok(restored),
        Err(broken) => {
            Err(StoreError::Corrupt { what: "the restored audit log".to_owned(), reason: broken.to_string() }
                .into())
        }
    }
}
