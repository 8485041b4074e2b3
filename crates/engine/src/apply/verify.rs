//! Seeing what was sent: every change is read back, many at once where that is cheaper.

use super::Item;
use super::halt::{Halt, Reason};
use super::ledger::{Ledger, Outcome};
use super::tally::Tally;
use super::trust::Trust;
use super::verdict::{Sight, sight};
use crate::killpoint;
use rollcall_model::{GroupName, ItemState};
use rollcall_site::{AccountState, Facets, Observe, Requests, SiteError};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// A change that the site accepted and nobody has seen yet.
pub(crate) struct Sent {
    pub(crate) item: Arc<Item>,
    pub(crate) username: String,
    /// What was sent for it.
    pub(crate) requests: Requests,
}

#[derive(Default)]
struct Waiting {
    sent: Vec<Sent>,
    oldest: Option<Instant>,
}

pub(crate) struct Verifier {
    waiting: Mutex<Waiting>,
    trust: Mutex<Trust>,
    ledger: Ledger,
    halt: Arc<Halt>,
    tally: Arc<Tally>,
}

impl Verifier {
    pub(crate) fn new(ledger: Ledger, halt: Arc<Halt>, tally: Arc<Tally>) -> Self {
        Self { waiting: Mutex::default(), trust: Mutex::new(Trust::new()), ledger, halt, tally }
    }

    /// Takes a change that was sent; looks back if it is time.
    pub(crate) async fn push(&self, site: &dyn Observe, sent: Sent) {
        {
            let mut waiting = self.waiting.lock().await;
            waiting.oldest.get_or_insert_with(Instant::now);
            waiting.sent.push(sent);
        }
        self.look_back(site, false).await;
    }

    /// Looks back at everything that waits: at the end of a run, of a canary batch, before a stop.
    pub(crate) async fn finish(&self, site: &dyn Observe) {
        self.look_back(site, true).await;
    }

    async fn look_back(&self, site: &dyn Observe, all: bool) {
        // One look at a time. Whoever finds one under way goes on working; only the end of a run waits for it.
        let mut trust = if all {
            self.trust.lock().await
        } else {
            let Ok(trust) = self.trust.try_lock() else { return };
            trust
        };
        let sent = {
            let mut waiting = self.waiting.lock().await;
            let is_due = trust.is_due(waiting.sent.len(), waiting.oldest, Instant::now());
            if waiting.sent.is_empty() || !(all || is_due) {
                return;
            }
            waiting.oldest = None;
            std::mem::take(&mut waiting.sent)
        };
        killpoint::reach("before-verify");
        let seen = sent.len();
        let mut all_so = true;
        for ((status, group), batch) in by_facet(sent) {
            all_so &= self.see(site, status, group, batch).await;
        }
        trust.learn(seen, all_so);
    }

    /// Looks at one batch of the same kind and records what is seen.
    async fn see(
        &self,
        site: &dyn Observe,
        status: bool,
        group: Option<GroupName>,
        batch: Vec<Sent>,
    ) -> bool {
        let accounts: Vec<_> = batch
            .iter()
            .map(|s| rollcall_model::AccountRef {
                key: s.item.account.key.clone(),
                username: s.username.clone(),
            })
            .collect();
        let facets = Facets { status, groups: group.into_iter().collect(), upcoming: 0 };
        let seen = match site.look(&accounts, &facets, Duration::ZERO).await {
            Ok(seen) => seen,
            Err(error) => {
                // What was sent stays `started`: whoever takes the run next looks at it again.
                self.halt.set(Reason::Site(error));
                return false;
            }
        };
        killpoint::reach("verified");
        let mut all_so = true;
        let mut outcomes = Vec::with_capacity(batch.len());
        for (sent, state) in batch.iter().zip(seen) {
            let outcome = seen_as(sent, state).after(sent.requests.clone());
            all_so &= outcome.state == ItemState::Done;
            outcomes.push(async move { self.settle(&sent.item, outcome).await });
        }
        futures::future::join_all(outcomes).await;
        all_so
    }

    /// Records an outcome and counts it.
    pub(crate) async fn settle(&self, item: &Item, outcome: Outcome) {
        let (state, code) = (outcome.state, outcome.code);
        if self.ledger.record(item.seq, outcome).await {
            self.tally.count(state, code, &self.halt);
        }
    }
}

fn by_facet(sent: Vec<Sent>) -> BTreeMap<(bool, Option<GroupName>), Vec<Sent>> {
    let mut batches: BTreeMap<_, Vec<Sent>> = BTreeMap::new();
    for one in sent {
        let group = one.item.change_group().cloned();
        batches.entry((group.is_none(), group)).or_default().push(one);
    }
    batches
}

/// What a change came to, seen afterwards.
fn seen_as(sent: &Sent, state: Result<AccountState, SiteError>) -> Outcome {
    let change = &sent.item.change;
    match state.map(|state| sight(change, &state)) {
        Ok(Sight::So) => Outcome::new(ItemState::Done, "done", ""),
        Ok(Sight::NotSo) => Outcome::new(
            ItemState::Failed,
            "without-effect",
            format!(
                "the site accepted `{change}` but nothing changed: the account's directory is probably read-only for Confluence; \
                 change it there, or take the seat away by groups"
            ),
        ),
        Ok(Sight::CannotTell) => Outcome::new(
            ItemState::Unknown,
            "cannot-tell",
            format!(
                "the site accepted `{change}`, and its answer afterwards does not tell whether it happened"
            ),
        ),
        Err(error) => Outcome::new(
            ItemState::Unknown,
            "not-seen",
            format!("the site accepted `{change}`; looking afterwards failed: {error}"),
        ),
    }
}
