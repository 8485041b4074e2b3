//! Accounts, written (`confluence-data-center.md §4.2`).

use serde_json::{Value, json};

use super::Answer;
use crate::call::Call;
use crate::http::Reply;
use crate::state::{AccountId, Life, NewAccount};

/// Polls until a deletion is through, unless faults say otherwise.
const TASK_POLLS: u32 = 2;

/// The account of a path that can be written to: 404 for unknown and deleted ones.
fn target(call: &Call<'_>, name: &str) -> Result<AccountId, Reply> {
    call.state
        .account_id(name)
        .filter(|id| call.state.account(*id).life == Life::Present)
        .ok_or_else(|| Reply::error(404, &format!("No user found with username: {name}")))
}

/// `PUT …/{username}/disable` and `/enable`.
pub(crate) fn switch(call: &mut Call<'_>, name: &str, active: bool) -> Answer {
    let by = call.require_admin()?;
    let id = target(call, name)?;
    let outcome = call.state.switch_account(id, active, by, call.now);
    Ok(call.outcome(outcome))
}

/// `DELETE …/{username}`: 202 and a long task.
pub(crate) fn delete(call: &mut Call<'_>, name: &str) -> Answer {
    let by = call.require_system()?;
    let id = call.state.account_id(name).filter(|id| call.state.account(*id).life != Life::Deleted);
    let id = id.ok_or_else(|| Reply::error(404, &format!("No user found with username: {name}")))?;
    call.state.may_delete(id).map_err(|refusal| call.refuse(refusal))?;
    let faults = &call.conditions.faults;
    let steps = faults.task_polls.unwrap_or(TASK_POLLS);
    let task = call.state.submit_deletion(id, by, steps, (faults.task_fails, faults.task_vanishes), call.now);
    // A captured body was not found; the form of the model's `links` is followed (§4.2).
    let status = format!("/rest/api/longtask/{task}");
    Ok(Reply::json(202, &json!({"id": task, "links": {"status": status}})).changed())
}

fn text<'a>(body: &'a Value, field: &str) -> Option<&'a str> {
    body.get(field).and_then(Value::as_str)
}

fn invalid(message: &str) -> Reply {
    Reply::error(400, message)
}

fn check_username(name: &str) -> Result<(), Reply> {
    let refuse = |why: &str| Err(invalid(&format!("userName {name:?} {why}")));
    if name.trim().is_empty() {
        return refuse("must not be blank");
    }
    if name.chars().any(char::is_whitespace) {
        return refuse("must not contain white space");
    }
    if name.chars().any(char::is_uppercase) {
        return refuse("must not contain upper-case letters");
    }
    if name.contains(['\\', ',', '+', '<', '>', '\'', '"']) {
        return refuse("contains an illegal character");
    }
    if name == "anonymous" {
        return refuse("is reserved");
    }
    Ok(())
}

fn check_full_name(name: &str) -> Result<(), Reply> {
    let bad = name.trim().is_empty() || name.contains(['<', '>']) || name.eq_ignore_ascii_case("anonymous");
    if bad { Err(invalid("fullName is blank, reserved, or contains < or >")) } else { Ok(()) }
}

fn check_mail(mail: &str) -> Result<(), Reply> {
    let sound = mail.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && !mail.chars().any(char::is_whitespace);
    if sound { Ok(()) } else { Err(invalid("email is not valid")) }
}

/// `POST /rest/api/admin/user`.
pub(crate) fn create(call: &mut Call<'_>) -> Answer {
    let by = call.require_admin()?;
    let body = call.request.json()?;
    let required = |field: &str| text(&body, field).ok_or_else(|| invalid(&format!("{field} is missing")));
    let (name, display, mail) = (required("userName")?, required("fullName")?, required("email")?);
    check_username(name)?;
    check_full_name(display)?;
    check_mail(mail)?;
    let password = text(&body, "password").filter(|password| !password.is_empty());
    let notify = body.get("notifyViaEmail").and_then(Value::as_bool).unwrap_or(false);
    if password.is_some() == notify {
        return Err(invalid("Exactly one of password and notifyViaEmail must be given"));
    }
    let new = NewAccount { name, display, mail, password };
    match call.state.create_account(&new, by, call.now) {
        Ok(id) => Ok(Reply::json(201, &json!({"userKey": call.state.account(id).key_text()})).changed()),
        Err(refusal) => Err(call.refuse(refusal)),
    }
}

/// `PUT /rest/api/admin/user/{username}`. No 404 is documented: an unknown name is a bad request.
pub(crate) fn update(call: &mut Call<'_>, name: &str) -> Answer {
    let by = call.require_admin()?;
    let id = target(call, name).map_err(|_| invalid(&format!("No user found with username: {name}")))?;
    write_details(call, id, by)
}

/// `PUT /rest/api/user/current`: a new address needs the password.
pub(crate) fn update_self(call: &mut Call<'_>) -> Answer {
    let id = call.require_login()?;
    let body = call.request.json()?;
    let new_mail = text(&body, "email").is_some_and(|mail| *mail != *call.state.account(id).mail);
    if new_mail {
        require_password(call, id, text(&body, "currentPassword").unwrap_or_default())?;
    }
    write_details(call, id, id)
}

fn write_details(call: &mut Call<'_>, id: AccountId, by: AccountId) -> Answer {
    let body = call.request.json()?;
    let (display, mail) = (text(&body, "fullName"), text(&body, "email"));
    display.map_or(Ok(()), check_full_name)?;
    mail.map_or(Ok(()), check_mail)?;
    if display.is_none() && mail.is_none() {
        return Err(invalid("fullName or email must be given"));
    }
    let outcome = call.state.update_account(id, (display, mail), by, call.now);
    Ok(call.outcome(outcome))
}

/// `POST /rest/api/admin/user/{username}/password`.
pub(crate) fn password(call: &mut Call<'_>, name: &str) -> Answer {
    let by = call.require_system()?;
    let id = target(call, name)?;
    let body = call.request.json()?;
    let password = text(&body, "password").filter(|password| !password.trim().is_empty());
    let password = password.ok_or_else(|| invalid("password must not be blank"))?;
    let outcome = call.state.set_password(id, password, by, call.now);
    Ok(call.outcome(outcome))
}

/// `POST /rest/api/user/current/password`.
pub(crate) fn own_password(call: &mut Call<'_>) -> Answer {
    let id = call.require_login()?;
    let body = call.request.json()?;
    require_password(call, id, text(&body, "oldPassword").unwrap_or_default())?;
    let new = text(&body, "newPassword").filter(|password| !password.trim().is_empty());
    let new = new.ok_or_else(|| invalid("newPassword must not be blank"))?;
    let outcome = call.state.set_password(id, new, id, call.now);
    Ok(call.outcome(outcome))
}

fn require_password(call: &mut Call<'_>, id: AccountId, password: &str) -> Result<(), Reply> {
    let name = call.state.account(id).name.clone();
    if call.state.credentials.password_matches(id, &name, password) {
        return Ok(());
    }
    call.state.credentials.fail(id);
    Err(Reply::error(403, "The password is wrong"))
}
