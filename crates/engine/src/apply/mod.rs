//! Applying a plan: the one loop of every run, whether it starts, goes on after a stop or after a crash (product.md §5).

mod crew;
mod halt;
mod ledger;
mod performer;
mod tally;
mod trust;
mod verdict;
mod verify;
mod watch;

pub(crate) use halt::Reason;
pub(crate) use ledger::Detail;
pub(crate) use performer::{Doer, Performer, Tester, Untold};
pub(crate) use tally::is_failure;
pub(crate) use watch::Freezes;

use crate::clock::Clock;
use crew::Crew;
use halt::Halt;
use jiff::{SignedDuration, Timestamp};
use ledger::Ledger;
use rollcall_model::{AccountKey, AccountRef, Change, GroupName, ItemState, Status};
use rollcall_store::{Lease, Store, StoreError};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;
use tally::Tally;
use verify::Verifier;
use watch::Watch;

/// How long a lease holds without being renewed. Longer than any request to a site may take.
pub(crate) const LEASE: SignedDuration = SignedDuration::from_secs(90);
/// How often it is renewed, and whether a stop was asked for is looked up.
const HEARTBEAT: Duration = Duration::from_secs(2);

/// One item of a run, as the loop needs it.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) seq: u32,
    pub(crate) account: AccountRef,
    pub(crate) change: Change,
    /// Status when the plan was made, where the change is about it.
    pub(crate) status_before: Option<Status>,
}

impl Item {
    fn change_group(&self) -> Option<&GroupName> {
        match &self.change {
            Change::AddToGroup { group } | Change::RemoveFromGroup { group } => Some(group),
            _ => None,
        }
    }
}

/// The open items of one account, in the plan's order.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) items: Vec<Arc<Item>>,
    /// The first item of the account that went wrong in an earlier pass.
    pub(crate) wrong_before: Option<Wrong>,
}

/// An item that went wrong: what comes after it at the same account is not tried.
#[derive(Debug, Clone)]
pub(crate) struct Wrong {
    pub(crate) seq: u32,
    pub(crate) change: Change,
    pub(crate) state: ItemState,
}

/// Everything one pass over a run needs.
pub(crate) struct Pass {
    pub(crate) store: Store,
    pub(crate) lease: Lease,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) performer: Box<dyn Performer>,
    /// Accounts worked on at once. Requests under way at the site are bounded by its own pacing.
    pub(crate) accounts_at_once: usize,
    /// Open items, in order.
    pub(crate) items: Vec<Item>,
    /// Accounts of which an item went wrong in an earlier pass, with the first such item.
    pub(crate) wrong_before: HashMap<AccountKey, Wrong>,
    /// Items of the run settled in earlier passes.
    pub(crate) settled_before: u32,
    /// Failures of earlier passes that count towards the limit.
    pub(crate) failed_before: u32,
    /// The run stops at so many failures.
    pub(crate) failure_limit: Option<u32>,
    /// So many accounts are finished and seen to be right before the rest begins; `None` or 0 = no canary.
    pub(crate) canary: Option<u32>,
    /// Activity since then contradicts the plan.
    pub(crate) idle_since: Option<Timestamp>,
    /// Protected groups and the groups inside them.
    pub(crate) protected: BTreeSet<GroupName>,
    /// Accounts that are exempt now, with the reason.
    pub(crate) exempt: BTreeMap<AccountKey, String>,
    /// The freezes it heeds.
    pub(crate) freezes: Arc<Freezes>,
    /// Says when the program is about to end.
    pub(crate) closing: tokio::sync::watch::Receiver<bool>,
    pub(crate) progress: Box<dyn Fn(u32, u32, u32) + Send + Sync>,
}

/// A task that ends when this is dropped.
struct Companion(tokio::task::JoinHandle<()>);

impl Drop for Companion {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Pass {
    /// Works until everything is settled or there is a reason to stop. The lease is kept alive meanwhile.
    pub(crate) async fn work(self) -> Option<Reason> {
        let halt = Arc::new(Halt::default());
        if let Some(limit) = self.failure_limit.filter(|limit| self.failed_before >= *limit) {
            halt.set(Reason::Failures { failed: self.failed_before, limit });
        }
        let total = self.settled_before + u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        let tally = Arc::new(Tally::new(
            total,
            self.settled_before,
            self.failed_before,
            self.failure_limit,
            self.progress,
        ));
        // Whoever gives up on the run leaves nobody behind who keeps its lease.
        let _heart = Companion(tokio::spawn(beat(
            self.store.clone(),
            self.lease.clone(),
            Arc::clone(&self.clock),
            Arc::clone(&halt),
            Arc::clone(&self.freezes),
        )));
        let _ear = Companion(tokio::spawn(heed(self.closing, Arc::clone(&halt))));
        let (ledger, writing) =
            Ledger::open(self.store.clone(), self.lease.clone(), Arc::clone(&self.clock), Arc::clone(&halt));
        {
            let verifier = Verifier::new(ledger.clone(), Arc::clone(&halt), Arc::clone(&tally));
            let watch = Watch::new(self.idle_since, self.protected, self.exempt, self.freezes);
            let crew = Crew {
                performer: self.performer.as_ref(),
                ledger,
                verifier: &verifier,
                watch: &watch,
                halt: Arc::clone(&halt),
                clock: Arc::clone(&self.clock),
                upcoming: AtomicUsize::new(self.items.len()),
            };
            let accounts = by_account(self.items, self.wrong_before);
            let size = self.canary.map_or(0, |n| (n as usize).min(accounts.len()));
            let (canary, rest) = accounts.split_at(size);
            if !canary.is_empty() {
                crew.work(canary, self.accounts_at_once).await;
                if tally.failed() > 0 {
                    halt.set(Reason::Canary {
                        failed: tally.failed(),
                        size: self.canary.unwrap_or_default(),
                    });
                }
            }
            crew.work(rest, self.accounts_at_once).await;
        }
        // The last ledger is gone with the crew: the writing task has written everything when it ends.
        let _ = writing.await;
        halt.take()
    }
}

/// Stops the run when the program is about to end.
async fn heed(mut closing: tokio::sync::watch::Receiver<bool>, halt: Arc<Halt>) {
    if closing.wait_for(|is_closing| *is_closing).await.is_ok() {
        halt.set(Reason::Closing);
    }
}

/// Keeps the lease alive, and hears of a stop and of new freezes.
async fn beat(store: Store, lease: Lease, clock: Arc<dyn Clock>, halt: Arc<Halt>, freezes: Arc<Freezes>) {
    let mut renewed_at = clock.now();
    loop {
        tokio::time::sleep(HEARTBEAT).await;
        let now = clock.now();
        match store.renew(&lease, now, LEASE).await {
            Ok(renewal) => {
                renewed_at = now;
                if let Some(why) = renewal.stop {
                    halt.set(Reason::Asked(why));
                }
            }
            Err(StoreError::LeaseLost { .. }) => {
                halt.set(Reason::LeaseLost);
                return;
            }
            Err(error) if now.duration_since(renewed_at) > LEASE / 2 => {
                halt.set(Reason::Store(error));
                return;
            }
            Err(error) => tracing::warn!(%error, "the lease could not be renewed yet"),
        }
        if freezes.is_heeded() {
            match crate::freezes::freezes(&store).await {
                Ok(known) => freezes.renew(known),
                Err(error) => tracing::warn!(%error, "the freezes could not be read yet"),
            }
        }
    }
}

/// Gathers items that follow one another and concern one account.
fn by_account(items: Vec<Item>, mut wrong_before: HashMap<AccountKey, Wrong>) -> Vec<Work> {
    let mut accounts: Vec<Work> = Vec::new();
    for item in items {
        let item = Arc::new(item);
        match accounts.last_mut() {
            Some(work) if work.items.last().is_some_and(|i| i.account.key == item.account.key) => {
                work.items.push(item);
            }
            _ => {
                let wrong_before = wrong_before.remove(&item.account.key);
                accounts.push(Work { items: vec![item], wrong_before });
            }
        }
    }
    accounts
}
