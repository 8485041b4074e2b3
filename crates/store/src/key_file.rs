//! The file of the sealing key, and how one key takes another's place in it.
//!
//! A rotation has four steps: the new key is written beside the file (`….new`); everything is sealed anew with it in one
//! transaction, which also notes that the old key is retired; the old key is copied aside under its short name
//! (`….1f2e3d4c…`); the new one is renamed into its place. Whatever the process dies of, one of the two files opens everything, and
//! the database says which: [`KeyFile::settle`] finishes or forgets what was left behind.

use crate::{SealingKey, StoreError};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

/// The file of a sealing key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFile(PathBuf);

/// A new key that is on the disk beside the old one and not yet in its place. Holds a lock until it is dropped.
#[derive(Debug)]
pub struct NewKey {
    file: KeyFile,
    key: SealingKey,
    _lock: File,
}

impl KeyFile {
    /// The file at that path; it need not exist.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.0.clone().into_os_string();
        name.push(".");
        name.push(ending);
        name.into()
    }

    /// Where the new key waits during a rotation.
    pub(crate) fn coming(&self) -> PathBuf {
        self.beside("new")
    }

    /// Where a key that was replaced is kept.
    pub fn kept(&self, id: &str) -> PathBuf {
        self.beside(id)
    }

    /// The short names of the keys that were replaced and still lie beside the file.
    pub fn kept_keys(&self) -> Vec<String> {
        let Some(name) = self.0.file_name().and_then(|name| name.to_str()) else {
            return Vec::new();
        };
        let beside = format!("{name}.");
        let names = fs::read_dir(folder_of(&self.0)).into_iter().flatten().flatten();
        let names = names.filter_map(|entry| entry.file_name().into_string().ok());
        let ids = names.filter_map(|name| name.strip_prefix(&beside).map(str::to_owned));
        let mut ids: Vec<_> =
            ids.filter(|id| id.len() == 16 && id.bytes().all(|b| b.is_ascii_hexdigit())).collect();
        ids.sort();
        ids
    }

    /// Makes a new key and writes it beside the file. `None` = another process is at it.
    pub fn begin(&self) -> Result<Option<NewKey>, StoreError> {
        let path = self.coming();
        let Some(lock) = lock(&path, true).map_err(|error| trouble(&path, &error))? else { return Ok(None) };
        let key = SealingKey::generate()?;
        let write = || {
            lock.set_len(0)?;
            key.write_to(&lock)?;
            sync_folder(&path)
        };
        write().map_err(|error| trouble(&path, &error))?;
        let key = SealingKey::from_file(&path)?;
        Ok(Some(NewKey { file: self.clone(), key, _lock: lock }))
    }

    /// A new key that a process left behind which no longer lives; `None` where there is none, or its process is at it.
    pub(crate) fn left_behind(&self) -> Result<Option<NewKey>, StoreError> {
        let path = self.coming();
        let locked = match lock(&path, false) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            locked => locked.map_err(|error| trouble(&path, &error))?,
        };
        let Some(lock) = locked else { return Ok(None) };
        if let Ok(key) = SealingKey::from_file(&path) {
            return Ok(Some(NewKey { file: self.clone(), key, _lock: lock }));
        }
        // It died while it wrote the file: then nothing is sealed with that key.
        fs::remove_file(&path).map_err(|error| trouble(&path, &error))?;
        Ok(None)
    }
}

impl NewKey {
    /// The new key.
    pub fn key(&self) -> &SealingKey {
        &self.key
    }

    /// The new key once more, as it is on the disk.
    pub fn copy_of_key(&self) -> Result<SealingKey, StoreError> {
        SealingKey::from_file(&self.file.coming())
    }

    /// Copies the key in the file aside; gives where it is kept.
    pub fn keep_old(&self) -> Result<PathBuf, StoreError> {
        let old = SealingKey::from_file(&self.file.0)?;
        let path = self.file.kept(&old.id());
        // Whoever died here before may have left half a file.
        let write = || {
            let mut options = fs::OpenOptions::new();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            old.write_to(&options.open(&path)?)?;
            sync_folder(&path)
        };
        write().map_err(|error| trouble(&path, &error))?;
        Ok(path)
    }

    /// Puts the new key in the old one's place: from one instant to the next.
    pub fn put_in_place(self) -> Result<(), StoreError> {
        let put = || {
            fs::rename(self.file.coming(), &self.file.0)?;
            sync_folder(&self.file.0)
        };
        put().map_err(|error| trouble(&self.file.0, &error))
    }

    /// Forgets the new key: nothing was sealed with it.
    pub fn forget(self) -> Result<(), StoreError> {
        let path = self.file.coming();
        fs::remove_file(&path).map_err(|error| trouble(&path, &error))
    }
}

/// Opens and locks a file that only its owner can read; `None` = somebody else has it.
fn lock(path: &Path, create: bool) -> std::io::Result<Option<File>> {
    let mut options = File::options();
    options.read(true).write(true).create(create).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// The folder that a file is in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

/// A new name in a folder is on the disk only once the folder is.
pub(crate) fn sync_folder(path: &Path) -> std::io::Result<()> {
    if cfg!(unix) { File::open(folder_of(path))?.sync_all() } else { Ok(()) }
}

fn trouble(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Key { place: path.display().to_string(), reason: error.to_string() }
}
