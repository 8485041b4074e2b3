//! `GET /rest/auditing/1.0/events` (`confluence-data-center.md §4.9`, captured pages, o022, o023).

use std::fmt::Write as _;

use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::Answer;
use super::person::date;
use crate::call::Call;
use crate::http::Reply;
use crate::state::{AccountId, AuditEvent, AuditKind, Author};
use crate::switches::{AuditDeactivation, AuditLog, AuditLoginAuthor, DateSpelling};

/// Page size where none is asked for.
const DEFAULT_LIMIT: usize = 200;

/// Newest first; a cursor is `epochMillis,id` of the last event given.
pub(crate) fn events(call: &mut Call<'_>) -> Answer {
    match call.switches().audit_log {
        AuditLog::Served => {}
        AuditLog::Forbidden => return Err(Reply::error(403, "You are not permitted to view the audit log")),
        AuditLog::Absent => return Err(Reply::error(404, "null for uri: /rest/auditing/1.0/events")),
    }
    call.require_admin()?;
    let number = |name: &str, default: usize| match call.request.param(name) {
        None | Some("") => Ok(default),
        Some(text) => text.parse().map_err(|_| Reply::error(400, &format!("{name} must be a number"))),
    };
    let instant = |name: &str| match call.request.param(name) {
        None | Some("") => Ok(None),
        Some(text) => text
            .parse::<Timestamp>()
            .map(|at| Some(at.as_millisecond()))
            .map_err(|_| Reply::error(400, &format!("{name} must be an ISO-8601 instant"))),
    };
    let limit = number("limit", DEFAULT_LIMIT)?;
    let offset = number("offset", 0)?;
    let scan = number("scanLimit", usize::MAX)?;
    let (from, to) = (instant("from")?, instant("to")?);
    let cursor = cursor(call)?;
    let wanted = |event: &&AuditEvent| {
        from.is_none_or(|from| event.at >= from)
            && to.is_none_or(|to| event.at <= to)
            && cursor.is_none_or(|cursor| (event.at, event.id) < cursor)
            && (event.kind != AuditKind::Login || call.switches().audit_logins)
            && selected(call, event)
    };
    let mut found = call.state.audit.iter().rev().take(scan).filter(wanted).skip(offset);
    let page: Vec<AuditEvent> = found.by_ref().take(limit).copied().collect();
    let more = found.next().is_some();
    let entities: Vec<Value> = page.iter().map(|event| show(call, event)).collect();
    let mut paging = Map::new();
    paging.insert("lastPage".into(), (!more).into());
    paging.insert("size".into(), entities.len().into());
    if let (true, Some(last)) = (more, page.last()) {
        let cursor = format!("{},{}", last.at, last.id);
        paging.insert("nextPageOffset".into(), 0.into());
        paging.insert("nextPageLink".into(), next_link(call, limit, &cursor).into());
        paging.insert("nextPageCursor".into(), cursor.into());
    }
    Ok(Reply::ok(&json!({"entities": entities, "pagingInfo": paging})))
}

fn cursor(call: &Call<'_>) -> Result<Option<(i64, u32)>, Reply> {
    let Some(text) = call.request.param("pageCursor").filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let parsed = text.split_once(',').and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)));
    parsed.map(Some).ok_or_else(|| Reply::error(400, "pageCursor must be timestamp,id"))
}

/// o023: the link has offset, limit and pageCursor, and no `from` or `to`.
fn next_link(call: &Call<'_>, limit: usize, cursor: &str) -> String {
    let mut link =
        format!("{}/rest/auditing/1.0/events?offset=0&limit={limit}&pageCursor={cursor}", call.base());
    if call.switches().audit_link_keeps_window {
        for name in ["from", "to"] {
            if let Some(value) = call.request.param(name) {
                let _ = write!(link, "&{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC));
            }
        }
    }
    link
}

/// `userIds`, `categories`, `actions`, `search`.
fn selected(call: &Call<'_>, event: &AuditEvent) -> bool {
    let filters = ["userIds", "categories", "actions", "search"].map(|name| call.request.param(name));
    if filters.iter().all(Option::is_none) {
        return true;
    }
    let shown = show(call, event);
    let any_of = |filter: Option<&str>, value: &Value| {
        filter.is_none_or(|list| list.split(',').any(|item| value.as_str() == Some(item.trim())))
    };
    let [users, categories, actions, search] = filters;
    any_of(users, &shown["author"]["id"])
        && any_of(categories, &shown["type"]["category"])
        && any_of(actions, &shown["type"]["action"])
        && search.is_none_or(|text| shown.to_string().to_lowercase().contains(&text.to_lowercase()))
}

/// (category, its key, action, its key).
fn texts(call: &Call<'_>, kind: AuditKind) -> [&'static str; 4] {
    const USERS: [&str; 2] = ["Users and groups", "audit.logging.category.user.management"];
    let users = |action, key| [USERS[0], USERS[1], action, key];
    let switched = |action, key| match call.switches().audit_deactivation {
        AuditDeactivation::Deactivated => users(action, key),
        AuditDeactivation::Updated => users("User details updated", "audit.logging.summary.user.updated"),
    };
    match kind {
        AuditKind::UserCreated => users("User created", "audit.logging.summary.user.created"),
        AuditKind::UserUpdated => users("User details updated", "audit.logging.summary.user.updated"),
        AuditKind::UserDeactivated => switched("User deactivated", "audit.logging.summary.user.deactivated"),
        AuditKind::UserReactivated => switched("User reactivated", "audit.logging.summary.user.reactivated"),
        AuditKind::UserDeleted => users("User deleted", "audit.logging.summary.user.deleted"),
        AuditKind::AddedToGroup => {
            users("User added to group", "audit.logging.summary.group.membership.added")
        }
        AuditKind::RemovedFromGroup => {
            users("User removed from group", "audit.logging.summary.group.membership.removed")
        }
        AuditKind::GroupCreated => users("Group created", "audit.logging.summary.group.created"),
        AuditKind::GroupDeleted => users("Group deleted", "audit.logging.summary.group.deleted"),
        AuditKind::PasswordChanged => {
            users("User password changed", "audit.logging.summary.user.password.changed")
        }
        AuditKind::TokenCreated => [
            "Security",
            "personal.access.tokens.audit.log.category",
            "Personal access token created",
            "personal.access.tokens.audit.log.summary.token.created",
        ],
        AuditKind::TokenDeleted => [
            "Security",
            "personal.access.tokens.audit.log.category",
            "Personal access token deleted",
            "personal.access.tokens.audit.log.summary.token.deleted",
        ],
        AuditKind::Login => {
            let (action, key) = match call.switches().audit_login_author {
                AuditLoginAuthor::Person => ("User login successful", "audit.logging.summary.login.success"),
                AuditLoginAuthor::System => ("User logged in", "audit.logging.summary.user.logged.in"),
            };
            ["Authentication", "audit.logging.category.auth", action, key]
        }
        AuditKind::Row => ["", "", "", ""],
    }
}

fn show(call: &Call<'_>, event: &AuditEvent) -> Value {
    if event.kind == AuditKind::Row {
        return row(call, &call.state.audit_rows[event.account as usize]);
    }
    let [category, category_key, action, action_key] = texts(call, event.kind);
    let group = || {
        let name = &call.state.group(event.group).name;
        json!({"name": name, "type": "Group", "id": name})
    };
    let user = || user(call, event.account);
    let affected = match event.kind {
        AuditKind::AddedToGroup | AuditKind::RemovedFromGroup => json!([group(), user()]),
        AuditKind::GroupCreated | AuditKind::GroupDeleted => json!([group()]),
        _ => json!([user()]),
    };
    let active =
        |from: &str, to: &str| json!([{"key": "Active", "i18nKey": "Active", "from": from, "to": to}]);
    let changed = match event.kind {
        AuditKind::UserDeactivated => active("Yes", "No"),
        AuditKind::UserReactivated => active("No", "Yes"),
        AuditKind::UserCreated => created_values(call, event.account),
        _ => json!([]),
    };
    let by = match (event.kind, call.switches().audit_login_author) {
        (AuditKind::Login, AuditLoginAuthor::System) => Author::System,
        _ => event.author,
    };
    let mut shown = json!({
        "timestamp": date(event.at, DateSpelling::Zulu),
        "author": author(call, by),
        "type": {"category": category, "categoryI18nKey": category_key, "action": action, "actionI18nKey": action_key},
        "affectedObjects": affected,
        "changedValues": changed,
        "source": "192.0.2.17",
        "system": call.base(),
        "method": "Browser",
        "extraAttributes": [],
    });
    if !call.switches().audit_keys {
        drop_keys(&mut shown);
    }
    shown
}

/// o022: sorted by key, `from` left out where there was nothing before.
fn created_values(call: &Call<'_>, account: AccountId) -> Value {
    let account = call.state.account(account);
    let value = |key: &str, to: &str| json!({"key": key, "i18nKey": key, "to": to});
    json!([
        value("Active", "Yes"),
        value("Display name", &account.display),
        value("Email", &account.mail),
        value("Username", &account.name),
    ])
}

fn profile(call: &Call<'_>, name: &str) -> String {
    format!(
        "{}/admin/users/viewuser.action?username={}",
        call.base(),
        utf8_percent_encode(name, NON_ALPHANUMERIC)
    )
}

fn user(call: &Call<'_>, id: AccountId) -> Value {
    let account = call.state.account(id);
    json!({"name": account.display, "type": "User", "uri": profile(call, &account.name), "id": account.key_text()})
}

fn author(call: &Call<'_>, author: Author) -> Value {
    match author {
        Author::System => json!({"name": "System", "type": "system", "id": "-1", "uri": "", "avatarUri": ""}),
        Author::Account(id) => {
            let account = call.state.account(id);
            let uri = profile(call, &account.name);
            json!({"name": account.display, "type": "user", "id": account.key_text(), "uri": uri, "avatarUri": ""})
        }
    }
}

/// A row of a real installation in the shape of the API (o022).
fn row(call: &Call<'_>, row: &Value) -> Value {
    let text = |name: &str| row.get(name).cloned().unwrap_or(Value::Null);
    let without_nulls = |list: Value| -> Vec<Value> {
        let Value::Array(list) = list else { return Vec::new() };
        let strip = |item: Value| match item {
            Value::Object(fields) => {
                Value::Object(fields.into_iter().filter(|(_, value)| !value.is_null()).collect())
            }
            other => other,
        };
        list.into_iter().map(strip).collect()
    };
    let mut changed = without_nulls(text("CHANGE_VALUES"));
    changed.sort_by(|a, b| a["key"].as_str().cmp(&b["key"].as_str()));
    let id = text("USER_ID");
    let uri = id
        .as_str()
        .and_then(|key| call.state.account_id_by_key(key))
        .map_or_else(String::new, |id| profile(call, &call.state.account(id).name));
    let mut shown = json!({
        "timestamp": row.get("ENTITY_TIMESTAMP").and_then(Value::as_i64).map(|at| date(at, DateSpelling::Zulu)),
        "author": {"name": text("USER_NAME"), "type": text("USER_TYPE"), "id": id, "uri": uri, "avatarUri": ""},
        "type": {
            "category": text("CATEGORY"),
            "categoryI18nKey": text("CATEGORY_T_KEY"),
            "action": text("ACTION"),
            "actionI18nKey": text("ACTION_T_KEY"),
        },
        "affectedObjects": without_nulls(text("RESOURCES")),
        "changedValues": changed,
        "source": text("SOURCE"),
        "system": text("SYSTEM_INFO"),
        "method": text("METHOD"),
        "extraAttributes": without_nulls(text("ATTRIBUTES")),
    });
    if let Value::Object(fields) = &mut shown {
        fields.retain(|_, value| !value.is_null());
    }
    if !call.switches().audit_keys {
        drop_keys(&mut shown);
    }
    shown
}

/// Older versions of the component have display texts only.
fn drop_keys(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !name.ends_with("18nKey"));
            fields.values_mut().for_each(drop_keys);
        }
        Value::Array(list) => list.iter_mut().for_each(drop_keys),
        _ => {}
    }
}
