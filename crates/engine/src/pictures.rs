//! Pictures in memory: a snapshot of a million accounts takes seconds to load, and everybody asks for the same one.
//!
//! Snapshots never change, so they are kept by id. What Rollcall itself knows beside them does change; whether it has is told by the
//! audit log, in which every such change stands (I11), also one that another process made.

use crate::shelf::Shelf;
use crate::{Engine, EngineError, Picture};
use rollcall_model::{SiteId, SnapshotId};
use rollcall_snapshot::{Facts, History, Snapshot};
use rollcall_store::{SiteRow, Store};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How much memory snapshots may take. The newest of one very large site is kept whatever its size.
const CAPACITY: usize = 1 << 30;
/// Of how many snapshots the facts are kept; they go with their snapshots, this is only a bound.
const MOST_FACTS: usize = 64;
/// Entries of the audit log that are looked through for changes; beyond that it is quicker to read the facts again.
const LOOKED_THROUGH: u64 = 20_000;
/// What changes the facts: kinds of audit entries.
const TOUCHING: [&str; 10] = [
    "exemption.added",
    "exemption.removed",
    "list.changed",
    "list.removed",
    "notice.written",
    "mail.sent",
    "mail.failed",
    "mail.bounced",
    "mail.retried",
    "mail.discarded",
];

/// A snapshot with the history that was stored with it.
#[derive(Clone)]
struct Seen {
    snapshot: Arc<Snapshot>,
    history: Arc<History>,
}

/// Facts as they were when the audit log ended at `head`.
struct Known {
    facts: Arc<Facts>,
    head: u64,
    number: u64,
}

/// The pictures in memory.
pub(crate) struct Pictures {
    seen: Arc<Shelf<SnapshotId, Seen>>,
    known: Mutex<HashMap<SnapshotId, Known>>,
    numbers: std::sync::atomic::AtomicU64,
}

impl Pictures {
    pub(crate) fn new() -> Self {
        Self {
            seen: Shelf::of_bytes(CAPACITY),
            known: Mutex::default(),
            numbers: std::sync::atomic::AtomicU64::new(1),
        }
    }

    async fn seen(&self, store: &Store, id: &SnapshotId) -> Result<Seen, EngineError> {
        let (store, wanted) = (store.clone(), id.clone());
        let load = move || async move {
            let bytes = store.snapshot_bytes(&wanted).await?;
            let history = store.snapshot_history(&wanted).await?;
            let decoding = tokio::task::spawn_blocking(move || {
                let snapshot = Snapshot::decode(&bytes)?;
                let history = match history {
                    Some(bytes) => History::decode(&bytes)?,
                    None => History::advance(None, &snapshot),
                };
                Ok::<_, EngineError>((snapshot, history))
            });
            let (snapshot, history) = finished(decoding.await)?;
            let weight = weight(&snapshot);
            let snapshot = Arc::new(snapshot);
            // Whoever waits for this snapshot needs a part of that, and waits for no more than its part.
            let ahead = Arc::clone(&snapshot);
            tokio::task::spawn_blocking(move || ahead.prepare());
            Ok((Seen { snapshot, history: Arc::new(history) }, weight))
        };
        self.seen.get(id.clone(), load).await
    }

    fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<SnapshotId, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep_facts(&self, id: &SnapshotId, facts: Arc<Facts>, head: u64) -> u64 {
        let number = self.next_number();
        let mut known = self.known();
        if known.len() >= MOST_FACTS && !known.contains_key(id) {
            known.retain(|other, _| self.seen.peek(other).is_some());
            if known.len() >= MOST_FACTS {
                known.clear();
            }
        }
        known.insert(id.clone(), Known { facts, head, number });
        number
    }
}

/// What a blocking task gave; where it panicked, so do we.
pub(crate) fn finished<T>(joined: Result<T, tokio::task::JoinError>) -> T {
    joined.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

/// The snapshot, and what its history takes: a key and three instants for each account.
fn weight(snapshot: &Snapshot) -> usize {
    const HISTORY: usize = 72;
    snapshot.memory() + snapshot.len() as usize * HISTORY
}

impl Engine {
    /// A snapshot by id.
    pub(crate) async fn load_snapshot(&self, id: &SnapshotId) -> Result<Arc<Snapshot>, EngineError> {
        Ok(self.pictures.seen(&self.store, id).await?.snapshot)
    }

    /// A snapshot with its history.
    pub(crate) async fn load_seen(
        &self,
        id: &SnapshotId,
    ) -> Result<(Arc<Snapshot>, Arc<History>), EngineError> {
        let seen = self.pictures.seen(&self.store, id).await?;
        Ok((seen.snapshot, seen.history))
    }

    /// Keeps a picture that was just made. Until everything is worked out that listings ask for, they show the one before.
    pub(crate) async fn keep_picture(
        &self,
        site: &SiteRow,
        snapshot: Snapshot,
        history: History,
    ) -> Result<Picture, EngineError> {
        let weight = weight(&snapshot);
        let preparing = tokio::task::spawn_blocking(move || {
            snapshot.prepare();
            snapshot
        });
        let snapshot = finished(preparing.await);
        let seen = Seen { snapshot: Arc::new(snapshot), history: Arc::new(history) };
        self.pictures.seen.put(seen.snapshot.id(), seen.clone(), weight);
        self.beside(site, seen).await
    }

    /// The picture on a snapshot: as the site was then, with what Rollcall knows now.
    pub(crate) async fn picture_of(&self, site: &SiteRow, id: &SnapshotId) -> Result<Picture, EngineError> {
        let seen = self.pictures.seen(&self.store, id).await?;
        belongs(&seen, &site.id, id)?;
        self.beside(site, seen).await
    }

    /// Puts the facts beside a snapshot; read again only where the audit log says that they changed.
    async fn beside(&self, site: &SiteRow, seen: Seen) -> Result<Picture, EngineError> {
        let id = seen.snapshot.id().clone();
        // Before the facts are read: what changes meanwhile is then noticed the next time.
        let head = self.store.audit_head().await?.seq;
        let known = self.pictures.known().get(&id).map(|k| (Arc::clone(&k.facts), k.head, k.number));
        if let Some((facts, since, number)) = known {
            let is_touched = head != since
                && (head < since
                    || head - since > LOOKED_THROUGH
                    || self.store.has_audit_of(&TOUCHING, since, head).await?);
            if !is_touched {
                if let Some(known) = self.pictures.known().get_mut(&id)
                    && known.number == number
                {
                    known.head = known.head.max(head);
                }
                return Ok(Picture { snapshot: seen.snapshot, facts, facts_number: number });
            }
        }
        let facts = Arc::new(self.facts(site, History::clone(&seen.history)).await?);
        let facts_number = self.pictures.keep_facts(&id, Arc::clone(&facts), head);
        Ok(Picture { snapshot: seen.snapshot, facts, facts_number })
    }
}

/// Nobody sees the snapshot of another site under the name of this one.
fn belongs(seen: &Seen, site: &SiteId, id: &SnapshotId) -> Result<(), EngineError> {
    if seen.snapshot.site() == site {
        return Ok(());
    }
    Err(EngineError::NotFound { what: "snapshot", name: id.to_string(), remedy: " of this site".to_owned() })
}
