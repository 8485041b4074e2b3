//! Personal access tokens (`confluence-data-center.md §3.2`).

use base64::Engine;
use serde_json::{Value, json};

use super::Answer;
use super::person::date;
use crate::call::Call;
use crate::http::Reply;
use crate::state::{AuditKind, Author, Token};
use crate::switches::DateSpelling;

/// A day, in milliseconds.
const DAY: i64 = 86_400_000;

fn show(token: &Token) -> Value {
    json!({
        "id": token.id,
        "name": token.name,
        "createdAt": date(token.created, DateSpelling::Zulu),
        "expiringAt": token.expires.map(|at| date(at, DateSpelling::Zulu)),
    })
}

/// `GET /rest/pat/latest/tokens`: one's own.
pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let owner = call.require_login()?;
    let own: Vec<Value> =
        call.state.credentials.tokens.values().filter(|token| token.owner == owner).map(show).collect();
    Ok(Reply::ok(&own))
}

/// `POST /rest/pat/latest/tokens` with `{"name", "expirationDuration": days}`.
pub(crate) fn create(call: &mut Call<'_>) -> Answer {
    let owner = call.require_login()?;
    let body = call.request.json()?;
    let name = body.get("name").and_then(Value::as_str).filter(|name| !name.trim().is_empty());
    let name = name.ok_or_else(|| Reply::error(400, "name must not be blank"))?;
    let days = match body.get("expirationDuration") {
        None | Some(Value::Null) => None,
        Some(days) => Some(
            days.as_i64()
                .filter(|days| (1..=36_500).contains(days))
                .ok_or_else(|| Reply::error(400, "expirationDuration must be a number of days"))?,
        ),
    };
    let secret = base64::engine::general_purpose::STANDARD.encode(call.state.next_uuid());
    let expires = days.map(|days| call.now + days * DAY);
    let id = call.state.credentials.add_token(&secret, name, owner, call.now, expires);
    call.state.record(call.now, AuditKind::TokenCreated, Author::Account(owner), owner, 0);
    let mut shown = call.state.credentials.tokens.get(&id).map(show).unwrap_or_default();
    shown["rawToken"] = secret.into();
    Ok(Reply::json(201, &shown).changed())
}

/// `DELETE /rest/pat/latest/tokens/{id}`: one's own.
pub(crate) fn revoke(call: &mut Call<'_>, id: &str) -> Answer {
    let owner = call.require_login()?;
    let id =
        id.parse().ok().filter(|id| call.state.credentials.tokens.get(id).is_some_and(|t| t.owner == owner));
    let id = id.ok_or_else(|| Reply::error(404, "No such token"))?;
    call.state.credentials.revoke_token(id);
    call.state.record(call.now, AuditKind::TokenDeleted, Author::Account(owner), owner, 0);
    Ok(Reply::done(true))
}
