//! Criteria that cannot be read, or do not fit the site.

use crate::stage::Stage;

/// Refused by `accounts` and by `plan` alike, whoever asks.
#[track_caller]
fn refuses(stage: &Stage, criterion: &str, words: &[&str]) {
    stage.refuses(&["accounts", "wiki", criterion], words);
    stage.refuses(&["plan", "wiki", "--select", criterion, "--action", "disable"], words);
}

#[test]
fn a_criterion_that_cannot_be_read_is_refused_at_its_place() {
    let stage = Stage::with(100);
    stage.run(&["sync", "wiki"]).ends(0);
    for (criterion, words) in [
        ("statsu = enabled", &["statsu", "^", "status"][..]),
        ("status = enabled AND idel >= 90d", &["idel", "^", "idle"]),
        ("status = enabeld", &["enabeld", "^", "enabled"]),
        ("idle >= \"many\"", &["many", "^", "90d"]),
        ("groups = \"confluence-users\"", &["groups", "^", "number"]),
        ("seat = 3", &["seat", "^", "true"]),
        ("lastLogin < 2026-02-30", &["2026-02-30", "^"]),
        ("group IN ()", &["IN", "^", "empty"]),
        ("(status = enabled", &["^", ")"]),
        ("status = enabled)", &["^", ")"]),
        ("username = \"mira", &["^", "quote"]),
        ("status = enabled AND", &["^"]),
        ("status enabled", &["^"]),
    ] {
        refuses(&stage, criterion, words);
    }
}

#[test]
fn an_empty_criterion_is_not_everybody() {
    let stage = Stage::with(100);
    stage.run(&["sync", "wiki"]).ends(0);
    for empty in ["", "   ", "\n"] {
        refuses(&stage, empty, &["empty", "all"]);
    }
}

#[test]
fn a_group_or_directory_that_the_site_does_not_have_is_refused_with_the_nearest_name() {
    let stage = Stage::with(100);
    stage.run(&["sync", "wiki"]).ends(0);
    refuses(&stage, "group = \"confluence-user\"", &["confluence-user", "^", "\"confluence-users\""]);
    refuses(
        &stage,
        "directGroup IN (\"confluence-users\", \"confluence-admins\")",
        &["confluence-admins", "^"],
    );
    refuses(
        &stage,
        "directory = \"Confluence Internal Directoy\"",
        &["Directoy", "^", "Confluence Internal Directory"],
    );
    refuses(&stage, "list = \"leavers\"", &["leavers", "^", "no list"]);
}

#[test]
fn a_criterion_too_long_or_too_deep_is_refused_before_it_is_read() {
    let stage = Stage::with(100);
    stage.run(&["sync", "wiki"]).ends(0);
    let deep = format!("{}status = enabled{}", "(".repeat(10_000), ")".repeat(10_000));
    refuses(&stage, &deep, &["deep"]);
    let negated = format!("{}status = enabled", "NOT ".repeat(10_000));
    refuses(&stage, &negated, &["deep"]);
    // The longest single argument that Linux passes on is 128 KiB; more comes in by a policy file.
    let long = format!("username = \"{}\"", "x".repeat(120_000));
    refuses(&stage, &long, &["long"]);
    let longest = format!("username = \"{}\"", "x".repeat(1 << 20));
    let file = stage.file(
        "long.yaml",
        &format!(
            "policies:\n  - name: long\n    sites: [wiki]\n    select: '{longest}'\n    actions: [disable]\n"
        ),
    );
    for command in ["check", "load"] {
        stage.refuses(&["policy", command, &file.display().to_string()], &["long.yaml", "select", "long"]);
    }
}

#[test]
fn a_field_an_account_or_an_action_that_does_not_exist_is_named() {
    let stage = Stage::with(100);
    stage.run(&["sync", "wiki"]).ends(0);
    stage.refuses(&["accounts", "wiki", "--fields", "username,shoeSize"], &["shoeSize", "--fields help"]);
    stage.refuses(&["accounts", "wiki", "all", "--explain", "nobody-of-that-name"], &["nobody-of-that-name"]);
    stage.refuses(&["accounts", "wikki", "all"], &["wikki", "wiki"]);
    stage.refuses(&["plan", "wiki", "--select", "all", "--action", "dissable"], &["dissable", "disable"]);
    stage.refuses(&["plan", "wiki", "--select", "all", "--action", "add-groups="], &["add-groups"]);
    stage.refuses(&["plan", "wiki", "--select", "all"], &["--action"]);
    stage.refuses(
        &["plan", "wiki", "--select", "all", "--action", "disable", "--max-percent", "101"],
        &["101", "--max-percent"],
    );
    stage.refuses(
        &["plan", "wiki", "--select", "all", "--action", "disable", "--max-accounts", "0"],
        &["0", "--max-accounts"],
    );
}
