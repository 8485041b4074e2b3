//! What Confluence sends, as far as it is read. Lenient where captures differ, strict where a wrong body must not pass for an empty one.

use super::dates::{Moment, if_served};
use rollcall_model::Status;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A page of a listing (`confluence-data-center.md §2.1`). `results` must be there.
#[derive(Debug, Deserialize)]
pub(crate) struct Page<T> {
    pub(crate) results: Vec<T>,
    pub(crate) limit: Option<i64>,
    pub(crate) size: Option<i64>,
    #[serde(rename = "totalCount")]
    total_count: Option<i64>,
    #[serde(rename = "_links", default)]
    links: Links,
}

#[derive(Debug, Deserialize, Default)]
struct Links {
    next: Option<String>,
}

impl<T> Page<T> {
    /// How many entries the whole listing has, where the server says (from 9.4, o019).
    pub(crate) fn total(&self) -> Option<u64> {
        self.total_count.and_then(|n| u64::try_from(n).ok())
    }

    /// Where the server says that the next page begins, if that is further on. A link to itself (o009) is none.
    pub(crate) fn next_after(&self, start: u64) -> Option<u64> {
        let next = self.links.next.as_deref()?;
        let query = next.split_once('?')?.1;
        let begins = url::form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "start")
            .and_then(|(_, value)| value.parse::<u64>().ok())?;
        (begins > start).then_some(begins)
    }
}

/// A person (`§2.4`). Identity is the key. Kept small: a reading holds several hundred thousand of them at once.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Person {
    #[serde(rename = "type", default, deserialize_with = "person_kind")]
    kind: PersonKind,
    username: Option<Box<str>>,
    user_key: Option<Box<str>>,
    display_name: Option<Box<str>>,
    pub(crate) email: Option<Box<str>>,
    #[serde(default, deserialize_with = "status_word")]
    status: StatusWord,
    /// `None` = the field is missing.
    #[serde(default, deserialize_with = "if_served")]
    pub(crate) last_login: Option<Moment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum PersonKind {
    #[default]
    Registered,
    /// `anonymous` or `unknown`.
    Nobody,
}

/// The words are UNVERIFIED (§2.4): an unknown one says nothing, and is kept to be reported.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum StatusWord {
    #[default]
    Absent,
    Known(Status),
    Strange(Box<str>),
}

fn person_kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PersonKind, D::Error> {
    let word = Option::<std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
    Ok(match word.as_deref() {
        Some("anonymous" | "unknown") => PersonKind::Nobody,
        _ => PersonKind::Registered,
    })
}

fn status_word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<StatusWord, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let Some(word) = value.as_str().map(str::trim).filter(|word| !word.is_empty()) else {
        return Ok(StatusWord::Absent);
    };
    Ok(match word.to_ascii_lowercase().as_str() {
        "current" | "active" | "enabled" => StatusWord::Known(Status::Enabled),
        "deactivated" | "inactive" | "disabled" => StatusWord::Known(Status::Disabled),
        _ => StatusWord::Strange(word.into()),
    })
}

impl Person {
    /// The immutable key, unless the entry is nobody in particular: anonymous, unknown, or without a key.
    pub(crate) fn key(&self) -> Option<&str> {
        if self.kind == PersonKind::Nobody {
            return None;
        }
        self.user_key.as_deref().filter(|key| !key.is_empty())
    }

    /// A real, registered person: what `user/current` must answer (`§3.2`).
    pub(crate) fn is_known(&self) -> bool {
        self.kind == PersonKind::Registered && self.username.is_some()
    }

    pub(crate) fn username(&self) -> &str {
        self.username.as_deref().unwrap_or_default()
    }

    pub(crate) fn display_name(&self) -> &str {
        self.display_name.as_deref().unwrap_or_default()
    }

    /// Deleted and anonymised: the username is the key, the name `user-` and some hex digits, the type still `known` (o024).
    pub(crate) fn is_deleted(&self) -> bool {
        let is_alias = |name: &str| {
            name.strip_prefix("user-").is_some_and(|rest| {
                (4..=8).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_hexdigit())
            })
        };
        self.key().is_some_and(|key| key == self.username()) && is_alias(self.display_name())
    }

    /// Enabled or disabled, where the server says so in a word that is known.
    pub(crate) fn status(&self) -> Option<Status> {
        match self.status {
            StatusWord::Known(status) => Some(status),
            StatusWord::Absent | StatusWord::Strange(_) => None,
        }
    }

    /// The status word as sent, where it is none that is known.
    pub(crate) fn strange_status(&self) -> Option<&str> {
        match &self.status {
            StatusWord::Strange(word) => Some(word),
            StatusWord::Absent | StatusWord::Known(_) => None,
        }
    }
}

/// A group; its name is its identity (`§2.4`).
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Group {
    pub(crate) name: String,
}

/// `server-information` (`§4.5`).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServerInformation {
    pub(crate) base_url: Option<String>,
    pub(crate) version: Option<String>,
}

/// The application-link manifest, the one way to read the version on every release (o058).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Manifest {
    pub(crate) type_id: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) url: Option<String>,
}

/// `{"count": 412}` (`§4.5`).
#[derive(Debug, Deserialize)]
pub(crate) struct Count {
    #[serde(deserialize_with = "whole_number")]
    pub(crate) count: i64,
}

/// A number that may be larger than 64 bits, or in quotes.
fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let number = match &value {
        Value::Number(n) => n.as_i64().or_else(|| n.as_f64().map(|f| f as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.ok_or_else(|| serde::de::Error::custom("expected a whole number"))
}

/// One global permission of one subject (`§4.6`).
#[derive(Debug, Deserialize)]
pub(crate) struct Grant {
    pub(crate) operation: Operation,
    #[serde(default)]
    pub(crate) subject: Option<Subject>,
}

/// What is permitted.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Operation {
    pub(crate) target_type: String,
    pub(crate) operation_key: String,
}

/// To whom.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Subject {
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) display_name: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) group_name: Option<String>,
    pub(crate) user_key: Option<String>,
    pub(crate) username: Option<String>,
}

impl Grant {
    /// Costs a seat (`§4.6`).
    pub(crate) fn is_use(&self) -> bool {
        self.operation.target_type == "application" && self.operation.operation_key == "use"
    }

    /// Administers the site.
    pub(crate) fn is_administer(&self) -> bool {
        matches!(self.operation.target_type.as_str(), "application" | "system")
            && self.operation.operation_key == "administer"
    }

    /// Administers the system.
    pub(crate) fn is_system_administer(&self) -> bool {
        self.operation.target_type == "system" && self.operation.operation_key == "administer"
    }
}

impl Subject {
    /// The group, if it is one.
    pub(crate) fn group(&self) -> Option<&str> {
        let is_group = self.kind.as_deref() == Some("group") || self.group_name.is_some();
        is_group
            .then(|| self.group_name.as_deref().or(self.name.as_deref()).or(self.display_name.as_deref()))?
    }
}

/// A page of the audit log (`§4.9`).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditPage {
    pub(crate) entities: Vec<AuditEvent>,
    pub(crate) paging_info: Option<PagingInfo>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PagingInfo {
    pub(crate) last_page: Option<bool>,
    pub(crate) next_page_cursor: Option<String>,
}

/// One record of the audit log. Keys are preferred over texts, which depend on the language.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditEvent {
    pub(crate) timestamp: Moment,
    pub(crate) author: Option<AuditSubject>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<AuditKind>,
    #[serde(default)]
    pub(crate) affected_objects: Option<Vec<AuditSubject>>,
    #[serde(default)]
    pub(crate) changed_values: Option<Vec<AuditChange>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditKind {
    pub(crate) action_i18n_key: Option<String>,
    pub(crate) action: Option<String>,
}

/// Who did it, or to what it was done.
#[derive(Debug, Deserialize)]
pub(crate) struct AuditSubject {
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    #[serde(default)]
    id: Option<Value>,
}

impl AuditSubject {
    /// The person's key; the negative ids of anonymous and of the system are nobody (fixture `db-8.6-audit-rows`).
    pub(crate) fn person(&self) -> Option<&str> {
        let is_person = self.kind.as_deref().is_some_and(|k| k.eq_ignore_ascii_case("user"));
        let id = self.id.as_ref().and_then(Value::as_str)?;
        (is_person && !id.is_empty() && !id.starts_with('-')).then_some(id)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditChange {
    pub(crate) i18n_key: Option<String>,
    pub(crate) key: Option<String>,
    #[serde(default)]
    pub(crate) from: Option<Value>,
    #[serde(default)]
    pub(crate) to: Option<Value>,
}

/// An answer of the search (`§4.7`).
#[derive(Debug, Deserialize)]
pub(crate) struct SearchPage {
    pub(crate) results: Vec<SearchHit>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SearchHit {
    #[serde(default)]
    pub(crate) last_modified: Option<Moment>,
}

/// A long task (`§4.4`).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LongTask {
    pub(crate) percentage_complete: Option<f64>,
    pub(crate) successful: Option<bool>,
    #[serde(default)]
    pub(crate) messages: Vec<TaskMessage>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct TaskMessage {
    pub(crate) translation: Option<String>,
}
