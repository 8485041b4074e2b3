//! What becomes of an order: changes, protections, refusals, limits.

mod site;

use jiff::ToSpan;
use rollcall_model::{Absence, AccessMode, ActionKind, Reach, Status, Trigger};
use rollcall_planner::{
    Applying, Approval, GivenApproval, LimitKind, Limits, Only, Percent, Period, Plan, PlanError,
    PlanRefusal, ProtectionKind, RefusalCode, Standing, impossible_actions,
};
use rollcall_snapshot::{ExemptSubject, Exemption, History, Noticed};
use site::*;

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
fn i3_unknown_activity_is_never_inactivity() {
    let mut wiki = site([
        person("idle"),
        person("unknown").without_evidence(),
        person("silent").with(|r| r.evidence[0].at = None),
    ]);
    assert_eq!(
        items(&Planning::of(&wiki, "idle >= 90d", &["disable"]).plan()),
        ["idle: disable", "silent: disable"]
    );
    wiki.sources[0].absence = Absence::Unknown;
    assert_eq!(items(&Planning::of(&wiki, "idle >= 90d", &["disable"]).plan()), ["idle: disable"]);
    wiki.sources[0].doubt = Some("the index is being rebuilt".into());
    assert_eq!(items(&Planning::of(&wiki, "idle >= 90d", &["disable"]).plan()), [""; 0]);
    wiki.sources[0].doubt = None;
    wiki.sources[0].reach = Reach::AtLeast;
    assert_eq!(items(&Planning::of(&wiki, "idle >= 90d", &["disable"]).plan()), [""; 0]);
}

#[test]
fn i5_the_account_that_rollcall_uses_is_never_changed() {
    let plan = Planning::of(&site([]), r#"username = "rollcall""#, &["delete"]).plan();
    assert_eq!(protected(&plan), ["rollcall: Rollcall itself signs in as \"rollcall\""]);
    assert!(plan.items.is_empty());

    let mut keyless = site([]);
    keyless.profile.own_account.key = "".into();
    keyless.profile.own_account.username = "RollCall".into();
    let plan = Planning::of(&keyless, r#"username = "rollcall""#, &["disable"]).plan();
    assert_eq!(plan.protected[0].kind, ProtectionKind::OwnAccount);
}

#[test]
fn i5_members_of_protected_groups_are_never_changed_however_they_are_members() {
    let wiki = site([
        person("direct").in_groups(&[SERVICES]),
        person("nested").in_groups(&["robots"]),
        person("free"),
    ])
    .group("robots", false, &[])
    .nest(SERVICES, "robots");
    let mut planning = Planning::of(&wiki, r#"username IN ("direct", "nested", "free")"#, &["disable"]);
    planning.protections.groups = vec!["SVC-accounts".into()];
    let plan = planning.plan();
    assert_eq!(items(&plan), ["free: disable"]);
    assert_eq!(
        protected(&plan),
        [
            "direct: member of the protected group \"SVC-accounts\"",
            "nested: member of the protected group \"SVC-accounts\""
        ]
    );

    planning.protections.groups = vec!["svc-acounts".into()];
    let error = planning.try_plan().unwrap_err().to_string();
    assert!(error.contains("does not exist") && error.contains("did you mean \"svc-accounts\"?"), "{error}");
}

#[test]
fn i5_exemptions_in_force_hold_with_their_reason_and_expiry() {
    let wiki = site([person("mira"), person("noor"), person("otto").in_groups(&[SERVICES]), person("past")]);
    let mut planning = Planning::of(&wiki, r#"username IN ("mira", "noor", "otto", "past")"#, &["disable"]);
    let exempt = |subject, until| Exemption { subject, reason: "on leave".into(), until };
    planning.facts.exemptions = vec![
        exempt(ExemptSubject::Account("key-mira".into()), None),
        exempt(ExemptSubject::Account("key-noor".into()), Some("2027-02-01T00:00:00Z".parse().unwrap())),
        exempt(ExemptSubject::Group("SVC-ACCOUNTS".into()), None),
        exempt(ExemptSubject::Account("key-past".into()), Some(now())),
    ];
    let plan = planning.plan();
    assert_eq!(
        protected(&plan),
        [
            "mira: exempt for good: on leave",
            "noor: exempt until 2027-01-31: on leave",
            "otto: exempt as member of \"SVC-ACCOUNTS\" for good: on leave",
        ]
    );
    assert_eq!(items(&plan), ["past: disable"]);
}

#[test]
fn i5_accounts_younger_or_reactivated_more_recently_than_the_grace_are_left_alone() {
    let wiki = site([
        person("young").with(|r| r.created = Some(days_ago(6))),
        person("week").with(|r| r.created = Some(days_ago(7))),
        person("tomorrow").with(|r| r.created = Some(days_ago(-1))),
        person("back").with(|r| r.reactivated = Some(days_ago(2))),
        person("old"),
    ]);
    let mut planning =
        Planning::of(&wiki, r#"username IN ("young", "week", "tomorrow", "back", "old")"#, &["disable"]);
    let plan = planning.plan();
    assert_eq!(items(&plan), ["week: disable", "old: disable"]);
    assert_eq!(
        protected(&plan),
        [
            "young: created on 2026-11-16, within the grace of 7 days",
            "tomorrow: created on 2026-11-23, within the grace of 7 days",
            "back: enabled again on 2026-11-20, within the grace of 7 days",
        ]
    );
    assert_eq!(plan.protected[0].until, Some(days_ago(-1)));
    planning.protections.grace = Period::hours(0);
    assert_eq!(planning.plan().items.len(), 5);
}

#[test]
fn i5_an_account_whose_age_nothing_proves_is_left_alone_until_it_has_been_seen_long_enough() {
    let ageless = |name| person(name).with(|r| r.created = None);
    let wiki =
        site([ageless("seen-active"), ageless("new-evidence").active(1), ageless("bare").without_evidence()]);
    let criterion = r#"username IN ("seen-active", "new-evidence", "bare")"#;
    let mut planning = Planning::of(&wiki, criterion, &["disable"]);
    let plan = planning.plan();
    assert_eq!(items(&plan), ["seen-active: disable"]);
    assert!(plan.protected.iter().all(|p| p.kind == ProtectionKind::AgeUnknown), "{:?}", protected(&plan));

    let earlier = wiki.snapshot_at(days_ago(8));
    let history = History::advance(None, &earlier);
    planning.facts.history = History::advance(Some((&earlier, &history)), &planning.snapshot);
    assert_eq!(planning.plan().items.len(), 3, "first seen eight days ago");
}

#[test]
fn i5_somebody_seen_to_come_back_between_two_snapshots_is_left_alone() {
    let before = site([person("mira").disabled()]);
    let after = site([person("mira")]);
    let mut planning = Planning::of(&after, r#"username = "mira""#, &["disable"]);
    let earlier = before.snapshot_at(days_ago(3));
    let history = History::advance(None, &earlier);
    planning.facts.history = History::advance(Some((&earlier, &history)), &planning.snapshot);
    let plan = planning.plan();
    assert_eq!(plan.protected[0].kind, ProtectionKind::RecentlyReactivated);
    assert!(plan.items.is_empty());
}

#[test]
fn i5_the_last_enabled_administrator_is_kept_and_it_is_the_most_recently_active() {
    let wiki = site([person("mira"), person("former").disabled().in_groups(&[ADMINS])]);
    for action in ["disable", "delete", "remove-groups=confluence-administrators", "remove-licence-groups"] {
        let plan = Planning::of(&wiki, "all", &[action]).plan();
        let kept: Vec<_> =
            plan.protected.iter().filter(|p| p.kind == ProtectionKind::LastAdministrator).collect();
        assert_eq!(kept.len(), 1, "{action}");
        assert_eq!(kept[0].account.username, "root", "{action}: active three days ago, boss nine");
        assert!(items(&plan).iter().any(|i| i.starts_with("boss: ")), "{action}");
        assert!(!items(&plan).iter().any(|i| i.starts_with("root: ")), "{action}");
    }
    let plan = Planning::of(&wiki, "all", &["remove-groups=confluence-users"]).plan();
    assert!(
        items(&plan).contains(&"root: remove-groups=confluence-users".to_owned()),
        "that takes no administration away"
    );
    let plan = Planning::of(&wiki, r#"username = "boss""#, &["disable"]).plan();
    assert_eq!(items(&plan), ["boss: disable"], "root is left");
}

#[test]
fn i5_administration_through_nested_groups_counts_and_rollcalls_own_does_not() {
    let mut wiki = site([person("nested").in_groups(&["ops"])]).group("ops", false, &[]).nest(ADMINS, "ops");
    let plan = Planning::of(&wiki, "username IN (\"root\", \"boss\")", &["disable"]).plan();
    assert_eq!(plan.items.len(), 2, "nested administers still");
    let plan = Planning::of(&wiki, "username IN (\"root\", \"boss\", \"nested\")", &["disable"]).plan();
    assert_eq!(plan.protected[0].kind, ProtectionKind::LastAdministrator);

    wiki.groups[1].2 = None;
    let error = Planning::of(&wiki, "username = \"nested\"", &["disable"]).try_plan().unwrap_err();
    assert!(matches!(error, PlanError::AdministratorsUnknown), "{error}");
    assert!(
        Planning::of(&wiki, "username = \"nested\"", &["add-groups=confluence-inactive"]).try_plan().is_ok()
    );
}

#[test]
fn i6_what_the_site_cannot_do_is_refused_in_the_plan_and_becomes_nothing_else() {
    let wiki = site([person("mira")]).cannot(ActionKind::Delete, "deleting needs a system administrator");
    let planning = Planning::of(&wiki, r#"username = "mira""#, &["remove-groups=confluence-users", "delete"]);
    let plan = planning.plan();
    assert_eq!(plan.items, [], "a delete never becomes something else, and half of an order is not done");
    assert_eq!(plan.refused[0].code, RefusalCode::Unsupported);
    assert!(plan.refused[0].reason().contains("deleting needs a system administrator"));
    let impossible = impossible_actions(&planning.actions, planning.snapshot.profile());
    assert_eq!(impossible.len(), 1);
    assert_eq!(impossible[0].action, ActionKind::Delete);
}

#[test]
fn i6_a_read_only_directory_refuses_status_and_deletion_and_takes_group_changes() {
    let wiki = site((0..14).map(|n| person(&format!("ldap-{n}")).with(|r| r.directory = Some(1))));
    let plan = Planning::of(&wiki, r#"directory = "Corporate LDAP""#, &["disable"]).plan();
    assert_eq!(plan.items, []);
    let words = plan.refusals_in_words();
    assert_eq!(words.len(), 1);
    assert!(
        words[0].starts_with("directory \"Corporate LDAP\" is read-only: `disable` was refused for 14 accounts. Use `remove-licence-groups`"),
        "{}",
        words[0]
    );
    let plan = Planning::of(&wiki, r#"directory = "Corporate LDAP""#, &["remove-licence-groups"]).plan();
    assert_eq!((plan.items.len(), plan.seats.freed), (14, 14));
}

#[test]
fn i6_an_account_that_cannot_be_named_safely_is_refused() {
    let wiki = site([
        person("shadow").with(|r| r.shadowed = Some(true)),
        person("Twin"),
        person("twin").with(|r| r.key = "key-twin-2".into()),
        person("a/b"),
        person("a\\b"),
        person(".."),
        person("vague").with(|r| r.status = None),
        person("keyless").with(|r| r.key = "".into()),
    ]);
    let plan = Planning::of(
        &wiki,
        r#"username IN ("shadow", "twin", "a/b", "a\\b", "..", "vague", "keyless") ORDER BY username"#,
        &["disable"],
    )
    .plan();
    assert_eq!(
        items(&plan),
        ["Twin: disable"],
        "the first of two takes effect; the other would be hit in its place"
    );
    let code = |name: &str| plan.refused.iter().find(|r| r.account.username == name).map(|r| r.code);
    assert_eq!(code("shadow"), Some(RefusalCode::Shadowed));
    assert_eq!(code("twin"), Some(RefusalCode::Shadowed));
    assert_eq!(code("a/b"), Some(RefusalCode::Unaddressable));
    assert_eq!(code("a\\b"), Some(RefusalCode::Unaddressable));
    assert_eq!(code(".."), Some(RefusalCode::Unaddressable));
    assert_eq!(code("vague"), Some(RefusalCode::Unknown));
    assert_eq!(code("keyless"), Some(RefusalCode::Unknown));
}

#[test]
fn i6_a_mail_is_not_sent_to_an_address_that_is_not_known() {
    let wiki = site([
        person("mira"),
        person("empty").with(|r| r.email = Some(String::new())),
        person("none").with(|r| r.email = None),
    ]);
    let plan = Planning::of(&wiki, r#"username IN ("mira", "empty", "none")"#, &["notify"]).plan();
    assert_eq!(items(&plan), ["mira: notify"]);
    assert!(!plan.items[0].undo);
    assert_eq!(plan.refused.len(), 2);
}

#[test]
fn i6_a_notice_needs_an_address_that_is_one_and_an_account_that_the_link_can_name() {
    let wiki = site([
        person("mira"),
        person("bare").with(|r| r.email = Some("no address".into())),
        person("named").with(|r| r.email = Some("Noor <noor@example.org>".into())),
        person("lines").with(|r| r.email = Some("a@example.org\r\nBcc: x@example.org".into())),
        person("keyless").with(|r| r.key = "".into()),
    ]);
    let names = r#"username IN ("mira", "bare", "named", "lines", "keyless")"#;
    let plan = Planning::of(&wiki, names, &["notify"]).plan();
    assert_eq!(items(&plan), ["mira: notify"]);
    let refused = refused(&plan);
    assert!(
        refused.iter().filter(|r| r.contains("none that a mail could be sent to")).count() == 3,
        "{refused:?}"
    );
    assert!(refused.iter().any(|r| r.starts_with("keyless:") && r.contains("the link")), "{refused:?}");
    assert!(plan.warnings.iter().any(|w| w.contains("cannot be undone")), "{:?}", plan.warnings);
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

#[test]
fn the_fingerprint_covers_what_is_done_and_what_it_was_decided_on_but_not_ids_and_times() {
    let wiki = site([person("mira"), person("noor")]);
    let planning = || Planning::of(&wiki, r#"username = "mira""#, &["disable"]);
    let base = planning().plan().fingerprint;
    let mut same = planning();
    same.id = "plan-2";
    same.now += 1.minute();
    assert_eq!(same.plan().fingerprint, base);

    let mut changed = Vec::new();
    changed.push(Planning::of(&wiki, r#"username = "noor""#, &["disable"]));
    changed.push(Planning::of(&wiki, r#"username = "mira""#, &["delete"]));
    changed.push(planning().limits(Limits { percent: Percent::ALL, ..Limits::default() }));
    let mut exempt = planning();
    exempt.facts.exemptions.push(Exemption {
        subject: ExemptSubject::Account("key-boss".into()),
        reason: "x".into(),
        until: None,
    });
    changed.push(exempt);
    let other = site([person("mira"), person("noor").active(10)]);
    changed.push(Planning::of(&other, r#"username = "mira""#, &["disable"]));
    for planning in changed {
        assert_ne!(planning.plan().fingerprint, base, "{} {:?}", planning.criterion, planning.actions);
    }
}

#[test]
fn a_plan_prints_in_the_stable_form_and_survives_storage() {
    let wiki = site([person("mira"), person("=cmd|' /C calc'!A0")]);
    let plan = Planning::of(&wiki, "all", &["disable"]).plan();
    let json = plan.to_json();
    for key in ["id", "fingerprint", "site", "snapshot", "items", "refused", "protected", "limits"] {
        assert!(json.get(key).is_some(), "{key}");
    }
    let item = &json["items"][0];
    for key in ["account", "action", "before", "after", "why", "evidence", "undo"] {
        assert!(item.get(key).is_some(), "{key} in {item}");
    }
    for key in ["source", "kind", "at"] {
        assert!(item["evidence"].get(key).is_some(), "{key}");
    }
    assert_eq!(
        (&item["action"], &item["before"], &item["after"]),
        (&"disable".into(), &"enabled".into(), &"disabled".into())
    );
    let stored = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&stored).unwrap(), plan);
    assert_eq!(plan.rows().count(), plan.items.len() + plan.refused.len() + plan.protected.len());
    assert!(plan.rows().all(|row| row.cells().len() == rollcall_planner::PlanRow::COLUMNS.len()));
}

#[test]
fn what_is_worth_knowing_before_approving_is_a_warning() {
    let mut wiki = site([person("mira").disabled(), person("noor")]);
    wiki.profile.access_mode = AccessMode::ReadOnly;
    wiki.profile.seats.used = Some(1000);
    let plan = Planning::of(&wiki, r#"username = "mira""#, &["enable"]).plan();
    assert_eq!((plan.seats.taken, plan.seats.freed), (1, 0));
    assert!(plan.warnings.iter().any(|w| w.contains("read-only mode")), "{:?}", plan.warnings);
    assert!(plan.warnings.iter().any(|w| w.contains("1001 seats")), "{:?}", plan.warnings);
    let plan = Planning::of(&wiki, r#"username = "noor""#, &["delete"]).plan();
    assert!(
        plan.warnings.iter().any(|w| w.contains("1 of 1 changes cannot be undone")),
        "{:?}",
        plan.warnings
    );
    assert_eq!(plan.items[0].before, Standing::Present);
    assert!(!plan.items[0].undo);
}

#[test]
fn each_item_says_why_with_the_accounts_own_values() {
    let wiki = site([person("mira")]);
    let plan = Planning::of(
        &wiki,
        r#"status = enabled AND idle >= 90d AND NOT group = "svc-accounts""#,
        &["disable"],
    )
    .plan();
    let why = &plan.items[0].why;
    assert!(why.contains("200") && why.contains("idle"), "{why}");
    assert_eq!(plan.snapshot_hash.len(), 64);
    assert!(Status::Enabled.as_str() == "enabled");
}
