//! Permissions of a space (o007), kept as plain facts: no content of this room asks for them.

use serde_json::{Value, json};

use super::Answer;
use crate::call::Call;
use crate::http::Reply;

/// Whose permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject<'r> {
    Anonymous,
    Group(&'r str),
    User(&'r str),
}

impl<'r> Subject<'r> {
    pub(crate) fn of(path: &[&'r str]) -> Option<Self> {
        Some(match path {
            ["anonymous"] => Self::Anonymous,
            ["group", name] => Self::Group(name),
            ["user", key] => Self::User(key),
            _ => return None,
        })
    }

    fn text(self) -> String {
        match self {
            Self::Anonymous => "anonymous".to_owned(),
            Self::Group(name) => format!("group {name}"),
            Self::User(key) => format!("user {key}"),
        }
    }
}

/// The one space of every simulated site.
const SPACE: &str = "ds";

fn check(call: &Call<'_>, key: &str) -> Result<(), Reply> {
    call.require_admin()?;
    if key.eq_ignore_ascii_case(SPACE) {
        Ok(())
    } else {
        Err(Reply::error(404, &format!("No space with key : {key}")))
    }
}

/// `GET /rest/api/space/{key}/permissions`.
pub(crate) fn all(call: &mut Call<'_>, key: &str) -> Answer {
    check(call, key)?;
    let list: Vec<Value> = call
        .state
        .space_rights
        .iter()
        .map(|(subject, operation, target)| {
            let (kind, name) = subject.split_once(' ').unwrap_or((subject, ""));
            json!({
                "operation": {"targetType": target, "operationKey": operation},
                "subject": {"displayName": name, "type": kind},
                "spaceKey": SPACE,
            })
        })
        .collect();
    Ok(Reply::ok(&list))
}

/// `PUT …/grant` and `…/revoke`.
pub(crate) fn change(call: &mut Call<'_>, key: &str, subject: Subject<'_>, grant: bool) -> Answer {
    check(call, key)?;
    let known = match subject {
        Subject::Anonymous => true,
        Subject::Group(name) => call.state.group_id(name).is_some(),
        Subject::User(key) => call.state.account_id_by_key(key).is_some(),
    };
    if !known {
        return Err(Reply::error(404, "No such subject"));
    }
    let body = call.request.json()?;
    let list = body.as_array().ok_or_else(|| Reply::error(400, "an array is expected"))?;
    let mut changed = false;
    for item in list {
        let field = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let fact = (subject.text(), field("operationKey"), field("targetType"));
        let rights = &mut call.state.space_rights;
        changed |= if grant { rights.insert(fact) } else { rights.remove(&fact) };
    }
    Ok(Reply::done(changed))
}
