//! The workers of a run: account by account, each account's items in the plan's order.

use super::halt::{Halt, Reason};
use super::ledger::{Claim, Ledger, NOT_TRIED, Outcome};
use super::performer::{Performed, Performer, Untold};
use super::verdict::{Expected, Sight, Verdict, judge, sight};
use super::verify::{Sent, Verifier};
use super::watch::{FRESH, Watch};
use super::{Item, Work, Wrong};
use crate::clock::Clock;
use crate::killpoint;
use futures::StreamExt;
use rollcall_model::{AccountRef, Change, ItemState};
use rollcall_site::{AccountState, Existence, Facets, Requests, SiteError};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// How often one item is sent to a site that does not answer clearly, in one pass.
const SENDS: u32 = 2;

pub(crate) struct Crew<'a> {
    pub(crate) performer: &'a dyn Performer,
    pub(crate) ledger: Ledger,
    pub(crate) verifier: &'a Verifier,
    pub(crate) watch: &'a Watch,
    pub(crate) halt: Arc<Halt>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Items not yet begun, so that the site can choose between single and bulk reads.
    pub(crate) upcoming: AtomicUsize,
}

/// How an item left its account.
#[derive(PartialEq, Eq)]
enum Left {
    /// The next item of the account may be done.
    Well,
    /// It must not: the account drifted, or an earlier action did not happen; with the outcome that says so.
    Badly(ItemState),
    /// The run ends.
    Halted,
}

impl Crew<'_> {
    /// Works through the accounts, `concurrency` of them at once, until done or halted.
    pub(crate) async fn work(&self, accounts: &[Work], concurrency: usize) {
        futures::stream::iter(accounts)
            .take_while(|_| std::future::ready(!self.halt.is_set()))
            .for_each_concurrent(concurrency.max(1), |work| self.account(work))
            .await;
        self.verifier.finish(self.performer.site()).await;
    }

    async fn account(&self, work: &Work) {
        let mut wrong = work.wrong_before.clone();
        for item in &work.items {
            if let Some(frozen) = self.watch.frozen(self.clock.now()) {
                self.halt.set(Reason::Frozen(frozen));
            }
            if self.halt.is_set() {
                return;
            }
            // An item that went wrong in an earlier pass says nothing of those before it: they may have been sent already.
            let left = match wrong.as_ref().filter(|wrong| wrong.seq < item.seq) {
                None => self.item(item).await,
                Some(earlier) => self.give_up(item, earlier).await,
            };
            self.upcoming.fetch_sub(1, Ordering::Relaxed);
            match left {
                Left::Well => {}
                Left::Badly(state) => {
                    let this = Wrong { seq: item.seq, change: item.change.clone(), state };
                    wrong = wrong.filter(|earlier| earlier.seq < item.seq).or(Some(this));
                }
                Left::Halted => return,
            }
        }
    }

    /// An item whose account already went wrong is not tried: the actions of a policy are an order of steps. One that was begun before may have
    /// been sent: then the site says whether it was (I7).
    async fn give_up(&self, item: &Item, wrong: &Wrong) -> Left {
        let Claim::Ours { attempt } = self.ledger.claim(item.seq).await else { return Left::Halted };
        if attempt > 1 {
            match self.look(item, Duration::ZERO).await {
                Ok(state) if sight(&item.change, &state) == Sight::So => {
                    let outcome = Outcome::new(ItemState::Done, "confirmed", "confirmed after a restart");
                    self.verifier.settle(item, outcome).await;
                    return Left::Badly(wrong.state);
                }
                Ok(_) => {}
                Err(error) => return self.fail(item, error, Requests::default()).await,
            }
        }
        let earlier = &wrong.change;
        let (state, reason) = if wrong.state == ItemState::Drifted {
            (ItemState::Drifted, format!("drifted, as `{earlier}` of the same account shows"))
        } else {
            let reason = format!("not tried, because `{earlier}` of the same account did not happen");
            (ItemState::Failed, reason)
        };
        self.verifier.settle(item, Outcome::new(state, NOT_TRIED, reason)).await;
        Left::Badly(wrong.state)
    }

    async fn item(&self, item: &Arc<Item>) -> Left {
        let Claim::Ours { attempt } = self.ledger.claim(item.seq).await else { return Left::Halted };
        let mut is_repeat = attempt > 1;
        let mut requests = Requests::default();
        let mut max_age = Duration::try_from(FRESH).unwrap_or_default();
        for send in 1..=SENDS {
            let state = match self.look(item, if is_repeat { Duration::ZERO } else { max_age }).await {
                Ok(state) => state,
                Err(error) => return self.fail(item, error, requests).await,
            };
            killpoint::reach("looked");
            let username = match self.decide(item, &state).await {
                Ok(Verdict::Go { username }) => username,
                Ok(Verdict::Already) if is_repeat => {
                    let outcome = Outcome::new(
                        ItemState::Done,
                        "confirmed",
                        "confirmed after a restart or an unclear answer",
                    );
                    self.verifier.settle(item, outcome.after(requests)).await;
                    return Left::Well;
                }
                Ok(Verdict::Already) => {
                    self.verifier.settle(item, Outcome::new(ItemState::Already, "already", "")).await;
                    return Left::Well;
                }
                Ok(Verdict::Drifted(why)) => {
                    let outcome = Outcome::new(ItemState::Drifted, "drifted", why);
                    self.verifier.settle(item, outcome.after(requests)).await;
                    return Left::Badly(ItemState::Drifted);
                }
                Err(error) => return self.fail(item, error, requests).await,
            };
            if item.change == Change::Notify {
                return self.tell(item).await;
            }
            let account = AccountRef { key: item.account.key.clone(), username: username.clone() };
            let performed = self.performer.perform(&account, &item.change, &mut requests).await;
            killpoint::reach("acted");
            match performed {
                Ok(Performed::Would | Performed::Told) => {
                    self.verifier
                        .settle(item, Outcome::new(ItemState::Done, "would", "test mode: nothing was sent"))
                        .await;
                    return Left::Well;
                }
                Ok(Performed::Sent) => {
                    let sent = Sent { item: Arc::clone(item), username, requests };
                    self.verifier.push(self.performer.site(), sent).await;
                    return Left::Well;
                }
                // Nobody knows whether it happened. Look, exactly as after a crash; act again only if it did not.
                Err(SiteError::Unanswered { reason, .. }) if send == SENDS => {
                    return self.unclear(item, &reason, requests).await;
                }
                Err(SiteError::Unanswered { .. } | SiteError::Conflict { .. }) if send < SENDS => {
                    is_repeat = true;
                    max_age = Duration::ZERO;
                }
                // 403 may concern this account alone (a directory that is read-only here): the limit of failures decides about the run.
                Err(SiteError::Forbidden { reason }) => {
                    let reason = format!("the site does not permit it: {reason}");
                    let outcome = Outcome::new(ItemState::Failed, "forbidden", reason);
                    self.verifier.settle(item, outcome.after(requests)).await;
                    return Left::Badly(ItemState::Failed);
                }
                Err(error) => return self.fail(item, error, requests).await,
            }
        }
        Left::Badly(ItemState::Failed)
    }

    /// A notice is Rollcall's own deed: the outbox is the proof, and there is nothing to read back from the site.
    async fn tell(&self, item: &Item) -> Left {
        let told = self.performer.tell(item.seq).await;
        killpoint::reach("acted");
        let outcome = match told {
            Ok(Performed::Would) => Outcome::new(ItemState::Done, "would", "test mode: nothing was sent"),
            Ok(_) => Outcome::new(ItemState::Done, "told", "the notice is in the outbox"),
            Err(Untold::NotWritten(reason)) => Outcome::new(ItemState::Failed, "not-written", reason),
            Err(Untold::Store(error)) => {
                // Whether it is in the outbox is not known: whoever takes the run next tells, and it is told once.
                self.halt.set(Reason::Store(error));
                return Left::Halted;
            }
        };
        let left = if outcome.state == ItemState::Done { Left::Well } else { Left::Badly(outcome.state) };
        self.verifier.settle(item, outcome).await;
        left
    }

    async fn look(&self, item: &Item, max_age: Duration) -> Result<AccountState, SiteError> {
        let mut groups = self.watch.protected.clone();
        groups.extend(item.change_group().cloned());
        let facets = Facets { status: true, groups, upcoming: self.upcoming.load(Ordering::Relaxed) };
        let mut states =
            self.performer.site().look(std::slice::from_ref(&item.account), &facets, max_age).await?;
        match states.pop() {
            Some(state) => state,
            None => Err(SiteError::Incomplete { reason: "looking at one account gave no answer".to_owned() }),
        }
    }

    async fn decide(&self, item: &Item, state: &AccountState) -> Result<Verdict, SiteError> {
        if let Some(reason) = self.watch.exemption(&item.account.key)
            && sight(&item.change, state) != Sight::So
        {
            return Ok(Verdict::Drifted(format!(
                "was not exempt when the plan was made; now exempt: {reason}"
            )));
        }
        let expected = Expected {
            change: &item.change,
            username: &item.account.username,
            status: item.status_before,
            protected: &self.watch.protected,
        };
        let is_idle_wanted = !matches!(item.change, Change::Enable | Change::Restore);
        let active = if is_idle_wanted
            && state.existence == Existence::Present
            && sight(&item.change, state) != Sight::So
        {
            self.watch.activity(self.performer.site(), &item.account.key, self.clock.now()).await?
        } else {
            None
        };
        Ok(judge(&expected, state, active.as_deref()))
    }

    /// The site was asked as often as is sensible and never answered clearly: a last look decides.
    async fn unclear(&self, item: &Arc<Item>, reason: &str, requests: Requests) -> Left {
        let outcome = match self.look(item, Duration::ZERO).await.map(|state| sight(&item.change, &state)) {
            Ok(Sight::So) => Outcome::new(ItemState::Done, "confirmed", "confirmed after an unclear answer"),
            Ok(Sight::NotSo) => Outcome::new(ItemState::Failed, "unanswered", reason),
            Ok(Sight::CannotTell) => Outcome::new(ItemState::Unknown, "unanswered", reason),
            Err(error) if error.stops_run() => {
                self.halt.set(Reason::Site(error));
                return Left::Halted;
            }
            Err(error) => Outcome::new(
                ItemState::Unknown,
                "unanswered",
                format!("{reason}; looking afterwards failed: {error}"),
            ),
        };
        let left = if outcome.state == ItemState::Done { Left::Well } else { Left::Badly(outcome.state) };
        self.verifier.settle(item, outcome.after(requests)).await;
        left
    }

    /// An error of the site that is definite: the change did not happen.
    async fn fail(&self, item: &Item, error: SiteError, requests: Requests) -> Left {
        if error.stops_run() {
            // The item stays `started`; whoever resumes the run looks at it again.
            self.halt.set(Reason::Site(error));
            return Left::Halted;
        }
        let state = match error {
            SiteError::Unsupported { .. } => ItemState::Refused,
            _ => ItemState::Failed,
        };
        let outcome = Outcome::new(state, error.code(), error.to_string());
        self.verifier.settle(item, outcome.after(requests)).await;
        Left::Badly(state)
    }
}
