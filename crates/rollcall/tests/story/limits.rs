//! Limits stop a run before its first write; a canary and a limit of failures stop it early (I4).

use crate::stage::Stage;
use crate::witness::{THE_IDLE, items, of, text};
use rollcall_simulator::{Fault, Faults, Rule};
use serde_json::json;

fn body(who: &str, limits: &str) -> String {
    format!("    select: {who}\n    actions: [disable]\n    limits: {limits}\n")
}

/// The live run of a policy is held up by the named limit, and nothing was sent.
#[track_caller]
fn assert_held(stage: &Stage, policy: &str, limit: &str) {
    let plan = stage.run(&["run", policy, "--format", "json"]).ends(4).json();
    assert_eq!(plan["limits"][limit]["verdict"], "exceeded", "{:#}", plan["limits"]);
    assert!(!items(&plan).is_empty(), "the plan shows everything");
    // Nor can it be applied, or approved, by hand.
    let id = text(&plan["id"]);
    stage.run(&["apply", &id, "--yes"]).ends(4);
    assert_ne!(stage.run(&["approve", &id]).code, 0);
    stage.assert_nothing_was_sent();
}

#[test]
fn a_limit_of_accounts_stops_a_run_before_its_first_write() {
    let stage = Stage::with(60);
    stage.live_policy("idle", &body(THE_IDLE, "{ accounts: 4, percent: 100 }"));
    assert_held(&stage, "idle", "accounts");
}

#[test]
fn a_limit_of_percent_stops_a_run_before_its_first_write() {
    let stage = Stage::with(60);
    stage.live_policy("idle", &body(THE_IDLE, "{ percent: 5 }"));
    assert_held(&stage, "idle", "percent");
}

#[test]
fn somebody_active_within_thirty_days_stops_a_run_unless_the_policy_names_fewer() {
    let stage = Stage::with(60);
    let yesterday = crate::stage::now() - jiff::SignedDuration::from_hours(24);
    stage.site.with_state(|state| state.log_in("single", yesterday)).expect("logs in");
    stage.live_policy(
        "anybody",
        &format!("{}    grace: 0d\n", body("username = \"single\"", "{ percent: 100 }")),
    );
    assert_held(&stage, "anybody", "minimum idle");
    stage.live_policy(
        "whoever",
        &format!("{}    grace: 0d\n", body("username = \"single\"", "{ percent: 100, minimum-idle: 0d }")),
    );
    stage.run(&["run", "whoever"]).ends(0);
    assert_eq!(stage.status("single"), "disabled");
}

#[test]
fn growth_against_the_last_run_stops_a_run_before_its_first_write() {
    let stage = Stage::with(200);
    let who = "status = enabled AND lastLogin < -90d AND username IN";
    let few = format!("{who} (\"formula\")");
    let one = "{ percent: 100, growth: 1x }";
    stage.live_policy("idle", &body(&few, one));
    stage.run(&["run", "idle"]).ends(0);
    stage.site.clear_journal();
    let many = "status = enabled AND lastLogin < -90d AND NOT username = \"ops/night\"";
    stage.live_policy("idle", &body(many, one));
    assert_held(&stage, "idle", "growth");
}

#[test]
fn a_canary_that_goes_wrong_ends_the_run_before_the_rest_begins() {
    let stage = Stage::with(60);
    stage.live_policy("idle", &body(THE_IDLE, "{ percent: 100, canary: 2 }"));
    let rule = Rule { writes: Some(true), ..Rule::new(Fault::Ignored) };
    stage.site.set_faults(Faults { rules: vec![rule], ..Faults::default() });
    let run = stage.run(&["run", "idle", "--format", "json"]).ends(4).json();
    assert_eq!(run["state"], "stopped");
    assert!(text(&run["stoppedBecause"]).contains("canary"), "{}", run["stoppedBecause"]);
    assert_eq!(stage.site.writes().len(), 2, "the canary and nobody else");
    assert_eq!(
        (&run["counts"]["failed"], &run["counts"]["stopped"]),
        (&json!(2), &json!(3)),
        "{:#}",
        run["counts"]
    );
}

#[test]
fn a_canary_that_goes_well_is_followed_by_the_rest() {
    let stage = Stage::with(60);
    stage.live_policy("idle", &body(THE_IDLE, "{ percent: 100, canary: 2 }"));
    let run = stage.run(&["run", "idle", "--format", "json"]).ends(0).json();
    assert_eq!(run["counts"]["done"], 5);
}

#[test]
fn a_run_stops_at_the_limit_of_failures() {
    let stage = Stage::with(100);
    let who = "status = enabled AND lastLogin < -90d AND NOT username = \"ops/night\"";
    stage.run(&["site", "set", "wiki", "--concurrency", "1"]).ends(0);
    stage.live_policy("idle", &body(who, "{ percent: 100, failures: 3 }"));
    let rule = Rule { writes: Some(true), ..Rule::new(Fault::Status { status: 400, retry_after: None }) };
    stage.site.set_faults(Faults { rules: vec![rule], ..Faults::default() });
    let run = stage.run(&["run", "idle", "--format", "json"]).ends(4).json();
    assert_eq!(
        (&run["state"], &run["counts"]["failed"]),
        (&json!("stopped"), &json!(3)),
        "{:#}",
        run["counts"]
    );
    assert!(text(&run["stoppedBecause"]).contains("limits.failures"), "{}", run["stoppedBecause"]);
    assert_eq!(stage.site.writes().len(), 3);
    // The site is well again: going on serves those who were not begun, and does not try the failed ones again.
    stage.site.set_faults(Faults::default());
    stage.site.clear_journal();
    let id = text(&run["id"]);
    let resumed = stage.run(&["runs", "resume", &id, "--format", "json"]).ends(3).json();
    assert_eq!(resumed["state"], "done");
    assert_eq!(resumed["counts"]["failed"], 3);
    assert_eq!(stage.effects().len(), items(&resumed).len() - 3);
}

#[test]
fn a_selection_by_hand_has_limits_too() {
    let stage = Stage::with(60);
    let args = ["plan", "wiki", "--select", THE_IDLE, "--action", "disable", "--format", "json"];
    let plan = stage.run(&args).ends(4).json();
    assert_eq!(plan["limits"]["percent"]["verdict"], "exceeded", "5 percent of 60 are 3");
    stage.run(&["apply", &text(&plan["id"]), "--yes"]).ends(4);
    stage.assert_nothing_was_sent();
    assert_eq!(of(&plan, "formula").len(), 1);
}
