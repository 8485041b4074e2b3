//! What is refused: each fault with its place and the remedy.

use crate::{file_with, refusal};
use rollcall_planner::{read_policies, read_policies_with};

#[test]
fn every_fault_is_named_with_its_line_its_key_and_the_remedy() {
    for (line, at, words) in [
        ("limits: { percnt: 5 }", "line 7, policies[0].limits.percnt", "did you mean \"percent\"?"),
        ("shedule: { cron: \"0 6 * * *\" }", "line 8, policies[0].shedule", "did you mean \"schedule\"?"),
        ("limits: { percent: 0 }", "policies[0].limits.percent", "above 0 and at most 100"),
        ("limits: { percent: 101 }", "policies[0].limits.percent", "above 0 and at most 100"),
        ("limits: { percent: 0.001 }", "policies[0].limits.percent", "two decimals"),
        ("limits: { percent: 5% }", "policies[0].limits.percent", "write the number alone"),
        ("limits: { percent: .nan }", "", "nan"),
        ("limits: { accounts: 0 }", "policies[0].limits.accounts", "1 or more"),
        ("limits: { accounts: -3 }", "policies[0].limits.accounts", "1 or more"),
        ("limits: { accounts: 2.5 }", "policies[0].limits.accounts", "whole number"),
        (
            "limits: { accounts: many }",
            "policies[0].limits.accounts",
            "a number is expected, not text (\"many\")",
        ),
        ("limits: { canary: 0 }", "policies[0].limits.canary", "1 or more"),
        ("limits: { failures: 0 }", "policies[0].limits.failures", "1 or more"),
        ("limits: { growth: 3 }", "policies[0].limits.growth", "such as 3x"),
        ("limits: { growth: 0.5x }", "policies[0].limits.growth", "from 1 to"),
        ("limits: { minimum-idle: 30 }", "policies[0].limits.minimum-idle", "24h, 7d or 2w"),
        ("limits: [5]", "policies[0].limits", "a section with keys is expected, not a list"),
        ("grace: soon", "policies[0].grace", "24h, 7d or 2w"),
        ("plan-expiry: 0d", "policies[0].plan-expiry", "1h or more"),
        ("actions: []", "policies[0].actions", "no action is named"),
        ("actions: disable", "policies[0].actions", "write it in square brackets"),
        ("actions: [dissable]", "policies[0].actions[0]", "did you mean \"disable\"?"),
        ("actions: [disable, enable]", "policies[0].actions[1]", "contradict"),
        ("actions: [delete, notify]", "policies[0].actions[1]", "nothing can follow"),
        (
            "actions: [{add-groups: [a]}, {remove-groups: [A]}]",
            "policies[0].actions[1]",
            "both added and removed",
        ),
        ("actions: [{add-groups: []}]", "policies[0].actions[0].add-groups", "at least one group"),
        ("actions: [{add-groups: a}]", "policies[0].actions[0].add-groups", "a list is expected"),
        ("actions: [add-groups]", "policies[0].actions[0]", "needs the names of groups"),
        ("actions: [{add-groups: [\" \"]}]", "policies[0].actions[0].add-groups[0]", "empty"),
        ("actions: [{disable: now}]", "policies[0].actions[0].disable", "takes no argument"),
        ("actions: [{disable: , notify: }]", "policies[0].actions[0]", "one action has one name"),
        ("actions: [{change-directory: {mode: copy}}]", "change-directory.to", "is missing"),
        (
            "actions: [{change-directory: {to: x, mode: swap}}]",
            "change-directory.mode",
            "not one of move, copy",
        ),
        ("schedule: { cron: \"0 0 30 2 *\" }", "policies[0].schedule.cron", "never fires"),
        ("schedule: { cron: weekly }", "policies[0].schedule.cron", "0 6 * * SAT"),
        ("schedule: { cron: 5 }", "policies[0].schedule.cron", "put it in quotes"),
        (
            "schedule: { cron: \"0 6 * * SAT\", timezone: Pacific/Aukland }",
            "policies[0].schedule.timezone",
            "did you mean \"Pacific/Auckland\"?",
        ),
        ("mode: life", "policies[0].mode", "did you mean \"live\"?"),
        ("name: a/b", "policies[0].name", "cannot be the name"),
        ("name: 2026", "policies[0].name", "put it in quotes"),
        ("sites: []", "policies[0].sites", "no site is named"),
        ("sites: [wiki, wiki]", "policies[0].sites", "stands twice"),
        ("sites: [a b]", "policies[0].sites[0]", "may contain only"),
        ("select: \"\"", "policies[0].select", "empty"),
        ("select: bogus >= 90d", "policies[0].select", "^"),
        ("report: { to: [it-ops] }", "policies[0].report.to[0]", "not a mail address"),
        ("report: { to: [\"Ops <ops@example.org>\"] }", "policies[0].report.to[0]", "bare"),
        ("report: { when: sometimes }", "policies[0].report.when", "not one of always"),
        ("report: { attach: pdf }", "policies[0].report.attach", "not one of csv"),
        ("approval: { second-person: perhaps }", "policies[0].approval.second-person", "true or false"),
        ("approval: { above: -1 }", "policies[0].approval.above", "0 or more"),
        ("protected-groups: svc", "policies[0].protected-groups", "a list is expected"),
    ] {
        let yaml = file_with(line);
        let refused = refusal(&yaml);
        assert!(
            refused.contains(at) && refused.to_lowercase().contains(&words.to_lowercase()),
            "{line}\n→ {refused}"
        );
        assert_eq!(
            refused.lines().filter(|l| l.contains("policies[")).count().max(1),
            1,
            "one fault, one message: {refused}"
        );
    }
}

#[test]
fn a_missing_key_says_what_belongs_there() {
    for key in ["name", "sites", "select", "actions"] {
        let yaml = file_with(&format!("{key}:"));
        assert!(refusal(&yaml).contains(&format!("the key \"{key}\" is missing")), "{}", refusal(&yaml));
    }
}

#[test]
fn all_faults_of_a_file_are_told_at_once_in_its_order() {
    let refused = refusal(
        "policies:\n  - name: one\n    sites: [wiki]\n    selct: all\n    select: all\n    actions: [dissable]\n    limits: { percent: 0, growth: 3 }\n\
         \x20 - name: one\n    mode: live\n    mode: test\n    sites: [wiki]\n    select: all\n    actions: [notify]\n",
    );
    let lines: Vec<_> = refused.lines().map(|l| l.split(',').next().unwrap_or_default()).collect();
    assert_eq!(lines, ["line 4", "line 6", "line 7", "line 7", "line 8", "line 10"], "{refused}");
    assert!(refused.contains("another policy of this file is called \"one\" (first in line 2)"), "{refused}");
    assert!(refused.contains("the key \"mode\" stands twice (first in line 9)"), "{refused}");
}

#[test]
fn what_is_not_a_policy_file_is_refused_in_one_sentence() {
    let deep = "[".repeat(20_000);
    let deep_map = format!("policies:\n  - {}", "{a: ".repeat(5_000));
    let huge = format!("policies: [{}]", "x, ".repeat(3_000_000));
    for yaml in [
        "",
        "   \n",
        "hello",
        "[]",
        "policies",
        "policies:",
        "policies: []",
        "policies: [1]",
        "- a",
        "a: [",
        "\u{0}",
        "policies:\n\t- x",
        &deep,
        &deep_map,
        &huge,
        "%PDF-1.4 ...",
    ] {
        let refused = refusal(yaml);
        assert!(
            !refused.is_empty() && refused.lines().count() <= 3 && refused.len() < 600,
            "{}… → {refused}",
            &yaml[..yaml.len().min(40)]
        );
    }
    assert!(
        refusal("name: x\nselect: all\nactions: [disable]\nsites: [w]\n")
            .contains("put it into a list under `policies:`")
    );
    assert!(refusal("policies: []\n---\npolicies: []\n").contains("one list under `policies:`"));
    assert!(refusal("policies: [\n").starts_with("line 1: the file is not readable YAML"));
    assert!(refusal("polices: []").contains("did you mean \"policies\"?"));
}

#[test]
fn a_mistake_about_events_or_notices_is_named_with_its_remedy() {
    for (lines, path, part) in [
        ("on: [logon]", "policies[0].on[0]", "did you mean \"login\"?"),
        ("on: []", "policies[0].on", "no event is named"),
        ("on: [login, login]", "policies[0].on", "stands twice"),
        ("on: 3", "policies[0].on", "a list is expected"),
        ("poll: 5m", "policies[0].poll", "name the events with `on`"),
        ("on: [login]\n    poll: 5d", "policies[0].poll", "15m or 2h"),
        ("on: [login]\n    poll: 15", "policies[0].poll", "15m or 2h"),
        ("on: [account-created]", "policies[0].on", "write `grace: 0d` as well"),
        ("notice: { before: 14d }", "policies[0].notice", "no such action"),
        ("notice: { befor: 14d }", "policies[0].notice.befor", "did you mean \"before\"?"),
        ("notice: { keep-for: 0d }", "policies[0].notice.keep-for", "no time at all"),
        ("notice: 14d", "policies[0].notice", "a section with keys is expected"),
    ] {
        let error = read_policies(&file_with(lines)).unwrap_err();
        let found =
            error.problems.iter().any(|p| p.path == path && p.message.contains(part) && p.line.is_some());
        assert!(found, "{lines}: {error}");
    }
}

#[test]
fn words_that_cannot_be_mailed_are_named_among_the_other_faults_of_the_file() {
    let wrong = |part, words: &str| (words == "no").then(|| format!("{part:?} is wrong"));
    let lines = "notice: { subject: no, message: no, announces: no, befor: 1d }\n    limits: { percent: 0 }";
    let file = file_with(lines).replace("[disable]", "[notify]");
    let error = read_policies_with(&file, &wrong).unwrap_err();
    let paths: Vec<_> = error.problems.iter().map(|p| (p.path.as_str(), p.message.as_str())).collect();
    assert!(paths.contains(&("policies[0].notice.subject", "Subject is wrong")), "{error}");
    assert!(paths.contains(&("policies[0].notice.message", "Message is wrong")), "{error}");
    assert_eq!(paths.len(), 4, "{error}");
    assert!(error.problems.iter().all(|p| p.line.is_some()), "{error}");
}
