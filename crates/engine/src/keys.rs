//! The sealing key: which it is, whether it is here, and putting another in its place.

use crate::{Engine, EngineError, Operator, UseCase, killpoint};
use jiff::{SignedDuration, Timestamp};
use rollcall_audit::{EntryKind, Subject};
use rollcall_store::{JobLease, JobRow, KeyFile, StoreError};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

/// The keys of an installation, by their short names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyStatus {
    /// The key that seals.
    pub current: String,
    /// Its file.
    pub file: Option<PathBuf>,
    /// How many secrets are sealed with which key.
    pub secrets: BTreeMap<String, u64>,
    /// The keys that were replaced, oldest first, and when.
    pub retired: Vec<(String, Timestamp)>,
    /// Replaced keys whose files still lie beside the key file: older backups are sealed with them.
    pub kept: Vec<PathBuf>,
}

/// What a rotation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// The key that was replaced.
    pub old: String,
    /// The key that seals from now on.
    pub new: String,
    /// How many secrets were sealed anew.
    pub secrets: u64,
    /// Where the old key is kept, for backups that were made before.
    pub kept: PathBuf,
}

impl Engine {
    /// Which key seals, and what is sealed with which.
    pub async fn key_status(&self, operator: &Operator) -> Result<KeyStatus, EngineError> {
        operator.check(UseCase::SeeKeys)?;
        let keys = self.store.keys().await?;
        let kept = keys.file.iter().flat_map(|file| file.kept_keys().into_iter().map(|id| file.kept(&id)));
        Ok(KeyStatus {
            kept: kept.collect(),
            file: keys.file.as_ref().map(|file| file.path().to_owned()),
            current: keys.current,
            secrets: keys.secrets,
            retired: keys.retired,
        })
    }

    /// Puts a new key in the place of the old one: every secret is sealed anew in one transaction. Whatever the process dies of, the next start
    /// finishes what was begun, or forgets it; processes that run on take the new key when they next meet a secret.
    #[tracing::instrument(name = "key-rotation", skip_all)]
    pub async fn rotate_key(&self, operator: &Operator) -> Result<Rotation, EngineError> {
        operator.check(UseCase::RotateKey)?;
        let keys = self.store.keys().await?;
        let file: KeyFile = keys.file.ok_or_else(|| {
            EngineError::NotNow(
                "the sealing key does not come from a file; it is rotated where it is kept".to_owned(),
            )
        })?;
        let Some(new) = file.begin()? else {
            return Err(EngineError::NotNow("the key is being rotated by another process".to_owned()));
        };
        killpoint::reach("key-written");
        let (old, id) = (keys.current, new.key().id());
        let why = format!("sealing key {old} was replaced by {id}");
        let mut entry = self.draft(operator, EntryKind::KEY_ROTATED, Subject::default(), why);
        entry.before = Some(json!(old));
        entry.after = Some(json!(id));
        let secrets = match self.store.rotate_key(new.copy_of_key()?, self.now(), entry).await {
            Ok(secrets) => secrets,
            // A commit that was cut off may have taken effect: then the next start finds out which key counts.
            Err(error) if error.is_passing() => return Err(error.into()),
            Err(error) => {
                new.forget()?;
                return Err(error.into());
            }
        };
        killpoint::reach("key-sealed");
        let kept = new.keep_old()?;
        killpoint::reach("key-kept");
        new.put_in_place()?;
        killpoint::reach("key-placed");
        self.store.check_secrets().await?;
        Ok(Rotation { old, new: id, secrets, kept })
    }

    /// The job that is to be done next on this node, taken for it. None while the sealing key is not here: another node can do what this one
    /// would only fail at.
    pub(crate) async fn next_job(
        &self,
        owner: &str,
        lease_for: SignedDuration,
    ) -> Result<Option<(JobRow, JobLease)>, EngineError> {
        if !self.has_key().await? {
            return Ok(None);
        }
        Ok(self.store.take_job(owner, self.now(), lease_for).await?)
    }

    /// Whether the sealing key of the installation is on this machine. The log is told once when it is missing, and once when it is here again.
    pub(crate) async fn has_key(&self) -> Result<bool, EngineError> {
        match self.store.check_key().await {
            Ok(()) => {
                if self.lacks_key.swap(false, Ordering::Relaxed) {
                    tracing::info!("the sealing key of this installation is here: jobs are taken again");
                }
                Ok(true)
            }
            Err(error @ StoreError::OtherKey { .. }) => {
                if !self.lacks_key.swap(true, Ordering::Relaxed) {
                    tracing::error!("no job is taken by this node: {error}");
                }
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }
}
