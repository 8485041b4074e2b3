//! Who was active lately: the end of the list of active people, and the audit log (`confluence-data-center.md §4.1, §4.9`).

use super::audit::read_events;
use super::dates::Moment;
use super::licence::read_seats;
use super::paging::{PAGE, read_page};
use super::wire::{Page, Person};
use super::{ConfluenceDc, active_listing, optional};
use jiff::Timestamp;
use rollcall_model::AccountRef;
use rollcall_site::SiteError;
use std::collections::HashMap;

/// Pages of the list read at most; a list whose end is never-signed-in people longer than that is given up.
const PAGES: u32 = 20;
/// Pages of the audit log read at most.
const AUDIT_PAGES: u32 = 20;

/// Names and newest activity, by key.
pub(super) type Found = HashMap<String, (String, Timestamp)>;

impl ConfluenceDc {
    pub(super) async fn read_active_since(
        &self,
        since: Timestamp,
    ) -> Result<Option<Vec<(AccountRef, Timestamp)>>, SiteError> {
        let listed = self.read_end_of_active_list(since).await?;
        let audit = if self.settings.audit_days > 0 {
            read_events(&self.transport, since, AUDIT_PAGES, &|_, _| {}).await?
        } else {
            None
        };
        if listed.is_none() && audit.is_none() {
            return Ok(None);
        }
        let mut found = listed.unwrap_or_default();
        if let Some(audit) = audit {
            for (key, at) in audit.uses.into_iter().chain(audit.logins) {
                // The log names people by key; the name is for the caller to read where it needs it.
                let entry = found.entry(key).or_insert_with(|| (String::new(), at));
                entry.1 = entry.1.max(at);
            }
        }
        Ok(Some(
            found
                .into_iter()
                .map(|(key, (username, at))| (AccountRef { key: key.into(), username }, at))
                .collect(),
        ))
    }

    /// The list stands in the order of last logins, oldest first; people who never signed in come first or last (UNVERIFIED). From its end
    /// backwards, until a page is older than wanted. `None` = the site does not serve logins.
    pub(super) async fn read_end_of_active_list(&self, since: Timestamp) -> Result<Option<Found>, SiteError> {
        let listing = active_listing();
        let page =
            async |start: u64| optional(read_page::<Person>(&self.transport, &listing, start, PAGE).await);
        let Some(first) = page(0).await? else { return Ok(None) };
        let size = first.results.len() as u64;
        let mut tail = Tail::new(since);
        tail.take(&first);
        if size == 0 {
            return Ok(None);
        }
        // Where the end is: told, or guessed from the licence and then sought.
        let guess = match first.total() {
            Some(total) => total,
            None if first.next_after(0).is_none() && size < PAGE.min(100) => size,
            None => read_seats(&self.transport).await?.used.unwrap_or(size),
        };
        let mut pages = 1;
        let mut end = size;
        let mut start = guess.saturating_sub(size).max(size);
        // Forwards from the guess to the real end. A guess beyond it finds nothing, and is halved.
        while pages < PAGES {
            let Some(got) = page(start).await? else { return Ok(None) };
            pages += 1;
            let received = got.results.len() as u64;
            tail.take(&got);
            if received == 0 {
                if start <= end {
                    break;
                }
                start = if end + size >= start { end } else { end.max(start - (start - end).div_ceil(2)) };
                continue;
            }
            end = end.max(start + received);
            if received < size && got.next_after(start).is_none() {
                break;
            }
            start += received;
        }
        // Backwards, until everybody on a page signed in before `since`.
        let mut before = end.saturating_sub(size);
        while pages < PAGES && before > 0 && !tail.is_reached {
            before = before.saturating_sub(size);
            let Some(got) = page(before).await? else { return Ok(None) };
            pages += 1;
            tail.take(&got);
        }
        Ok(tail.serves_logins.then_some(tail.found))
    }
}

/// What the end of the list holds.
struct Tail {
    since: Timestamp,
    found: Found,
    serves_logins: bool,
    /// A page was seen beyond the first on which everybody who ever signed in did so before `since`.
    is_reached: bool,
}

impl Tail {
    fn new(since: Timestamp) -> Self {
        Self { since, found: Found::new(), serves_logins: false, is_reached: false }
    }

    fn take(&mut self, page: &Page<Person>) {
        let mut newest: Option<Timestamp> = None;
        for person in &page.results {
            let Some(at) = person.last_login.as_ref().and_then(Moment::at) else { continue };
            self.serves_logins = true;
            newest = newest.max(Some(at));
            if at >= self.since
                && let Some(key) = person.key()
            {
                let entry =
                    self.found.entry(key.to_owned()).or_insert_with(|| (person.username().to_owned(), at));
                entry.1 = entry.1.max(at);
            }
        }
        self.is_reached = newest.is_some_and(|at| at < self.since);
    }
}
