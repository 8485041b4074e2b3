//! Wherever the process dies, resuming loses nothing and repeats nothing (I7).

use crate::stage::Stage;
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
