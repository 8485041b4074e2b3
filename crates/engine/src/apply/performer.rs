//! The two kinds of hands a run can have. Those of test mode hold a site that cannot be written to (I1).

use crate::notices::Notifier;
use async_trait::async_trait;
use rollcall_model::{AccountRef, Change};
use rollcall_site::{Act, Observe, ReadOnly, Requests, SiteError};
use rollcall_store::StoreError;
use std::sync::Arc;

/// What performing a change came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Performed {
    /// The site accepted it; it has yet to be seen.
    Sent,
    /// Test mode: this is where the request would have been sent.
    Would,
    /// The account's owner will be told: the mail is in the outbox.
    Told,
}

/// Why the owner of an account was not told.
#[derive(Debug)]
pub(crate) enum Untold {
    /// The mail cannot be written.
    NotWritten(String),
    /// The database.
    Store(StoreError),
}

/// Makes changes, or would.
#[async_trait]
pub(crate) trait Performer: Send + Sync {
    /// The site, for reading.
    fn site(&self) -> &dyn Observe;
    /// Makes the change, or does nothing at all. What was sent for it is added to `requests`.
    async fn perform(
        &self,
        account: &AccountRef,
        change: &Change,
        requests: &mut Requests,
    ) -> Result<Performed, SiteError>;
    /// Tells the owner of an item's account what the run's notice says, or does nothing at all. Asked again, it tells once.
    async fn tell(&self, seq: u32) -> Result<Performed, Untold>;
}

/// Test mode.
pub(crate) struct Tester(ReadOnly<Arc<dyn Act>>);

impl Tester {
    pub(crate) fn new(site: Arc<dyn Act>) -> Self {
        Self(ReadOnly::new(site))
    }
}

#[async_trait]
impl Performer for Tester {
    fn site(&self) -> &dyn Observe {
        &self.0
    }
    async fn perform(
        &self,
        _account: &AccountRef,
        _change: &Change,
        _requests: &mut Requests,
    ) -> Result<Performed, SiteError> {
        Ok(Performed::Would)
    }
    async fn tell(&self, _seq: u32) -> Result<Performed, Untold> {
        Ok(Performed::Would)
    }
}

/// Live mode.
pub(crate) struct Doer {
    site: Arc<dyn Act>,
    notifier: Option<Notifier>,
}

impl Doer {
    pub(crate) fn new(site: Arc<dyn Act>, notifier: Option<Notifier>) -> Self {
        Self { site, notifier }
    }
}

#[async_trait]
impl Performer for Doer {
    fn site(&self) -> &dyn Observe {
        &self.site
    }
    async fn perform(
        &self,
        account: &AccountRef,
        change: &Change,
        requests: &mut Requests,
    ) -> Result<Performed, SiteError> {
        let acted = self.site.act(account, change).await;
        requests.append(acted.requests);
        acted.result.map(|()| Performed::Sent)
    }
    async fn tell(&self, seq: u32) -> Result<Performed, Untold> {
        match &self.notifier {
            Some(notifier) => notifier.tell(seq).await.map(|()| Performed::Told),
            None => Err(Untold::NotWritten("the run has no notices".to_owned())),
        }
    }
}
