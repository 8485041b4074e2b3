//! Groups and memberships, written (`confluence-data-center.md §4.3`).

use serde_json::Value;

use super::Answer;
use super::groups::group_object;
use crate::call::Call;
use crate::http::Reply;
use crate::state::Life;

/// `PUT` and `DELETE /rest/api/user/{username}/group/{group}`, idempotent.
pub(crate) fn membership(call: &mut Call<'_>, user: &str, group: &str, member: bool) -> Answer {
    let by = call.require_admin()?;
    let id = call.state.account_id(user).filter(|id| call.state.account(*id).life == Life::Present);
    let id = id.ok_or_else(|| Reply::error(404, &format!("No user found with username: {user}")))?;
    let group = call
        .state
        .group_id(group)
        .ok_or_else(|| Reply::error(404, &format!("No group found with name: {group}")))?;
    let outcome = if member {
        call.state.join_group(id, group, by, call.now)
    } else {
        call.state.leave_group(id, group, by, call.now)
    };
    Ok(call.outcome(outcome))
}

/// `POST /rest/api/admin/group` with `{"type": "group", "name": …}` (o001).
pub(crate) fn create(call: &mut Call<'_>) -> Answer {
    let by = call.require_system()?;
    let body = call.request.json()?;
    if body.get("type").and_then(Value::as_str) != Some("group") {
        return Err(Reply::error(
            400,
            "Could not resolve subtype of [simple type, class com.atlassian.confluence.api.model.people.Group]: \
             missing type id property 'type'",
        ));
    }
    let name = body.get("name").and_then(Value::as_str).unwrap_or_default();
    if name.trim().is_empty() || name.chars().any(char::is_uppercase) {
        return Err(Reply::error(400, "The name of the group is missing, or has upper-case letters"));
    }
    match call.state.create_group(name, by, call.now) {
        Ok(id) => {
            let by_version = if call.core.version.is_ten() { 200 } else { 201 };
            let status = call.switches().group_created.unwrap_or(by_version);
            Ok(Reply::json(status, &group_object(call, id)).changed())
        }
        Err(refusal) => Err(call.refuse(refusal)),
    }
}

/// `DELETE /rest/api/admin/group/{group}`.
pub(crate) fn delete(call: &mut Call<'_>, name: &str) -> Answer {
    let by = call.require_system()?;
    let id = call
        .state
        .group_id(name)
        .ok_or_else(|| Reply::error(404, &format!("No group found with name: {name}")))?;
    let outcome = call.state.delete_group(id, by, call.now);
    Ok(call.outcome(outcome))
}
