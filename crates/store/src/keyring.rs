//! The keys at hand: the one that seals, and those beside its file that older things may still be sealed with.
//!
//! A process that runs on while the key is rotated finds out when it next meets a secret, and reads the key file again.

use crate::database::{Database, OnDatabase, Writing, execute, fetch_optional};
use crate::key_file::KeyFile;
use crate::row::micros;
use crate::secrets::{Place, key_of};
use crate::{SealingKey, StoreError};
use jiff::Timestamp;
use secrecy::SecretString;
use std::sync::{Arc, PoisonError, RwLock};

pub(crate) struct Keyring(RwLock<Arc<SealingKey>>);

impl Keyring {
    pub(crate) fn of(key: SealingKey) -> Self {
        Self(RwLock::new(Arc::new(key)))
    }

    /// The key that seals.
    pub(crate) fn current(&self) -> Arc<SealingKey> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn replace(&self, key: Arc<SealingKey>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = key;
    }

    pub(crate) fn file(&self) -> Option<KeyFile> {
        self.current().file().map(KeyFile::at)
    }

    /// Opens a sealed secret with whichever key it was sealed with, if that key is at hand.
    pub(crate) fn open(&self, sealed: &[u8], place: Place<'_>) -> Result<SecretString, StoreError> {
        match self.current().open(sealed, place) {
            Err(wrong @ StoreError::WrongKey { .. }) => match key_of(sealed).and_then(|id| self.find(&id)) {
                Some(key) => key.open(sealed, place),
                None => Err(wrong),
            },
            done => done,
        }
    }

    /// Looks for a key by its short name: in the key file, which may hold another one by now, and beside it.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<SealingKey>> {
        let Some(file) = self.file() else {
            let current = self.current();
            return (current.id() == id).then_some(current);
        };
        if let Ok(key) = SealingKey::from_file(file.path())
            && key.id() != self.current().id()
        {
            self.replace(Arc::new(key));
        }
        let current = self.current();
        if current.id() == id {
            return Some(current);
        }
        let beside = [file.kept(id), file.coming()];
        let keys = beside.iter().filter_map(|path| SealingKey::from_file(path).ok());
        keys.into_iter().find(|key| key.id() == id).map(Arc::new)
    }

    /// The keys that were replaced and whose files are still there.
    pub(crate) fn kept(&self) -> Vec<SealingKey> {
        let Some(file) = self.file() else { return Vec::new() };
        let ids = file.kept_keys().into_iter();
        ids.filter_map(|id| SealingKey::from_file(&file.kept(&id)).ok()).collect()
    }

    /// The key to seal with now, for the rest of the transaction: nobody rotates it meanwhile.
    pub(crate) async fn to_seal_with(
        &self,
        writing: &mut Writing,
        what: &str,
    ) -> Result<Arc<SealingKey>, StoreError> {
        writing.alone().await?;
        let given = self.current();
        let mut key = Arc::clone(&given);
        while let Some(next) = replaced_by(&mut *writing, &key.id()).await? {
            key = self.find(&next).ok_or_else(|| StoreError::KeyRetired {
                what: what.to_owned(),
                given: given.id(),
                wanted: next,
            })?;
        }
        Ok(key)
    }
}

async fn replaced_by(on: &mut impl OnDatabase, id: &str) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> =
        fetch_optional!(on, "SELECT replaced_by FROM retired_keys WHERE id = $1", id)?;
    Ok(row.map(|(next,)| next))
}

/// The key that took the place of a key, however often it was replaced since; the key itself where it never was.
pub(crate) async fn newest_of(on: &mut impl OnDatabase, id: &str) -> Result<String, StoreError> {
    let mut newest = id.to_owned();
    while let Some(next) = replaced_by(on, &newest).await? {
        newest = next;
    }
    Ok(newest)
}

/// Notes that a key seals nothing any more.
pub(crate) async fn retire(
    writing: &mut Writing,
    old: &str,
    new: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        writing,
        "INSERT INTO retired_keys (id, replaced_by, retired_at) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET replaced_by = excluded.replaced_by, retired_at = excluded.retired_at",
        old,
        new,
        micros(now),
    )?;
    Ok(())
}

/// Finishes, or forgets, a rotation that a process died in; gives the key that counts.
pub(crate) async fn settle(database: &Database, key: SealingKey) -> Result<SealingKey, StoreError> {
    let Some(file) = key.file().map(KeyFile::at) else { return Ok(key) };
    let Some(new) = file.left_behind()? else { return Ok(key) };
    // Read again: between the caller's reading and our lock the rotation may have come to its end.
    let key = SealingKey::from_file(file.path())?;
    if key.id() == new.key().id() {
        return Ok(key);
    }
    let next = replaced_by(&mut database.read().await?, &key.id()).await?;
    if next.is_none_or(|next| next != new.key().id()) {
        new.forget()?;
        return Ok(key);
    }
    new.keep_old()?;
    new.put_in_place()?;
    SealingKey::from_file(file.path())
}
