//! The audit log as evidence (`confluence-data-center.md §4.9`): who did something, who signed in, whose account was made or
//! enabled again.
//!
//! Everything here is a lower bound: the log shows that somebody was active, never that somebody was not. Keys of events are preferred;
//! the texts depend on the language, so that only the English ones are known. Both are UNVERIFIED for most events of people, and are
//! matched by their words.

use super::dates::in_utc;
use super::wire::{AuditChange, AuditEvent, AuditPage};
use crate::transport::{Address, Transport};
use jiff::Timestamp;
use rollcall_site::SiteError;
use std::collections::HashMap;

pub(super) const EVENTS: &str = "/rest/auditing/1.0/events";
const PAGE: u32 = 200;

/// What the log tells, by account key.
#[derive(Default)]
pub(super) struct AuditReading {
    /// Did something that is recorded.
    pub(super) uses: HashMap<String, Timestamp>,
    /// Signed in.
    pub(super) logins: HashMap<String, Timestamp>,
    /// Was made.
    pub(super) created: HashMap<String, Timestamp>,
    /// Was last enabled again.
    pub(super) reactivated: HashMap<String, Timestamp>,
    /// When the newest entry of any kind was written.
    pub(super) newest: Option<Timestamp>,
    /// Why it was not read to the wanted instant, if so.
    pub(super) cut_short: Option<String>,
}

/// The log, as far as it was wanted and given.
pub(super) enum AuditLog {
    /// Nobody asked for it.
    NotWanted,
    /// The site does not give it to us.
    NotGiven,
    /// Read.
    Read(Box<AuditReading>),
}

/// Reads the log back to `since`, newest first, at most `pages` pages. `None` = the site does not give it to us.
pub(super) async fn read_events(
    transport: &Transport,
    since: Timestamp,
    pages: u32,
    progress: &(dyn Fn(u64, Option<u64>) + Send + Sync),
) -> Result<Option<AuditReading>, SiteError> {
    let mut reading = AuditReading::default();
    let mut cursor: Option<String> = None;
    let mut events = 0;
    for page_number in 0..pages {
        // The bounds are sent with the cursor too: a server's own link to the next page may have lost them (o023).
        let mut address = Address::of(EVENTS).query("from", in_utc(since)).query("limit", PAGE);
        if let Some(cursor) = &cursor {
            address = address.query("pageCursor", cursor);
        }
        let page: AuditPage = match super::optional(transport.get_json(&address).await)? {
            Some(page) => page,
            None if page_number == 0 => return Ok(None),
            None => {
                reading.cut_short = Some("a page of it was not given".to_owned());
                return Ok(Some(reading));
            }
        };
        events += page.entities.len() as u64;
        progress(events, None);
        let mut is_past = page.entities.is_empty();
        for event in &page.entities {
            let Some(at) = event.timestamp.at() else { continue };
            if at < since {
                is_past = true;
            } else {
                reading.newest = reading.newest.max(Some(at));
                reading.take(event, at);
            }
        }
        let paging = page.paging_info;
        let no_more = paging.as_ref().and_then(|p| p.last_page).unwrap_or(false);
        let next = paging.and_then(|p| p.next_page_cursor).filter(|c| !c.is_empty());
        if is_past || no_more || next.is_none() {
            return Ok(Some(reading));
        }
        if next == cursor {
            reading.cut_short = Some("the site repeats the same page of it".to_owned());
            return Ok(Some(reading));
        }
        cursor = next;
    }
    reading.cut_short = Some(format!("it is longer than {pages} pages"));
    Ok(Some(reading))
}

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    SignedIn,
    /// A sign-in that failed shows nothing: anybody may have tried.
    SignInFailed,
    Created,
    Reactivated,
    Other,
}

impl AuditReading {
    pub(super) fn take(&mut self, event: &AuditEvent, at: Timestamp) {
        let author = event.author.as_ref().and_then(|author| author.person());
        let affected = || event.affected_objects.iter().flatten().filter_map(|object| object.person());
        match meaning(event) {
            Meaning::SignInFailed => return,
            Meaning::SignedIn => {
                for person in author.into_iter().chain(affected()) {
                    newest(&mut self.logins, person, at);
                }
            }
            Meaning::Created => {
                for person in affected() {
                    // Newest first: the oldest of several stands last.
                    self.created.insert(person.to_owned(), at);
                }
            }
            Meaning::Reactivated => {
                for person in affected() {
                    newest(&mut self.reactivated, person, at);
                }
            }
            Meaning::Other => {}
        }
        if let Some(author) = author {
            newest(&mut self.uses, author, at);
        }
    }
}

/// Keeps the later instant.
fn newest(known: &mut HashMap<String, Timestamp>, person: &str, at: Timestamp) {
    match known.get_mut(person) {
        Some(before) => *before = (*before).max(at),
        None => {
            known.insert(person.to_owned(), at);
        }
    }
}

fn meaning(event: &AuditEvent) -> Meaning {
    let kind = event.kind.as_ref();
    let key = kind.and_then(|k| k.action_i18n_key.as_deref()).unwrap_or_default();
    let text = kind.and_then(|k| k.action.as_deref()).unwrap_or_default();
    let said = if key.is_empty() { text } else { key }.to_lowercase();
    let words: Vec<&str> = said.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    let is_sign_in = has(&["login", "signin"])
        || words.windows(2).any(|pair| matches!(pair, ["logged" | "signed" | "log" | "sign", "in"]));
    if is_sign_in {
        if has(&["failed", "failure", "fail", "denied", "locked", "unsuccessful", "captcha"]) {
            return Meaning::SignInFailed;
        }
        return if has(&["config", "configuration", "settings", "updated", "changed"]) {
            Meaning::Other
        } else {
            Meaning::SignedIn
        };
    }
    if !has(&["user"]) || has(&["directory", "group", "token", "macro", "membership"]) {
        return Meaning::Other;
    }
    if has(&["created", "added"]) {
        return Meaning::Created;
    }
    let is_enabling = has(&["reactivated", "enabled", "activated", "reenabled"]);
    if is_enabling || event.changed_values.iter().flatten().any(becomes_active) {
        return Meaning::Reactivated;
    }
    Meaning::Other
}

/// `Active: No → Yes`, in words or truth values.
fn becomes_active(change: &AuditChange) -> bool {
    let name = change.i18n_key.as_deref().or(change.key.as_deref()).unwrap_or_default().to_lowercase();
    let says = |value: &Option<serde_json::Value>, words: &[&str]| match value {
        Some(serde_json::Value::String(text)) => words.iter().any(|word| text.eq_ignore_ascii_case(word)),
        Some(serde_json::Value::Bool(flag)) => words.contains(&if *flag { "true" } else { "false" }),
        _ => false,
    };
    name.split(|c: char| !c.is_alphanumeric()).any(|word| word == "active" || word == "enabled")
        && says(&change.from, &["no", "false", "inactive"])
        && says(&change.to, &["yes", "true", "active"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn event(kind: &Value, changed: &Value) -> AuditEvent {
        serde_json::from_value(json!({
            "timestamp": "2026-06-09T14:04:28.902Z", "type": kind, "changedValues": changed,
            "author": {"type": "user", "id": "aa"},
            "affectedObjects": [{"type": "User", "id": "bb"}, {"type": "Group", "id": "cc"}],
        }))
        .unwrap()
    }

    #[test]
    fn events_are_understood_by_key_and_else_by_their_english_text() {
        let by_key =
            |key: &str| meaning(&event(&json!({"actionI18nKey": key, "action": "anderer Text"}), &json!([])));
        assert_eq!(by_key("audit.logging.summary.user.created"), Meaning::Created);
        assert_eq!(by_key("audit.logging.summary.user.reactivated"), Meaning::Reactivated);
        assert_eq!(by_key("audit.logging.summary.user.deactivated"), Meaning::Other);
        assert_eq!(by_key("audit.logging.summary.directory.added"), Meaning::Other);
        assert_eq!(by_key("audit.logging.summary.group.membership.added"), Meaning::Other);
        assert_eq!(by_key("personal.access.tokens.audit.log.summary.token.created"), Meaning::Other);
        assert_eq!(by_key("atlassian.audit.event.action.user.login.success"), Meaning::SignedIn);
        assert_eq!(by_key("atlassian.audit.event.action.user.login.failed"), Meaning::SignInFailed);
        let by_text = |text: &str| meaning(&event(&json!({"action": text}), &json!([])));
        assert_eq!(by_text("User created"), Meaning::Created);
        assert_eq!(by_text("User logged in"), Meaning::SignedIn);
        assert_eq!(by_text("User login failed"), Meaning::SignInFailed);
        assert_eq!(by_text("User added to group"), Meaning::Other);
        let updated = json!({"actionI18nKey": "audit.logging.summary.user.updated"});
        let active = json!([{"key": "Active", "from": "No", "to": "Yes"}]);
        assert_eq!(meaning(&event(&updated, &active)), Meaning::Reactivated);
        assert_eq!(
            meaning(&event(&updated, &json!([{"key": "Active", "from": "Yes", "to": "No"}]))),
            Meaning::Other
        );
    }

    #[test]
    fn a_failed_sign_in_is_no_sign_of_life_and_a_group_is_nobody() {
        let mut reading = AuditReading::default();
        let at = Timestamp::UNIX_EPOCH;
        reading.take(&event(&json!({"action": "User login failed"}), &json!([])), at);
        assert!(reading.uses.is_empty() && reading.logins.is_empty());
        reading.take(&event(&json!({"action": "User created"}), &json!([])), at);
        assert_eq!(reading.created.keys().collect::<Vec<_>>(), ["bb"]);
        assert_eq!(reading.uses.keys().collect::<Vec<_>>(), ["aa"]);
    }
}
