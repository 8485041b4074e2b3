//! What may have changed since the plan and concerns every account: who has become active, who has been exempted.
//! Read in bulk, and again when it is older than a minute.

use jiff::{SignedDuration, Timestamp};
use rollcall_model::{AccountKey, GroupName, SiteName};
use rollcall_planner::{Freeze, Frozen};
use rollcall_site::{Observe, SiteError};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use tokio::sync::Mutex;

/// How old a bulk answer may be when an item is decided (product.md §5).
pub(crate) const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// Accounts known to have been active since the snapshot.
type Active = Option<HashMap<AccountKey, Timestamp>>;

/// The freezes that a run heeds, as they were read last.
pub(crate) struct Freezes {
    site: SiteName,
    known: std::sync::Mutex<Vec<Freeze>>,
    is_heeded: bool,
}

impl Freezes {
    /// A live run heeds the freezes of its site, unless an administrator decided otherwise; a test run none.
    pub(crate) fn of(site: SiteName, known: Vec<Freeze>, is_heeded: bool) -> Self {
        Self { site, known: std::sync::Mutex::new(known), is_heeded }
    }

    /// They were read again.
    pub(crate) fn renew(&self, known: Vec<Freeze>) {
        *self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = known;
    }

    pub(crate) fn is_heeded(&self) -> bool {
        self.is_heeded
    }

    fn in_force(&self, now: Timestamp) -> Option<Frozen> {
        let known = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if self.is_heeded { rollcall_planner::frozen(&known, &self.site, now) } else { None }
    }
}

pub(crate) struct Watch {
    /// Activity since this instant contradicts the plan; `None` where the plan does not rest on inactivity.
    since: Option<Timestamp>,
    /// Protected and exempt groups with the groups inside them.
    pub(crate) protected: BTreeSet<GroupName>,
    exempt: BTreeMap<AccountKey, String>,
    /// Freezes that concern the run; none where it goes on in a freeze.
    freezes: Arc<Freezes>,
    seen: Mutex<Option<(Timestamp, Arc<Active>)>>,
}

impl Watch {
    pub(crate) fn new(
        since: Option<Timestamp>,
        protected: BTreeSet<GroupName>,
        exempt: BTreeMap<AccountKey, String>,
        freezes: Arc<Freezes>,
    ) -> Self {
        Self { since, protected, exempt, freezes, seen: Mutex::new(None) }
    }

    /// The freeze that has begun, if one has.
    pub(crate) fn frozen(&self, now: Timestamp) -> Option<Frozen> {
        self.freezes.in_force(now)
    }

    /// Why the account is exempt, if it is.
    pub(crate) fn exemption(&self, account: &AccountKey) -> Option<&str> {
        self.exempt.get(account).map(String::as_str)
    }

    /// Words about an activity since the snapshot, if the site knows of one.
    pub(crate) async fn activity(
        &self,
        site: &dyn Observe,
        account: &AccountKey,
        now: Timestamp,
    ) -> Result<Option<String>, SiteError> {
        let Some(since) = self.since else { return Ok(None) };
        let mut seen = self.seen.lock().await;
        let active = match &*seen {
            Some((at, active)) if now.duration_since(*at) < FRESH => Arc::clone(active),
            _ => {
                let answer = site.active_since(since).await?;
                let active =
                    Arc::new(answer.map(|list| list.into_iter().map(|(a, at)| (a.key, at)).collect()));
                *seen = Some((now, Arc::clone(&active)));
                active
            }
        };
        drop(seen);
        let at = active.as_ref().as_ref().and_then(|known| known.get(account));
        Ok(at.map(|at| format!("was active on {}", at.strftime("%Y-%m-%d %H:%M UTC"))))
    }
}
