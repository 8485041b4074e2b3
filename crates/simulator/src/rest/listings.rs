//! Lists of accounts, and groups of an account (`confluence-data-center.md §4.1, §4.3`).

use super::groups::{group_named, group_object};
use super::page::{page, window};
use super::person::{Person, Style, person, shadow};
use super::{Answer, accounts};
use crate::call::Call;
use crate::http::Reply;
use crate::state::{AccountId, NEVER, State};
use crate::switches::{MemberOfUnknown, Place};

/// `GET /rest/api/user/list`: everybody in a directory, disabled or not, with a seat or not.
pub(crate) fn all(call: &mut Call<'_>) -> Answer {
    call.require_viewer()?;
    let window = window(call, 100)?;
    let style = Style::plain(call);
    if call.switches().shadowed_twice {
        return Ok(all_with_shadows(call, window, style));
    }
    let listed = &call.state.listed;
    Ok(page(call, window, listed.len(), |row| person(call, listed[row], style)))
}

fn all_with_shadows(call: &Call<'_>, window: super::page::Window, style: Style) -> Reply {
    let mut rows: Vec<(AccountId, Option<usize>)> = Vec::with_capacity(call.state.listed.len() + 16);
    for id in &call.state.listed {
        rows.push((*id, None));
        let shadows = call.state.account(*id).shadows.as_ref().map_or(0, |shadows| shadows.len());
        rows.extend((0..shadows).map(|number| (*id, Some(number))));
    }
    page(call, window, rows.len(), |row| match rows[row] {
        (id, None) => person(call, id, style),
        (id, Some(number)) => shadow(call, id, number, style),
    })
}

/// `GET /rest/api/admin/users/list/active`: who uses a seat, by last login, oldest first, from the search index.
pub(crate) fn active(call: &mut Call<'_>) -> Answer {
    call.require_viewer()?;
    let window = window(call, 100)?;
    let style = Style::active_list(call);
    let index = Index::of(call);
    Ok(page(call, window, index.len(), |row| -> Person<'_> { person(call, index.at(row), style) }))
}

/// What the search index knows: everything, or what faults leave of it.
enum Index<'a> {
    /// Accounts that never logged in stand at the front of `seats`; this many rows begin the list instead.
    Whole {
        seats: &'a [AccountId],
        first: usize,
    },
    Stale(Vec<AccountId>),
}

impl<'a> Index<'a> {
    fn of(call: &'a Call<'_>) -> Self {
        let state: &State = call.state;
        let never = state.seats.partition_point(|id| state.account(*id).last_login == NEVER);
        let first = if call.switches().never_logged_in == Place::First { 0 } else { never };
        let whole = Self::Whole { seats: &state.seats, first };
        let faults = &call.conditions.faults;
        if !faults.reindexing && faults.index_omits_every == 0 && faults.index_repeats_every == 0 {
            return whole;
        }
        let known = if faults.reindexing { whole.len() / 2 } else { whole.len() };
        let nth = |row: usize, every: u32| every > 0 && (row + 1).is_multiple_of(every as usize);
        let mut rows = Vec::with_capacity(known);
        for row in (0..known).filter(|row| !nth(*row, faults.index_omits_every)) {
            rows.push(whole.at(row));
            if nth(row, faults.index_repeats_every) {
                rows.push(whole.at(row));
            }
        }
        Self::Stale(rows)
    }

    fn len(&self) -> usize {
        match self {
            Self::Whole { seats, .. } => seats.len(),
            Self::Stale(rows) => rows.len(),
        }
    }

    fn at(&self, row: usize) -> AccountId {
        match self {
            Self::Whole { seats, first } => seats[(row + first) % seats.len()],
            Self::Stale(rows) => rows[row],
        }
    }
}

/// `GET /rest/api/group/{group}/member`.
pub(crate) fn members(call: &mut Call<'_>, group: &str) -> Answer {
    let admins_only = call.switches().member_admin.unwrap_or(call.core.version.is_ten());
    if admins_only {
        call.require_viewer()?;
        call.require_admin()?;
    } else {
        call.require_viewer()?;
    }
    let group = group_named(call, group)?;
    let window = window(call, 200)?;
    let style = Style::plain(call);
    let nested;
    let mut rows: &[AccountId] = &call.state.group(group).members;
    if call.switches().members_nested {
        nested = call.state.nested_members(group);
        rows = &nested;
    }
    let enabled;
    if !call.switches().disabled_in_members {
        enabled = rows.iter().copied().filter(|id| call.state.account(*id).active).collect::<Vec<_>>();
        rows = &enabled;
    }
    Ok(page(call, window, rows.len(), |row| person(call, rows[row], style)))
}

/// `GET /rest/api/user/memberof?username=` or `?key=`.
pub(crate) fn member_of(call: &mut Call<'_>) -> Answer {
    call.require_viewer()?;
    let window = window(call, 200)?;
    let groups = match accounts::named(call)? {
        Some(id) => call.state.groups_of(id, call.switches().member_of_nested),
        None if call.switches().member_of_unknown == MemberOfUnknown::EmptyPage => Vec::new(),
        None => return Err(Reply::error(404, "No such user")),
    };
    Ok(page(call, window, groups.len(), |row| group_object(call, groups[row])))
}
