//! Reading a whole listing, page by page, several at once, without trusting what servers say of their pages.
//!
//! Known faults (`confluence-data-center.md §2.1, §11`, o009, o013): a lower cap than asked for, `next` missing or never ending,
//! `start` ignored, short pages in the middle, entries that move while they are read. Each page therefore begins with the last entry
//! of the one before: where that does not match, the seam is read again; where that does not help, the whole listing. What two
//! readings agree on is accepted; what never settles is [`SiteError::Incomplete`].

mod pass;

use super::wire::Page;
use crate::transport::{Address, Transport};
use pass::Pass;
use rollcall_site::SiteError;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How many entries are asked for at once. Servers lower it to their own cap (§2.1).
pub(crate) const PAGE: u64 = 500;
/// Pages of at least this many entries overlap by one.
const OVERLAPPING: u64 = 20;
/// How often a whole listing is read before it is given up.
const READINGS: u32 = 4;
/// Pages in a row without anything new before a listing is taken to repeat itself.
const STALE_PAGES: u32 = 3;
/// Empty pages in a row that are followed although they promise more.
const EMPTY_PAGES: u32 = 3;
/// Page sizes at which a server is known or likely to cut silently: a page of exactly this size is never believed to be the last.
const LIKELY_CAPS: [u64; 7] = [25, 50, 100, 200, 250, 500, 1000];

/// An entry of a listing.
pub(crate) trait Entry: DeserializeOwned + Send + 'static {
    /// What makes it one and the same on two pages; `None` = nobody in particular, to be left out.
    fn identity(&self) -> Option<&str>;
    /// Takes what a later occurrence knows better.
    fn meet(&mut self, later: Self);
}

/// A listing to read: what it is called, and its address without `start` and `limit`.
#[derive(Debug, Clone)]
pub(crate) struct Listing {
    pub(crate) what: &'static str,
    pub(crate) address: Address,
}

/// A whole listing, each entry once.
pub(crate) struct Reading<T> {
    pub(crate) entries: Vec<T>,
    /// Entries the server listed more than once although nothing moved.
    pub(crate) doubles: usize,
    /// Entries without identity, left out.
    pub(crate) nameless: usize,
    /// Entries per page that the server gives.
    pub(crate) page_size: u64,
}

/// Reads one page.
pub(crate) async fn read_page<T: Entry>(
    transport: &Transport,
    listing: &Listing,
    start: u64,
    limit: u64,
) -> Result<Page<T>, SiteError> {
    let address = listing.address.clone().query("start", start).query("limit", limit);
    for _ in 0..2 {
        let page: Page<T> = transport.get_json(&address).await?;
        if page.size.is_none_or(|size| u64::try_from(size) == Ok(page.results.len() as u64)) {
            return Ok(page);
        }
    }
    Err(SiteError::Incomplete {
        reason: format!(
            "a page of {} holds another number of entries than it says (start {start})",
            listing.what
        ),
    })
}

/// Reads the whole listing. `progress` is told how many entries are there and how many are expected.
pub(crate) async fn read_all<T: Entry>(
    transport: &Arc<Transport>,
    listing: &Listing,
    progress: &(dyn Fn(u64, Option<u64>) + Send + Sync),
) -> Result<Reading<T>, SiteError> {
    let mut union: HashMap<Box<str>, T> = HashMap::new();
    let mut settled: Option<usize> = None;
    for _ in 0..READINGS {
        let pass = Pass::read(transport, listing, progress).await?;
        let is_sound = pass.is_sound();
        let page_size = pass.page_size;
        let (entries, doubles, nameless) = pass.gather();
        if is_sound && settled.is_none() {
            return Ok(Reading { entries, doubles, nameless, page_size });
        }
        for entry in entries {
            let Some(identity) = entry.identity().map(Box::from) else { continue };
            match union.entry(identity) {
                std::collections::hash_map::Entry::Occupied(mut known) => known.get_mut().meet(entry),
                std::collections::hash_map::Entry::Vacant(place) => {
                    place.insert(entry);
                }
            }
        }
        if is_sound || settled == Some(union.len()) {
            let entries = union.into_values().collect();
            return Ok(Reading { entries, doubles: 0, nameless, page_size });
        }
        settled = Some(union.len());
    }
    Err(SiteError::Incomplete {
        reason: format!(
            "{} were read {READINGS} times and never twice alike: the site changes too fast, or its paging is broken. Try again when it is quieter",
            listing.what
        ),
    })
}

/// Whether more may follow a page. Errs on the side of asking once more. `usual` is how many entries the first page had.
fn may_go_on<T>(page: &Page<T>, start: u64, usual: u64) -> bool {
    let received = page.results.len() as u64;
    if page.next_after(start).is_some() {
        return true;
    }
    if received == 0 {
        return false;
    }
    let end = start + received;
    match page.total() {
        Some(total) if total > end => return true,
        Some(total) if total == end => return false,
        _ => {}
    }
    let asked = page.limit.and_then(|l| u64::try_from(l).ok()).filter(|l| *l > 0).unwrap_or(PAGE);
    let is_full = received >= asked.min(PAGE) || (usual > 0 && received >= usual);
    is_full || LIKELY_CAPS.contains(&received)
}

/// What came of reading a listing within bounds.
pub(crate) enum Within<T> {
    Whole(Reading<T>),
    /// It takes at least so many pages: more than were allowed.
    Longer(u64),
    /// It was given up: in the time that was allowed there were only so many pages.
    Slower(u64),
}

/// Reads the whole listing if that takes at most so many pages, and, once it is known to be no longer, at most so much time.
pub(crate) async fn read_within<T: Entry>(
    transport: &Arc<Transport>,
    listing: &Listing,
    pages: u64,
    time: Option<Duration>,
) -> Result<Within<T>, SiteError> {
    let first: Page<T> = read_page(transport, listing, 0, PAGE).await?;
    let size = (first.results.len() as u64).max(1);
    if !may_go_on(&first, 0, 0) {
        let entries = first.results.into_iter().filter(|entry| entry.identity().is_some()).collect();
        return Ok(Within::Whole(Reading { entries, doubles: 0, nameless: 0, page_size: size }));
    }
    let is_longer = if let Some(total) = first.total() {
        total > size * pages
    } else {
        let beyond: Page<T> = read_page(transport, listing, size * pages, 1).await?;
        !beyond.results.is_empty()
    };
    if is_longer {
        return Ok(Within::Longer(first.total().map_or(pages + 1, |total| total.div_ceil(size))));
    }
    let Some(time) = time else { return read_all(transport, listing, &|_, _| {}).await.map(Within::Whole) };
    let read = AtomicU64::new(0);
    let count = |entries: u64, _: Option<u64>| read.store(entries, Ordering::Relaxed);
    match tokio::time::timeout(time, read_all(transport, listing, &count)).await {
        Ok(reading) => reading.map(Within::Whole),
        Err(_) => Ok(Within::Slower(read.into_inner() / size)),
    }
}
