//! Everything is in the audit log, and whoever touches it is found out (I11).

use crate::stage::Stage;
use crate::witness::{THE_IDLE, items, python, text};
use serde_json::{Value, json};

/// Runs statements on the database of a stage behind the program's back.
const SQL: &str = r"
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.executescript(sys.argv[2])
db.commit()
";

/// A log worth tampering with, and the head that a report told.
fn lived() -> (Stage, String) {
    let stage = Stage::with(60);
    let (id, _) = stage.plan(THE_IDLE, &["disable"]);
    let (ended, run) = stage.apply(&id);
    ended.ends(0);
    stage.run(&["exempt", "add", "wiki", "--account", "single", "--reason", "on leave"]).ends(0);
    (stage, text(&run["auditHead"]))
}

#[test]
fn every_change_is_in_the_audit_log_with_who_when_why_before_and_after() {
    let (stage, _) = lived();
    let run = stage.newest_run();
    let outcomes = stage.audit("run.item.outcome");
    let intents = stage.audit("run.item.intent");
    for item in items(&run) {
        let about = |entries: &[Value]| {
            let found: Vec<Value> = entries
                .iter()
                .filter(|e| e["subject"]["item"] == item["seq"] && e["subject"]["run"] == run["id"])
                .cloned()
                .collect();
            assert_eq!(found.len(), 1, "one entry for each: {found:#?}");
            found[0].clone()
        };
        let (intent, outcome) = (about(&intents), about(&outcomes));
        assert!(intent["seq"].as_u64() < outcome["seq"].as_u64(), "the intent is written first");
        assert_eq!(intent["subject"]["account"], item["key"]);
        assert_eq!(
            (&intent["before"], &intent["after"]),
            (&json!("enabled"), &json!("disabled")),
            "{intent:#}"
        );
        assert_eq!(intent["why"], item["why"]);
        assert_eq!(intent["actor"], "ada");
        assert!(text(&outcome["at"]).parse::<jiff::Timestamp>().is_ok());
    }
    for kind in [
        "site.added",
        "snapshot.taken",
        "plan.made",
        "run.created",
        "run.taken",
        "run.finished",
        "exemption.added",
    ] {
        let entries = stage.audit(kind);
        assert_eq!(entries.len(), 1, "{kind}");
        assert_eq!(entries[0]["actor"], "ada");
    }
    let about = stage.json(&["audit", "list", "--about", &text(&items(&run)[0]["key"]), "--limit", "100"]);
    assert_eq!(about.as_array().map(Vec::len), Some(2), "an account's own history: {about:#}");
}

#[test]
fn every_action_of_an_operator_is_in_the_audit_log() {
    let stage = Stage::with(60);
    let list = stage.file("leavers.csv", "username\nformula\n").display().to_string();
    stage.policy(
        "idle",
        &format!("    select: {THE_IDLE}\n    actions: [disable]\n    limits: {{ percent: 100 }}\n"),
    );
    stage.run(&["sync", "wiki"]).ends(0);
    let steps: [(&str, &[&str]); 9] = [
        ("policy.enabled", &["policy", "enable", "idle"]),
        ("policy.tested", &["run", "idle"]),
        ("policy.live", &["policy", "enable", "idle", "--live"]),
        ("policy.disabled", &["policy", "disable", "idle"]),
        ("exemption.added", &["exempt", "add", "wiki", "--account", "at", "--reason", "why not"]),
        ("exemption.removed", &["exempt", "remove", "wiki", "--account", "at"]),
        ("list.changed", &["list", "import", "leavers", &list]),
        ("list.removed", &["list", "remove", "leavers"]),
        ("site.changed", &["site", "set", "wiki", "--concurrency", "2"]),
    ];
    for (kind, args) in steps {
        let before = stage.audit(kind).len();
        stage.run(args).ends(0);
        assert_eq!(stage.audit(kind).len(), before + 1, "{args:?} left no {kind}");
    }
    // What was refused, and looking, leave nothing behind.
    let count = stage.audit("").len();
    stage.run(&["policy", "enable", "nosuch"]);
    stage.run(&["accounts", "wiki", "all"]).ends(0);
    stage.run(&["audit", "verify"]).ends(0);
    assert_eq!(stage.audit("").len(), count);
    stage.run(&["site", "remove", "wiki", "--yes"]).ends(0);
    assert_eq!(stage.audit("site.removed").len(), 1, "and the log outlives the site");
}

#[test]
fn a_changed_removed_inserted_or_reordered_entry_is_found_and_the_first_bad_one_is_named() {
    let copy = "(seq, at, actor, kind, site, account, policy, snapshot, plan, run, item, why, before, after, details, previous_hash, hash)";
    let row = "at, actor, kind, site, account, policy, snapshot, plan, run, item, why, before, after, details, previous_hash, hash";
    let insert = format!(
        "UPDATE audit_entries SET seq = -seq WHERE seq >= 7; UPDATE audit_entries SET seq = -seq + 1 WHERE seq < 0;
         INSERT INTO audit_entries {copy} SELECT 7, {row} FROM audit_entries WHERE seq = 3;"
    );
    for (what, first_bad, sql) in [
        ("a changed reason", 5, "UPDATE audit_entries SET why = why || '!' WHERE seq = 5"),
        ("a changed person", 4, "UPDATE audit_entries SET actor = 'eve' WHERE seq = 4"),
        ("a changed time", 6, "UPDATE audit_entries SET at = at + 1 WHERE seq = 6"),
        ("a changed account", 8, "UPDATE audit_entries SET account = 'x' WHERE seq = 8"),
        ("a removed entry", 6, "DELETE FROM audit_entries WHERE seq = 6"),
        ("a removed first entry", 1, "DELETE FROM audit_entries WHERE seq = 1"),
        (
            "two entries in another order",
            6,
            "UPDATE audit_entries SET seq = -1 WHERE seq = 6; UPDATE audit_entries SET seq = 6 WHERE seq = 7;
             UPDATE audit_entries SET seq = 7 WHERE seq = -1",
        ),
        ("an inserted entry", 7, insert.as_str()),
    ] {
        let (stage, _) = lived();
        let database = stage.folder.path().join("data/rollcall.db").display().to_string();
        if python(SQL, &[&database, sql]).is_none() {
            return;
        }
        let found = stage.run(&["audit", "verify"]).ends(1);
        assert!(found.err.contains(&format!("entry {first_bad}")), "{what}: {}", found.err);
    }
}

#[test]
fn a_log_that_was_cut_off_is_found_and_if_its_head_was_rewritten_too_by_the_head_of_a_report() {
    let (stage, head) = lived();
    let database = stage.folder.path().join("data/rollcall.db").display().to_string();
    let cut = "DELETE FROM audit_entries WHERE seq > 10;";
    if python(SQL, &[&database, cut]).is_none() {
        return;
    }
    let found = stage.run(&["audit", "verify"]).ends(1);
    assert!(found.err.contains("11") || found.err.contains("10"), "{}", found.err);
    // Whoever can write the database can write its head: then the chain is whole, and only what people hold tells.
    let rewrite = "UPDATE audit_head SET seq = 10, hash = (SELECT hash FROM audit_entries WHERE seq = 10);";
    python(SQL, &[&database, rewrite]);
    stage.run(&["audit", "verify"]).ends(0);
    let found = stage.run(&["audit", "verify", "--head", &head]).ends(1);
    assert!(found.err.contains("broken"), "{}", found.err);
}

#[test]
fn a_changed_line_of_an_exported_log_is_found() {
    let (stage, head) = lived();
    let file = stage.folder.path().join("audit.jsonl");
    let name = file.display().to_string();
    stage.run(&["audit", "export", "--output", &name]).ends(0);
    stage.run(&["audit", "verify", "--file", &name, "--head", &head]).ends(0);
    let whole = std::fs::read_to_string(&file).expect("text");
    let lines: Vec<&str> = whole.lines().collect();
    for line in &lines {
        serde_json::from_str::<Value>(line).expect("each line is JSON");
    }
    let without = |n: usize| [&lines[..n], &lines[n + 1..]].concat().join("\n");
    let mut swapped = lines.clone();
    swapped.swap(3, 4);
    for (what, text) in [
        ("changed", whole.replacen("\"ada\"", "\"eve\"", 1)),
        ("removed", without(3)),
        ("reordered", swapped.join("\n")),
        ("cut off", lines[..5].join("\n")),
        ("not JSON", whole.replacen('{', "", 1)),
        ("empty", String::new()),
    ] {
        std::fs::write(&file, text).expect("written");
        let found = stage.run(&["audit", "verify", "--file", &name]);
        assert_eq!(found.code, 1, "{what}: {}{}", found.out, found.err);
    }
}
