//! The undocumented directory listing (`confluence-data-center.md §8`).

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Answer;
use crate::call::Call;
use crate::http::Reply;
use crate::state::Directory;
use crate::switches::{DirectoriesKey, DirectoryListing};

fn check(call: &Call<'_>) -> Result<(), Reply> {
    match call.switches().directories {
        DirectoryListing::Absent => Err(Reply::html(404, "HTTP Status 404 – Not Found")),
        DirectoryListing::Forbidden => Err(Reply::not_permitted()),
        DirectoryListing::Served => call.require_system().map(|_| ()),
    }
}

/// `GET /rest/crowd/latest/directory`: XML unless JSON is asked for.
pub(crate) fn all(call: &mut Call<'_>) -> Answer {
    check(call)?;
    let directories = &call.state.directories;
    if call.request.accepts_json() {
        let key = match call.switches().directories_key {
            DirectoriesKey::Directory => "directory",
            DirectoriesKey::Directories => "directories",
        };
        let list: Vec<Value> = directories.iter().map(show).collect();
        return Ok(Reply::ok(&json!({key: list})));
    }
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><directories>");
    for directory in directories {
        let name = directory.name.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        let _ = write!(text, "<directory id=\"{}\" name=\"{name}\"/>", directory.id);
    }
    text.push_str("</directories>");
    Ok(Reply::xml(200, text))
}

/// `GET /rest/crowd/1/directory/{id}`.
pub(crate) fn one(call: &mut Call<'_>, id: &str) -> Answer {
    check(call)?;
    let directory = call.state.directories.iter().find(|directory| directory.id.to_string() == id);
    directory
        .map(|directory| Reply::ok(&show(directory)))
        .ok_or_else(|| Reply::error(404, "No such directory"))
}

fn show(directory: &Directory) -> Value {
    let mut object = json!({
        "id": directory.id,
        "name": directory.name,
        "type": directory.kind.type_word(),
        "active": directory.active,
    });
    if directory.kind.is_synced() {
        object["synchronisation"] = json!({"lastDuration": 1200, "syncStatus": "synchronised"});
    }
    object
}
