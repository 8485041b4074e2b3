//! Schedules and freezes from the command line.

use crate::stage::{Stage, now};
use crate::witness::{THE_IDLE, text};
use serde_json::json;

fn day(offset: i64) -> String {
    let at = now() + jiff::SignedDuration::from_hours(24 * offset);
    at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

fn freeze(stage: &Stage, name: &str, more: &[&str]) -> crate::stage::Ended {
    let (from, until) = (day(-1), day(1));
    let mut args = vec![
        "freeze",
        "add",
        name,
        "--from",
        &from,
        "--until",
        &until,
        "--reason",
        "the wiki is being upgraded",
    ];
    args.extend(more);
    stage.run(&args)
}

#[test]
fn in_a_freeze_nothing_live_is_begun_and_the_remedy_is_named() {
    let stage = Stage::with(60);
    stage.live_policy(
        "idle",
        &format!("    select: {THE_IDLE}\n    actions: [disable]\n    limits: {{ percent: 100 }}\n"),
    );
    let (plan, _) = stage.plan(THE_IDLE, &["disable"]);
    freeze(&stage, "upgrade", &[]).ends(0);
    for args in
        [vec!["run", "idle"], vec!["apply", &plan, "--yes"], vec!["apply", &plan, "--yes", "--during-freeze"]]
    {
        let refused = stage.run(&args);
        assert!(matches!(refused.code, 2 | 4), "{args:?}: {}", refused.err);
        assert!(refused.err.contains("freeze"), "{}", refused.err);
    }
    assert!(stage.run(&["run", "idle"]).ends(4).err.contains("rollcall freeze remove upgrade"));
    stage.assert_nothing_was_sent();
    let listed = stage.json(&["freeze", "list"]);
    assert_eq!(
        (&listed[0]["name"], &listed[0]["inForce"], &listed[0]["sites"]),
        (&json!("upgrade"), &json!(true), &json!([]))
    );
    stage.run(&["freeze", "remove", "UPGRADE"]).ends(0);
    stage.run(&["apply", &plan, "--yes"]).ends(0);
    assert_eq!(stage.effects().len(), 5);

    // An undo changes accounts too; whoever cannot wait says so.
    freeze(&stage, "upgrade", &["--site", "wiki"]).ends(0);
    let run = text(&stage.newest_run()["id"]);
    let refused = stage.run(&["runs", "undo", &run, "--yes"]);
    assert!(refused.code != 0 && refused.err.contains("--during-freeze"), "{}", refused.err);
    stage.run(&["runs", "undo", &run, "--yes", "--during-freeze"]).ends(0);
    assert_eq!(stage.effects().len(), 10);
    assert_eq!(stage.audit("freeze.overridden").len(), 1);
    assert_eq!((stage.audit("freeze.set").len(), stage.audit("freeze.removed").len()), (2, 1));
    stage.run(&["audit", "verify"]).ends(0);
}

#[test]
fn a_freeze_that_cannot_be_is_refused_and_nothing_is_kept() {
    let stage = Stage::with(60);
    for (more, said) in [
        (&["--timezone", "Auckland"][..], "Pacific/Auckland"),
        (&["--site", "docs"][..], "there is no site"),
        (&["--site", "../etc"][..], "letters, digits"),
    ] {
        let refused = freeze(&stage, "upgrade", more).ends(2);
        assert!(refused.err.contains(said), "{}", refused.err);
    }
    let backwards =
        ["freeze", "add", "a", "--from", "2027-01-05", "--until", "2026-12-20", "--reason", "why"];
    assert!(stage.run(&backwards).ends(2).err.contains("ends before it begins"));
    let past = ["freeze", "add", "a", "--from", "2020-01-05", "--until", "2020-12-20", "--reason", "why"];
    assert!(stage.run(&past).ends(2).err.contains("never be in force"));
    stage
        .run(&["freeze", "add", "a", "--from", "20 December", "--until", "2026-12-20", "--reason", "why"])
        .ends(2);
    assert!(freeze(&stage, "no way", &[]).ends(2).err.contains("name for a freeze"));
    assert!(stage.run(&["freeze", "remove", "upgrade"]).ends(2).err.contains("no freeze"));
    assert_eq!(stage.json(&["freeze", "list"]), json!([]));
}

#[test]
fn a_schedule_is_listed_shown_paused_and_goes_on() {
    let stage = Stage::with(60);
    let body = format!(
        "    select: {THE_IDLE}\n    actions: [disable]\n    schedule: {{ cron: \"0 6 * * SAT\", timezone: Pacific/Auckland }}\n"
    );
    stage.policy("idle", &body);
    let off = stage.run(&["schedule", "next", "idle"]).ends(0);
    assert!(off.err.contains("rollcall policy enable idle"), "{}", off.err);
    stage.run(&["policy", "enable", "idle"]).ends(0);
    let next = stage.json(&["schedule", "next", "idle"]);
    let next = next.as_array().expect("an array");
    assert_eq!(next.len(), 10);
    assert!(
        next.iter()
            .all(|row| text(&row["local"]).starts_with("Sat ") && text(&row["local"]).contains(" 06:00 ")),
        "{next:#?}"
    );
    let listed = stage.json(&["schedule", "list"]);
    assert_eq!(
        (&listed[0]["schedule"], &listed[0]["next"]),
        (&json!("every Saturday at 06:00, Pacific/Auckland"), &next[0]["at"])
    );
    stage.run(&["schedule", "pause", "idle", "--why", "holidays"]).ends(0);
    assert!(stage.run(&["schedule", "pause", "idle"]).ends(2).err.contains("paused already"));
    let listed = stage.json(&["schedule", "list"]);
    assert_eq!((&listed[0]["paused"], &listed[0]["next"]), (&json!(true), &json!(null)));
    stage.run(&["schedule", "resume", "idle"]).ends(0);
    assert_eq!(stage.json(&["schedule", "list"])[0]["paused"], json!(false));
    assert_eq!(stage.audit("schedule").len(), 2);
    assert!(stage.run(&["schedule", "next", "nobody"]).ends(2).err.contains("known: idle"));
    assert_eq!(stage.json(&["jobs", "list"]), json!([]));
    stage.run(&["jobs", "show", "nothing"]).ends(2);
    stage.run(&["jobs", "cancel", "nothing"]).ends(2);
}

#[test]
fn the_reason_of_a_freeze_does_nothing_to_the_terminal_and_stays_on_its_line() {
    let stage = Stage::with(60).writable();
    let (plan, _) = stage.plan(THE_IDLE, &["disable"]);
    let (from, until) = (day(-1), day(1));
    let words = "quiet\u{1b}[31m\nplease";
    stage.run(&["freeze", "add", "loud", "--from", &from, "--until", &until, "--reason", words]).ends(0);
    let refused = stage.run(&["apply", &plan, "--yes"]).ends(4);
    assert!(refused.err.contains("quiet\u{fffd}[31m\u{fffd}please"), "{:?}", refused.err);
}
