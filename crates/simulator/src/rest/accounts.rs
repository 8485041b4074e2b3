//! One account (`confluence-data-center.md §4.1`).

use super::Answer;
use super::person::{Style, nobody, person};
use crate::call::Call;
use crate::http::Reply;
use crate::state::{AccountId, Life};
use crate::switches::{DisabledUser, GoneUser};

/// `GET /rest/api/user?username=` or `?key=`.
pub(crate) fn one(call: &mut Call<'_>) -> Answer {
    call.require_viewer()?;
    let id = named(call)?.ok_or_else(|| no_such_user(call))?;
    call.state.advance_deletion_of(id, call.now);
    // Deleted by this very look: the name is gone, the key still leads to the alias (o024).
    let id = named(call)?.ok_or_else(|| no_such_user(call))?;
    let account = call.state.account(id);
    if account.life == Life::Unsynced && call.switches().gone_user == GoneUser::NotFound {
        return Err(no_such_user(call));
    }
    let disabled = account.life == Life::Present && !account.active;
    if disabled && call.switches().disabled_user == DisabledUser::NotFound {
        return Err(no_such_user(call));
    }
    Ok(Reply::ok(&person(call, id, Style::plain(call))))
}

/// The account that exactly one of `username` and `key` names.
pub(super) fn named(call: &Call<'_>) -> Result<Option<AccountId>, Reply> {
    match (call.request.param("username"), call.request.param("key")) {
        (Some(name), None) => Ok(call.state.account_id(name)),
        (None, Some(key)) => Ok(call.state.account_id_by_key(key)),
        _ => Err(Reply::error(400, "Exactly one of username and key must be given")),
    }
}

fn no_such_user(call: &Call<'_>) -> Reply {
    let wanted = call.request.param("username").or(call.request.param("key")).unwrap_or_default();
    Reply::error(404, &format!("No user found with : {wanted}"))
}

/// `GET /rest/api/user/current`: the trap of a bad token shows here as `anonymous` (§3.2).
pub(crate) fn current(call: &mut Call<'_>) -> Answer {
    match call.caller {
        Some(id) => Ok(Reply::ok(&person(call, id, Style::plain(call)))),
        None if call.switches().anonymous_access => Ok(Reply::ok(&nobody())),
        None => Err(Reply::not_permitted()),
    }
}

/// `GET /rest/api/user/anonymous`.
pub(crate) fn anonymous(call: &mut Call<'_>) -> Answer {
    if call.caller.is_none() && !call.switches().anonymous_access {
        return Err(Reply::not_permitted());
    }
    Ok(Reply::ok(&nobody()))
}
