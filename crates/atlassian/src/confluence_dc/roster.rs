//! Bulk readings kept for a while: who is in the user list, who is in a group, and when that was read.
//!
//! A reading says nothing of an account that we ourselves changed after the reading began.

use super::ConfluenceDc;
use super::identity::recognise;
use super::paging::{Listing, Reading, Within, read_within};
use super::wire::Person;
use crate::transport::Transport;
use rollcall_model::{AccountRef, Status, Version};
use rollcall_site::SiteError;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long a listing's length is believed.
const LENGTH_AGE: Duration = Duration::from_mins(10);
/// The name under which the user list is kept; no group has an empty name.
pub(super) const EVERYBODY: &str = "";

/// What a listing says of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) username: Box<str>,
    pub(super) status: Option<Status>,
}

/// One listing, read whole.
pub(super) struct Roster {
    begun: Instant,
    people: HashMap<Box<str>, Seen>,
}

impl Roster {
    pub(super) fn begun(&self) -> Instant {
        self.begun
    }

    pub(super) fn find(&self, key: &str) -> Option<&Seen> {
        self.people.get(key)
    }
}

/// How long a listing is: so many pages, or at least so many.
#[derive(Clone, Copy)]
struct Length {
    pages: u64,
    is_exact: bool,
    at: Instant,
}

/// A sign-in name, and when it was read.
type NameSeen = (Box<str>, Instant);

type Slot = Arc<tokio::sync::Mutex<Option<Arc<Roster>>>>;

/// What is kept of one site.
#[derive(Default)]
pub(super) struct Rosters {
    slots: Mutex<HashMap<String, Slot>>,
    lengths: Mutex<HashMap<String, Length>>,
    /// What a page took when a listing was last read, and when that was.
    page_time: Mutex<Option<(Duration, Instant)>>,
    touched: Mutex<HashMap<Box<str>, Instant>>,
    names: Mutex<HashMap<Box<str>, NameSeen>>,
    nesting: Mutex<HashMap<String, (bool, Instant)>>,
    version: tokio::sync::OnceCell<Version>,
    hides_disabled: AtomicBool,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Rosters {
    /// We are about to change, or have just changed, the account.
    pub(super) fn touch(&self, account: &AccountRef) {
        locked(&self.touched).insert(account.key.as_str().into(), Instant::now());
    }

    /// Whether a reading that began then may be believed about the account.
    pub(super) fn is_newer(&self, roster: &Roster, key: &str) -> bool {
        locked(&self.touched).get(key).is_none_or(|changed| *changed < roster.begun)
    }

    /// From when on a reading may be believed about the account, if it must not have begun before `not_before`.
    pub(super) fn valid_from(&self, key: &str, not_before: Instant) -> Instant {
        let after = locked(&self.touched).get(key).map(|changed| *changed + Duration::from_nanos(1));
        after.map_or(not_before, |after| after.max(not_before))
    }

    /// The user list has so many entries, on pages of that size.
    pub(super) fn expect(&self, entries: u64, page_size: u64) {
        self.has_length(EVERYBODY, entries.div_ceil(page_size.max(1)), true);
    }

    fn has_length(&self, name: &str, pages: u64, is_exact: bool) {
        let length = Length { pages: pages.max(1), is_exact, at: Instant::now() };
        locked(&self.lengths).insert(name.to_owned(), length);
    }

    /// Pages a fresh reading takes; `None` = not known, `Some(Err)` = at least so many.
    pub(super) fn length(&self, name: &str) -> Option<Result<u64, u64>> {
        let length = *locked(&self.lengths).get(name)?;
        if length.at.elapsed() > LENGTH_AGE {
            return None;
        }
        Some(if length.is_exact { Ok(length.pages) } else { Err(length.pages) })
    }

    fn took(&self, pages: u64, time: Duration) {
        let each = time / u32::try_from(pages).unwrap_or(u32::MAX).max(1);
        *locked(&self.page_time) = Some((each, Instant::now()));
    }

    /// How many pages can be read in so much time, by how it went lately; `None` = not known.
    pub(super) fn pages_within(&self, time: Duration) -> Option<u64> {
        let (each, at) = (*locked(&self.page_time))?;
        (at.elapsed() <= LENGTH_AGE).then(|| (time.as_nanos() / each.as_nanos().max(1)) as u64)
    }

    /// The name that belongs to a key, as read a short while ago.
    pub(super) fn recent_name(&self, key: &str, not_before: Instant) -> Option<Box<str>> {
        let names = locked(&self.names);
        names.get(key).filter(|(_, at)| *at >= not_before).map(|(name, _)| name.clone())
    }

    pub(super) fn saw_name(&self, key: &str, name: &str, at: Instant) {
        locked(&self.names).insert(key.into(), (name.into(), at));
    }

    pub(super) fn lost_name(&self, key: &str) {
        locked(&self.names).remove(key);
    }

    /// Whether a group has groups inside it, where that was read lately.
    pub(super) fn nesting(&self, group: &str) -> Option<bool> {
        let nesting = locked(&self.nesting);
        nesting.get(group).filter(|(_, at)| at.elapsed() <= LENGTH_AGE).map(|(has, _)| *has)
    }

    pub(super) fn has_nesting(&self, group: &str, has: bool) {
        locked(&self.nesting).insert(group.to_owned(), (has, Instant::now()));
    }

    /// Somebody whom `GET user` does not know stands in the user list.
    pub(super) fn found_hidden(&self) {
        self.hides_disabled.store(true, Ordering::Relaxed);
    }

    pub(super) fn hides_disabled(&self) -> bool {
        self.hides_disabled.load(Ordering::Relaxed)
    }

    fn slot(&self, name: &str) -> Slot {
        Arc::clone(locked(&self.slots).entry(name.to_owned()).or_default())
    }

    /// The reading kept, if it began late enough.
    pub(super) async fn kept(&self, name: &str, not_before: Instant) -> Option<Arc<Roster>> {
        let slot = self.slot(name);
        let kept = slot.lock().await;
        kept.as_ref().filter(|roster| roster.begun >= not_before).map(Arc::clone)
    }

    /// A reading that began late enough: the one kept, or a new one if that takes at most so many pages and so much time. One at a time for
    /// each listing: whoever waits gets what the other has read.
    pub(super) async fn fresh(
        &self,
        transport: &Arc<Transport>,
        name: &str,
        listing: &Listing,
        not_before: Instant,
        most_pages: u64,
        most_time: Option<Duration>,
    ) -> Result<Option<Arc<Roster>>, SiteError> {
        let slot = self.slot(name);
        let mut kept = slot.lock().await;
        if let Some(roster) = kept.as_ref().filter(|roster| roster.begun >= not_before) {
            return Ok(Some(Arc::clone(roster)));
        }
        // Whoever was here before may have found out that it is too long.
        let most =
            most_time.and_then(|time| self.pages_within(time)).map_or(most_pages, |n| n.min(most_pages));
        if most == 0 || matches!(self.length(name), Some(Ok(pages) | Err(pages)) if pages > most) {
            return Ok(None);
        }
        let begun = Instant::now();
        let reading = match read_within::<Person>(transport, listing, most, most_time).await {
            Ok(Within::Whole(reading)) => reading,
            Ok(Within::Longer(at_least)) => {
                self.has_length(name, at_least, false);
                return Ok(None);
            }
            Ok(Within::Slower(pages)) => {
                self.took(pages, begun.elapsed());
                if self.length(name).is_none() {
                    self.has_length(name, pages + 1, false);
                }
                return Ok(None);
            }
            // A group that is not there has nobody in it.
            Err(SiteError::NotFound { .. }) if name != EVERYBODY => {
                Reading { entries: Vec::new(), doubles: 0, nameless: 0, page_size: 1 }
            }
            Err(error) => return Err(error),
        };
        let pages = (reading.entries.len() as u64).div_ceil(reading.page_size);
        self.has_length(name, pages, true);
        self.took(pages, begun.elapsed());
        let people = reading
            .entries
            .into_iter()
            .filter(|person| !person.is_deleted())
            .filter_map(|person| {
                let seen = Seen { username: person.username().into(), status: person.status() };
                Some((Box::from(person.key()?), seen))
            })
            .collect();
        let roster = Arc::new(Roster { begun, people });
        *kept = Some(Arc::clone(&roster));
        Ok(Some(roster))
    }
}

impl ConfluenceDc {
    /// The version, asked once.
    pub(super) async fn version(&self) -> Result<&Version, SiteError> {
        self.rosters.version.get_or_try_init(async || Ok(recognise(&self.transport).await?.version)).await
    }

    pub(super) fn learn_version(&self, version: &Version) {
        // Whoever was first is right too.
        let _ = self.rosters.version.set(version.clone());
    }
}
