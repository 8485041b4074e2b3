//! Confluence Data Center 8.2 – 10.2, by `confluence-data-center.md`.
//!
//! Here: what its answers look like, which version can do what, how its listings are read whole, how one change is made.
//! Not here: anything another product shares (`transport`), anything that decides about accounts.
//! To follow a new version: its rows in `capability`, its endpoints where they are read, a line in the test of captures.

mod act;
mod active_since;
mod assemble;
mod audit;
mod capability;
mod contributions;
mod dates;
mod events;
mod groups;
mod identity;
mod licence;
mod long_task;
mod look;
mod observe;
mod one_account;
mod order;
mod paging;
mod people;
mod probe;
mod refusal;
mod rights;
mod roster;
mod wire;

#[cfg(test)]
mod tests;

use crate::transport::{Address, RequestCounts, Transport, traced};
use async_trait::async_trait;
use jiff::Timestamp;
use paging::Listing;
use rollcall_model::{AccountRef, Change, GroupName, Observation, SiteProfile, Trigger};
use rollcall_site::{
    AccountState, Act, Acted, Connection, Events, Facets, Observe, ObserveRequest, SiteError, SiteSettings,
    Traffic,
};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// A Confluence Data Center, version 8.2 to 10.2.
pub struct ConfluenceDc {
    transport: Arc<Transport>,
    settings: SiteSettings,
    /// The sign-in name that was configured; a token has none.
    configured_name: Option<String>,
    rosters: roster::Rosters,
    standing: refusal::StandingKept,
}

/// Opens a connection. Nothing is sent yet: an address, token or certificate that cannot be used at all is refused here, everything
/// else by [`Observe::probe`].
pub fn connect(connection: &Connection) -> Result<Arc<ConfluenceDc>, SiteError> {
    Ok(Arc::new(ConfluenceDc {
        transport: Arc::new(Transport::open(connection)?),
        settings: connection.settings.clone(),
        configured_name: probe::configured_name(&connection.credentials),
        rosters: roster::Rosters::default(),
        standing: refusal::StandingKept::default(),
    }))
}

impl ConfluenceDc {
    /// What was sent so far, by kind.
    pub fn counts(&self) -> RequestCounts {
        self.transport.counts()
    }

    /// What a refusal means: a token that ran out may be served as anonymous (§3.2), to whom everything is forbidden. Asks who we are
    /// before the site's word is taken for it.
    async fn confirm_refusal(&self, refusal: SiteError) -> SiteError {
        match identity::who_am_i(&self.transport).await {
            Err(error @ (SiteError::Unauthorized { .. } | SiteError::Blocked { .. })) => error,
            _ => refusal,
        }
    }
}

#[async_trait]
impl Observe for ConfluenceDc {
    async fn probe(&self) -> Result<SiteProfile, SiteError> {
        Ok(self.find_out().await?.profile)
    }

    async fn observe(&self, request: ObserveRequest<'_>) -> Result<Observation, SiteError> {
        self.read_site(&request).await
    }

    async fn look(
        &self,
        accounts: &[AccountRef],
        facets: &Facets,
        max_age: Duration,
    ) -> Result<Vec<Result<AccountState, SiteError>>, SiteError> {
        self.look_at(accounts, facets, max_age).await
    }

    async fn active_since(
        &self,
        since: Timestamp,
    ) -> Result<Option<Vec<(AccountRef, Timestamp)>>, SiteError> {
        self.read_active_since(since).await
    }

    async fn events_since(&self, since: Timestamp, kinds: &BTreeSet<Trigger>) -> Result<Events, SiteError> {
        self.read_events_since(since, kinds).await
    }

    fn requests_sent(&self) -> u64 {
        self.counts().total()
    }

    fn server_time(&self) -> Option<Timestamp> {
        self.transport.server_time()
    }

    fn traffic(&self) -> Traffic {
        let counts = self.counts();
        Traffic {
            reads: counts.reads,
            writes: counts.writes,
            retries: counts.retries,
            throttled: counts.throttled,
            waited: counts.waited,
        }
    }
}

#[async_trait]
impl Act for ConfluenceDc {
    async fn act(&self, account: &AccountRef, change: &Change) -> Acted {
        let (result, requests) = traced(self.change(account, change)).await;
        Acted { result, requests }
    }

    async fn create_group(&self, name: &GroupName) -> Result<(), SiteError> {
        self.make_group(name).await
    }
}

/// All people, disabled ones included (8.4 and later).
fn user_listing() -> Listing {
    Listing { what: "accounts", address: Address::of("/rest/api/user/list").query("expand", "status") }
}

/// The people who cost a seat, by last login, oldest first (9.3 and later).
fn active_listing() -> Listing {
    Listing {
        what: "active accounts",
        address: Address::of("/rest/api/admin/users/list/active").query("expand", "status,lastLogin"),
    }
}

/// An answer that the site need not give: refused, missing, or of no known shape is `None`. What concerns the whole connection stays
/// an error.
fn optional<T>(result: Result<T, SiteError>) -> Result<Option<T>, SiteError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(
            SiteError::Forbidden { .. }
            | SiteError::NotFound { .. }
            | SiteError::Rejected { .. }
            | SiteError::Conflict { .. }
            | SiteError::Unsupported { .. }
            | SiteError::NotASite { .. }
            | SiteError::Incomplete { .. }
            | SiteError::Unanswered { .. },
        ) => Ok(None),
        Err(error) => Err(error),
    }
}
