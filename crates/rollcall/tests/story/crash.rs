//! Wherever the process dies, resuming loses nothing and repeats nothing (I7).

use crate::stage::Stage;
use rollcall_simulator::{Fault, Faults, Rule};
use std::collections::BTreeSet;
use std::time::Duration;

/// Everybody idle for three months loses their seat and is disabled: two items each.
const CRITERION: &str = "status = enabled AND directGroup = \"confluence-users\" AND idle >= 90d AND NOT username = \"ops/night\"";
const ACTIONS: [&str; 2] = ["remove-groups=confluence-users", "disable"];

/// What the site must have seen in the end: each planned change once.
fn expected(plan: &serde_json::Value) -> Vec<String> {
    let items = plan["items"].as_array().expect("items");
    let mut expected: Vec<String> = items
        .iter()
        .map(|item| {
            format!(
                "{} {}",
                item["account"].as_str().expect("account"),
                item["action"].as_str().expect("action")
            )
        })
        .collect();
    expected.sort();
    expected
}

/// Asserts from the site's own journal that each change took effect exactly once, and from the program that every item is done and the chain whole.
#[track_caller]
fn assert_all_done_once(stage: &Stage, plan: &serde_json::Value) {
    let run = stage.newest_run();
    let items = run["items"].as_array().expect("items");
    let open: Vec<_> = items.iter().filter(|item| item["outcome"] != "done").collect();
    assert_eq!(run["state"], "done", "{:?}: {open:#?}", run["stoppedBecause"]);
    assert_eq!(items.len(), expected(plan).len(), "no item is lost");
    for item in items {
        assert_eq!(item["outcome"], "done", "{item}");
    }
    let effects = stage.effects();
    let distinct: BTreeSet<_> = effects.iter().collect();
    assert_eq!(effects.len(), distinct.len(), "an effect was repeated: {effects:?}");
    assert_eq!(effects.len(), items.len(), "as many effects as items");
    stage.run(&["audit", "verify"]).ends(0);
}

#[test]
fn killed_at_every_step_of_a_run_it_resumes_without_loss_or_repetition() {
    for point in rollcall_engine::killpoint::ALL {
        for nth in [1, 3] {
            let stage = Stage::with(100);
            let (id, plan) = stage.plan(CRITERION, &ACTIONS);
            assert!(expected(&plan).len() >= 8, "a plan worth killing: {plan}");
            let killed = stage.run_killed_at(&format!("{point}:{nth}"), &["apply", &id, "--yes"]);
            let run = stage.newest_run();
            if killed.code == 0 {
                // A point that is reached once per run is not reached a third time.
                assert!(nth > 1, "{point} was never reached");
            } else if run["state"] != "done" {
                let run = run["id"].as_str().expect("id").to_owned();
                stage.run(&["runs", "resume", &run, "--format", "json"]);
            }
            assert_all_done_once(&stage, &plan);
        }
    }
}

#[test]
fn killed_at_random_instants_again_and_again_it_still_gets_there() {
    let stage = Stage::with(200);
    let (id, plan) = stage.plan(CRITERION, &ACTIONS);
    stage.site.set_faults(rollcall_simulator::Faults { latency_ms: 15, ..Default::default() });
    // Fixed pauses, as unrelated to the program's rhythm as any.
    let mut args = vec!["apply".to_owned(), id, "--yes".to_owned()];
    for pause in [350, 120, 410, 260, 530, 190, 700] {
        let mut process = stage.spawn(&args.iter().map(String::as_str).collect::<Vec<_>>());
        std::thread::sleep(Duration::from_millis(pause));
        process.kill().expect("SIGKILL");
        process.wait().expect("it is dead");
        let runs = stage.json(&["runs", "list"]);
        if let Some(run) = runs[0]["id"].as_str() {
            args = vec!["runs".to_owned(), "resume".to_owned(), run.to_owned()];
            if runs[0]["state"] == "done" {
                break;
            }
        }
    }
    stage.site.set_faults(rollcall_simulator::Faults::default());
    if stage.newest_run()["state"] != "done" {
        stage.run(&args.iter().map(String::as_str).collect::<Vec<_>>());
    }
    assert_all_done_once(&stage, &plan);
}

#[test]
fn what_took_effect_is_done_although_a_later_step_of_the_same_account_was_refused_before_the_crash() {
    for nth in 1..=5 {
        let stage = Stage::with(100);
        let (id, plan) = stage.plan(CRITERION, &ACTIONS);
        let refused = Rule {
            path: Some("/disable".to_owned()),
            writes: Some(true),
            ..Rule::new(Fault::Status { status: 403, retry_after: None })
        };
        stage.site.set_faults(Faults { rules: vec![refused], latency_ms: 20, ..Faults::default() });
        stage.run_killed_at(&format!("before-verify:{nth}"), &["apply", &id, "--yes"]);
        // The limit of failures stops the run now and then: whoever resumes it goes on.
        for _ in 0..plan["items"].as_array().expect("items").len() {
            let run = stage.newest_run();
            if run["state"] == "done" {
                break;
            }
            stage.run(&["runs", "resume", run["id"].as_str().expect("id"), "--format", "json"]);
        }
        let run = stage.newest_run();
        assert_eq!(run["state"], "done", "{run:#}");
        for item in run["items"].as_array().expect("items") {
            let is_group = item["action"].as_str().is_some_and(|action| action.starts_with("remove-groups"));
            let expected = if is_group { "done" } else { "failed" };
            assert_eq!(item["outcome"], expected, "killed at the look {nth}: {item:#}");
        }
        let effects = stage.effects();
        assert_eq!(effects.len(), effects.iter().collect::<BTreeSet<_>>().len(), "repeated: {effects:?}");
        assert_eq!(effects.len() * 2, run["items"].as_array().expect("items").len());
    }
}

#[test]
fn a_crash_gives_a_run_no_new_allowance_of_failures() {
    let stage = Stage::with(100);
    stage.run(&["site", "set", "wiki", "--concurrency", "1"]).ends(0);
    let (id, _) = stage.plan(CRITERION, &["disable"]);
    let refused = Rule { writes: Some(true), ..Rule::new(Fault::Status { status: 403, retry_after: None }) };
    stage.site.set_faults(Faults { rules: vec![refused], ..Faults::default() });
    // A plan by hand stops at five failures, as a policy that names no limit.
    stage.run_killed_at("recorded:3", &["apply", &id, "--yes"]);
    let run = stage.newest_run();
    let id = run["id"].as_str().expect("id").to_owned();
    let failed = |run: &serde_json::Value| run["counts"]["failed"].as_u64().unwrap_or_default();
    assert_eq!(failed(&run), 3, "{run:#}");
    stage.run(&["runs", "resume", &id, "--format", "json"]);
    let stopped = stage.newest_run();
    assert_eq!((stopped["state"].as_str(), failed(&stopped)), (Some("stopped"), 5), "{stopped:#}");
    // Whoever lets it go on after that has seen why it stopped: five more.
    stage.run(&["runs", "resume", &id, "--format", "json"]);
    let run = stage.newest_run();
    assert!(failed(&run) > 5 && failed(&run) <= 10, "{run:#}");
}
