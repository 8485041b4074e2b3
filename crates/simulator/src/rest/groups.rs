//! Groups, read (`confluence-data-center.md §4.3`).

use serde::Serialize;

use super::Answer;
use super::page::{page, window};
use crate::call::Call;
use crate::http::Reply;
use crate::routes::GroupPart;
use crate::state::GroupId;

#[derive(Serialize)]
pub(super) struct GroupObject<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'a str,
    #[serde(rename = "_links")]
    links: Link,
}

#[derive(Serialize)]
struct Link {
    #[serde(rename = "self")]
    this: String,
}

pub(super) fn group_object<'a>(call: &'a Call<'_>, id: GroupId) -> GroupObject<'a> {
    let name = &*call.state.group(id).name;
    let segment = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    GroupObject {
        kind: "group",
        name,
        links: Link { this: format!("{}/rest/api/group/{segment}", call.base()) },
    }
}

/// The group of a path, or of `groupName` in the query forms.
pub(super) fn group_named(call: &Call<'_>, name: &str) -> Result<GroupId, Reply> {
    let name = if name.is_empty() { call.request.param("groupName").unwrap_or_default() } else { name };
    call.state.group_id(name).ok_or_else(|| Reply::error(404, &format!("No group found with name: {name}")))
}

/// `GET /rest/api/group`, by name.
pub(crate) fn all(call: &mut Call<'_>) -> Answer {
    call.require_viewer()?;
    let window = window(call, 200)?;
    let mut groups: Vec<GroupId> =
        (0..call.state.groups.len() as GroupId).filter(|id| !call.state.group(*id).deleted).collect();
    groups.sort_unstable_by(|a, b| call.state.group(*a).name.cmp(&call.state.group(*b).name));
    Ok(page(call, window, groups.len(), |row| group_object(call, groups[row])))
}

/// `GET /rest/api/group/{group}`.
pub(crate) fn one(call: &mut Call<'_>, name: &str) -> Answer {
    call.require_viewer()?;
    let id = group_named(call, name)?;
    Ok(Reply::ok(&group_object(call, id)))
}

/// `GET /rest/api/group/{group}/groupmember`, `/groupparent`, `/groupancestor`.
pub(crate) fn related(call: &mut Call<'_>, name: &str, part: GroupPart) -> Answer {
    call.require_viewer()?;
    let id = group_named(call, name)?;
    let window = window(call, 200)?;
    let groups = match part {
        GroupPart::Children => call.state.group(id).children.clone(),
        GroupPart::Parents => call.state.group(id).parents.clone(),
        GroupPart::Ancestors => call.state.ancestors(id),
        GroupPart::Members => Vec::new(),
    };
    Ok(page(call, window, groups.len(), |row| group_object(call, groups[row])))
}
