//! Test mode changes nothing (I1), and nothing goes live untried (I14).

use crate::stage::Stage;
use crate::witness::{THE_IDLE, items, text};

fn body(actions: &str) -> String {
    format!("    select: {THE_IDLE}\n    actions: {actions}\n    limits: {{ percent: 100 }}\n")
}

#[test]
fn in_test_mode_not_one_writing_request_leaves_the_program() {
    let stage = Stage::with(60);
    let before = stage.sight();
    for (name, actions) in [
        ("disabling", "[disable]"),
        ("moving", "[{ remove-groups: [confluence-users] }, { add-groups: [confluence-inactive] }, disable]"),
        ("freeing", "[remove-licence-groups]"),
        ("deleting", "[delete]"),
    ] {
        stage.policy(name, &body(actions));
        stage.run(&["policy", "enable", name]).ends(0);
        let run = stage.run(&["run", name, "--format", "json"]).ends(0).json();
        assert!(
            items(&run).len() >= 5 && items(&run).iter().all(|item| item["outcome"] == "done"),
            "{run:#}"
        );
    }
    // A selection by hand, too; and stopping at a limit is shown and no harm.
    let args = ["plan", "wiki", "--select", THE_IDLE, "--action", "disable", "--test", "--format", "json"];
    let plan = stage.run(&args).json();
    stage.apply(&text(&plan["id"]));
    stage.assert_nothing_was_sent();
    assert_eq!(stage.sight(), before);
}

#[test]
fn a_policy_goes_live_only_after_a_test_run_of_that_very_version() {
    let stage = Stage::with(60);
    stage.policy("idle", &body("[disable]"));
    let refused = stage.run(&["policy", "enable", "idle", "--live"]).ends(2);
    assert!(refused.err.contains("test run"), "{}", refused.err);
    stage.run(&["policy", "enable", "idle"]).ends(0);
    stage.run(&["policy", "enable", "idle", "--live"]).ends(2);
    // A plan is not a run.
    stage.run(&["plan", "idle"]).ends(0);
    stage.run(&["policy", "enable", "idle", "--live"]).ends(2);
    stage.run(&["run", "idle"]).ends(0);
    stage.run(&["policy", "enable", "idle", "--live"]).ends(0);

    // Another version is off, and has to be tried again.
    stage.policy("idle", &body("[disable, { remove-groups: [confluence-users] }]"));
    let listed = stage.json(&["policy", "list"]);
    assert_eq!((&listed[0]["state"], &listed[0]["tested"]), (&"off".into(), &serde_json::Value::Null));
    stage.run(&["run", "idle"]).ends(2);
    stage.run(&["policy", "enable", "idle", "--live"]).ends(2);
    stage.assert_nothing_was_sent();
}

#[test]
fn a_file_that_says_live_does_not_switch_a_policy_live() {
    let stage = Stage::with(60);
    stage.policy("idle", &format!("    mode: live\n{}", body("[disable]")));
    assert_eq!(stage.json(&["policy", "list"])[0]["state"], "off");
    stage.run(&["run", "idle"]).ends(2);
    stage.assert_nothing_was_sent();
}

#[test]
fn a_test_run_that_was_cut_short_is_no_test_run() {
    let stage = Stage::with(60);
    stage.policy("idle", &body("[disable]"));
    stage.run(&["policy", "enable", "idle"]).ends(0);
    stage.run_killed_at("recorded:2", &["run", "idle"]);
    stage.run(&["policy", "enable", "idle", "--live"]).ends(2);
    // Finishing what was left behind completes it.
    stage.run(&["run", "idle"]).ends(0);
    stage.run(&["policy", "enable", "idle", "--live"]).ends(0);
    stage.assert_nothing_was_sent();
}
