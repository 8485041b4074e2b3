//! Laws over every policy: written and read again it is the same, and no text makes the reader panic.

use proptest::prelude::*;
use rollcall_model::{Action, MoveMode, Trigger};
use rollcall_planner::{
    Approval, Attachment, Limits, Mode, Notice, Percent, Period, Policy, PollPeriod, ReportWhen, ReportWish,
    Schedule, read_policies, write_policies,
};

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
