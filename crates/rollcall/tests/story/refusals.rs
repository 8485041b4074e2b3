//! No silent substitute (I6): what cannot be done is refused in the plan when it can be known, else fails with a clear reason.

use crate::stage::{Stage, now};
use crate::witness::{IDLE, THE_IDLE, accounts, items, of, text};
use rollcall_simulator::{AccountPatch, Fault, Faults, ForbiddenWrite, Mix, Options, Rule};
use serde_json::{Value, json};

/// A site whose answer to a forbidden write is this; `formula` lives in a directory that forbids every write, and the site does
/// not tell which directory anybody is in.
fn with_read_only(answer: ForbiddenWrite) -> Stage {
    let mut options = Options::new("10.2.0", 60, 7, now());
    options.mix = Mix::all_writable();
    options.switches.forbidden_write = answer;
    let stage = Stage::on(options, None).writable();
    let away = AccountPatch { directory: Some("Partner LDAP".to_owned()), ..AccountPatch::default() };
    stage.site.with_state(|state| state.patch_account("formula", &away)).expect("moved");
    stage
}

/// The item about `formula` failed, and everybody else's was done.
#[track_caller]
fn assert_failed(answer: ForbiddenWrite, words: &str) {
    let stage = with_read_only(answer);
    let (id, _) = stage.plan(THE_IDLE, &["disable"]);
    let (ended, run) = stage.apply(&id);
    ended.ends(3);
    assert_eq!(run["state"], "done");
    let item = of(&run, "formula")[0];
    assert_eq!(item["outcome"], "failed", "{item:#}");
    assert!(text(&item["reason"]).contains(words), "\"{words}\" is not in {}", item["reason"]);
    assert_eq!(stage.status("formula"), "enabled");
    assert_eq!(run["counts"]["done"], json!(IDLE.len() - 1), "{:#}", run["counts"]);
    assert_eq!(stage.effects().len(), IDLE.len() - 1);
}

#[test]
fn a_write_that_a_read_only_directory_swallows_is_noticed_by_reading_back() {
    assert_failed(ForbiddenWrite::Silent204, "nothing changed");
}

#[test]
fn a_write_that_a_read_only_directory_forbids_fails_alone() {
    assert_failed(ForbiddenWrite::Status403, "may be read-only");
}

#[test]
fn a_write_that_a_read_only_directory_rejects_fails_alone() {
    assert_failed(ForbiddenWrite::Status400, "read-only");
}

#[test]
fn a_write_that_a_read_only_directory_answers_with_an_error_of_the_server_fails_alone() {
    assert_failed(ForbiddenWrite::Status500, "500");
}

#[test]
fn an_account_in_a_directory_known_to_be_read_only_is_refused_in_the_plan() {
    let stage = Stage::on(Options::new("10.2.0", 100, 7, now()), None);
    let refused = |plan: &Value| plan["refused"].as_array().expect("refused").clone();
    let (id, plan) = stage.plan("status = enabled AND lastLogin < -90d AND writable = false", &["disable"]);
    if refused(&plan).is_empty() && items(&plan).is_empty() {
        // The site does not tell who lives where: then nobody is refused for it, and reading back decides.
        assert!(
            !stage.run(&["accounts", "wiki", "writable IS UNKNOWN", "--count"]).ends(0).out.starts_with('0')
        );
        return;
    }
    assert_eq!(items(&plan).len(), 0, "{plan:#}");
    for row in refused(&plan) {
        assert!(text(&row["reason"]).contains("read-only"), "{row:#}");
    }
    stage.apply(&id);
    stage.assert_nothing_was_sent();
}

#[test]
fn an_account_that_no_address_can_name_is_refused_in_the_plan_with_the_way_round() {
    let stage = Stage::with(60);
    let who = "username = \"ops/night\" OR username = \"formula\"";
    let (_, plan) =
        stage.plan(&format!("({who}) AND idle >= 90d"), &["remove-groups=confluence-users", "disable"]);
    assert_eq!(accounts(&plan), ["formula".to_owned()].into());
    let refused = &plan["refused"][0];
    assert_eq!(refused["account"], "ops/night");
    assert!(text(&refused["reason"]).contains("Rename"), "{refused:#}");
}

#[test]
fn an_action_the_site_cannot_do_is_refused_at_once() {
    let stage = Stage::with(60);
    for action in
        ["suspend", "remove-from-directory", "reset-password", "change-directory=to:Corporate LDAP,mode:move"]
    {
        let refused = stage.run(&["plan", "wiki", "--select", THE_IDLE, "--action", action]).ends(2);
        assert!(refused.err.contains(action.split('=').next().expect("a name")), "{}", refused.err);
    }
    stage.policy("cloudy", &format!("    select: {THE_IDLE}\n    actions: [suspend]\n"));
    stage.run(&["policy", "enable", "cloudy"]);
    stage.run(&["run", "cloudy"]).ends(2);
    stage.assert_nothing_was_sent();
}

#[test]
fn a_delete_never_becomes_a_disable() {
    let stage = Stage::with(60);
    let (id, plan) = stage.plan(THE_IDLE, &["delete"]);
    assert!(items(&plan).iter().all(|item| item["undo"] == false), "the plan says that it cannot be undone");
    stage.site.set_faults(Faults { task_fails: true, ..Faults::default() });
    let (ended, run) = stage.apply(&id);
    assert_ne!(ended.code, 0);
    assert!(items(&run).iter().all(|item| item["outcome"] != "done"), "{run:#}");
    assert!(IDLE.iter().all(|name| stage.status(name) == "enabled"));
    assert!(stage.site.writes().iter().all(|write| !write.path.contains("disable")));
}

#[test]
fn deleting_deletes_and_cannot_be_undone() {
    let stage = Stage::with(60);
    let (id, _) = stage.plan(THE_IDLE, &["delete"]);
    let (ended, run) = stage.apply(&id);
    ended.ends(0);
    let keys: Vec<String> = items(&run).iter().map(|item| text(&item["key"])).collect();
    let deleted = stage.site.with_state(|state| {
        let views = state.account_views().filter(|v| keys.contains(&v.user_key));
        views.filter(|v| v.status == "deleted").count()
    });
    assert_eq!((keys.len(), deleted), (5, 5));
    let undo = stage.run(&["runs", "undo", &text(&run["id"]), "--format", "json"]);
    assert!(undo.code != 0 || items(&undo.json()).is_empty(), "{}", undo.out);
}

#[test]
fn read_only_access_mode_ends_a_run_before_its_first_write() {
    let stage = Stage::with(60);
    let (id, _) = stage.plan(THE_IDLE, &["disable"]);
    stage.site.set_faults(Faults { read_only_mode: true, ..Faults::default() });
    let ended = stage.apply(&id).0.ends(1);
    assert!((ended.out + &ended.err).contains("read-only"), "the reason is told");
    stage.assert_nothing_was_sent();
    stage.site.set_faults(Faults::default());
    let run = text(&stage.newest_run()["id"]);
    let resumed = stage.run(&["runs", "resume", &run, "--format", "json"]).ends(0).json();
    assert_eq!(resumed["counts"]["done"], 5);
}

#[test]
fn read_only_access_mode_in_the_middle_ends_a_run_and_resuming_finishes_it() {
    let stage = Stage::with(60);
    stage.run(&["site", "set", "wiki", "--concurrency", "1"]).ends(0);
    let (id, _) = stage.plan(THE_IDLE, &["disable"]);
    let rule =
        Rule { writes: Some(true), after: 2, ..Rule::new(Fault::Status { status: 405, retry_after: None }) };
    stage.site.set_faults(Faults { rules: vec![rule], ..Faults::default() });
    let (ended, run) = stage.apply(&id);
    assert_ne!(ended.code, 0);
    assert_eq!(stage.effects().len(), 2);
    stage.site.set_faults(Faults::default());
    if run["state"] != "done" {
        stage.run(&["runs", "resume", &text(&run["id"])]).ends(0);
        assert!(IDLE.iter().all(|name| stage.status(name) == "disabled"));
    }
}
