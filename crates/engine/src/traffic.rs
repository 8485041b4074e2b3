//! What each site was asked since this process began: connections come and go, their sums stay.

use async_trait::async_trait;
use jiff::Timestamp;
use rollcall_model::{AccountRef, Change, GroupName, Observation, SiteName, SiteProfile, Trigger};
use rollcall_site::{AccountState, Act, Acted, Events, Facets, Observe, ObserveRequest, SiteError, Traffic};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

/// The sums, by site.
#[derive(Default)]
pub(crate) struct Meters(Mutex<BTreeMap<SiteName, Meter>>);

#[derive(Default)]
struct Meter {
    /// Of connections that are closed.
    closed: Traffic,
    open: Vec<Weak<Metered>>,
}

/// A connection whose traffic is added to its site's sum when it is closed.
struct Metered {
    site: Arc<dyn Act>,
    name: SiteName,
    meters: Weak<Meters>,
}

impl Meters {
    /// Counts what a connection sends as its site's.
    pub(crate) fn metered(self: &Arc<Self>, name: &SiteName, site: Arc<dyn Act>) -> Arc<dyn Act> {
        let metered = Arc::new(Metered { site, name: name.clone(), meters: Arc::downgrade(self) });
        let mut meters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let open = &mut meters.entry(name.clone()).or_default().open;
        open.retain(|connection| connection.strong_count() > 0);
        open.push(Arc::downgrade(&metered));
        metered
    }

    /// What each site was asked so far.
    pub(crate) fn read(&self) -> BTreeMap<SiteName, Traffic> {
        // Collected first: the last holder of a connection may let go of it while we look, and then it wants the lock.
        let meters: Vec<_> = {
            let meters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let open = |meter: &Meter| meter.open.iter().filter_map(Weak::upgrade).collect::<Vec<_>>();
            meters.iter().map(|(name, meter)| (name.clone(), meter.closed, open(meter))).collect()
        };
        let sum = |(name, mut sum, open): (SiteName, Traffic, Vec<Arc<Metered>>)| {
            for connection in &open {
                sum += connection.site.traffic();
            }
            (name, sum)
        };
        meters.into_iter().map(sum).collect()
    }
}

impl Drop for Metered {
    fn drop(&mut self) {
        let Some(meters) = self.meters.upgrade() else { return };
        let mut meters = meters.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(meter) = meters.get_mut(&self.name) {
            meter.closed += self.site.traffic();
        }
    }
}

#[async_trait]
impl Observe for Metered {
    async fn probe(&self) -> Result<SiteProfile, SiteError> {
        self.site.probe().await
    }
    async fn observe(&self, request: ObserveRequest<'_>) -> Result<Observation, SiteError> {
        self.site.observe(request).await
    }
    async fn look(
        &self,
        accounts: &[AccountRef],
        facets: &Facets,
        max_age: Duration,
    ) -> Result<Vec<Result<AccountState, SiteError>>, SiteError> {
        self.site.look(accounts, facets, max_age).await
    }
    async fn active_since(
        &self,
        since: Timestamp,
    ) -> Result<Option<Vec<(AccountRef, Timestamp)>>, SiteError> {
        self.site.active_since(since).await
    }
    async fn events_since(&self, since: Timestamp, kinds: &BTreeSet<Trigger>) -> Result<Events, SiteError> {
        self.site.events_since(since, kinds).await
    }
    async fn preflight(
        &self,
        accounts: &[AccountRef],
        change: &Change,
    ) -> Result<Vec<Result<(), String>>, SiteError> {
        self.site.preflight(accounts, change).await
    }
    fn requests_sent(&self) -> u64 {
        self.site.requests_sent()
    }
    fn server_time(&self) -> Option<Timestamp> {
        self.site.server_time()
    }
    fn traffic(&self) -> Traffic {
        self.site.traffic()
    }
}

#[async_trait]
impl Act for Metered {
    async fn act(&self, account: &AccountRef, change: &Change) -> Acted {
        self.site.act(account, change).await
    }
    async fn create_group(&self, name: &GroupName) -> Result<(), SiteError> {
        self.site.create_group(name).await
    }
}
