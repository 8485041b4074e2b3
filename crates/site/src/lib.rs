//! What a site can be asked, and what it can answer.
//!
//! Here: the two traits every product implements, [`Observe`] and [`Act`], the type that can only read, [`ReadOnly`], the
//! settings of a connection, and errors that say what the caller must decide.
//! Not here: any product's address, quirk or wire format (room `atlassian`), any judgement about accounts (room `planner`).
//! To connect a new product: implement `Observe`, then `Act`, in a module of its own in `atlassian`; this room should not have to change.
//!
//! The shape is meant to carry an organisation above its sites (Cloud: one connection, account ids, suspension, permission asked in
//! advance by [`Observe::preflight`]), servers that are asked over JSON-RPC, and a database as a second source of evidence
//! for the same accounts (which adds a source and its points to an [`rollcall_model::Observation`] before it is packed).

mod connection;
mod error;
mod events;
mod look;
mod request;
mod traffic;

pub use connection::{Connection, Credentials, Pacing, SiteSettings};
pub use error::SiteError;
pub use events::{Events, SiteEvent};
pub use look::{AccountState, Existence, Facets};
pub use request::{Request, Requests};
pub use traffic::Traffic;

use async_trait::async_trait;
use jiff::Timestamp;
use rollcall_model::{AccountRef, Change, GroupName, Observation, SiteId, SiteProfile, Trigger};
use std::collections::BTreeSet;
use std::time::Duration;

/// Reading a site. Nothing here can change it.
#[async_trait]
pub trait Observe: Send + Sync {
    /// Asks the site what it is and what it can do. Few requests, no writes; credentials are tried exactly once (I9).
    async fn probe(&self) -> Result<SiteProfile, SiteError>;

    /// Reads the whole site. All or nothing: an error means that there is no observation (product.md §2).
    async fn observe(&self, request: ObserveRequest<'_>) -> Result<Observation, SiteError>;

    /// Reads these accounts again, in this order, one answer for each. The site may answer from a bulk read (a page of the user
    /// list, of a group's members) that is not older than `max_age`, where that costs it fewer requests.
    /// With `max_age` zero every answer comes from a read that began after this call.
    async fn look(
        &self,
        accounts: &[AccountRef],
        facets: &Facets,
        max_age: Duration,
    ) -> Result<Vec<Result<AccountState, SiteError>>, SiteError>;

    /// Who is known to have been active at or after `since`, from whatever the site can answer in a few requests;
    /// `None` where it cannot. An account that is missing from the answer may have been active all the same.
    async fn active_since(&self, since: Timestamp)
    -> Result<Option<Vec<(AccountRef, Timestamp)>>, SiteError>;

    /// What of these kinds happened to accounts at or after `since`, from whatever the site can answer in a few requests.
    async fn events_since(&self, since: Timestamp, kinds: &BTreeSet<Trigger>) -> Result<Events, SiteError> {
        let _ = kinds;
        Ok(Events::untold(since))
    }

    /// Asks in advance, without side effects, whether a change of these accounts would be permitted; one answer for each,
    /// with the reason of a refusal. Sites that cannot be asked say `Ok(())`.
    async fn preflight(
        &self,
        accounts: &[AccountRef],
        change: &Change,
    ) -> Result<Vec<Result<(), String>>, SiteError> {
        let _ = change;
        Ok(vec![Ok(()); accounts.len()])
    }

    /// Requests sent so far, for the bench and the run log.
    fn requests_sent(&self) -> u64;

    /// What the site's clock says now, as far as its last answer tells; `None` where it does not.
    fn server_time(&self) -> Option<Timestamp> {
        None
    }

    /// [`Observe::requests_sent`] in more detail, for those who watch. A site that does not tell has sent reads.
    fn traffic(&self) -> Traffic {
        Traffic { reads: self.requests_sent(), ..Traffic::default() }
    }
}

/// Changing a site.
#[async_trait]
pub trait Act: Observe {
    /// Makes one change of one account, with one request (and, where the site works in the background, the wait for it).
    /// `Ok` means that the site accepted it, not that it happened: look again. Never retried inside: an ambiguous
    /// answer is [`SiteError::Unanswered`], and the caller looks.
    async fn act(&self, account: &AccountRef, change: &Change) -> Acted;

    /// Makes a group without members. An existing group of that name is [`SiteError::Conflict`].
    async fn create_group(&self, name: &GroupName) -> Result<(), SiteError>;
}

/// What asking for a change came to.
#[must_use]
#[derive(Debug)]
pub struct Acted {
    /// Whether the site accepted it.
    pub result: Result<(), SiteError>,
    /// What was sent for it and what came back, as the transport saw it.
    pub requests: Requests,
}

/// How much of a site to read.
pub struct ObserveRequest<'a> {
    /// The site, for the observation's head.
    pub site: SiteId,
    /// Told of progress: what is being read, how much of it is there, how much is expected.
    pub progress: &'a (dyn Fn(Progress<'_>) + Send + Sync),
    /// For how many accounts at most the newest contribution may be searched, one request each. 0 = for none.
    pub contributions: u32,
    /// The accounts whose contribution is wanted first; the rest follow while the bound lasts.
    pub contributions_first: &'a [AccountRef],
    /// The audit log is read back to this instant; `None` = it is not read.
    pub audit_since: Option<Timestamp>,
    /// The instant of the reading, by the caller's clock.
    pub now: &'a (dyn Fn() -> Timestamp + Send + Sync),
}

/// How far a reading has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// What is being read: `accounts`, `groups`, `members`, …
    pub what: &'a str,
    /// How many so far.
    pub done: u64,
    /// How many are expected, where known.
    pub of: Option<u64>,
}

/// A site that can be read but not changed: the only kind that test mode is given (I1). It implements [`Observe`] and hides
/// everything else.
pub struct ReadOnly<S>(S);

impl<S> ReadOnly<S> {
    /// Takes away the ability to write.
    pub fn new(site: S) -> Self {
        Self(site)
    }
}

#[async_trait]
impl<S: Observe> Observe for ReadOnly<S> {
    async fn probe(&self) -> Result<SiteProfile, SiteError> {
        self.0.probe().await
    }
    async fn observe(&self, request: ObserveRequest<'_>) -> Result<Observation, SiteError> {
        self.0.observe(request).await
    }
    async fn look(
        &self,
        accounts: &[AccountRef],
        facets: &Facets,
        max_age: Duration,
    ) -> Result<Vec<Result<AccountState, SiteError>>, SiteError> {
        self.0.look(accounts, facets, max_age).await
    }
    async fn active_since(
        &self,
        since: Timestamp,
    ) -> Result<Option<Vec<(AccountRef, Timestamp)>>, SiteError> {
        self.0.active_since(since).await
    }
    async fn events_since(&self, since: Timestamp, kinds: &BTreeSet<Trigger>) -> Result<Events, SiteError> {
        self.0.events_since(since, kinds).await
    }
    async fn preflight(
        &self,
        accounts: &[AccountRef],
        change: &Change,
    ) -> Result<Vec<Result<(), String>>, SiteError> {
        self.0.preflight(accounts, change).await
    }
    fn requests_sent(&self) -> u64 {
        self.0.requests_sent()
    }
    fn server_time(&self) -> Option<Timestamp> {
        self.0.server_time()
    }
    fn traffic(&self) -> Traffic {
        self.0.traffic()
    }
}

#[async_trait]
impl<S: Observe + ?Sized> Observe for std::sync::Arc<S> {
    async fn probe(&self) -> Result<SiteProfile, SiteError> {
        (**self).probe().await
    }
    async fn observe(&self, request: ObserveRequest<'_>) -> Result<Observation, SiteError> {
        (**self).observe(request).await
    }
    async fn look(
        &self,
        accounts: &[AccountRef],
        facets: &Facets,
        max_age: Duration,
    ) -> Result<Vec<Result<AccountState, SiteError>>, SiteError> {
        (**self).look(accounts, facets, max_age).await
    }
    async fn active_since(
        &self,
        since: Timestamp,
    ) -> Result<Option<Vec<(AccountRef, Timestamp)>>, SiteError> {
        (**self).active_since(since).await
    }
    async fn events_since(&self, since: Timestamp, kinds: &BTreeSet<Trigger>) -> Result<Events, SiteError> {
        (**self).events_since(since, kinds).await
    }
    async fn preflight(
        &self,
        accounts: &[AccountRef],
        change: &Change,
    ) -> Result<Vec<Result<(), String>>, SiteError> {
        (**self).preflight(accounts, change).await
    }
    fn requests_sent(&self) -> u64 {
        (**self).requests_sent()
    }
    fn server_time(&self) -> Option<Timestamp> {
        (**self).server_time()
    }
    fn traffic(&self) -> Traffic {
        (**self).traffic()
    }
}
