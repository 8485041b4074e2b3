//! Who one account is now, asked for by its key (`confluence-data-center.md §4.1`).

use super::ConfluenceDc;
use super::capability::lists_everybody;
use super::groups::groups_of;
use super::roster::{EVERYBODY, Seen};
use super::wire::Person;
use super::{identity, optional, user_listing};
use crate::transport::Address;
use rollcall_model::AccountRef;
use rollcall_site::SiteError;
use tokio::time::Instant;

/// A user list of at most so many pages is read to make sure of somebody without groups.
const SMALL_LIST: u64 = 5;

/// Who somebody is now; `None` = gone.
pub(super) type Identity = Option<Seen>;

impl ConfluenceDc {
    /// One account, by its key; by its name only where it has none. Whoever bears the name under another key is somebody else.
    /// Where the user list has to be asked too, a reading that began at `not_before` or later will do.
    pub(super) async fn identity_of(
        &self,
        account: &AccountRef,
        not_before: Instant,
    ) -> Result<Identity, SiteError> {
        let at = Instant::now();
        let address = Address::of("/rest/api/user").query("expand", "status");
        let by_name = address.clone().query("username", &account.username);
        let key = account.key.as_str();
        let address = if account.key.is_empty() { by_name.clone() } else { address.query("key", key) };
        let mut answer = self.transport.get_json_or_refusal::<Person>(&address).await?;
        if let Err(refusal) = &answer
            && refusal.status() == 400
            && !account.key.is_empty()
        {
            answer = self.transport.get_json_or_refusal(&by_name).await?;
        }
        let person = match answer {
            Ok(person) => person,
            Err(refusal) if refusal.status() == 404 => {
                // To an anonymous visitor nobody is there: be sure that it is us who ask (§3.2).
                if refusal.names_us() != Some(true) {
                    identity::who_am_i(&self.transport).await?;
                }
                let hidden = self.hidden(account, not_before).await?;
                if hidden.is_none() {
                    self.rosters.lost_name(key);
                }
                return Ok(hidden);
            }
            Err(refusal) => return Err(refusal.refusal()),
        };
        let is_same = account.key.is_empty() || person.key() == Some(key);
        if !is_same || person.key().is_none() || person.is_deleted() {
            self.rosters.lost_name(key);
            return Ok(None);
        }
        self.rosters.saw_name(key, person.username(), at);
        Ok(Some(Seen { username: person.username().into(), status: person.status() }))
    }

    /// Somebody of whom `GET user` says "no such user". Whether it says so of disabled accounts too is UNVERIFIED (§4.1): their groups
    /// and the user list still know them.
    async fn hidden(&self, account: &AccountRef, not_before: Instant) -> Result<Identity, SiteError> {
        if account.key.is_empty() {
            return Ok(None);
        }
        let groups = match groups_of(&self.transport, account.key.as_str()).await {
            Ok(groups) => groups,
            Err(SiteError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let is_small = matches!(self.rosters.length(EVERYBODY), Some(Ok(pages)) if pages <= SMALL_LIST);
        if groups.is_empty() && !is_small && !self.rosters.hides_disabled() {
            return Ok(None);
        }
        if lists_everybody(self.version().await?) {
            let listing = user_listing();
            let not_before = self.rosters.valid_from(account.key.as_str(), not_before);
            let most = u64::MAX >> 16;
            let read = self.rosters.fresh(&self.transport, EVERYBODY, &listing, not_before, most, None).await;
            if let Some(roster) = optional(read)?.flatten() {
                let seen = roster.find(account.key.as_str()).cloned();
                if seen.is_some() {
                    self.rosters.found_hidden();
                }
                return Ok(seen);
            }
        }
        let by_groups = || Seen { username: account.username.as_str().into(), status: None };
        Ok((!groups.is_empty()).then(by_groups))
    }
}
