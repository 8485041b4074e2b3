//! The policy file: what is taken, what is refused with which words, and that it goes both ways.

use proptest::prelude::*;
use rollcall_model::{Action, MoveMode, Trigger};
use rollcall_planner::{
    Approval, Attachment, Limits, Mode, Notice, Percent, Period, Policy, PollPeriod, ReportWhen, ReportWish,
    Schedule, policy_schema, read_policies, write_policies,
};
use std::path::Path;

/// A policy of one line each, with one line put in the place of the line that begins like it.
fn file_with(line: &str) -> String {
    let lines = [
        "name: idle",
        "sites: [wiki]",
        "select: idle >= 90d",
        "actions: [disable]",
        "schedule: { cron: \"0 6 * * SAT\", timezone: Pacific/Auckland }",
        "limits: { accounts: 200 }",
    ];
    let key = line.split(':').next().unwrap_or_default();
    let mut file = String::from("policies:\n");
    let mut is_placed = false;
    for (position, standard) in lines.iter().enumerate() {
        let dash = if position == 0 { "  - " } else { "    " };
        let is_replaced = standard.starts_with(&format!("{key}:"));
        is_placed |= is_replaced;
        file.extend([dash, if is_replaced { line } else { standard }, "\n"]);
    }
    if !is_placed {
        file.extend(["    ", line, "\n"]);
    }
    file
}

fn refusal(yaml: &str) -> String {
    match read_policies(yaml) {
        Ok(policies) => panic!("was taken:\n{yaml}\n{policies:?}"),
        Err(error) => error.to_string(),
    }
}

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
fn files_of_windows_editors_and_shared_parts_are_read() {
    let windows = format!("\u{feff}{}", file_with("grace: 14d").replace('\n', "\r\n"));
    assert_eq!(read_policies(&windows).unwrap(), read_policies(&file_with("grace: 2w")).unwrap());
    let shared = "policies:\n  - {name: a, sites: [w], select: all, actions: [notify], limits: &careful {accounts: 3}}\n\
                  \x20 - {name: b, sites: [w], select: all, actions: [notify], limits: *careful}\n";
    let read = read_policies(shared).unwrap();
    assert_eq!(read[0].limits, read[1].limits);
    let bomb = format!(
        "a: &a0 [x]\n{}policies: *a24\n",
        (1..25).map(|n| format!("b{n}: &a{n} [*a{0}, *a{0}]\n", n - 1)).collect::<Vec<_>>().concat()
    );
    assert!(refusal(&bomb).len() < 400);
}

#[test]
fn the_guide_shows_the_sample_and_names_every_key_and_action() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/policies.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let example = guide.split("```yaml").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert_eq!(read_policies(example).unwrap(), [Policy::sample()]);
    let schema = policy_schema();
    for section in ["Policy", "Limits", "Approval", "ReportWish", "Schedule"] {
        for key in schema["$defs"][section]["properties"].as_object().unwrap().keys() {
            assert!(guide.contains(&format!("`{key}")), "docs/policies.md does not name {section}.{key}");
        }
    }
    for kind in rollcall_model::ActionKind::ALL {
        assert!(guide.contains(&format!("`{kind}")), "docs/policies.md does not name {kind}");
    }
}

#[test]
fn a_short_policy_is_safe_by_default() {
    let read = read_policies("policies:\n  - {name: short, sites: [wiki], select: all, actions: [notify]}\n")
        .unwrap();
    let policy = &read[0];
    assert_eq!(policy.mode, Mode::Test);
    assert_eq!(
        (policy.limits.percent.to_string(), policy.limits.growth.to_string()),
        ("5".into(), "3x".into())
    );
    assert_eq!((policy.limits.failures, policy.limits.minimum_idle), (5, Period::days(30)));
    assert_eq!(
        (policy.grace, policy.snapshot_max_age, policy.plan_expiry),
        (Period::days(7), Period::hours(24), Period::hours(24))
    );
    assert_eq!(policy.approval, Approval::NEVER);
    assert!(policy.schedule.is_none() && policy.report.to.is_empty());
}

#[test]
fn an_approval_section_without_a_number_means_always() {
    let read = read_policies(&file_with("approval: { second-person: true }")).unwrap();
    assert_eq!(read[0].approval, Approval { above: Some(0), second_person: true });
}

#[test]
fn pages_api_and_files_hold_the_same_policy() {
    for policy in Policy::samples() {
        let json = serde_json::to_value(&policy).unwrap();
        assert_eq!(serde_json::from_value::<Policy>(json.clone()).unwrap(), policy);
        let file = serde_json::json!({ "policies": [json] }).to_string();
        assert_eq!(read_policies(&file).unwrap(), [policy]);
    }
    let error =
        serde_json::from_str::<Policy>(r#"{"name":"x","sites":["w"],"select":"all","actions":["dissable"]}"#);
    assert!(error.unwrap_err().to_string().contains("did you mean \"disable\"?"));
}

#[test]
fn i14_a_version_ignores_formatting_and_mode_and_nothing_else() {
    let base = read_policies(&file_with("grace: 14d")).unwrap().remove(0);
    for same in ["grace: 2w", "grace:    14d  # two weeks"] {
        assert_eq!(read_policies(&file_with(same)).unwrap()[0].version(), base.version(), "{same}");
    }
    let reformatted =
        file_with("grace: 2w").replace("select: idle >= 90d", "select: >\n      idle  >=\n      90d\n");
    assert_eq!(read_policies(&reformatted).unwrap()[0].version(), base.version());
    let live = Policy { mode: Mode::Live, ..base.clone() };
    assert_eq!(live.version(), base.version());

    let changed: Vec<Policy> = vec![
        Policy { name: "other".into(), ..base.clone() },
        Policy { select: "idle >= 91d".into(), ..base.clone() },
        Policy { actions: vec![Action::Notify], ..base.clone() },
        Policy { limits: Limits { accounts: Some(201), ..base.limits.clone() }, ..base.clone() },
        Policy { grace: Period::days(1), ..base.clone() },
        Policy { protected_groups: vec!["svc".into()], ..base.clone() },
        Policy { approval: Approval::ALWAYS, ..base.clone() },
        Policy { on: vec![Trigger::Login], ..base.clone() },
        Policy { poll: "5m".parse().unwrap(), ..base.clone() },
        Policy { notice: Some(Notice::default()), ..base.clone() },
    ];
    for policy in &changed {
        assert_ne!(policy.version(), base.version(), "{policy:?}");
    }
}

#[test]
fn the_committed_schema_is_fresh_and_the_samples_obey_it() {
    let schema = policy_schema();
    let written = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/policy.schema.json");
    if std::env::var_os("ROLLCALL_WRITE_GENERATED").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == written,
        "docs/policy.schema.json is stale; write it with ROLLCALL_WRITE_GENERATED=1 cargo test -p rollcall-planner --test policy_file"
    );

    let validator = jsonschema::validator_for(&schema).unwrap();
    let samples: serde_json::Value = serde_json::json!({ "policies": Policy::samples() });
    assert!(
        validator.is_valid(&samples),
        "{:?}",
        validator.iter_errors(&samples).map(|e| e.to_string()).collect::<Vec<_>>()
    );
    let minimal = serde_json::json!({ "policies": [{"name": "x", "sites": ["w"], "select": "all", "actions": ["disable"]}] });
    assert!(
        validator.is_valid(&minimal),
        "{:?}",
        validator.iter_errors(&minimal).map(|e| e.to_string()).collect::<Vec<_>>()
    );
    for wrong in ["percnt", "percent"] {
        let bad = serde_json::json!({ "policies": [{"name": "x", "sites": ["w"], "select": "all", "actions": ["disable"], "limits": {wrong: 0}}] });
        assert!(!validator.is_valid(&bad), "{bad}");
    }
}

fn name() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9][a-zA-Z0-9._-]{0,12}"
}

/// Names of groups as hostile as YAML can bear.
fn group() -> impl Strategy<Value = String> {
    "[\\PC]{1,12}|yes|no|null|~|- a|\\{x\\}|#x|0x1F|1e3|x: y|'q|\"q|=cmd|@at|%p|&a|\\*a|!t|2026-01-01"
        .prop_map(|text: String| text.trim().to_owned())
        .prop_filter("a name is not blank", |text| !text.is_empty())
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    (
        proptest::option::of(proptest::collection::btree_set(group(), 1..3)),
        proptest::option::of(group()),
        proptest::sample::select(vec![
            Action::Disable,
            Action::Enable,
            Action::RemoveLicenceGroups,
            Action::Notify,
        ]),
        any::<bool>(),
    )
        .prop_map(|(add, to, plain, copy)| {
            let mut actions = vec![plain];
            if let Some(groups) = add {
                let mut seen = std::collections::BTreeSet::new();
                let groups = groups.into_iter().filter(|g| seen.insert(rollcall_snapshot::fold(g)));
                actions.push(Action::AddGroups(groups.map(Into::into).collect()));
            }
            if let Some(to) = to {
                let mode = if copy { MoveMode::Copy } else { MoveMode::Move };
                actions.push(Action::ChangeDirectory { to: to.into(), mode });
            }
            actions
        })
}

fn limits() -> impl Strategy<Value = Limits> {
    (
        proptest::option::of(1u32..9999),
        1u32..=10_000,
        100u32..900,
        proptest::option::of(1u32..99),
        1u32..99,
        0u32..9999,
    )
        .prop_map(|(accounts, percent, growth, canary, failures, idle)| Limits {
            accounts,
            percent: Percent::new(f64::from(percent) / 100.0).unwrap(),
            growth: format!("{}.{:02}x", growth / 100, growth % 100).parse().unwrap(),
            canary,
            failures,
            minimum_idle: Period::hours(idle),
        })
}

fn policy() -> impl Strategy<Value = Policy> {
    (
        (
            name(),
            "\\PC{0,30}",
            proptest::collection::btree_set(name(), 1..4),
            any::<bool>(),
            actions(),
            limits(),
        ),
        (
            proptest::option::of((0u8..60, 0u8..24, 0u8..7)),
            proptest::option::of((0u32..500, any::<bool>())),
            proptest::collection::vec("[a-z]{1,8}@[a-z]{1,8}\\.org", 0..3),
            proptest::sample::select(vec![
                ReportWhen::Always,
                ReportWhen::Changes,
                ReportWhen::Problems,
                ReportWhen::Never,
            ]),
            proptest::sample::select(vec![Attachment::Csv, Attachment::Xlsx, Attachment::None]),
            proptest::collection::vec(group(), 0..3),
            (0u32..999, 1u32..999, 1u32..999),
            (proptest::sample::subsequence(Trigger::ALL.to_vec(), 0..=2), 1u32..=1440),
            proptest::option::of((
                1u32..999,
                1u32..999,
                proptest::option::of("[a-z{} %]{1,20}[a-z]"),
                proptest::option::of("\\PC{0,10}[a-z]\n\n[a-z]{1,9}"),
            )),
        ),
    )
        .prop_map(
            |(
                (name, description, sites, live, actions, limits),
                (cron, approval, to, when, attach, groups, hours, (on, minutes), notice),
            )| Policy {
                name,
                description: description.trim().to_owned(),
                sites: sites.into_iter().map(|s| s.parse().unwrap()).collect(),
                mode: if live { Mode::Live } else { Mode::Test },
                select: "status = enabled AND\n  idle >= 90d".to_owned(),
                schedule: cron
                    .map(|(m, h, d)| Schedule::new(&format!("{m} {h} * * {d}"), "Pacific/Auckland").unwrap()),
                limits,
                approval: approval.map_or(Approval::NEVER, |(above, second_person)| Approval {
                    above: Some(above),
                    second_person,
                }),
                report: ReportWish { to, when, attach },
                // Whoever was just created is within every grace.
                grace: if on.contains(&Trigger::AccountCreated) {
                    Period::hours(0)
                } else {
                    Period::hours(hours.0)
                },
                poll: if on.is_empty() {
                    PollPeriod::default()
                } else {
                    format!("{minutes}m").parse().unwrap()
                },
                on,
                notice: notice.filter(|_| actions.contains(&Action::Notify)).map(
                    |(before, keep, announces, message)| Notice {
                        before: Period::hours(before),
                        keep_for: Period::hours(keep),
                        announces: announces.clone().map(|text| text.trim().to_owned()),
                        subject: announces.map(|text| text.trim().to_owned()),
                        message: message.map(|text| text.trim().to_owned()),
                    },
                ),
                protected_groups: groups.into_iter().map(Into::into).collect(),
                snapshot_max_age: Period::hours(hours.1),
                plan_expiry: Period::hours(hours.2),
                actions,
            },
        )
}

proptest! {
    #[test]
    fn what_export_writes_load_reads(policies in proptest::collection::vec(policy(), 1..3)) {
        let mut policies = policies;
        for (position, policy) in policies.iter_mut().enumerate() {
            policy.name = format!("{}-{position}", &policy.name[..policy.name.len().min(8)]);
        }
        let written = write_policies(&policies);
        match read_policies(&written) {
            Ok(read) => prop_assert_eq!(read, policies),
            Err(error) => prop_assert!(false, "{}\n{}", error, written),
        }
    }

    #[test]
    fn no_text_whatever_makes_the_reader_panic(text in "\\PC{0,60}|(policies:\n  - )?[a-z]{1,6}: [\\PC\n]{0,40}") {
        let _ = read_policies(&text);
    }
}

#[test]
fn a_policy_may_wait_for_events_beside_its_schedule_or_instead() {
    let read = |line: &str| read_policies(&file_with(line)).unwrap().remove(0);
    assert_eq!(read("on: [login]").on, [Trigger::Login]);
    assert_eq!(read("on: login").on, [Trigger::Login], "one event needs no brackets");
    assert_eq!(read("\"on\": [\"login\"]\n    poll: 2h").poll.minutes(), 120);
    let both = read("on: [login, account-created]\n    poll: 5m\n    grace: 0d");
    assert_eq!((both.on.as_slice(), both.poll.to_string()), (&Trigger::ALL[..], "5m".to_owned()));
    assert_eq!(read("grace: 7d").on, [], "a policy without events has the version it always had");
    assert_eq!(
        both.when().as_deref(),
        Some("every Saturday at 06:00, Pacific/Auckland; after account-created or login")
    );
    let written = write_policies(std::slice::from_ref(&both));
    assert_eq!(read_policies(&written).unwrap(), [both], "{written}");
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
