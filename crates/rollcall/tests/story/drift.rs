//! Between the plan and the run the world goes on (I2): whoever changed is left alone, with both values told.

use crate::stage::{Stage, now};
use crate::witness::{IDLE, THE_IDLE, of, text};
use rollcall_simulator::AccountPatch;
use serde_json::Value;

const ACTIONS: [&str; 2] = ["remove-groups=confluence-users", "disable"];

/// Plans for the five idle people, lets something happen, and applies the plan.
fn after(happening: impl FnOnce(&Stage)) -> (Stage, Value) {
    let stage = Stage::with(60);
    let (id, plan) = stage.plan(THE_IDLE, &ACTIONS);
    assert_eq!(crate::witness::accounts(&plan).len(), IDLE.len(), "{plan:#}");
    happening(&stage);
    let (_, run) = stage.apply(&id);
    assert_eq!(run["state"], "done", "{run:#}");
    (stage, run)
}

/// Somebody has drifted, with these words, and nothing was sent about them; everybody else was served.
#[track_caller]
fn assert_drifted(stage: &Stage, run: &Value, who: &str, words: [&str; 2]) {
    let first = of(run, who)[0];
    assert_eq!(first["outcome"], "drifted", "{first:#}");
    for word in words {
        assert!(text(&first["reason"]).contains(word), "\"{word}\" is not in {}", first["reason"]);
    }
    assert!(of(run, who).iter().all(|item| item["outcome"] != "done"), "{run:#}");
    assert_eq!(stage.writes_about(who), Vec::<String>::new());
    for other in IDLE.iter().filter(|other| **other != who) {
        assert!(of(run, other).iter().all(|item| item["outcome"] == "done"), "{other}: {run:#}");
        assert_eq!(
            (stage.status(other).as_str(), stage.is_member(other, "confluence-users")),
            ("disabled", false)
        );
    }
}

#[test]
fn somebody_who_logs_in_between_plan_and_run_is_left_alone() {
    let (stage, run) =
        after(|stage| stage.site.with_state(|state| state.log_in("formula", now())).expect("logs in"));
    assert_drifted(&stage, &run, "formula", ["was idle when the plan was made", "was active on"]);
    assert_eq!(stage.status("formula"), "enabled");
}

#[test]
fn somebody_who_is_disabled_between_plan_and_run_is_left_alone() {
    let (stage, run) =
        after(|stage| stage.site.with_state(|state| state.set_enabled("formula", false)).expect("disabled"));
    assert_drifted(&stage, &run, "formula", ["was enabled when the plan was made", "is disabled now"]);
    assert!(stage.is_member("formula", "confluence-users"), "the group stays");
}

#[test]
fn somebody_who_joins_a_protected_group_between_plan_and_run_is_left_alone() {
    let (stage, run) = after(|stage| {
        let join = |state: &mut rollcall_simulator::State| {
            state.add_to_group("formula", "confluence-administrators")
        };
        stage.site.with_state(join).expect("joins");
    });
    assert_drifted(&stage, &run, "formula", ["was not protected", "confluence-administrators"]);
}

#[test]
fn somebody_who_is_exempted_between_plan_and_run_is_left_alone() {
    let (stage, run) = after(|stage| {
        stage.run(&["exempt", "add", "wiki", "--account", "formula", "--reason", "on leave"]).ends(0);
    });
    assert_drifted(&stage, &run, "formula", ["was not exempt when the plan was made", "on leave"]);
}

#[test]
fn a_renamed_account_is_left_alone_and_whoever_has_its_name_now_too() {
    let (stage, run) = after(|stage| {
        let name = |new: &str| AccountPatch { username: Some(new.to_owned()), ..AccountPatch::default() };
        stage.site.with_state(|state| {
            state.patch_account("formula", &name("formula-old")).expect("renamed");
            // An innocent gets the name: a program that trusts names would disable them.
            state.patch_account("single", &name("formula")).expect("renamed");
        });
    });
    assert_drifted(
        &stage,
        &run,
        "formula",
        ["\"formula\" when the plan was made", "is called \"formula-old\" now"],
    );
    assert_eq!(stage.writes_about("formula-old"), Vec::<String>::new());
    assert_eq!(
        (stage.status("formula").as_str(), stage.status("formula-old").as_str()),
        ("enabled", "enabled")
    );
}

#[test]
fn somebody_who_is_gone_between_plan_and_run_has_drifted() {
    let (stage, run) = after(|stage| {
        let gone = AccountPatch { unsynced: true, ..AccountPatch::default() };
        stage.site.with_state(|state| state.patch_account("formula", &gone)).expect("gone");
    });
    assert_drifted(&stage, &run, "formula", ["planned on an account that existed", "gone"]);
}

#[test]
fn somebody_for_whom_it_is_so_already_gets_no_request() {
    let stage = Stage::with(60);
    let (id, _) = stage.plan(THE_IDLE, &["disable"]);
    stage.site.with_state(|state| state.set_enabled("formula", false)).expect("disabled");
    let (ended, run) = stage.apply(&id);
    ended.ends(0);
    assert_eq!(of(&run, "formula")[0]["outcome"], "already");
    assert_eq!(stage.writes_about("formula"), Vec::<String>::new());
}

#[test]
fn an_account_that_only_changed_in_ways_that_do_not_matter_is_served() {
    let (stage, run) = after(|stage| {
        let harmless = AccountPatch {
            display_name: Some("New Name".to_owned()),
            email: Some("new@example.com".to_owned()),
            ..AccountPatch::default()
        };
        stage.site.with_state(|state| state.patch_account("formula", &harmless)).expect("changed");
    });
    assert!(of(&run, "formula").iter().all(|item| item["outcome"] == "done"), "{run:#}");
    assert_eq!(stage.status("formula"), "disabled");
}
