//! What an order becomes.

use crate::*;

#[test]
fn an_order_becomes_changes_in_the_order_of_its_actions_and_what_is_so_already_is_only_counted() {
    let wiki =
        site([person("mira"), person("noor").disabled(), person("otto").disabled().in_groups(&[INACTIVE])]);
    let plan = Planning::of(
        &wiki,
        r#"username IN ("mira", "noor", "otto") ORDER BY username"#,
        &["remove-groups=confluence-users", "add-groups=Confluence-Inactive", "disable"],
    )
    .plan();
    assert_eq!(
        items(&plan),
        [
            "mira: remove-groups=confluence-users",
            "mira: add-groups=confluence-inactive",
            "mira: disable",
            "noor: remove-groups=confluence-users",
            "noor: add-groups=confluence-inactive",
        ]
    );
    assert_eq!((plan.selected, plan.accounts), (3, 2));
    assert_eq!((plan.already.accounts, plan.already.changes), (1, 4));
    let first = &plan.items[0];
    assert_eq!(
        (first.seq, &first.before, &first.after, first.undo),
        (1, &Standing::Member, &Standing::NotMember, true)
    );
    let evidence = first.evidence.as_ref().unwrap();
    assert_eq!(
        (evidence.source.as_str(), evidence.at, evidence.age_days),
        ("list-active", Some(days_ago(200)), Some(200))
    );
    assert_eq!((plan.seats.freed, plan.seats.taken), (1, 0), "a disabled account had no seat to lose");
}

#[test]
fn a_notice_is_planned_whatever_the_site_can_do_and_never_twice_while_one_waits() {
    let wiki =
        site([person("mira"), person("noor")]).cannot(ActionKind::Notify, "this site knows nothing of it");
    let mut planning = Planning::of(&wiki, r#"username IN ("mira", "noor")"#, &["notify"]);
    let told = |sent, is_waiting| [("key-noor".into(), Noticed { sent, is_waiting })].into();
    planning.facts.notices = told(None, true);
    let plan = planning.plan();
    assert_eq!((items(&plan), plan.already.accounts), (vec!["mira: notify".to_owned()], 1));
    let waiting = plan.fingerprint;
    // One that was sent is the criterion's affair.
    planning.facts.notices = told(Some(days_ago(1)), false);
    assert_eq!(items(&planning.plan()), ["mira: notify", "noor: notify"]);
    assert_ne!(planning.plan().fingerprint, waiting);
}

#[test]
fn a_plan_that_is_restricted_is_about_nobody_else_and_says_so() {
    let wiki = site([person("mira"), person("noor"), person("busy").active(1)]);
    let mut planning = Planning::of(&wiki, "idle >= 90d", &["disable"]);
    let whole = planning.plan();
    assert_eq!(items(&whole), ["mira: disable", "noor: disable"]);
    let happened = |names: &[&str]| Only {
        accounts: names.iter().map(|n| (format!("key-{n}").into(), [Trigger::Login].into())).collect(),
    };
    planning.only = Some(happened(&["noor", "busy", "gone"]));
    let plan = planning.plan();
    assert_eq!(items(&plan), ["noor: disable"]);
    assert_eq!(plan.selected, 1);
    assert!(plan.items[0].why.starts_with("signed in; idle"), "{}", plan.items[0].why);
    assert_eq!(plan.to_json()["only"]["words"], "only 3 accounts that signed in");
    assert_ne!(plan.fingerprint, whole.fingerprint);
    let stored: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    assert_eq!(stored, plan);
    // Another restriction that comes to the same changes is another plan.
    planning.only = Some(happened(&["noor", "busy"]));
    assert_ne!(planning.plan().fingerprint, plan.fingerprint);
}

#[test]
fn whoever_is_chosen_by_hand_is_the_one_account_of_that_key_and_the_plan_says_so() {
    let wiki = site([person("mira"), person("noor"), person("busy").active(1)]);
    let mut planning = Planning::of(&wiki, "all", &["disable"]);
    planning.only = Some(Only::chosen(["key-noor".into(), "key-busy".into()]));
    let plan = planning.plan();
    assert_eq!(
        (items(&plan), plan.selected),
        (vec!["noor: disable".to_owned(), "busy: disable".to_owned()], 2)
    );
    assert_eq!(plan.to_json()["only"]["words"], "only 2 accounts chosen by hand");
    assert_eq!(plan.items[0].why, "chosen by hand");
    // Both restrictions hold together.
    planning = Planning::of(&wiki, "idle >= 90d", &["disable"]);
    planning.only = Some(Only::chosen(["key-noor".into(), "key-busy".into()]));
    let plan = planning.plan();
    assert_eq!(items(&plan), ["noor: disable"]);
    assert!(plan.items[0].why.starts_with("chosen by hand; idle"), "{}", plan.items[0].why);
}

#[test]
fn taking_the_seat_removes_the_account_from_the_last_group_of_every_way_to_it() {
    let wiki = site([
        person("plain"),
        person("nested").in_groups(&["staff", INACTIVE]),
        person("twice").in_groups(&[USERS, "staff"]),
        person("outside").in_groups(&[INACTIVE]).with(|r| r.seat = Some(false)),
        person("direct-permission").in_groups(&[INACTIVE]).with(|r| r.seat = Some(true)),
    ])
    .group("staff", false, &[])
    .nest(USERS, "staff");
    let names =
        r#"username IN ("plain", "nested", "twice", "outside", "direct-permission") ORDER BY username"#;
    let plan = Planning::of(&wiki, names, &["remove-licence-groups"]).plan();
    assert_eq!(
        items(&plan),
        [
            "nested: remove-groups=staff",
            "plain: remove-groups=confluence-users",
            "twice: remove-groups=confluence-users",
            "twice: remove-groups=staff",
        ]
    );
    assert_eq!(plan.seats.freed, 3);
    assert_eq!(plan.already.accounts, 1, "outside has none");
    assert_eq!(plan.refused[0].code, RefusalCode::SeatFromElsewhere);

    let plan = Planning::of(&wiki, r#"username = "twice""#, &["remove-groups=confluence-users"]).plan();
    assert_eq!(plan.seats.freed, 0, "the seat stays by way of staff");
    assert!(
        plan.warnings.iter().any(|w| w.contains("1 account remains in \"confluence-users\"")),
        "{:?}",
        plan.warnings
    );
}

#[test]
fn an_order_that_does_not_fit_the_site_is_an_error_that_names_the_remedy() {
    let wiki = site([]).group("Readers", false, &[]).group("readers", false, &[]);
    for (actions, parts) in [
        (
            &["add-groups=confluence-inactiv"][..],
            &["does not exist", "did you mean \"confluence-inactive\"?", "rollcall site create-group"][..],
        ),
        (
            &["remove-groups=nothing-like-it"],
            &["`remove-groups=nothing-like-it`: the group", "does not exist"],
        ),
        (&["add-groups=READERS"], &["differ in case", "\"Readers\", \"readers\""]),
        (&["change-directory=to:Internl"], &["did you mean \"Internal\"?"]),
        (&["change-directory=to:Corporate LDAP"], &["read-only"]),
        (&["disable", "enable"], &["contradict"]),
        (&["add-groups=confluence-users", "remove-licence-groups"], &["gives a seat again"]),
        (&[], &["no action"]),
        (&["add-groups=x1", "remove-groups=x2"], &["x1", "x2"]),
    ] {
        let error = Planning::of(&wiki, "all", actions).try_plan().unwrap_err().to_string();
        assert!(parts.iter().all(|part| error.contains(part)), "{actions:?}: {error}");
    }
    let unknown = Planning::of(&wiki, r#"group = "confluence-user""#, &["disable"]).try_plan().unwrap_err();
    assert!(matches!(unknown, PlanError::Criterion(_)), "{unknown}");
    assert!(Planning::of(&wiki, "all", &["add-groups=readers"]).try_plan().is_ok(), "spelled exactly");
}
