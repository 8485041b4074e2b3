//! The rules of the house (ARCHITECTURE.md), read from `cargo metadata`: which room may know which, and which outside crate may be
//! used where. A new room fails here until it is given its place.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Every room with the rooms it may use. Order: from the bottom up.
const ROOMS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("audit", &["model"]),
    ("snapshot", &["model"]),
    ("criteria", &["model", "snapshot"]),
    ("planner", &["model", "snapshot", "criteria"]),
    ("report", &["model"]),
    ("site", &["model"]),
    ("store", &["model", "audit"]),
    ("mail", &["model"]),
    ("atlassian", &["model", "site"]),
    ("simulator", &[]),
    ("outlet", &["model"]),
    ("oidc", &[]),
    (
        "engine",
        &["model", "snapshot", "criteria", "planner", "audit", "report", "site", "store", "mail", "outlet"],
    ),
    ("server", &["model", "snapshot", "criteria", "planner", "audit", "report", "engine", "oidc"]),
    ("testkit", &[]),
    (
        "rollcall",
        &[
            "model",
            "snapshot",
            "criteria",
            "planner",
            "audit",
            "report",
            "site",
            "atlassian",
            "engine",
            "oidc",
            "server",
            "simulator",
        ],
    ),
];

/// Rooms that compute and do nothing else: no runtime, no database, no network, anywhere below them.
const PURE: &[&str] = &["model", "snapshot", "criteria", "planner", "audit", "report"];
const IMPURE: &[&str] =
    &["tokio", "async-std", "smol", "sqlx", "rusqlite", "reqwest", "hyper", "axum", "lettre", "ureq"];

/// Outside crates that only some rooms may use directly.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("sqlx", &["store"]),
    ("reqwest", &["atlassian", "outlet", "oidc"]),
    ("axum", &["server"]),
    ("hyper", &["simulator", "server"]),
    ("lettre", &["mail"]),
    ("anyhow", &["rollcall"]),
    ("clap", &["rollcall"]),
    ("governor", &["atlassian"]),
    ("openidconnect", &["oidc"]),
    ("argon2", &["engine"]),
    ("opentelemetry-otlp", &["rollcall"]),
];

struct House {
    /// Package name → direct normal dependencies.
    direct: BTreeMap<String, BTreeSet<String>>,
    /// Package id → ids it depends on (normal dependencies), for what lies below.
    below: BTreeMap<String, Vec<String>>,
    name_of: BTreeMap<String, String>,
}

fn house() -> House {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo metadata runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let list = |v: &Value| v.as_array().cloned().unwrap_or_default();
    let members: BTreeSet<String> = list(&metadata["workspace_members"]).iter().map(text).collect();
    let mut house = House { direct: BTreeMap::new(), below: BTreeMap::new(), name_of: BTreeMap::new() };
    for package in list(&metadata["packages"]) {
        house.name_of.insert(text(&package["id"]), text(&package["name"]));
        if members.contains(&text(&package["id"])) {
            let normal = list(&package["dependencies"]).into_iter().filter(|d| d["kind"].is_null());
            house.direct.insert(text(&package["name"]), normal.map(|d| text(&d["name"])).collect());
        }
    }
    for node in list(&metadata["resolve"]["nodes"]) {
        let is_normal = |d: &Value| list(&d["dep_kinds"]).iter().any(|k| k["kind"].is_null());
        let deps = list(&node["deps"]).into_iter().filter(is_normal).map(|d| text(&d["pkg"])).collect();
        house.below.insert(text(&node["id"]), deps);
    }
    house
}

fn package(room: &str) -> String {
    if room == "rollcall" { room.to_owned() } else { format!("rollcall-{room}") }
}

#[test]
fn every_room_knows_only_what_is_below_it() {
    let house = house();
    let known: BTreeSet<String> = ROOMS.iter().map(|(room, _)| package(room)).collect();
    let there: BTreeSet<String> = house.direct.keys().cloned().collect();
    assert_eq!(known, there, "a room without a place on the map, or a place without a room");
    for (room, may_use) in ROOMS {
        let may_use: BTreeSet<String> = may_use.iter().map(|r| package(r)).collect();
        let uses: BTreeSet<String> = house.direct[&package(room)].intersection(&known).cloned().collect();
        let beyond: Vec<_> = uses.difference(&may_use).collect();
        assert!(beyond.is_empty(), "room {room} may not use {beyond:?}");
    }
}

#[test]
fn the_map_has_no_cycle() {
    for (at, (room, may_use)) in ROOMS.iter().enumerate() {
        for used in *may_use {
            let below = ROOMS[..at].iter().any(|(r, _)| r == used);
            assert!(below, "{room} uses {used}, which is not below it on the map");
        }
    }
}

#[test]
fn pure_rooms_have_no_runtime_database_or_network_below_them() {
    let house = house();
    for room in PURE {
        let name = package(room);
        let root = house.name_of.iter().find(|(_, n)| **n == name).expect("the room is a package").0;
        let (mut seen, mut open) = (BTreeSet::new(), vec![root.clone()]);
        while let Some(id) = open.pop() {
            if seen.insert(id.clone()) {
                open.extend(house.below.get(&id).cloned().unwrap_or_default());
            }
        }
        let names: BTreeSet<&str> = seen.iter().map(|id| house.name_of[id].as_str()).collect();
        let found: Vec<_> = IMPURE.iter().filter(|i| names.contains(**i)).collect();
        assert!(found.is_empty(), "pure room {room} has {found:?} below it");
    }
}

#[test]
fn outside_crates_stay_in_their_rooms() {
    let house = house();
    for (outside, rooms) in ONLY_IN {
        let allowed: BTreeSet<String> = rooms.iter().map(|r| package(r)).collect();
        let users: Vec<_> =
            house.direct.iter().filter(|(_, deps)| deps.contains(*outside)).map(|(n, _)| n).collect();
        let strangers: Vec<_> = users.iter().filter(|u| !allowed.contains(**u)).collect();
        assert!(strangers.is_empty(), "{outside} belongs in {rooms:?}, but {strangers:?} use it too");
        assert!(!users.is_empty(), "the rule about {outside} is about nothing: no room uses it");
    }
}
