//! The controls of a simulated site, on a port of their own: journal, state, faults, clock, reset.

use std::sync::Arc;

use http_body_util::{BodyExt, Limited};
use hyper::Response;
use hyper::body::{Bytes, Incoming};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::faults::Faults;
use crate::http::{Cut, Kind, Reply, Request, Wire, wire};
use crate::site::Core;
use crate::state::{AccountPatch, GroupView, StateError};

/// Rows of `GET /state` where no limit is given.
const ROWS: usize = 1000;
/// Largest body of a control request.
const BODY_LIMIT: usize = 16 << 20;

/// Answers one control request.
pub(crate) async fn serve(
    core: Arc<Core>,
    incoming: hyper::Request<Incoming>,
) -> Result<Response<Wire>, Cut> {
    let (parts, body) = incoming.into_parts();
    let body = Limited::new(body, BODY_LIMIT).collect().await.map(http_body_util::Collected::to_bytes);
    let request = Request::new(&parts, body.unwrap_or_else(|_| Bytes::new()), "");
    // A reset makes the population anew: a second of pure work for a large site.
    let answered = tokio::task::spawn_blocking(move || answer(&core, &request)).await;
    Ok(wire(answered.unwrap_or_else(|error| problem(500, &error.to_string()))))
}

fn problem(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({"error": message}))
}

fn answer(core: &Core, request: &Request) -> Reply {
    let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    match (request.method.as_str(), segments.as_slice()) {
        ("GET", []) => Reply::ok(&json!({
            "url": core.base_url,
            "version": core.version.to_string(),
            "controls": ["/journal", "/state", "/faults", "/clock", "/reset"],
        })),
        ("GET", ["journal"]) => {
            let after = request.param("after").and_then(|text| text.parse().ok()).unwrap_or(0);
            Reply::ok(&core.journal.read(request.param("writes") == Some("true"), after))
        }
        ("DELETE", ["journal"]) => {
            core.journal.clear();
            Reply::empty(204)
        }
        ("GET", ["state"]) => state(core, request),
        ("PUT", ["state", "accounts", name]) => patch_account(core, name, &request.body),
        ("PUT", ["state", "groups", name]) => put_group(core, name),
        ("GET", ["faults"]) => shown(&core.conditions().faults),
        ("PUT", ["faults"]) => set_faults(core, &request.body),
        ("DELETE", ["faults"]) => replace(core, Faults::default()),
        ("GET", ["clock"]) => Reply::ok(&json!({"now": core.clock.now()})),
        ("PUT", ["clock"]) => set_clock(core, &request.body),
        ("POST", ["reset"]) => {
            core.reset();
            Reply::empty(204)
        }
        (_, ["journal" | "state" | "faults" | "clock" | "reset", ..]) => {
            problem(405, &format!("{} does not fit {}", request.method, request.raw_path))
        }
        _ => problem(404, &format!("the controls have no {}", request.raw_path)),
    }
}

/// What goes wrong, without what does not.
fn shown(faults: &Faults) -> Reply {
    match serde_json::to_value(faults) {
        Ok(value) => Reply::ok(&value),
        Err(error) => problem(500, &error.to_string()),
    }
}

/// Switches that are not named keep the value of the options.
fn set_faults(core: &Core, body: &[u8]) -> Reply {
    let read = || -> Result<Faults, String> {
        let mut value: Value = serde_json::from_slice(body).map_err(|error| format!("not JSON: {error}"))?;
        if let Some(Value::Object(given)) = value.get_mut("switches") {
            let own = serde_json::to_value(&core.options.switches).map_err(|error| error.to_string())?;
            let Value::Object(mut merged) = own else { return Err("switches must be an object".to_owned()) };
            merged.append(given);
            *given = merged;
        }
        serde_json::from_value(value).map_err(|error| error.to_string())
    };
    match read() {
        Ok(faults) => replace(core, faults),
        Err(error) => problem(400, &format!("faults: {error}")),
    }
}

fn replace(core: &Core, faults: Faults) -> Reply {
    match core.set_faults(faults) {
        Ok(()) => Reply::empty(204),
        Err(error) => problem(400, &error.to_string()),
    }
}

fn set_clock(core: &Core, body: &[u8]) -> Reply {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Clock {
        now: jiff::Timestamp,
    }
    match serde_json::from_slice::<Clock>(body) {
        Ok(clock) => {
            core.clock.set(clock.now);
            Reply::empty(204)
        }
        Err(error) => problem(400, &format!("clock: {error}")),
    }
}

fn state(core: &Core, request: &Request) -> Reply {
    let state = core.state();
    if let Some(name) = request.param("account") {
        return match state.account_view(name) {
            Some(view) => Reply::ok(&view),
            None => refused(&StateError::NoAccount(name.to_owned())),
        };
    }
    if let Some(name) = request.param("group") {
        let members = state.member_names(name);
        return match (state.group_views().find(|group| group.name == name), members) {
            (Some(GroupView { children, synced, gives_seat, .. }), Ok(members)) => Reply::ok(&json!({
                "name": name, "members": members, "children": children, "synced": synced, "givesSeat": gives_seat,
            })),
            (_, Err(error)) => refused(&error),
            (None, _) => refused(&StateError::NoGroup(name.to_owned())),
        };
    }
    let number = |name: &str, default: usize| {
        request.param(name).and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let (accounts, seats, groups) = state.counts();
    let rows: Vec<_> = state.account_views().skip(number("start", 0)).take(number("limit", ROWS)).collect();
    Reply::ok(&json!({
        "version": core.version.to_string(),
        "now": core.clock.now(),
        "counts": {"accounts": accounts, "seats": seats, "groups": groups, "seatLimit": state.seat_limit},
        "directories": state.directories(),
        "accounts": rows,
        "groups": state.group_views().collect::<Vec<_>>(),
    }))
}

fn refused(error: &StateError) -> Reply {
    let status = if matches!(error, StateError::Exists(_)) { 409 } else { 404 };
    problem(status, &error.to_string())
}

fn patch_account(core: &Core, name: &str, body: &[u8]) -> Reply {
    let patch: AccountPatch = match serde_json::from_slice(body) {
        Ok(patch) => patch,
        Err(error) => return problem(400, &format!("account: {error}")),
    };
    match core.state().patch_account(name, &patch) {
        Ok(view) => Reply::ok(&view),
        Err(error) => refused(&error),
    }
}

/// Makes a group that is not there.
fn put_group(core: &Core, name: &str) -> Reply {
    match core.state().add_group(name) {
        Ok(()) | Err(StateError::Exists(_)) => Reply { kind: Kind::None, ..Reply::empty(204) },
        Err(error) => refused(&error),
    }
}
