//! What is taken, and what it means: defaults, versions, the guide and the schema.

use crate::{file_with, refusal};
use rollcall_model::{Action, Trigger};
use rollcall_planner::{
    Approval, Limits, Mode, Notice, Period, Policy, policy_schema, read_policies, write_policies,
};
use std::path::Path;

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
