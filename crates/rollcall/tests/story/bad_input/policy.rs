//! Policy files with faults: every fault of a file is named with its line, and nothing of the file is kept.

use super::refused;
use crate::stage::Stage;

/// A policy that is right but for what is put in.
fn file(stage: &Stage, faulty: &str) -> String {
    let has = |key: &str| faulty.contains(&format!("{key}:"));
    let or = |key: &str, value: &str| if has(key) { String::new() } else { format!("    {key}: {value}\n") };
    let text = format!(
        "policies:\n  - name: reclaim\n    sites: [wiki]\n{}{}    {faulty}\n",
        or("select", "idle >= 90d"),
        or("actions", "[disable]"),
    );
    stage.file("faulty.yaml", &text).display().to_string()
}

#[test]
fn a_faulty_policy_is_refused_with_its_line_and_the_remedy_and_not_kept() {
    let stage = Stage::with(100);
    for (faulty, words) in [
        ("descripton: oops", &["descripton", "description", "line 6"][..]),
        ("limits: { acounts: 3 }", &["acounts", "accounts"]),
        ("schedule: { cron: \"0 6 30 2 *\" }", &["cron", "never"]),
        ("schedule: { cron: \"0 6 * *\" }", &["cron"]),
        (
            "schedule: { cron: \"0 6 * * *\", timezone: Pacific/Aukland }",
            &["Pacific/Aukland", "Pacific/Auckland"],
        ),
        ("limits: { percent: 0 }", &["percent"]),
        ("limits: { percent: 101 }", &["percent", "101", "100"]),
        ("limits: { accounts: 0 }", &["accounts", "0"]),
        ("limits: { accounts: -5 }", &["accounts"]),
        ("limits: { failures: 0 }", &["failures"]),
        ("plan-expiry: 0h", &["plan-expiry"]),
        ("grace: soon", &["grace", "soon"]),
        ("mode: dry", &["dry", "test", "live"]),
        ("actions: [dissable]", &["dissable", "disable"]),
        ("actions: []", &["actions"]),
        ("actions: [disable, enable]", &["disable", "enable"]),
        ("select: \"idel >= 90d\"", &["idel", "idle", "^"]),
        ("select: \"\"", &["select", "empty", "all"]),
        ("report: { to: [\"not an address\"] }", &["not an address"]),
        ("report: { to: [\"a@example.org\\r\\nBcc: b@example.org\"] }", &["report"]),
    ] {
        let file = file(&stage, faulty);
        stage.refuses(&["policy", "check", &file], words);
        stage.refuses(&["policy", "load", &file], words);
    }
    assert_eq!(stage.json(&["policy", "list"]), serde_json::json!([]));
}

#[test]
fn a_file_with_several_faults_names_them_all_and_keeps_none_of_its_policies() {
    let stage = Stage::with(100);
    let text = "policies:\n  - name: good\n    sites: [wiki]\n    select: idle >= 90d\n    actions: [disable]\n  \
                - name: other\n    sites: [wiki]\n    selekt: all\n    actions: [dissable]\n    limits: { percent: 101 }\n";
    let file = stage.file("several.yaml", text).display().to_string();
    let words = ["several.yaml", "line 6", "selekt", "dissable", "101"];
    stage.refuses(&["policy", "check", &file], &words);
    stage.refuses(&["policy", "load", &file], &words);
    assert_eq!(stage.json(&["policy", "list"]), serde_json::json!([]));
}

#[test]
fn words_for_notices_that_do_not_render_are_named_one_and_all() {
    let stage = Stage::with(100);
    let policy = |name: &str, message: &str| {
        format!(
            "  - name: {name}\n    sites: [wiki]\n    select: idle >= 90d\n    actions: [notify]\n    notice:\n      subject: \"{{% if %}}\"\n      message: |\n        Hello\n        {message}\n"
        )
    };
    let text = format!("policies:\n{}{}", policy("one", "{{ nope }}"), policy("two", "{{ 'x' * 9 }}"));
    let file = stage.file("words.yaml", &text).display().to_string();
    let words = [
        "line 7, policies[0].notice.subject: this cannot be written into a mail (line 1",
        "line 9, policies[0].notice.message: this cannot be written into a mail (line 2, column 4 of it): undefined value",
        "line 16, policies[1].notice.subject",
        "line 18, policies[1].notice.message",
        "the operator `*` is not for mails",
    ];
    stage.refuses(&["policy", "check", &file], &words);
    stage.refuses(&["policy", "load", &file], &words);
    assert_eq!(stage.json(&["policy", "list"]), serde_json::json!([]));
}

#[test]
fn a_name_that_stands_twice_is_refused() {
    let stage = Stage::with(100);
    let policy = |name: &str| {
        format!("  - {{ name: {name}, sites: [wiki], select: idle >= 90d, actions: [disable] }}\n")
    };
    let text = format!("policies:\n{}{}", policy("reclaim"), policy("reclaim"));
    let file = stage.file("twice.yaml", &text).display().to_string();
    stage.refuses(&["policy", "check", &file], &["twice.yaml", "line 3", "reclaim"]);
    stage.refuses(&["policy", "load", &file], &["twice.yaml", "line 3", "reclaim"]);
    assert_eq!(stage.json(&["policy", "list"]), serde_json::json!([]));
}

#[test]
fn a_file_that_is_no_policy_file_is_refused() {
    let stage = Stage::with(100);
    let missing = stage.folder.path().join("missing.yaml").display().to_string();
    stage.refuses(&["policy", "check", &missing], &["missing.yaml", "cannot be read"]);
    let binary = stage.folder.path().join("binary.yaml");
    std::fs::write(&binary, [0xFF, 0xFE, 0, 1]).expect("a file");
    stage.refuses(&["policy", "check", &binary.display().to_string()], &["binary.yaml"]);
    for (name, text, word) in [
        ("empty.yaml", "", "policies:"),
        ("list.yaml", "- a\n- b\n", "line 1"),
        ("broken.yaml", "policies:\n  - name: [\n", "line "),
        ("none.yaml", "policies: []\n", "polic"),
        ("other.yaml", "services: { web: {} }\n", "services"),
    ] {
        let file = stage.file(name, text).display().to_string();
        stage.refuses(&["policy", "check", &file], &[name, word]);
    }
}

#[test]
fn a_policy_file_is_checked_without_any_installation() {
    let stage = Stage::with(100);
    let file = file(&stage, "mode: dry");
    let nowhere = stage.folder.path().join("nowhere");
    let mut command = stage.command(&["policy", "check", &file]);
    refused(command.env("ROLLCALL_DATA", &nowhere), &["dry"]);
    assert!(!nowhere.exists(), "checking a file makes no data folder");
}

#[test]
fn an_action_that_the_site_cannot_do_is_refused_before_anything_is_planned() {
    let stage = Stage::with(100);
    stage.run(&["sync", "wiki"]).ends(0);
    for (action, word) in [
        ("suspend", "suspend"),
        ("change-directory=to:Elsewhere,mode:move", "change-directory"),
        ("reset-password", "reset-password"),
    ] {
        stage.refuses(&["plan", "wiki", "--select", "status = enabled", "--action", action], &[word, "wiki"]);
    }
    let file = file(&stage, "actions: [suspend]");
    stage.run(&["policy", "load", &file]).ends(0);
    stage.run(&["policy", "enable", "reclaim"]).ends(0);
    stage.refuses(&["run", "reclaim"], &["suspend", "wiki"]);
    stage.refuses(&["plan", "reclaim"], &["suspend", "wiki"]);
}

#[test]
fn a_policy_that_is_unknown_off_or_untested_does_not_run() {
    let stage = Stage::with(100);
    let file = file(&stage, "description: fine");
    stage.refuses(&["run", "reclaim"], &["reclaim", "policy"]);
    stage.refuses(&["plan", "reclaim"], &["reclaim", "policy"]);
    stage.refuses(&["policy", "enable", "reclaim"], &["reclaim", "policy"]);
    stage.run(&["policy", "load", &file]).ends(0);
    stage.refuses(&["run", "reclaim"], &["reclaim", "off", "policy enable"]);
    stage.run(&["policy", "enable", "reclaim"]).ends(0);
    stage.refuses(&["policy", "enable", "reclaim", "--live"], &["reclaim", "test"]);
    stage.refuses(&["run", "reclaim", "--site", "elsewhere"], &["reclaim", "elsewhere"]);
}
