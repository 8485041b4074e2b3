//! Global permissions (`confluence-data-center.md §4.6`, o006).

use serde_json::{Value, json};

use super::Answer;
use crate::call::Call;
use crate::http::Reply;
use crate::state::{AccountId, GroupId, Rights};

/// Whose permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject<'r> {
    Anonymous,
    Unlicensed,
    Group(&'r str),
    User(&'r str),
}

impl<'r> Subject<'r> {
    pub(crate) fn of(path: &[&'r str]) -> Option<Self> {
        Some(match path {
            ["anonymous"] => Self::Anonymous,
            ["unlicensed"] => Self::Unlicensed,
            ["group", name] => Self::Group(name),
            ["user", name] => Self::User(name),
            _ => return None,
        })
    }
}

/// Subjects that one `PUT /rest/api/permissions` may name.
const SUBJECTS_AT_MOST: usize = 40;

enum Holder {
    Anonymous,
    Unlicensed,
    Group(GroupId),
    Account(AccountId),
}

fn holder(call: &Call<'_>, subject: Subject<'_>) -> Result<Holder, Reply> {
    let missing = |name: &str| Reply::error(404, &format!("No such subject: {name}"));
    Ok(match subject {
        Subject::Anonymous => Holder::Anonymous,
        Subject::Unlicensed => Holder::Unlicensed,
        Subject::Group(name) => Holder::Group(call.state.group_id(name).ok_or_else(|| missing(name))?),
        Subject::User(name) => Holder::Account(
            call.state
                .account_id_by_key(name)
                .or_else(|| call.state.account_id(name))
                .ok_or_else(|| missing(name))?,
        ),
    })
}

fn entry(key: &str, target: &str, name: &str, kind: &str) -> Value {
    json!({
        "operation": {"targetType": target, "operationKey": key},
        "subject": {"displayName": name, "type": kind},
    })
}

fn entries(call: &Call<'_>, holder: &Holder) -> Vec<Value> {
    let list = |rights: Rights, name: &str, kind: &str| {
        rights.pairs().map(|(key, target)| entry(key, target, name, kind)).collect::<Vec<_>>()
    };
    match holder {
        Holder::Anonymous => list(call.state.anonymous_rights, "Anonymous", "anonymous"),
        Holder::Unlicensed => call
            .state
            .unlicensed_rights
            .iter()
            .map(|(key, target)| entry(key, target, "Unlicensed", "unlicensed"))
            .collect(),
        Holder::Group(id) => list(call.state.group(*id).rights, &call.state.group(*id).name, "group"),
        Holder::Account(id) => list(call.state.account(*id).rights, &call.state.account(*id).display, "user"),
    }
}

/// `GET /rest/api/permissions`.
pub(crate) fn all(call: &mut Call<'_>) -> Answer {
    call.require_admin()?;
    let mut found = entries(call, &Holder::Anonymous);
    found.extend(entries(call, &Holder::Unlicensed));
    for id in 0..call.state.groups.len() as GroupId {
        if call.state.group(id).rights != Rights::NONE {
            found.extend(entries(call, &Holder::Group(id)));
        }
    }
    for id in &call.state.listed {
        if call.state.account(*id).rights != Rights::NONE {
            found.extend(entries(call, &Holder::Account(*id)));
        }
    }
    Ok(Reply::ok(&found))
}

/// `GET /rest/api/permissions/{subject}`.
pub(crate) fn of(call: &mut Call<'_>, subject: Subject<'_>) -> Answer {
    call.require_admin()?;
    let holder = holder(call, subject)?;
    Ok(Reply::ok(&entries(call, &holder)))
}

fn pairs_of(body: &Value) -> Result<Vec<(String, String)>, Reply> {
    let invalid = || Reply::error(400, "an array of {\"targetType\", \"operationKey\"} is expected");
    let list = body.as_array().ok_or_else(invalid)?;
    list.iter()
        .map(|operation| {
            let field = |name: &str| {
                operation.get(name).and_then(Value::as_str).map(str::to_owned).ok_or_else(invalid)
            };
            Ok((field("operationKey")?, field("targetType")?))
        })
        .collect()
}

fn rights_of(pairs: &[(String, String)]) -> Result<Rights, Reply> {
    pairs.iter().try_fold(Rights::NONE, |rights, (key, target)| {
        let right = Rights::of_pair(key, target);
        right
            .map(|right| rights.with(right))
            .ok_or_else(|| Reply::error(400, &format!("unknown operation {key} {target}")))
    })
}

/// `PUT …/grant` and `…/revoke`; revoking what is not granted is no error (o006).
pub(crate) fn change(call: &mut Call<'_>, subject: Subject<'_>, grant: bool) -> Answer {
    call.require_system()?;
    let holder = holder(call, subject)?;
    let pairs = pairs_of(&call.request.json()?)?;
    let applied = |before: Rights, rights: Rights| match (grant, rights.has(Rights::USE)) {
        (true, _) => before.with(rights),
        // Revoking `application use` removes all other grants of that subject.
        (false, true) => Rights::NONE,
        (false, false) => before.without(rights),
    };
    if let Holder::Unlicensed = holder {
        return Ok(Reply::done(change_unlicensed(call, &pairs, grant)?));
    }
    let rights = rights_of(&pairs)?;
    let slot = slot(call, &holder);
    let before = *slot;
    *slot = applied(before, rights);
    let changed = *slot != before;
    if changed {
        call.state.settle();
    }
    Ok(Reply::done(changed))
}

fn slot<'s>(call: &'s mut Call<'_>, holder: &Holder) -> &'s mut Rights {
    match holder {
        Holder::Group(id) => &mut call.state.groups[*id as usize].rights,
        Holder::Account(id) => &mut call.state.accounts[*id as usize].rights,
        Holder::Anonymous | Holder::Unlicensed => &mut call.state.anonymous_rights,
    }
}

fn change_unlicensed(call: &mut Call<'_>, pairs: &[(String, String)], grant: bool) -> Result<bool, Reply> {
    let known = [("use_unlicensed", "application"), ("read", "user")];
    if let Some((key, target)) = pairs.iter().find(|(k, t)| !known.contains(&(k.as_str(), t.as_str()))) {
        return Err(Reply::error(400, &format!("unknown operation {key} {target}")));
    }
    let held = &mut call.state.unlicensed_rights;
    let before = held.len();
    if grant {
        for pair in pairs {
            if !held.contains(pair) {
                held.push(pair.clone());
            }
        }
    } else {
        held.retain(|pair| !pairs.contains(pair));
    }
    Ok(held.len() != before)
}

/// `PUT /rest/api/permissions`: replaces the grants of each subject named.
pub(crate) fn replace(call: &mut Call<'_>) -> Answer {
    call.require_system()?;
    let body = call.request.json()?;
    let list = body.as_array().ok_or_else(|| Reply::error(400, "an array is expected"))?;
    if list.len() > SUBJECTS_AT_MOST {
        return Err(Reply::error(400, "at most 40 subjects"));
    }
    let mut planned = Vec::new();
    for item in list {
        let field = |name: &str| item.get(name).and_then(Value::as_str);
        let subject = match (field("groupName"), field("userKey")) {
            (Some(group), None) => Subject::Group(group),
            (None, Some(key)) => Subject::User(key),
            _ => return Err(Reply::error(400, "each entry names one of groupName and userKey")),
        };
        let rights = rights_of(&pairs_of(item.get("operations").unwrap_or(&Value::Null))?)?;
        planned.push((holder(call, subject)?, rights));
    }
    let mut changed = false;
    for (holder, rights) in planned {
        let slot = slot(call, &holder);
        changed |= *slot != rights;
        *slot = rights;
    }
    if changed {
        call.state.settle();
    }
    Ok(Reply::done(changed))
}
