//! Looking at accounts again: one by one, or from a bulk reading where that costs fewer requests (product.md §5).
//!
//! Membership comes from the group's own list of members, as in the observation, or from `memberof`: an account that is not named
//! there is certainly no direct member; one that is may be in through a group inside (UNVERIFIED, §7.5), so that for groups with groups
//! inside the list decides.

use super::ConfluenceDc;
use super::capability::lists_everybody;
use super::groups::{groups_of, member_listing};
use super::one_account::Identity;
use super::paging::{Listing, read_page};
use super::rights::fold;
use super::roster::{EVERYBODY, Roster, Seen};
use super::wire::Group;
use super::{optional, user_listing};
use crate::transport::{Address, fits_in_a_path};
use futures::StreamExt as _;
use rollcall_model::{AccountRef, GroupName};
use rollcall_site::{AccountState, Existence, Facets, SiteError};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// A name read this long ago still belongs to its key where only membership is asked about.
const NAME_AGE: Duration = Duration::from_mins(1);
/// From so many accounts on it is worth finding out how long a listing is.
const WORTH_ASKING: u64 = 3;

/// The groups asked about that somebody is directly in.
type Memberships = BTreeSet<GroupName>;

/// What is asked, and how old an answer may be.
struct Question<'a> {
    accounts: &'a [AccountRef],
    facets: &'a Facets,
    /// No bulk reading that began earlier.
    not_before: Instant,
    /// Accounts that a bulk reading made now would serve.
    served_by_bulk: u64,
    /// How long a bulk reading may take.
    most_time: Option<Duration>,
}

impl ConfluenceDc {
    pub(super) async fn look_at(
        &self,
        accounts: &[AccountRef],
        facets: &Facets,
        max_age: Duration,
    ) -> Result<Vec<Result<AccountState, SiteError>>, SiteError> {
        let now = Instant::now();
        let question = Question {
            accounts,
            facets,
            not_before: now.checked_sub(max_age).unwrap_or(now),
            served_by_bulk: self.served_by_bulk(accounts.len() as u64, facets.upcoming as u64, max_age),
            // What takes longer is too old before it has served as many as it cost.
            most_time: (accounts.len() == 1 && !max_age.is_zero()).then_some(max_age / 2),
        };
        let (memberships, rosters) = self.memberships(&question).await?;
        let identities = self.identities(&question, &rosters).await?;
        Ok(accounts
            .iter()
            .zip(identities.into_iter().zip(memberships))
            .map(|(account, (identity, groups))| {
                Ok(match identity? {
                    None => AccountState {
                        key: account.key.clone(),
                        existence: Existence::Gone,
                        username: String::new(),
                        status: None,
                        groups: None,
                    },
                    Some(seen) => AccountState {
                        key: account.key.clone(),
                        existence: Existence::Present,
                        username: seen.username.into_string(),
                        status: seen.status.filter(|_| facets.status),
                        groups: groups?,
                    },
                })
            })
            .collect())
    }

    /// How many accounts a bulk reading made now would serve: those that are asked about, and of those that will be as many as come before it
    /// is too old. A page takes about as long as any other request, and each account takes at least one: what is read in the first half of
    /// that time can still serve as many accounts in the second.
    fn served_by_bulk(&self, asked: u64, upcoming: u64, max_age: Duration) -> u64 {
        if max_age.is_zero() {
            return asked;
        }
        let in_time =
            self.rosters.pages_within(max_age).map_or(u64::MAX, |pages| u64::midpoint(asked, pages));
        (asked + upcoming).min(in_time.max(asked))
    }

    /// For each account its memberships, and the lists of members that were read on the way.
    async fn memberships(
        &self,
        question: &Question<'_>,
    ) -> Result<(Vec<Result<Option<Memberships>, SiteError>>, Vec<Arc<Roster>>), SiteError> {
        let groups = &question.facets.groups;
        if groups.is_empty() {
            return Ok((question.accounts.iter().map(|_| Ok(None)).collect(), Vec::new()));
        }
        let mut rosters: BTreeMap<&GroupName, Arc<Roster>> = BTreeMap::new();
        let mut budget = question.served_by_bulk;
        let is_bulk = question.accounts.len() > 1 || question.served_by_bulk >= WORTH_ASKING;
        for group in groups {
            let name = fold(group.as_str());
            if let Some(kept) = self.rosters.kept(&name, question.not_before).await {
                rosters.insert(group, kept);
                continue;
            }
            let affordable = match self.rosters.length(&name) {
                Some(Ok(pages)) if pages <= budget => pages,
                Some(Err(at_least)) if at_least <= budget && is_bulk => budget,
                None if is_bulk => budget,
                _ => continue,
            };
            if let Some(roster) =
                self.members(group, question.not_before, affordable, question.most_time).await?
            {
                let pages = self.rosters.length(&name).and_then(Result::ok).unwrap_or(1);
                budget = budget.saturating_sub(pages);
                rosters.insert(group, roster);
            }
        }
        let asked: Vec<_> =
            question.accounts.iter().map(|account| self.memberships_in(account, groups, &rosters)).collect();
        let mut answers = futures::stream::iter(asked).buffered(self.transport.concurrency() * 2);
        let mut memberships = Vec::with_capacity(question.accounts.len());
        while let Some(answer) = answers.next().await {
            memberships.push(self.for_one(answer.map(Some)).await?);
        }
        drop(answers);
        Ok((memberships, rosters.into_values().collect()))
    }

    /// One account's memberships: from the lists, and what they cannot answer from the account itself.
    async fn memberships_in(
        &self,
        account: &AccountRef,
        groups: &BTreeSet<GroupName>,
        rosters: &BTreeMap<&GroupName, Arc<Roster>>,
    ) -> Result<Memberships, SiteError> {
        let key = account.key.as_str();
        let (mut inside, mut open) = (Memberships::new(), Memberships::new());
        for group in groups {
            match rosters.get(group).filter(|roster| self.rosters.is_newer(roster, key)) {
                Some(roster) if roster.find(key).is_some() => {
                    inside.insert(group.clone());
                }
                Some(_) => {}
                None => {
                    open.insert(group.clone());
                }
            }
        }
        if !open.is_empty() {
            inside.extend(self.memberships_of(account, &open).await?);
        }
        Ok(inside)
    }

    /// One account's memberships among these groups, asked of the account itself.
    async fn memberships_of(
        &self,
        account: &AccountRef,
        wanted: &BTreeSet<GroupName>,
    ) -> Result<Memberships, SiteError> {
        let names: BTreeSet<String> = match groups_of(&self.transport, account.key.as_str()).await {
            Ok(names) => names.iter().map(|name| fold(name)).collect(),
            Err(SiteError::NotFound { .. }) => BTreeSet::new(),
            Err(error) => return Err(error),
        };
        let mut inside = Memberships::new();
        for group in wanted.iter().filter(|group| names.contains(&fold(group.as_str()))) {
            if !self.has_groups_inside(group).await? || self.is_listed(account, group).await? {
                inside.insert(group.clone());
            }
        }
        Ok(inside)
    }

    /// Whether the group's own list of members, read now, names the account.
    async fn is_listed(&self, account: &AccountRef, group: &GroupName) -> Result<bool, SiteError> {
        let roster = self.members(group, Instant::now(), u64::MAX >> 16, None).await?;
        // Where the list cannot be had, the account's own word stands.
        Ok(roster.is_none_or(|roster| roster.find(account.key.as_str()).is_some()))
    }

    async fn members(
        &self,
        group: &GroupName,
        not_before: Instant,
        most_pages: u64,
        most_time: Option<Duration>,
    ) -> Result<Option<Arc<Roster>>, SiteError> {
        let version = if fits_in_a_path(group.as_str()) { None } else { Some(self.version().await?) };
        let Some(listing) = member_listing(group.as_str(), version) else { return Ok(None) };
        let name = fold(group.as_str());
        let read =
            self.rosters.fresh(&self.transport, &name, &listing, not_before, most_pages, most_time).await;
        Ok(optional(read)?.flatten())
    }

    async fn has_groups_inside(&self, group: &GroupName) -> Result<bool, SiteError> {
        let name = fold(group.as_str());
        if let Some(known) = self.rosters.nesting(&name) {
            return Ok(known);
        }
        let has = if fits_in_a_path(group.as_str()) {
            let address = Address::of("/rest/api/group").name(group.as_str()).then("/groupmember");
            let listing = Listing { what: "nested groups", address };
            let page = optional(read_page::<Group>(&self.transport, &listing, 0, 1).await)?;
            page.is_some_and(|page| !page.results.is_empty())
        } else {
            false
        };
        self.rosters.has_nesting(&name, has);
        Ok(has)
    }

    /// For each account who it is now.
    async fn identities(
        &self,
        question: &Question<'_>,
        groups: &[Arc<Roster>],
    ) -> Result<Vec<Result<Identity, SiteError>>, SiteError> {
        let everybody = self.rosters.kept(EVERYBODY, question.not_before).await;
        let from = |roster: &Roster, account: &AccountRef| {
            let key = account.key.as_str();
            let seen = roster.find(key).filter(|_| self.rosters.is_newer(roster, key))?;
            if question.facets.status && seen.status.is_none() {
                return None;
            }
            self.rosters.saw_name(key, &seen.username, roster.begun());
            Some(seen.clone())
        };
        let mut known: HashMap<&AccountRef, Identity> = HashMap::new();
        for account in question.accounts {
            if let Some(seen) = groups.iter().chain(&everybody).find_map(|roster| from(roster, account)) {
                known.insert(account, Some(seen));
            } else if !question.facets.status
                && !question.facets.groups.is_empty()
                && let Some(username) = self.recent_name(account)
            {
                known.insert(account, Some(Seen { username, status: None }));
            }
        }
        let open = question.accounts.iter().filter(|account| !known.contains_key(account)).count();
        if open > 0 && everybody.is_none() {
            let served = question.served_by_bulk.saturating_sub((question.accounts.len() - open) as u64);
            if let Some(roster) = self.everybody(question, served).await? {
                for account in question.accounts.iter().filter(|account| !account.key.is_empty()) {
                    if !known.contains_key(account)
                        && let Some(seen) = from(&roster, account)
                    {
                        known.insert(account, Some(seen));
                    }
                }
            }
        }
        // Whoever is on no list is asked for one by one: a list's silence alone is no proof that somebody is gone.
        let asked: Vec<_> = question
            .accounts
            .iter()
            .map(|account| self.known_or_asked(account, known.get(account).cloned(), question.not_before))
            .collect();
        let mut answers = futures::stream::iter(asked).buffered(self.transport.concurrency() * 2);
        let mut identities = Vec::with_capacity(question.accounts.len());
        while let Some(answer) = answers.next().await {
            identities.push(self.for_one(answer).await?);
        }
        Ok(identities)
    }

    async fn known_or_asked(
        &self,
        account: &AccountRef,
        known: Option<Identity>,
        not_before: Instant,
    ) -> Result<Identity, SiteError> {
        match known {
            Some(identity) => Ok(identity),
            None => self.identity_of(account, not_before).await,
        }
    }

    fn recent_name(&self, account: &AccountRef) -> Option<Box<str>> {
        let not_before = Instant::now().checked_sub(NAME_AGE)?;
        self.rosters.recent_name(account.key.as_str(), not_before)
    }

    /// The user list, if reading it costs no more requests than it saves.
    async fn everybody(&self, question: &Question<'_>, saves: u64) -> Result<Option<Arc<Roster>>, SiteError> {
        let most_pages = match self.rosters.length(EVERYBODY) {
            Some(Ok(pages)) if pages < saves => pages + pages / 10 + 1,
            Some(Err(at_least)) if at_least < saves => saves,
            None if saves >= WORTH_ASKING => saves - 1,
            _ => return Ok(None),
        };
        if !lists_everybody(self.version().await?) {
            return Ok(None);
        }
        let listing = user_listing();
        let (not_before, most_time) = (question.not_before, question.most_time);
        let read =
            self.rosters.fresh(&self.transport, EVERYBODY, &listing, not_before, most_pages, most_time).await;
        Ok(optional(read)?.flatten())
    }

    /// Keeps an error with its account, unless it concerns every one.
    async fn for_one<T>(&self, answer: Result<T, SiteError>) -> Result<Result<T, SiteError>, SiteError> {
        match answer {
            Ok(value) => Ok(Ok(value)),
            Err(error @ SiteError::Forbidden { .. }) => match self.confirm_refusal(error).await {
                error @ SiteError::Forbidden { .. } => Ok(Err(error)),
                error => Err(error),
            },
            Err(error) if error.stops_run() => Err(error),
            Err(error) => Ok(Err(error)),
        }
    }
}
