//! Who must agree before a plan is applied, and which plans are not applied any more.

use crate::stage::{Ended, Stage};
use crate::witness::{IDLE, THE_IDLE, python, text};
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

/// Gives a plan the content of another behind the program's back.
const SWAP: &str = r"
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
assert db.execute('UPDATE plans SET body = (SELECT body FROM plans WHERE id = ?) WHERE id = ?', sys.argv[2:4]).rowcount == 1
db.commit()
";

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
    let database = stage.folder.path().join("data/rollcall.db").display().to_string();
    if python(SWAP, &[&database, &other, &id]).is_none() {
        return;
    }
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
