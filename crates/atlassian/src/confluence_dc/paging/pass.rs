//! One reading of a listing from its beginning to its end.

use super::{EMPTY_PAGES, Entry, Listing, OVERLAPPING, PAGE, STALE_PAGES, may_go_on, read_page};
use crate::confluence_dc::wire::Page;
use crate::transport::Transport;
use rollcall_site::SiteError;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use tokio::task::JoinSet;

struct Got<T> {
    entries: Vec<T>,
    next: Option<u64>,
}

/// One reading of the listing from its beginning to its end.
pub(super) struct Pass<'a, T> {
    listing: &'a Listing,
    pages: BTreeMap<u64, Got<T>>,
    /// Entries per full page.
    pub(super) page_size: u64,
    /// From one page to the next.
    step: u64,
    /// What the server says is there, as long as it always says the same.
    total: Option<u64>,
    has_moving_total: bool,
    seen: HashSet<Box<str>>,
    stale_pages: u32,
    broken_seams: usize,
}

impl<'a, T: Entry> Pass<'a, T> {
    pub(super) async fn read(
        transport: &Arc<Transport>,
        listing: &'a Listing,
        progress: &(dyn Fn(u64, Option<u64>) + Send + Sync),
    ) -> Result<Self, SiteError> {
        let mut pass = Self {
            listing,
            pages: BTreeMap::new(),
            page_size: 0,
            step: 0,
            total: None,
            has_moving_total: false,
            seen: HashSet::new(),
            stale_pages: 0,
            broken_seams: 0,
        };
        let first: Page<T> = read_page(transport, listing, 0, PAGE).await?;
        let received = first.results.len() as u64;
        let goes_on = may_go_on(&first, 0, 0);
        pass.page_size = received.max(1);
        pass.step = if received >= OVERLAPPING { received - 1 } else { received };
        pass.total = first.total();
        pass.take(0, first)?;
        progress(pass.seen.len() as u64, pass.total);
        if !goes_on {
            return Ok(pass);
        }
        pass.read_on(transport, progress).await?;
        pass.mend_seams(transport).await?;
        Ok(pass)
    }

    /// The pages after the first, several at once, until one says that it is the last.
    async fn read_on(
        &mut self,
        transport: &Arc<Transport>,
        progress: &(dyn Fn(u64, Option<u64>) + Send + Sync),
    ) -> Result<(), SiteError> {
        // An empty first page that promises more has no size of its own.
        if self.step == 0 {
            self.step = self.pages.get(&0).and_then(|p| p.next).unwrap_or(PAGE);
        }
        let mut under_way: JoinSet<Result<(u64, Page<T>), SiteError>> = JoinSet::new();
        let (mut ahead, mut fillers) = (self.step, Vec::<u64>::new());
        let mut end: Option<u64> = None;
        let mut width = 1;
        loop {
            while under_way.len() < width {
                let start = match fillers.pop() {
                    Some(start) => start,
                    None if end.is_none() && self.is_worth_asking(ahead, under_way.is_empty()) => {
                        ahead += self.step;
                        ahead - self.step
                    }
                    None => break,
                };
                let (transport, listing) = (Arc::clone(transport), self.listing.clone());
                under_way
                    .spawn(async move { Ok((start, read_page(&transport, &listing, start, PAGE).await?)) });
            }
            let Some(done) = under_way.join_next().await else { break };
            let (start, page) = done.map_err(|e| SiteError::Incomplete {
                reason: format!("reading a page of {} was interrupted: {e}", self.listing.what),
            })??;
            let received = page.results.len() as u64;
            let goes_on = may_go_on(&page, start, self.page_size);
            let is_regular = start.is_multiple_of(self.step);
            if received == 0 && goes_on && self.empty_pages_in_a_row(start) < EMPTY_PAGES {
                // A page whose entries we may not see, with more behind it: go on.
            } else if !goes_on || received == 0 {
                if is_regular || received > 0 {
                    end = Some(end.map_or(start, |e| e.min(start)));
                }
            } else if received < self.step.min(self.page_size) {
                // Short, and yet not the last: what lies between it and the next page is read too.
                let gap = start + received;
                let next_regular = (start / self.step + 1) * self.step;
                if gap < next_regular && !self.pages.contains_key(&gap) {
                    fillers.push(gap);
                }
            }
            self.take(start, page)?;
            progress(self.seen.len() as u64, self.total.filter(|_| !self.has_moving_total));
            // Something beyond the supposed end: it was none.
            if let Some(supposed) = end
                && under_way.is_empty()
                && fillers.is_empty()
                && let Some(gap) = self.gap_at(supposed)
            {
                end = None;
                fillers.push(gap);
            }
            width = (width + 1).min(transport.concurrency());
        }
        Ok(())
    }

    /// Asking beyond a total that the server names is left until nothing else is under way.
    fn is_worth_asking(&self, start: u64, is_idle: bool) -> bool {
        let Some(total) = self.total.filter(|_| !self.has_moving_total) else { return true };
        if start < total {
            return true;
        }
        is_idle && self.pages.iter().next_back().is_some_and(|(_, last)| last.next.is_some())
    }

    fn empty_pages_in_a_row(&self, start: u64) -> u32 {
        self.pages.range(..start).rev().take_while(|(_, page)| page.entries.is_empty()).count() as u32
    }

    /// If pages beyond a supposed end hold entries that no page before it holds: where the gap begins, if it has not been read.
    fn gap_at(&self, supposed: u64) -> Option<u64> {
        let last = self.pages.get(&supposed)?;
        let covered = supposed + last.entries.len() as u64;
        let beyond = self
            .pages
            .range(supposed + 1..)
            .any(|(start, page)| *start > covered && !page.entries.is_empty());
        if !beyond || last.entries.is_empty() {
            return None;
        }
        (!self.pages.contains_key(&covered)).then_some(covered)
    }

    fn take(&mut self, start: u64, page: Page<T>) -> Result<(), SiteError> {
        if start > 0 && page.results.len() > 1 && self.is_first_page_again(&page.results) {
            return Err(SiteError::Incomplete {
                reason: format!(
                    "the site gives the first page of {} again whatever page is asked for, so that only {} can be read",
                    self.listing.what, self.page_size
                ),
            });
        }
        if let (Some(before), Some(now)) = (self.total, page.total()) {
            self.has_moving_total |= before != now;
        }
        let before = self.seen.len();
        self.seen.extend(page.results.iter().filter_map(|e| e.identity().map(Box::from)));
        let is_stale =
            page.results.len() > 1 && self.seen.len() == before && start.is_multiple_of(self.step.max(1));
        self.stale_pages = if is_stale { self.stale_pages + 1 } else { 0 };
        if self.stale_pages >= STALE_PAGES {
            return Err(SiteError::Incomplete {
                reason: format!("the site repeats {} over and over from entry {start} on", self.listing.what),
            });
        }
        let next = page.next_after(start);
        self.pages.insert(start, Got { entries: page.results, next });
        Ok(())
    }

    fn is_first_page_again(&self, results: &[T]) -> bool {
        self.pages.get(&0).is_some_and(|first| {
            !first.entries.is_empty()
                && first.entries.len() == results.len()
                && first.entries.iter().map(T::identity).eq(results.iter().map(T::identity))
        })
    }

    /// Compares the last entry of each full page with the first of the next; where they differ, the list moved: the seam is read
    /// again from further back.
    async fn mend_seams(&mut self, transport: &Arc<Transport>) -> Result<(), SiteError> {
        if self.step == self.page_size {
            return Ok(());
        }
        let seams: Vec<u64> = self
            .pages
            .iter()
            .filter(|(start, page)| {
                let Some(last) = page.entries.get(self.step as usize) else { return false };
                let Some(next) = self.pages.get(&(**start + self.step)).and_then(|p| p.entries.first())
                else {
                    return false;
                };
                start.is_multiple_of(self.step) && last.identity() != next.identity()
            })
            .map(|(start, _)| *start)
            .collect();
        for start in seams {
            let from = start + self.step - self.step / 2;
            let page: Page<T> = read_page(transport, self.listing, from, PAGE).await?;
            let holds = |wanted: Option<&T>| {
                wanted.is_some_and(|w| page.results.iter().any(|e| e.identity() == w.identity()))
            };
            let before = self.pages.get(&start).and_then(|p| p.entries.get(self.step as usize));
            let after = self.pages.get(&(start + self.step)).and_then(|p| p.entries.first());
            if !(holds(before) && holds(after)) {
                self.broken_seams += 1;
            }
            self.has_moving_total = true;
            self.seen.extend(page.results.iter().filter_map(|e| e.identity().map(Box::from)));
            // Beside the regular page that begins there, if one does.
            let place = self.pages.entry(from).or_insert(Got { entries: Vec::new(), next: None });
            place.entries.extend(page.results);
        }
        Ok(())
    }

    /// Nothing moved that was not mended, and the count is what the server says it is.
    pub(super) fn is_sound(&self) -> bool {
        let agrees = match self.total {
            // People listed twice count twice, entries without identity count too, overlaps do not.
            Some(total) if !self.has_moving_total => {
                let listed: usize = self.pages.values().map(|p| p.entries.len()).sum();
                (self.seen.len() as u64..=(listed as u64).saturating_sub(self.overlaps())).contains(&total)
            }
            _ => true,
        };
        self.broken_seams == 0 && agrees
    }

    /// Entries that stand on two pages because pages overlap.
    fn overlaps(&self) -> u64 {
        let overlap = self.page_size.saturating_sub(self.step);
        let step = self.step.max(1);
        let regular =
            self.pages.iter().filter(|(s, p)| **s > 0 && !p.entries.is_empty() && s.is_multiple_of(step));
        regular.count() as u64 * overlap
    }

    pub(super) fn gather(self) -> (Vec<T>, usize, usize) {
        let overlaps = self.overlaps();
        let is_plain = self.broken_seams == 0 && !self.has_moving_total;
        let mut at: HashMap<Box<str>, usize> = HashMap::with_capacity(self.seen.len());
        let mut entries: Vec<T> = Vec::with_capacity(self.seen.len());
        let (mut again, mut nameless) = (0_u64, 0);
        for entry in self.pages.into_values().flat_map(|page| page.entries) {
            let Some(identity) = entry.identity() else {
                nameless += 1;
                continue;
            };
            if let Some(position) = at.get(identity) {
                again += 1;
                entries[*position].meet(entry);
            } else {
                at.insert(identity.into(), entries.len());
                entries.push(entry);
            }
        }
        let doubles = if is_plain { again.saturating_sub(overlaps) as usize } else { 0 };
        (entries, doubles, nameless)
    }
}
