//! What may have changed since the plan and concerns every account: who has become active, who has been exempted.
//! Read in bulk, and again when it is older than a minute.

use jiff::{SignedDuration, Timestamp};
use rollcall_model::{AccountKey, GroupName};
use rollcall_site::{Observe, SiteError};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use tokio::sync::Mutex;

/// How old a bulk answer may be when an item is decided (product.md §5).
pub(crate) const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// Accounts known to have been active since the snapshot.
type Active = Option<HashMap<AccountKey, Timestamp>>;

pub(crate) struct Watch {
    /// Activity since this instant contradicts the plan; `None` where the plan does not rest on inactivity.
    since: Option<Timestamp>,
    /// Protected and exempt groups with the groups inside them.
    pub(crate) protected: BTreeSet<GroupName>,
    exempt: BTreeMap<AccountKey, String>,
    seen: Mutex<Option<(Timestamp, Arc<Active>)>>,
}

impl Watch {
    pub(crate) fn new(
        since: Option<Timestamp>,
        protected: BTreeSet<GroupName>,
        exempt: BTreeMap<AccountKey, String>,
    ) -> Self {
        Self { since, protected, exempt, seen: Mutex::new(None) }
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
