//! The two kinds of hands a run can have. Those of test mode hold a site that cannot be written to (I1).

use async_trait::async_trait;
use rollcall_model::{AccountRef, Change};
use rollcall_site::{Act, Observe, ReadOnly, SiteError};
use std::sync::Arc;

/// What performing a change came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Performed {
    /// The site accepted it; it has yet to be seen.
    Sent,
    /// Test mode: this is where the request would have been sent.
    Would,
}

/// Makes changes, or would.
#[async_trait]
pub(crate) trait Performer: Send + Sync {
    /// The site, for reading.
    fn site(&self) -> &dyn Observe;
    /// Makes the change, or does nothing at all.
    async fn perform(&self, account: &AccountRef, change: &Change) -> Result<Performed, SiteError>;
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
    async fn perform(&self, _account: &AccountRef, _change: &Change) -> Result<Performed, SiteError> {
        Ok(Performed::Would)
    }
}

/// Live mode.
pub(crate) struct Doer(Arc<dyn Act>);

impl Doer {
    pub(crate) fn new(site: Arc<dyn Act>) -> Self {
        Self(site)
    }
}

#[async_trait]
impl Performer for Doer {
    fn site(&self) -> &dyn Observe {
        &self.0
    }
    async fn perform(&self, account: &AccountRef, change: &Change) -> Result<Performed, SiteError> {
        self.0.act(account, change).await.map(|()| Performed::Sent)
    }
}
