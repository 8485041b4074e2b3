//! Search by CQL (`confluence-data-center.md §4.7`): content, and users by `user ~ "prefix"`.

use serde_json::{Map, Value, json};

use super::Answer;
use super::content::FIRST_ID;
use super::cql::{Field, Found, Query};
use super::page::{page, page_with, window};
use super::person::{Style, date, person};
use crate::call::Call;
use crate::http::Reply;
use crate::state::{AccountId, Life};
use crate::switches::DateSpelling;

/// `GET /rest/api/search`: content and users; 400 when the query cannot be parsed.
pub(crate) fn everything(call: &mut Call<'_>) -> Answer {
    call.require_viewer()?;
    let text = call.request.param("cql").unwrap_or_default().to_owned();
    let query =
        parse(call, &text).map_err(|error| Reply::error(400, &format!("Could not parse cql : {error}")))?;
    let window = window(call, 25)?;
    let found = run(call, &query);
    let mut extra = Map::new();
    extra.insert("totalSize".into(), found.len().into());
    extra.insert("cqlQuery".into(), text.into());
    extra.insert("searchDuration".into(), 3.into());
    extra.insert("archivedResultCount".into(), 0.into());
    Ok(page_with(call, window, found.len(), |row| result(call, found[row]), extra))
}

/// `GET /rest/api/content/search`: content only; bad or missing CQL: 404 (V, 10.0.3).
pub(crate) fn content(call: &mut Call<'_>) -> Answer {
    call.require_viewer()?;
    let text = call.request.param("cql").unwrap_or_default().to_owned();
    let query =
        parse(call, &text).map_err(|error| Reply::error(404, &format!("Could not parse cql : {error}")))?;
    let window = window(call, 25)?;
    let numbers: Vec<usize> = run(call, &query)
        .into_iter()
        .filter_map(|found| match found {
            Found::Content(number) => Some(number),
            Found::User(_) => None,
        })
        .collect();
    Ok(page(call, window, numbers.len(), |row| content_object(call, numbers[row])))
}

fn parse(call: &Call<'_>, text: &str) -> Result<Query, String> {
    Query::parse(text, call.now, &call.conditions.zone)
}

fn run(call: &Call<'_>, query: &Query) -> Vec<Found> {
    let account = |name: &str| resolve(call, name);
    if query.mentions(Field::User) || query.mentions(Field::UserFullName) {
        let ids = call.state.listed.iter().copied();
        return ids.filter(|id| query.matches_user(call.state.account(*id))).map(Found::User).collect();
    }
    let items = &call.state.library.items;
    // While the index is rebuilt it knows the older half only.
    let known = if call.conditions.faults.reindexing { items.len() / 2 } else { items.len() };
    let caller = call.caller;
    let matches =
        |number: &usize| *number < known && query.matches_content(&items[*number], &account, caller);
    let mut numbers: Vec<usize> = match query.single_contributor() {
        Some(name) => account(name).map_or_else(Vec::new, |id| {
            call.state.library.of(id).iter().map(|number| *number as usize).filter(matches).collect()
        }),
        None => (0..known).filter(matches).collect(),
    };
    query.sort(items, &mut numbers);
    numbers.into_iter().map(Found::Content).collect()
}

/// The account that a CQL value names: by username, by key only if the switch says so.
fn resolve(call: &Call<'_>, name: &str) -> Option<AccountId> {
    let switches = call.switches();
    let by_key = || switches.cql_by_user_key.then(|| call.state.account_id_by_key(name)).flatten();
    let id = call.state.account_id(name).or_else(by_key)?;
    let account = call.state.account(id);
    let usable = account.life == Life::Present && (account.active || switches.cql_sees_inactive);
    usable.then_some(id)
}

fn result(call: &Call<'_>, found: Found) -> Value {
    match found {
        Found::Content(number) => {
            let content = content_object(call, number);
            let item = call.state.library.items[number];
            let url = format!("/pages/viewpage.action?pageId={}", FIRST_ID + number);
            json!({
                "content": content,
                "title": title(number),
                "excerpt": "",
                "url": url,
                "resultGlobalContainer": {"title": "Demonstration Space", "displayUrl": "/display/ds"},
                "entityType": "content",
                "iconCssClass": format!("aui-icon content-type-{}", item.kind.word()),
                "lastModified": date(item.modified, DateSpelling::OffsetColon),
                "friendlyLastModified": "some time ago",
            })
        }
        Found::User(id) => {
            let account = call.state.account(id);
            let plain = Style::without_mail(call);
            json!({
                "user": person(call, id, plain),
                "title": account.display,
                "excerpt": "",
                "url": format!("/display/~{}", account.name),
                "entityType": "user",
                "iconCssClass": "aui-icon content-type-profile",
                "lastModified": date(account.created, DateSpelling::OffsetColon),
            })
        }
    }
}

fn title(number: usize) -> String {
    format!("Page {number}")
}

/// A piece of content with what is expanded by default.
pub(super) fn content_object(call: &Call<'_>, number: usize) -> Value {
    let item = call.state.library.items[number];
    let id = FIRST_ID + number;
    let style = Style::without_mail(call);
    json!({
        "id": id.to_string(),
        "type": item.kind.word(),
        "status": "current",
        "title": title(number),
        "space": {"id": 131_073, "key": "ds", "name": "Demonstration Space", "type": "global"},
        "history": {
            "latest": true,
            "createdBy": person(call, item.creator, style),
            "createdDate": date(item.created, DateSpelling::OffsetColon),
        },
        "version": {
            "by": person(call, item.editor, style),
            "when": date(item.modified, DateSpelling::OffsetColon),
            "number": 1 + u32::from(item.modified > item.created),
            "minorEdit": false,
        },
        "_links": {"self": format!("{}/rest/api/content/{id}", call.base())},
        "_expandable": {"body": "", "metadata": ""},
    })
}
