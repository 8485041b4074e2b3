//! What happened to accounts since an instant: the audit log, and for logins also the end of the list of active people
//! (`confluence-data-center.md §4.1, §4.9`).
//!
//! Creations stand in the log at every coverage level, logins only at the fullest (UNVERIFIED); where it has shown no login, the list of active
//! people is asked, which knows those who cost a seat.

use super::ConfluenceDc;
use super::audit::read_events;
use jiff::Timestamp;
use rollcall_model::{AccountRef, Trigger};
use rollcall_site::{Events, SiteError, SiteEvent};
use std::collections::{BTreeSet, HashMap};

/// Pages of the audit log read at most.
const AUDIT_PAGES: u32 = 200;

impl ConfluenceDc {
    pub(super) async fn read_events_since(
        &self,
        since: Timestamp,
        kinds: &BTreeSet<Trigger>,
    ) -> Result<Events, SiteError> {
        let mut found = Events::untold(since);
        let mut logins: HashMap<String, (String, Timestamp)> = HashMap::new();
        if self.settings.audit_days > 0
            && let Some(log) = read_events(&self.transport, since, AUDIT_PAGES, &|_, _| {}).await?
        {
            found.read_until = found.read_until.max(log.newest.unwrap_or(since));
            // A log that was not read to its end proves nothing by what is not in it.
            if log.cut_short.is_none() {
                found.told.insert(Trigger::AccountCreated);
                if !log.logins.is_empty() {
                    found.told.insert(Trigger::Login);
                }
            }
            found.events.extend(
                log.created
                    .into_iter()
                    .map(|(key, at)| event(key, String::new(), Trigger::AccountCreated, at)),
            );
            logins.extend(log.logins.into_iter().map(|(key, at)| (key, (String::new(), at))));
        }
        if kinds.contains(&Trigger::Login)
            && !found.told.contains(&Trigger::Login)
            && let Some(listed) = self.read_end_of_active_list(since).await?
        {
            found.told.insert(Trigger::Login);
            for (key, (username, at)) in listed {
                let known = logins.entry(key).or_insert_with(|| (username, at));
                known.1 = known.1.max(at);
            }
        }
        found
            .events
            .extend(logins.into_iter().map(|(key, (username, at))| event(key, username, Trigger::Login, at)));
        found.events.retain(|event| kinds.contains(&event.kind));
        Ok(found)
    }
}

fn event(key: String, username: String, kind: Trigger, at: Timestamp) -> SiteEvent {
    SiteEvent { account: AccountRef { key: key.into(), username }, kind, at }
}
