//! Undo restores what a run changed, and leaves alone what somebody changed since (I13).

use crate::stage::Stage;
use crate::witness::{THE_IDLE, accounts, items, of, text};
use serde_json::json;

const ACTIONS: [&str; 3] = ["remove-groups=confluence-users", "add-groups=confluence-inactive", "disable"];

/// A run that changed the five idle people; the site before it, and the run's id.
fn changed() -> (Stage, crate::witness::Sight, String) {
    let stage = Stage::with(60);
    let (id, _) = stage.plan(THE_IDLE, &ACTIONS);
    let before = stage.sight();
    let (ended, run) = stage.apply(&id);
    ended.ends(0);
    assert_ne!(stage.sight(), before);
    (stage, before, text(&run["id"]))
}

#[test]
fn undo_is_a_plan_like_any_other_and_restores_everything() {
    let (stage, before, run) = changed();
    let plan = stage.run(&["runs", "undo", &run, "--format", "json"]).ends(0).json();
    assert_eq!(items(&plan).len(), 15);
    assert_ne!(stage.sight(), before, "planning changes nothing");
    stage.apply(&text(&plan["id"])).0.ends(0);
    assert_eq!(stage.sight(), before);
    for kind in ["plan.made", "run.created", "run.finished"] {
        assert_eq!(stage.audit(kind).len(), 2, "{kind}");
    }
    stage.run(&["audit", "verify"]).ends(0);
}

#[test]
fn undo_leaves_alone_what_somebody_changed_since() {
    let (stage, before, run) = changed();
    stage.site.with_state(|state| {
        // One was enabled again by hand, one given back a group, one taken out of the group that the run put them in.
        state.set_enabled("formula", true).expect("enabled");
        state.add_to_group("at", "confluence-users").expect("joined");
        state.remove_from_group("bold", "confluence-inactive").expect("left");
    });
    let plan = stage.run(&["runs", "undo", &run, "--format", "json"]).ends(0).json();
    assert_eq!(
        (of(&plan, "formula").len(), of(&plan, "at").len(), of(&plan, "bold").len()),
        (2, 2, 2),
        "{plan:#}"
    );
    stage.apply(&text(&plan["id"])).0.ends(0);
    assert_eq!(stage.sight(), before, "what is left is restored");
}

#[test]
fn undo_looks_again_before_each_item_as_every_run_does() {
    let (stage, _, run) = changed();
    let plan = stage.run(&["runs", "undo", &run, "--format", "json"]).ends(0).json();
    stage.run(&["exempt", "add", "wiki", "--account", "formula", "--reason", "under investigation"]).ends(0);
    stage.site.clear_journal();
    let (_, undone) = stage.apply(&text(&plan["id"]));
    assert_eq!(of(&undone, "formula")[0]["outcome"], "drifted");
    assert_eq!(stage.writes_about("formula"), Vec::<String>::new());
    assert_eq!(stage.status("formula"), "disabled");
    assert_eq!(stage.status("at"), "enabled");
}

#[test]
fn undo_of_a_stopped_run_restores_only_what_it_changed() {
    let stage = Stage::with(60);
    stage.run(&["site", "set", "wiki", "--concurrency", "1"]).ends(0);
    let (id, _) = stage.plan(THE_IDLE, &["disable"]);
    let before = stage.sight();
    stage.run_killed_at("recorded:2", &["apply", &id, "--yes"]);
    let run = text(&stage.newest_run()["id"]);
    stage.run(&["runs", "stop", &run]).ends(0);
    let plan = stage.run(&["runs", "undo", &run, "--format", "json"]).ends(0).json();
    assert!((1..=3).contains(&accounts(&plan).len()), "{plan:#}");
    stage.apply(&text(&plan["id"])).0.ends(0);
    // An item whose outcome was never recorded may have happened: finishing the run, then undoing it, settles that.
    let left: Vec<_> = before.iter().filter(|(name, was)| stage.sight()[*name] != **was).collect();
    assert!(left.len() <= 1, "{left:#?}");
}

#[test]
fn undo_of_an_undo_does_it_again() {
    let (stage, _, run) = changed();
    let after = stage.sight();
    let plan = text(&stage.run(&["runs", "undo", &run, "--format", "json"]).ends(0).json()["id"]);
    let undone = text(&stage.apply(&plan).1["id"]);
    let again = text(&stage.run(&["runs", "undo", &undone, "--format", "json"]).ends(0).json()["id"]);
    stage.apply(&again).0.ends(0);
    assert_eq!(stage.sight(), after);
}

#[test]
fn there_is_nothing_to_undo_of_a_test_run_or_of_one_that_changed_nothing() {
    let stage = Stage::with(60);
    let args = ["plan", "wiki", "--select", THE_IDLE, "--action", "disable", "--test", "--format", "json"];
    let plan = stage.run(&args).json();
    let test = text(&stage.apply(&text(&plan["id"])).1["id"]);
    let refused = stage.run(&["runs", "undo", &test]).ends(2);
    assert!(refused.err.contains("test run"), "{}", refused.err);
    let (id, plan) = stage.plan("username = \"nobody\"", &["disable"]);
    assert_eq!(plan["items"], json!([]));
    let empty = text(&stage.apply(&id).1["id"]);
    stage.run(&["runs", "undo", &empty]).ends(2);
    stage.run(&["runs", "undo", "no-such-run"]).ends(2);
}
