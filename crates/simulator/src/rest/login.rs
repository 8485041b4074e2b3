//! Logging in by session: both flows of o059, the cookie of o016. Basic and tokens are in `auth`.

use serde_json::{Value, json};

use super::Answer;
use crate::call::Call;
use crate::http::Reply;
use crate::state::{AccountId, Life};

/// `GET /login.action`, `GET /dologin.action`: the form of the older log-in, or the page of the newer one.
pub(crate) fn page(call: &Call<'_>) -> Reply {
    if call.core.version.is_ten() {
        return Reply::html(200, "Log in - Confluence");
    }
    let mut reply = Reply::html(200, "Log in - Confluence");
    reply.body = b"<!DOCTYPE html><html><head><title>Log in - Confluence</title></head><body>\
        <form name=\"loginform\" method=\"POST\" action=\"dologin.action\"><input name=\"os_username\">\
        <input type=\"password\" name=\"os_password\"></form></body></html>"
        .to_vec();
    reply
}

fn verify(call: &mut Call<'_>, name: &str, password: &str) -> Option<AccountId> {
    let id = call.state.account_id(name)?;
    let account = call.state.account(id);
    let may = account.active && account.life == Life::Present;
    let own_name = account.name.clone();
    if may && call.state.credentials.password_matches(id, &own_name, password) {
        // Whoever logs in on the page has solved its CAPTCHA, too (§3.5).
        call.state.credentials.unlock(id);
        let now = jiff::Timestamp::from_millisecond(call.now).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        let _ = call.state.log_in(&own_name, now);
        return Some(id);
    }
    call.state.credentials.fail(id);
    None
}

fn with_session(call: &mut Call<'_>, id: AccountId, reply: Reply) -> Reply {
    let session = call.state.next_uuid();
    call.state.credentials.open_session(session.clone(), id);
    reply
        .with("Set-Cookie", format!("JSESSIONID={session}; Path=/; HttpOnly"))
        .with("Set-Cookie", format!("seraph.confluence={session}; Path=/; HttpOnly"))
        .changed()
}

/// `POST /dologin.action` with `os_username`, `os_password`.
pub(crate) fn log_in(call: &mut Call<'_>) -> Reply {
    let form = call.request.form();
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    match verify(call, field("os_username"), field("os_password")) {
        Some(id) => {
            let target = format!("{}/", call.base());
            with_session(call, id, Reply::empty(302).with("Location", target))
        }
        None => page(call).with("X-Seraph-LoginReason", "AUTHENTICATED_FAILED"),
    }
}

/// `POST /rest/tsv/1.0/authenticate` with `{"username", "password", "rememberMe", "targetUrl"}`.
pub(crate) fn authenticate(call: &mut Call<'_>) -> Answer {
    let body = call.request.json()?;
    let field = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    match verify(call, field("username"), field("password")) {
        Some(id) => Ok(with_session(call, id, Reply::ok(&json!({"success": true})))),
        None => Err(Reply::json(401, &json!({"success": false}))),
    }
}

/// `POST /doauthenticate.action`: a secure administrator session needs the token header (§3.6).
pub(crate) fn secure_session(call: &mut Call<'_>) -> Reply {
    let token = call.request.header("x-atlassian-token").unwrap_or_default();
    if !matches!(token, "no-check" | "nocheck") {
        return Reply::html(403, "XSRF Security Token Missing");
    }
    let form = call.request.form();
    let password = form.iter().find(|(key, _)| key == "password").map_or("", |(_, value)| value.as_str());
    let Some(id) = call.caller else {
        return Reply::empty(302).with("Location", format!("{}/login.action", call.base()));
    };
    let name = call.state.account(id).name.clone();
    if call.state.credentials.password_matches(id, &name, password) {
        return Reply::empty(302).with("Location", format!("{}/admin/console.action", call.base()));
    }
    call.state.credentials.fail(id);
    Reply::html(200, "Confirm access")
}
