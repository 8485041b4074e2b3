//! Several processes on one data folder: each run belongs to one of them, and they do not get in each other's way.

use crate::stage::{Ended, Stage};
use crate::stopping::wait_for_effects;
use crate::witness::{IDLE, THE_IDLE, items, text};
use rollcall_simulator::Faults;
use serde_json::json;
use std::collections::BTreeSet;
use std::process::Child;

fn ended(process: Child) -> Ended {
    process.wait_with_output().expect("it ends").into()
}

/// A site that takes its time, so that two processes meet.
fn slow(stage: &Stage) {
    stage.site.set_faults(Faults { latency_ms: 80, ..Faults::default() });
}

#[test]
fn two_plans_that_are_applied_at_once_come_one_after_the_other() {
    let stage = Stage::with(60);
    let (first, _) = stage.plan(THE_IDLE, &["disable"]);
    let (second, _) = stage.plan(THE_IDLE, &["remove-groups=confluence-users"]);
    slow(&stage);
    let processes = [&first, &second].map(|id| stage.spawn(&["apply", id, "--yes", "--format", "json"]));
    for process in processes {
        let run = ended(process);
        let json = run.json();
        // The one may meet somebody whom the other has disabled in the meantime.
        for item in items(&json) {
            assert!(matches!(text(&item["outcome"]).as_str(), "done" | "drifted"), "{item:#}");
        }
        run.ends(0);
    }
    let effects = stage.effects();
    assert_eq!(effects.iter().collect::<BTreeSet<_>>().len(), effects.len(), "{effects:#?}");
    assert!(IDLE.iter().all(|name| stage.status(name) == "disabled"));
    assert_eq!(stage.json(&["runs", "list"]).as_array().map(Vec::len), Some(2));
    let seqs = |kind: &str| {
        stage.audit(kind).into_iter().filter_map(|entry| entry["seq"].as_u64()).collect::<Vec<_>>()
    };
    let (begun, over) = (seqs("run.taken"), seqs("run.finished"));
    assert!(
        begun.iter().max() > over.iter().min(),
        "the second begins when the first is over: {begun:?} {over:?}"
    );
    stage.run(&["audit", "verify"]).ends(0);
}

#[test]
fn the_same_plan_is_not_applied_by_two_processes() {
    let stage = Stage::with(60);
    let (id, _) = stage.plan(THE_IDLE, &["disable"]);
    slow(&stage);
    let processes = [(); 2].map(|()| stage.spawn(&["apply", &id, "--yes", "--format", "json"]));
    let codes: Vec<i32> = processes.into_iter().map(|process| ended(process).code).collect();
    assert!(codes.contains(&0) && codes.iter().any(|code| *code != 0), "{codes:?}");
    assert_eq!(stage.effects().len(), 5);
    // Nor again later: a plan is done once.
    assert_ne!(stage.run(&["apply", &id, "--yes"]).code, 0);
    assert_eq!(stage.effects().len(), 5);
}

#[test]
fn a_second_run_of_a_policy_is_refused_while_the_first_goes_on() {
    let stage = Stage::with(60);
    stage.run(&["site", "set", "wiki", "--concurrency", "1"]).ends(0);
    let body = format!("    select: {THE_IDLE}\n    actions: [disable]\n    limits: {{ percent: 100 }}\n");
    stage.live_policy("idle", &body);
    stage.site.set_faults(Faults::hold_writes_after(1));
    let first = stage.spawn(&["run", "idle", "--format", "json"]);
    wait_for_effects(&stage, 1);
    let second = stage.run(&["run", "idle"]).ends(2);
    assert!(second.err.contains("is running on wiki already"), "{}", second.err);
    stage.site.set_faults(Faults::default());
    let first = ended(first).ends(0).json();
    assert_eq!(first["counts"]["done"], json!(5));
    assert_eq!(stage.effects().len(), 5);
}

#[test]
fn a_run_that_a_living_process_works_on_is_not_resumed_by_another() {
    let stage = Stage::with(60);
    stage.run(&["site", "set", "wiki", "--concurrency", "1"]).ends(0);
    let (id, _) = stage.plan(THE_IDLE, &["disable"]);
    stage.site.set_faults(Faults::hold_writes_after(1));
    let first = stage.spawn(&["apply", &id, "--yes", "--format", "json"]);
    wait_for_effects(&stage, 1);
    let run = text(&stage.json(&["runs", "list"])[0]["id"]);
    let second = stage.run(&["runs", "resume", &run]).ends(2);
    assert!(second.err.contains("another process"), "{}", second.err);
    // Nor is it undone while it goes on.
    stage.run(&["runs", "undo", &run]).ends(2);
    stage.site.set_faults(Faults::default());
    ended(first).ends(0);
    assert_eq!(stage.effects().len(), 5);
}

#[test]
fn many_processes_read_and_write_one_folder_and_the_audit_chain_stays_whole() {
    let stage = Stage::with(60);
    stage.run(&["sync", "wiki"]).ends(0);
    let commands: [&[&str]; 6] = [
        &["sync", "wiki"],
        &["exempt", "add", "wiki", "--account", "formula", "--reason", "one"],
        &["exempt", "add", "wiki", "--account", "at", "--reason", "two"],
        &["plan", "wiki", "--select", THE_IDLE, "--action", "disable", "--max-percent", "100", "--offline"],
        &["accounts", "wiki", "all"],
        &["audit", "verify"],
    ];
    let processes: Vec<Child> = commands.iter().map(|args| stage.spawn(args)).collect();
    for (process, args) in processes.into_iter().zip(commands) {
        let ended = ended(process);
        assert_eq!(ended.code, 0, "{args:?}: {}", ended.err);
    }
    assert_eq!(stage.audit("exemption.added").len(), 2);
    stage.run(&["audit", "verify"]).ends(0);
}

#[test]
fn a_new_folder_may_be_opened_by_several_processes_at_once() {
    let stage = Stage::with(60);
    let fresh = stage.folder.path().join("fresh").display().to_string();
    let processes = [(); 4].map(|()| stage.spawn(&["--data", &fresh, "policy", "list"]));
    for process in processes {
        ended(process).ends(0);
    }
    stage.run(&["--data", &fresh, "audit", "verify"]).ends(0);
}
