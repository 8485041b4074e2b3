//! Limits, approvals, what may be applied (I4).

use crate::*;

fn exceeded(plan: &Plan) -> Vec<LimitKind> {
    plan.limits.exceeded().map(|c| c.limit).collect()
}

#[test]
fn i4_each_limit_stops_a_plan_and_the_plan_still_shows_everything() {
    let wiki = site((0..17).map(|n| person(&format!("p{n:02}"))));
    let planning = |limits, previous| {
        let mut planning =
            Planning::of(&wiki, r#"username ~ "p" AND name ~ "the person" AND idle >= 90d"#, &["disable"])
                .limits(limits);
        planning.previous = previous;
        planning.plan()
    };
    let wide = Limits { percent: Percent::ALL, ..Limits::default() };

    let plan = planning(Limits { accounts: Some(17), ..wide.clone() }, None);
    assert!(!plan.is_blocked(), "{:?}", plan.limits);
    let plan = planning(Limits { accounts: Some(16), ..wide.clone() }, None);
    assert_eq!((exceeded(&plan), plan.items.len()), (vec![LimitKind::Accounts], 17));

    // 17 of 20 accounts are 85 %.
    assert!(!planning(Limits { percent: Percent::new(85.0).unwrap(), ..wide.clone() }, None).is_blocked());
    let plan = planning(Limits { percent: Percent::new(84.99).unwrap(), ..wide.clone() }, None);
    assert_eq!(exceeded(&plan), [LimitKind::Percent]);

    assert!(!planning(wide.clone(), Some(6)).is_blocked(), "18 are three times six");
    let plan = planning(wide.clone(), Some(5));
    assert_eq!(exceeded(&plan), [LimitKind::Growth]);
    assert!(plan.limits.exceeded().all(|c| c.words.contains("raise `limits.growth`")));
    assert!(!planning(wide, None).is_blocked(), "the first run has nothing to be compared with");
}

#[test]
fn i4_nobody_active_within_the_last_thirty_days_loses_anything_unless_the_policy_names_a_lower_number() {
    let wiki = site([
        person("idle"),
        person("fresh").active(29),
        person("exact").active(30),
        person("unknown").without_evidence(),
    ]);
    let names = r#"username IN ("idle", "fresh", "exact", "unknown")"#;
    let limits = Limits { percent: Percent::ALL, ..Limits::default() };
    for action in ["disable", "delete", "remove-groups=confluence-users", "remove-licence-groups"] {
        let plan = Planning::of(&wiki, names, &[action]).limits(limits.clone()).plan();
        assert_eq!(exceeded(&plan), [LimitKind::MinimumIdle], "{action}");
        assert!(plan.limits.exceeded().all(|c| c.found == 1), "{:?}", plan.limits);
    }
    for action in ["add-groups=confluence-inactive", "notify"] {
        assert!(
            !Planning::of(&wiki, names, &[action]).limits(limits.clone()).plan().is_blocked(),
            "{action} takes nothing away"
        );
    }
    let lower = Limits { minimum_idle: Period::days(29), ..limits };
    assert!(!Planning::of(&wiki, names, &["disable"]).limits(lower).plan().is_blocked());
}

fn applying<'a>(site: &'a rollcall_model::SiteId, approvals: &'a [GivenApproval<'a>]) -> Applying<'a> {
    Applying { now: now() + 1.hour(), site, operator: "ola", approvals }
}

#[test]
fn i4_a_blocked_plan_is_not_applicable() {
    let wiki = site([person("mira")]);
    let plan = Planning::of(&wiki, r#"username = "mira""#, &["disable"]).limits(Limits::default()).plan();
    let refusal = plan.check_applicable(&applying(&"site-1".into(), &[])).unwrap_err();
    let PlanRefusal::Blocked { exceeded } = &refusal else { panic!("{refusal}") };
    assert_eq!(exceeded.len(), 1, "one of four accounts is more than 5 %");
    assert!(refusal.to_string().contains("1 of the site's 4 accounts"), "{refusal}");
}

#[test]
fn a_plan_that_expired_or_belongs_to_another_site_is_not_applicable() {
    let wiki = site([person("mira")]);
    let plan = Planning::of(&wiki, r#"username = "mira""#, &["disable"]).plan();
    let here = "site-1".into();
    assert_eq!(plan.check_applicable(&applying(&here, &[])), Ok(()));
    let late = Applying { now: now() + 24.hours(), ..applying(&here, &[]) };
    assert!(matches!(plan.check_applicable(&late), Err(PlanRefusal::Expired { .. })));
    assert!(matches!(
        plan.check_applicable(&applying(&"site-2".into(), &[])),
        Err(PlanRefusal::OtherSite { .. })
    ));
}

#[test]
fn approval_is_asked_above_a_number_and_of_a_second_person_where_the_policy_says_so() {
    let wiki = site([person("mira"), person("noor")]);
    let here = "site-1".into();
    let mut planning = Planning::of(&wiki, r#"username IN ("mira", "noor")"#, &["disable"]);
    planning.approval = Approval { above: Some(2), second_person: true };
    assert_eq!(planning.plan().check_applicable(&applying(&here, &[])), Ok(()), "two are not above two");

    planning.approval = Approval { above: Some(1), second_person: true };
    let plan = planning.plan();
    let given = |by, fingerprint| [GivenApproval { by, fingerprint }];
    let refusal = plan.check_applicable(&applying(&here, &[])).unwrap_err().to_string();
    assert!(
        refusal.contains("needs approval by somebody other than ola: rollcall approve plan-1"),
        "{refusal}"
    );
    assert!(plan.check_applicable(&applying(&here, &given("ola", &plan.fingerprint))).is_err());
    assert!(plan.check_applicable(&applying(&here, &given("pia", "another plan"))).is_err());
    assert_eq!(plan.check_applicable(&applying(&here, &given("pia", &plan.fingerprint))), Ok(()));
}
