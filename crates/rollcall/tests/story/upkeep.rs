//! Keeping an installation: backup and restore, another key, what is dropped and said to be.

use crate::stage::{Ended, Stage};
use crate::witness::THE_IDLE;
use std::path::Path;

fn policy() -> String {
    format!("    select: {THE_IDLE}\n    actions: [disable]\n    limits: {{ percent: 100 }}\n")
}

/// The program on another data folder.
fn elsewhere(stage: &Stage, folder: &Path, args: &[&str]) -> Ended {
    stage.command(args).env("ROLLCALL_DATA", folder).output().expect("the program starts").into()
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

#[test]
fn what_is_backed_up_goes_on_elsewhere_where_it_was_left() {
    let stage = Stage::with(100);
    let (plan, _) = stage.plan(THE_IDLE, &["disable"]);
    // It dies in the middle, and the backup is made of that.
    stage.run_killed_at("recorded:1", &["apply", &plan, "--yes"]);
    let run = stage.newest_run()["id"].as_str().expect("an id").to_owned();
    let (file, data) = (stage.folder.path().join("rollcall.backup"), stage.folder.path().join("data"));
    let made = stage.run(&["backup", &text(&file)]).ends(0);
    assert!(made.err.contains("The sealing key is not in it"), "{}", made.err);
    stage.run(&["backup", &text(&file)]).ends(2);
    let log = stage.json(&["audit", "list", "--kind", "backup", "--limit", "5"]);
    assert_eq!(log[0]["kind"], "backup.made", "{log}");

    let other = stage.folder.path().join("other");
    let dry = elsewhere(&stage, &other, &["restore", &text(&file), "--dry-run"]).ends(0);
    assert!(dry.err.contains("The backup is whole") && !other.join("rollcall.db").exists(), "{}", dry.err);
    let restored = elsewhere(&stage, &other, &["restore", &text(&file)]).ends(3);
    assert!(restored.err.contains("there is no key at"), "{}", restored.err);
    // No command makes a new key where there are secrets that it would not open.
    for args in [&["doctor"][..], &["site", "list"]] {
        let refused = elsewhere(&stage, &other, args).ends(1);
        let told = format!("{}{}", refused.out, refused.err);
        assert!(told.contains("there is no key at"), "{args:?}: {told}");
        assert!(!other.join("sealing.key").exists(), "{args:?}");
    }
    std::fs::copy(data.join("sealing.key"), other.join("sealing.key")).expect("the key");
    let again = elsewhere(&stage, &other, &["restore", &text(&file)]).ends(1);
    assert!(again.err.contains("is not empty"), "{}", again.err);

    elsewhere(&stage, &other, &["audit", "verify"]).ends(0);
    elsewhere(&stage, &other, &["runs", "resume", &run]).ends(0);
    elsewhere(&stage, &other, &["audit", "verify"]).ends(0);
    let damaged = stage.file("damaged", "");
    let bytes = std::fs::read(&file).expect("the backup");
    std::fs::write(&damaged, &bytes[..bytes.len() / 2]).expect("half of it");
    let third = stage.folder.path().join("third");
    for args in [&["restore", &text(&damaged)][..], &["restore", &text(&damaged), "--dry-run"]] {
        let refused = elsewhere(&stage, &third, args).ends(1);
        assert!(refused.err.contains("Nothing was changed"), "{}", refused.err);
    }
}

#[test]
fn wherever_a_key_rotation_dies_the_next_command_opens_everything() {
    let stage = Stage::with(60);
    let key = stage.folder.path().join("data/sealing.key");
    for point in rollcall_engine::killpoint::OF_KEYS {
        let before = std::fs::read_to_string(&key).expect("the key");
        let killed = stage.run_killed_at(point, &["key", "rotate", "--yes"]);
        assert_ne!(killed.code, 0, "{point} was reached");
        let status = stage.run(&["key", "status", "--format", "json"]).ends(0).json();
        let after = std::fs::read_to_string(&key).expect("the key");
        assert_eq!(after != before, *point != "key-written", "{point}");
        assert!(!key.with_file_name("sealing.key.new").exists(), "{point}: {status}");
        stage.run(&["sync", "wiki"]).ends(0);
    }
    let rotated = stage.run(&["key", "rotate", "--yes"]).ends(0);
    assert!(!rotated.out.contains(std::fs::read_to_string(&key).expect("the key").trim()));
    stage.run(&["sync", "wiki"]).ends(0);
    let log = stage.json(&["audit", "list", "--kind", "key.rotated", "--limit", "9"]);
    assert_eq!(
        log.as_array().map(Vec::len),
        Some(4),
        "the one that died before it sealed anything never was: {log}"
    );
    stage.run(&["audit", "verify"]).ends(0);
}

#[test]
fn logs_are_json_for_programs_and_say_which_run_and_site() {
    let stage = Stage::with(60);
    let token = stage.site.token().to_owned();
    stage.live_policy("idle", &policy());
    let (mut lines, mut spans) = (0, String::new());
    for args in [&["sync", "wiki"][..], &["run", "idle"], &["key", "rotate", "--yes"], &["doctor"]] {
        let mut with = vec!["-vv", "--log-format", "json"];
        with.extend(args);
        let ended = stage.run(&with);
        let key = std::fs::read_to_string(stage.folder.path().join("data/sealing.key")).expect("the key");
        for secret in [token.as_str(), key.trim()] {
            assert!(!ended.err.contains(secret), "{args:?} logged a secret");
        }
        for line in ended.err.lines().filter(|line| line.starts_with('{')) {
            let event: serde_json::Value =
                serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
            spans += &event["spans"].to_string();
            lines += 1;
        }
    }
    assert!(lines > 10, "{lines} lines");
    let run = stage.newest_run()["id"].as_str().expect("an id").to_owned();
    assert!(spans.contains(&format!("\"run\":\"{run}\"")) && spans.contains("\"site\":\"wiki\""), "{spans}");
    let text = stage.run(&["-v", "sync", "wiki"]).ends(0).err;
    assert!(text.contains("the site was read") && !text.contains('\u{1b}'), "{text}");
}

#[test]
fn nothing_is_dropped_without_a_word() {
    let stage = Stage::with(60);
    for _ in 0..3 {
        stage.run(&["sync", "wiki"]).ends(0);
    }
    stage.run(&["retention", "set", "--audit", "0"]).ends(2);
    stage
        .run(&["retention", "set", "--daily", "1", "--weekly", "0", "--monthly", "0", "--audit", "2"])
        .ends(0);
    let dry = stage.json(&["retention", "run", "--dry-run"]);
    assert_eq!((&dry[0]["what"], &dry[0]["count"]), (&"snapshots".into(), &2.into()), "{dry}");
    let head = stage.run(&["audit", "verify"]).ends(0).out;
    assert_eq!(stage.run(&["audit", "verify"]).ends(0).out, head, "a dry run changes nothing");
    assert_eq!(stage.json(&["retention", "run"]), dry);
    assert_eq!(stage.json(&["retention", "run"]).as_array().map(Vec::len), Some(0), "once is enough");
    let log = stage.json(&["audit", "list", "--kind", "snapshot.deleted", "--limit", "9"]);
    assert_eq!(log.as_array().map(Vec::len), Some(2), "{log}");
    stage.run(&["audit", "verify"]).ends(0);
    // What is left is enough for all that follows.
    stage.live_policy("idle", &policy());
    stage.run(&["run", "idle"]).ends(0);
}
