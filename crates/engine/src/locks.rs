//! Lock files: by them processes on one data folder know whether another one still lives.
//!
//! A run's lease says who works on it and until when. A process that was killed cannot give its lease back; but the operating system lets go
//! of its file lock at once. So on the same data folder nobody has to wait for a dead process's lease to run out.

use crate::EngineError;
use rollcall_model::RunId;
use std::fs::{self, File, TryLockError};
use std::path::PathBuf;

pub(crate) struct Locks {
    folder: PathBuf,
}

/// Held while a run is worked on, or a worker lives; let go of when dropped, or when the process ends in any way.
pub(crate) struct Lock {
    _file: File,
    path: PathBuf,
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

impl Locks {
    pub(crate) fn in_folder(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub(crate) fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// How this data folder signs its leases: the same for all processes on it, different for any other folder or machine.
    pub(crate) fn signature(&self) -> Result<String, EngineError> {
        let failed = |reason: std::io::Error| EngineError::File {
            what: format!("the lock folder {}", self.folder.display()),
            reason: reason.to_string(),
        };
        fs::create_dir_all(&self.folder).map_err(failed)?;
        let folder = fs::canonicalize(&self.folder).map_err(failed)?;
        let host = fs::read_to_string("/etc/hostname").unwrap_or_default();
        Ok(format!("{}:{}", host.trim(), folder.display()))
    }

    /// Takes the lock of a run; `None` = a living process on this data folder holds it.
    pub(crate) fn take(&self, run: &RunId) -> Result<Option<Lock>, EngineError> {
        self.lock(&format!("run-{run}"))
    }

    /// Takes the lock of a worker; `None` = it lives.
    pub(crate) fn take_worker(&self, worker: &str) -> Result<Option<Lock>, EngineError> {
        // The name comes from the database: nothing of it may lead to another folder.
        let name: String = worker.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        self.lock(&format!("worker-{name}"))
    }

    fn lock(&self, name: &str) -> Result<Option<Lock>, EngineError> {
        let path = self.folder.join(format!("{name}.lock"));
        let failed = |reason: std::io::Error| EngineError::File {
            what: format!("the lock file {}", path.display()),
            reason: reason.to_string(),
        };
        fs::create_dir_all(&self.folder).map_err(failed)?;
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { _file: file, path })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}
