//! Listing accounts, page by page, at any size: who a criterion selects, in whatever order, from any place.
//!
//! A listing is worked out once and kept: whom the criterion selects (`choice.rs`), and everybody's order by the fields that are sorted
//! by (`order.rs`); a page is then a look at a list. Both belong to one snapshot and one state of the facts, so they never go stale, they
//! are only no longer asked for.

mod choice;
mod one;
mod order;
mod preview;
mod table;

pub use one::{AccountDetail, EvidenceLine, ExemptionLine, GroupLine};
pub use preview::{Preview, PreviewQuery};
pub use table::{USUAL_FIELDS, cell_of, column_of};

pub(crate) use choice::Choice;

use crate::shelf::Shelf;
use crate::{Engine, EngineError, Freshness, Operator, Picture, UseCase};
use choice::ChoiceKey;
use jiff::Timestamp;
use order::{Order, OrderKey};
use rollcall_criteria::{Criterion, Field, OrderBy, Value, value};
use rollcall_model::{AccountIndex, SiteName, SnapshotId};
use rollcall_snapshot::{Account, Facts, Snapshot};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// How much memory choices may take: two sets of accounts each.
const CHOICES: usize = 64 << 20;
/// How much memory orders may take: four bytes for each account and order.
const ORDERS: usize = 128 << 20;
/// How much memory ordered choices may take.
const LISTINGS: usize = 128 << 20;
/// How long they are kept once nobody asks for them: what a criterion says of "ago" holds for its minute, and is never asked for after it.
const KEPT: Duration = Duration::from_mins(5);

/// Which accounts are listed, and in which order.
#[derive(Debug, Clone, Default)]
pub struct AccountQuery {
    /// Who, as a criterion; `None` = everybody.
    pub criterion: Option<String>,
    /// Only those whose sign-in name, full name or address contains this.
    pub search: Option<String>,
    /// In which order; empty: the order the criterion asks for, else that of the site.
    pub sort: Vec<OrderBy>,
    /// In an older snapshot, as of then; `None` = the newest, as of now.
    pub snapshot: Option<SnapshotId>,
}

/// Where a page begins.
#[derive(Debug, Clone, Default)]
pub enum AccountStart {
    /// At the beginning.
    #[default]
    First,
    /// So many accounts into the list.
    Offset(u32),
    /// Behind the last account of another page of the same query.
    After(AccountPlace),
}

/// A place in a listing. It belongs to a snapshot and an instant, so that a walk through the pages sees one list from its
/// beginning to its end, whatever is read or passes meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountPlace {
    /// The snapshot.
    pub snapshot: SnapshotId,
    /// The instant that "ago" is reckoned from.
    pub at: Timestamp,
    /// The last account that was listed.
    pub last: AccountIndex,
}

/// Accounts of a listing.
pub struct AccountPage {
    picture: Picture,
    shown_at: Timestamp,
    rows: Rows,
    /// How many accounts the whole list has.
    pub total: u64,
    /// How many more cannot be decided, because something about them is not known; they are never listed (I3).
    pub unknown: u64,
    /// Where the next page begins; `None` = this is the last.
    pub next: Option<AccountPlace>,
}

/// Accounts in order, shared with the listing they are a part of.
#[derive(Clone)]
struct Rows {
    of: Arc<[AccountIndex]>,
    from: usize,
    to: usize,
}

impl AccountPage {
    /// The snapshot it is of.
    pub fn snapshot(&self) -> &Snapshot {
        &self.picture.snapshot
    }

    /// What Rollcall knows beside it.
    pub fn facts(&self) -> &Facts {
        &self.picture.facts
    }

    /// The accounts, in order.
    pub fn rows(&self) -> &[AccountIndex] {
        &self.rows.of[self.rows.from..self.rows.to]
    }

    /// One of its accounts.
    pub fn account(&self, row: AccountIndex) -> Account<'_> {
        self.picture.snapshot.account(row)
    }

    /// What a field says of one of its accounts.
    pub fn value(&self, row: AccountIndex, field: Field) -> Value {
        value(&self.picture.snapshot, &self.picture.facts, row, field, self.shown_at)
    }
}

/// What is kept of listings.
pub(crate) struct Listings {
    choices: Arc<Shelf<ChoiceKey, Arc<Choice>>>,
    orders: Arc<Shelf<OrderKey, Order>>,
    ordered: Arc<Shelf<(ChoiceKey, OrderKey), Order>>,
    /// One order at a time is worked out in the background, so that whoever waits for a page has the other processors.
    meanwhile: Arc<Semaphore>,
}

impl Listings {
    pub(crate) fn new() -> Self {
        Self {
            choices: Shelf::forgetting(CHOICES, KEPT),
            orders: Shelf::forgetting(ORDERS, KEPT),
            ordered: Shelf::forgetting(LISTINGS, KEPT),
            meanwhile: Arc::new(Semaphore::new(1)),
        }
    }
}

/// A query put to a picture.
struct Put {
    /// The instant that fields are shown as of.
    shown_at: Timestamp,
    picture: Picture,
    key: ChoiceKey,
    choice: Arc<Choice>,
    order: Vec<OrderBy>,
}

impl Engine {
    /// A page of accounts. Errors as those of a criterion; a place of a snapshot that is no longer kept is not found.
    pub async fn accounts(
        &self,
        operator: &Operator,
        site: &SiteName,
        query: &AccountQuery,
        start: &AccountStart,
        limit: usize,
    ) -> Result<AccountPage, EngineError> {
        operator.check(UseCase::SeeAccounts)?;
        let put = self.put(operator, site, query, start).await?;
        let total = put.choice.accounts.len();
        let rows = match start {
            AccountStart::First => self.rows_from(&put, 0, limit).await?,
            AccountStart::Offset(offset) => self.rows_from(&put, *offset as usize, limit).await?,
            AccountStart::After(place) => {
                let listing = self.listing(&put).await?;
                let from = self.position_behind(&put, &listing, place.last).await?;
                part(listing, from, limit)
            }
        };
        let position = match start {
            AccountStart::After(_) => rows.from,
            AccountStart::First => 0,
            AccountStart::Offset(offset) => *offset as usize,
        };
        let count = rows.to - rows.from;
        let last = rows.of[rows.from..rows.to].last().copied();
        let next = last.filter(|_| ((position + count) as u64) < total).map(|last| AccountPlace {
            snapshot: put.picture.snapshot.id().clone(),
            at: put.key.at(),
            last,
        });
        Ok(AccountPage {
            shown_at: put.shown_at,
            rows,
            total,
            unknown: put.choice.unknown,
            next,
            picture: put.picture,
        })
    }

    /// All accounts of a query, in order: for a listing that streams.
    pub async fn all_accounts(
        &self,
        operator: &Operator,
        site: &SiteName,
        query: &AccountQuery,
    ) -> Result<AccountPage, EngineError> {
        operator.check(UseCase::SeeAccounts)?;
        let put = self.put(operator, site, query, &AccountStart::First).await?;
        let listing = self.listing(&put).await?;
        Ok(AccountPage {
            shown_at: put.shown_at,
            rows: part(listing, 0, usize::MAX),
            total: put.choice.accounts.len(),
            unknown: put.choice.unknown,
            next: None,
            picture: put.picture,
        })
    }

    async fn put(
        &self,
        operator: &Operator,
        site: &SiteName,
        query: &AccountQuery,
        start: &AccountStart,
    ) -> Result<Put, EngineError> {
        // What cannot be read is refused before anything is loaded.
        let criterion = match &query.criterion {
            Some(text) => rollcall_criteria::parse(text).map_err(EngineError::criterion(text))?,
            None => Criterion::everybody(),
        };
        if let Some(by) = query.sort.iter().find(|by| !by.field.is_sortable()) {
            let all = Criterion::new(rollcall_criteria::Expr::All, vec![*by]);
            return Err(EngineError::criterion("")(all.expect_err("not sortable")));
        }
        let (wanted, at) = match start {
            AccountStart::After(place) => (Some(&place.snapshot), Some(place.at)),
            AccountStart::First | AccountStart::Offset(_) => (query.snapshot.as_ref(), None),
        };
        let picture = match wanted {
            Some(id) => {
                let row = self.site_row(site).await?;
                self.picture_of(&row, id).await?
            }
            None => self.picture(operator, site, Freshness::Any, &|_| ()).await?,
        };
        // On an older snapshot "ago" is reckoned from when it was taken.
        let is_past = match &query.snapshot {
            Some(id) => self.newest_of(site).await?.is_some_and(|newest| newest != *id),
            None => false,
        };
        let then = is_past.then(|| picture.snapshot.taken_at());
        let order = if query.sort.is_empty() { criterion.order().to_vec() } else { query.sort.clone() };
        let criterion = Arc::new(criterion);
        let key = ChoiceKey::new(&picture, &criterion, query.search.as_deref(), at.or(then), self.now());
        let text = query.criterion.as_deref().unwrap_or_default();
        let choice = self.choice(&picture, &criterion, text, &key).await?;
        Ok(Put { shown_at: then.unwrap_or_else(|| self.now()), picture, key, choice, order })
    }

    async fn newest_of(&self, site: &SiteName) -> Result<Option<SnapshotId>, EngineError> {
        let row = self.site_row(site).await?;
        Ok(self.store.newest_snapshot(&row.id).await?.map(|header| header.id))
    }

    pub(crate) async fn choice(
        &self,
        picture: &Picture,
        criterion: &Arc<Criterion>,
        text: &str,
        key: &ChoiceKey,
    ) -> Result<Arc<Choice>, EngineError> {
        let (picture, criterion, wanted) = (picture.clone(), Arc::clone(criterion), key.clone());
        let text = text.to_owned();
        let choose = move || async move {
            let choosing = tokio::task::spawn_blocking(move || Choice::make(&picture, &criterion, &wanted));
            let choice = crate::pictures::finished(choosing.await).map_err(EngineError::criterion(&text))?;
            let weight = choice.memory();
            Ok((Arc::new(choice), weight))
        };
        self.listings.choices.get(key.clone(), choose).await
    }

    /// A part of the listing. Where the whole is not worked out yet, only this part is, and the whole meanwhile for those who come next.
    async fn rows_from(&self, put: &Put, from: usize, limit: usize) -> Result<Rows, EngineError> {
        let key = put.order_key();
        let is_there = put.order.is_empty()
            || self.listings.ordered.peek(&(put.key.clone(), key.clone())).is_some()
            || self.listings.orders.peek(&key).is_some();
        if is_there || from as u64 >= put.choice.accounts.len() {
            return Ok(part(self.listing(put).await?, from, limit));
        }
        self.order_meanwhile(put);
        let (picture, choice) = (put.picture.clone(), Arc::clone(&put.choice));
        let (order, at) = (put.order.clone(), put.key.at());
        let paging =
            tokio::task::spawn_blocking(move || order::page(&picture, &choice, &order, at, from, limit));
        let page: Arc<[AccountIndex]> = crate::pictures::finished(paging.await).into();
        Ok(Rows { from: 0, to: page.len(), of: page })
    }

    /// Everybody's order, worked out in the background.
    fn order_meanwhile(&self, put: &Put) {
        let (orders, key, make) = (Arc::clone(&self.listings.orders), put.order_key(), put.ordering());
        let turn = Arc::clone(&self.listings.meanwhile);
        tokio::spawn(async move {
            let _turn = turn.acquire().await;
            orders.get(key, make).await
        });
    }

    /// The whole listing.
    async fn listing(&self, put: &Put) -> Result<Order, EngineError> {
        if put.order.is_empty() && put.choice.is_everybody(&put.picture.snapshot) {
            return self.everybody(put).await;
        }
        let key = (put.key.clone(), put.order_key());
        if let Some(listing) = self.listings.ordered.peek(&key) {
            return Ok(listing);
        }
        let everybody = self.everybody(put).await?;
        if put.choice.is_everybody(&put.picture.snapshot) {
            return Ok(everybody);
        }
        let choice = Arc::clone(&put.choice);
        let filter = move || async move {
            let filtering = tokio::task::spawn_blocking(move || order::of_choice(&everybody, &choice));
            let listing = crate::pictures::finished(filtering.await);
            let weight = listing.len() * size_of::<AccountIndex>();
            Ok::<_, EngineError>((listing, weight))
        };
        self.listings.ordered.get(key, filter).await
    }

    /// Everybody in the order of the query.
    async fn everybody(&self, put: &Put) -> Result<Order, EngineError> {
        self.listings.orders.get(put.order_key(), put.ordering()).await
    }

    /// Where the listing goes on behind that account. The account may have gone from the list since it was listed: an exemption was
    /// added, a list was imported. Then its place is found among everybody.
    async fn position_behind(
        &self,
        put: &Put,
        listing: &[AccountIndex],
        last: AccountIndex,
    ) -> Result<usize, EngineError> {
        if let Some(position) = listing.iter().position(|row| *row == last) {
            return Ok(position + 1);
        }
        let everybody = self.everybody(put).await?;
        let before = everybody.iter().take_while(|row| **row != last);
        Ok(before.filter(|row| put.choice.accounts.contains(**row)).count())
    }
}

impl Put {
    fn order_key(&self) -> OrderKey {
        OrderKey::new(&self.picture, &self.order, self.key.at())
    }

    /// Works out everybody's order.
    fn ordering(
        &self,
    ) -> impl FnOnce() -> futures::future::BoxFuture<'static, Result<(Order, usize), EngineError>> + Send + 'static
    {
        let (picture, order, at) = (self.picture.clone(), self.order.clone(), self.key.at());
        move || {
            Box::pin(async move {
                let ordering = tokio::task::spawn_blocking(move || order::everybody(&picture, &order, at));
                let everybody = crate::pictures::finished(ordering.await);
                let weight = everybody.len() * size_of::<AccountIndex>();
                Ok((everybody, weight))
            })
        }
    }
}

fn part(listing: Order, from: usize, limit: usize) -> Rows {
    let from = from.min(listing.len());
    let to = from.saturating_add(limit).min(listing.len());
    Rows { of: listing, from, to }
}
