//! Whom nothing touches (I3, I5).

use crate::*;

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
