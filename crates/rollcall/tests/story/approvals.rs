//! Who must agree before a plan is applied, and which plans are not applied any more.

use crate::stage::{Ended, Stage};
use crate::witness::{IDLE, THE_IDLE, hex, python, text};
use serde_json::json;

fn body(more: &str) -> String {
    format!("    select: {THE_IDLE}\n    actions: [disable]\n    limits: {{ percent: 100 }}\n{more}")
}

/// The program in the hands of somebody else than `ada`.
fn by(stage: &Stage, operator: &str, args: &[&str]) -> Ended {
    stage.command(args).env("ROLLCALL_OPERATOR", operator).output().expect("the program starts").into()
}

#[test]
fn a_plan_above_the_policys_number_waits_for_a_second_person() {
    let stage = Stage::with(60);
    stage.live_policy("idle", &body("    approval: { above: 2, second-person: true }\n"));
    let plan = stage.run(&["run", "idle", "--format", "json"]).ends(4).json();
    let id = text(&plan["id"]);
    assert_eq!(stage.run(&["apply", &id, "--yes"]).code, 4, "not approved yet");
    let own = stage.run(&["approve", &id]).ends(2);
    assert!(own.err.contains("second person"), "{}", own.err);
    assert_eq!(stage.run(&["apply", &id, "--yes"]).code, 4, "nobody approves their own plan");
    stage.assert_nothing_was_sent();

    by(&stage, "grace", &["approve", &id, "--comment", "looks right"]).ends(0);
    let run = stage.run(&["apply", &id, "--yes", "--format", "json"]).ends(0).json();
    assert_eq!((&run["approvedBy"], &run["counts"]["done"]), (&json!("grace"), &json!(5)));
    assert!(IDLE.iter().all(|name| stage.status(name) == "disabled"));
    let approved = stage.audit("plan.approved");
    assert_eq!((&approved[0]["actor"], &approved[0]["why"]), (&json!("grace"), &json!("looks right")));
}

#[test]
fn whoever_approved_may_apply_but_the_maker_cannot_approve_under_another_spelling() {
    let stage = Stage::with(60);
    stage.live_policy("idle", &body("    approval: { second-person: true }\n"));
    let plan = stage.run(&["run", "idle", "--format", "json"]).ends(4).json();
    let id = text(&plan["id"]);
    for spelling in ["ada", "Ada", " ada "] {
        assert_ne!(by(&stage, spelling, &["approve", &id]).code, 0, "\"{spelling}\"");
    }
    stage.assert_nothing_was_sent();
    by(&stage, "grace", &["approve", &id]).ends(0);
    by(&stage, "grace", &["apply", &id, "--yes"]).ends(0);
    assert_eq!(stage.effects().len(), 5);
}

#[test]
fn a_plan_below_the_policys_number_needs_nobody() {
    let stage = Stage::with(60);
    stage.live_policy("idle", &body("    approval: { above: 5, second-person: true }\n"));
    stage.run(&["run", "idle"]).ends(0);
    assert_eq!(stage.effects().len(), 5);
}

#[test]
fn undoing_a_run_of_a_policy_asks_for_the_policys_approval() {
    let stage = Stage::with(60);
    stage.live_policy("idle", &body("    approval: { above: 2, second-person: true }\n"));
    let plan = text(&stage.run(&["run", "idle", "--format", "json"]).ends(4).json()["id"]);
    by(&stage, "grace", &["approve", &plan]).ends(0);
    let run = text(&stage.run(&["apply", &plan, "--yes", "--format", "json"]).ends(0).json()["id"]);
    let undo = text(&stage.run(&["runs", "undo", &run, "--yes", "--format", "json"]).ends(4).json()["id"]);
    assert_eq!(stage.status("formula"), "disabled", "--yes is no approval");
    by(&stage, "grace", &["approve", &undo]).ends(0);
    stage.run(&["apply", &undo, "--yes"]).ends(0);
    assert!(IDLE.iter().all(|name| stage.status(name) == "enabled"));
}

#[test]
fn a_live_plan_is_not_applied_without_a_yes() {
    let stage = Stage::with(60);
    let (id, _) = stage.plan(THE_IDLE, &["disable"]);
    let asked = stage.run(&["apply", &id]).ends(4);
    assert!(asked.err.contains("--yes"), "{}", asked.err);
    stage.assert_nothing_was_sent();
}

/// Replaces the stored head and body of a plan behind the program's back.
const REPLACE: &str = r#"
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
changed = db.execute("UPDATE plans SET expires_at = ?, body = ? WHERE id = ?", (int(sys.argv[3]), bytes.fromhex(sys.argv[4]), sys.argv[2]))
assert changed.rowcount == 1
db.commit()
"#;

const READ: &str = r#"
import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute("SELECT hex(body) FROM plans WHERE id = ?", (sys.argv[2],)).fetchone()[0])
"#;

fn database(stage: &Stage) -> String {
    stage.folder.path().join("data/rollcall.db").display().to_string()
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.trim().as_bytes().chunks(2);
    digits.map(|two| u8::from_str_radix(std::str::from_utf8(two).expect("hex"), 16).expect("hex")).collect()
}

#[test]
fn an_expired_plan_is_refused() {
    let stage = Stage::with(60);
    stage.live_policy("idle", &body("    approval: { second-person: true }\n    plan-expiry: 1h\n"));
    let plan = stage.run(&["run", "idle", "--format", "json"]).ends(4).json();
    let made: jiff::Timestamp = text(&plan["madeAt"]).parse().expect("an instant");
    let expires: jiff::Timestamp = text(&plan["expiresAt"]).parse().expect("an instant");
    assert_eq!(expires.duration_since(made), jiff::SignedDuration::from_hours(1));
    let id = text(&plan["id"]);
    by(&stage, "grace", &["approve", &id]).ends(0);
    // Nobody waits an hour here: the stored plan is made to have expired at the moment it was made.
    let Some(packed) = python(READ, &[&database(&stage), &id]) else { return };
    let unpacked = zstd::decode_all(bytes(&packed).as_slice()).expect("a compressed body");
    let mut stored: serde_json::Value = serde_json::from_slice(&unpacked).expect("a plan");
    let expiry = stored.get_mut("expires-at").expect("the expiry of the plan");
    *expiry = text(&plan["madeAt"]).into();
    let packed = zstd::bulk::compress(stored.to_string().as_bytes(), 3).expect("packed");
    let at = made.as_microsecond().to_string();
    python(REPLACE, &[&database(&stage), &id, &at, &hex(&packed)]);
    let refused = stage.run(&["apply", &id, "--yes"]);
    assert!(refused.code != 0 && refused.err.contains("expired"), "{}", refused.err);
    stage.assert_nothing_was_sent();
}

#[test]
fn a_plan_on_the_snapshot_of_another_site_is_refused() {
    let stage = Stage::with(60);
    let token = stage.folder.path().join("token").display().to_string();
    stage
        .run(&[
            "site",
            "add",
            "copy",
            "--url",
            &stage.site.url(),
            "--token-file",
            &token,
            "--records-every-login",
            "true",
        ])
        .ends(0);
    let (id, _) = stage.plan(THE_IDLE, &["disable"]);
    let args = [
        "plan",
        "copy",
        "--select",
        THE_IDLE,
        "--action",
        "disable",
        "--max-percent",
        "100",
        "--format",
        "json",
    ];
    let other = text(&stage.run(&args).ends(0).json()["id"]);
    let Some(body) = python(READ, &[&database(&stage), &other]) else { return };
    let far = "4102444800000000";
    python(REPLACE, &[&database(&stage), &id, far, body.trim()]);
    let refused = stage.run(&["apply", &id, "--yes"]);
    assert!(refused.code != 0 && refused.err.contains("another plan, site or snapshot"), "{}", refused.err);
    stage.assert_nothing_was_sent();
    // The one that was left alone is good.
    stage.run(&["apply", &other, "--yes"]).ends(0);
}

#[test]
fn a_plan_goes_with_its_site() {
    let stage = Stage::with(60);
    let (id, _) = stage.plan(THE_IDLE, &["disable"]);
    stage.run(&["site", "remove", "wiki", "--yes"]).ends(0);
    let token = stage.folder.path().join("token").display().to_string();
    stage.run(&["site", "add", "wiki", "--url", &stage.site.url(), "--token-file", &token]).ends(0);
    assert_ne!(stage.run(&["apply", &id, "--yes"]).code, 0);
    stage.assert_nothing_was_sent();
}
