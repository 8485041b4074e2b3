//! Laws that hold for every population and every order.

mod site;

use proptest::prelude::*;
use rollcall_model::{EvidencePoint, Status, Trigger};
use rollcall_planner::{Limits, Only, Percent, Period, Plan, ProtectionKind};
use rollcall_snapshot::{ExemptSubject, Exemption, fold};
use site::*;
use std::collections::{BTreeMap, BTreeSet};

const GROUPS: [&str; 5] = [USERS, ADMINS, INACTIVE, SERVICES, "staff"];

fn anybody() -> impl Strategy<Value = Person> {
    (
        proptest::sample::select(vec![
            Some(Status::Enabled),
            Some(Status::Enabled),
            Some(Status::Disabled),
            None,
        ]),
        proptest::sample::subsequence(GROUPS.to_vec(), 0..=5),
        proptest::option::weighted(0.8, 0i64..400),
        proptest::option::weighted(0.8, 0i64..400),
        proptest::option::weighted(0.1, 0i64..20),
        proptest::sample::select(vec![None, Some(0u16), Some(1)]),
        proptest::option::weighted(0.1, any::<bool>()),
        proptest::sample::select(vec!["", "", "", "/", "'", " x"]),
    )
        .prop_map(|(status, groups, created, active, reactivated, directory, shadowed, tail)| {
            let mut person = person("p").in_groups(&groups);
            let record = &mut person.record;
            record.status = status;
            record.created = created.map(days_ago);
            record.evidence = active
                .map(|days| EvidencePoint { source: 0, at: (days < 380).then(|| days_ago(days)) })
                .into_iter()
                .collect();
            record.reactivated = reactivated.map(days_ago);
            record.directory = directory;
            record.shadowed = shadowed;
            record.username = format!("p{tail}");
            person
        })
}

fn population() -> impl Strategy<Value = Site> {
    proptest::collection::vec(anybody(), 0..25).prop_map(|people| {
        let numbered = people.into_iter().enumerate().map(|(number, mut person)| {
            person.record.username = format!("{number}{}", person.record.username);
            person.record.key = format!("key-{number}").as_str().into();
            person
        });
        site(numbered).group("staff", false, &[]).nest(USERS, "staff")
    })
}

fn order() -> impl Strategy<Value = (&'static str, Vec<&'static str>)> {
    (
        proptest::sample::select(vec![
            "all",
            "idle >= 90d",
            "status = enabled",
            "NOT group = \"staff\" ORDER BY username DESC",
        ]),
        proptest::sample::select(vec![
            vec!["disable"],
            vec!["delete"],
            vec!["remove-licence-groups", "add-groups=confluence-inactive", "disable"],
            vec!["remove-groups=confluence-users,staff"],
            vec!["remove-groups=confluence-administrators"],
            vec!["notify", "disable"],
            vec!["enable"],
        ]),
    )
}

fn planning() -> impl Strategy<Value = (Site, Planning)> {
    (
        population(),
        order(),
        0u32..4,
        proptest::option::of(1u32..20),
        proptest::option::of(0u32..9),
        any::<bool>(),
    )
        .prop_map(|(site, (criterion, actions), exempt, accounts, previous, is_protected)| {
            let mut planning = Planning::of(&site, criterion, &actions);
            planning.facts.exemptions = (0..exempt)
                .map(|n| Exemption {
                    subject: ExemptSubject::Account(format!("key-{}", n * 3).as_str().into()),
                    reason: "leave".into(),
                    until: None,
                })
                .collect();
            if is_protected {
                planning.protections.groups = vec![SERVICES.into(), "staff".into()];
            }
            planning.limits = Limits { accounts, percent: Percent::new(40.0).unwrap(), ..Limits::default() };
            planning.previous = previous;
            (site, planning)
        })
}

fn changed(plan: &Plan) -> BTreeSet<&str> {
    plan.items.iter().map(|item| item.account.key.as_str()).collect()
}

proptest! {
    #[test]
    fn planning_is_deterministic((_, planning) in planning()) {
        let (one, two) = (planning.plan(), planning.plan());
        prop_assert_eq!(one, two);
    }

    #[test]
    fn a_restriction_takes_accounts_out_of_the_selection_and_adds_none(
        (_, planning) in planning(), chosen in proptest::collection::btree_set(0u32..25, 0..8)
    ) {
        let everybody = |plan: &Plan| -> BTreeSet<String> {
            let items = plan.items.iter().map(|i| &i.account);
            let rest = plan.refused.iter().map(|r| &r.account).chain(plan.protected.iter().map(|p| &p.account));
            items.chain(rest).map(|account| account.key.to_string()).collect()
        };
        let whole = planning.plan();
        let only = Only {
            accounts: chosen.iter().map(|n| (format!("key-{n}").into(), [Trigger::AccountCreated].into())).collect(),
        };
        let mut planning = planning;
        planning.only = Some(only.clone());
        let part = planning.plan();
        let chosen: BTreeSet<String> = only.accounts.keys().map(ToString::to_string).collect();
        prop_assert!(everybody(&part).is_subset(&chosen));
        prop_assert!(part.selected <= whole.selected);
        // Whoever must stay an administrator depends on the plan as a whole; everybody else is in both or in neither.
        let administrators = |plan: &Plan| plan.protected.iter().any(|p| p.kind == ProtectionKind::LastAdministrator);
        if !administrators(&whole) && !administrators(&part) {
            let expected: BTreeSet<String> = everybody(&whole).intersection(&chosen).cloned().collect();
            prop_assert_eq!(everybody(&part), expected);
        }
    }

    #[test]
    fn every_selected_account_is_in_the_plan_exactly_once((_, planning) in planning()) {
        let plan = planning.plan();
        let mut places: BTreeMap<&str, u32> = BTreeMap::new();
        let refused = plan.refused.iter().map(|r| r.account.key.as_str());
        let protected = plan.protected.iter().map(|p| p.account.key.as_str());
        for key in changed(&plan).into_iter().chain(refused).chain(protected) {
            *places.entry(key).or_default() += 1;
        }
        prop_assert!(places.values().all(|count| *count == 1), "{:?}", places);
        prop_assert_eq!(places.len() as u32 + plan.already.accounts, plan.selected);
        prop_assert_eq!(changed(&plan).len() as u32, plan.accounts);
        prop_assert!(plan.items.iter().zip(1..).all(|(item, seq)| item.seq == seq));
    }

    #[test]
    fn i5_nobody_protected_is_ever_planned((_, planning) in planning()) {
        let plan = planning.plan();
        let snapshot = &planning.snapshot;
        let protected: Vec<_> = planning.protections.groups.iter().filter_map(|g| snapshot.find_group(g.as_str())).collect();
        for key in changed(&plan) {
            let index = snapshot.find_key(&key.into()).unwrap();
            let account = snapshot.account(index);
            prop_assert!(key != "key-rollcall");
            prop_assert!(!protected.iter().any(|g| snapshot.group(*g).members().contains(index)), "{}", key);
            prop_assert!(!planning.facts.exemptions.iter().any(|e| e.accounts(snapshot).contains(index)), "{}", key);
            let is_old = account.created().is_some_and(|at| at <= days_ago(7))
                || (account.created().is_none() && account.evidence().any(|(_, _, at)| at.is_some_and(|at| at <= days_ago(7))));
            prop_assert!(is_old, "{} may be younger than the grace", key);
            prop_assert!(account.reactivated().is_none_or(|at| at <= days_ago(7)), "{}", key);
        }
    }

    #[test]
    fn i5_an_administrator_is_always_left((_, planning) in planning()) {
        let plan = planning.plan();
        let snapshot = &planning.snapshot;
        let admins = snapshot.find_group(ADMINS).unwrap();
        let is_hit = |key: &str| plan.items.iter().any(|item| {
            item.account.key.as_str() == key
                && !matches!(&item.change, rollcall_model::Change::AddToGroup { .. } | rollcall_model::Change::Notify | rollcall_model::Change::Enable)
                && !matches!(&item.change, rollcall_model::Change::RemoveFromGroup { group } if group.as_str() != ADMINS)
        });
        let left = snapshot.group(admins).members().iter().map(|i| snapshot.account(i)).filter(|account| {
            let key = account.key();
            account.status() == Some(Status::Enabled) && key.as_str() != "key-rollcall" && !is_hit(key.as_str())
        });
        prop_assert!(left.count() >= 1);
        let kept = plan.protected.iter().filter(|p| p.kind == ProtectionKind::LastAdministrator);
        prop_assert!(kept.count() <= 1);
    }

    #[test]
    fn i4_a_plan_beyond_a_limit_is_always_blocked((_, planning) in planning()) {
        let plan = planning.plan();
        let total = planning.snapshot.len();
        let is_too_much = planning.limits.accounts.is_some_and(|most| plan.accounts > most)
            || plan.accounts * 100 > total * 40
            || planning.previous.is_some_and(|previous| plan.accounts > previous.max(5) * 3);
        if is_too_much {
            prop_assert!(plan.is_blocked());
        }
        let is_fresh = plan.items.iter().any(|item| {
            !matches!(item.change, rollcall_model::Change::Notify | rollcall_model::Change::Enable | rollcall_model::Change::AddToGroup { .. })
                && item.evidence.as_ref().and_then(|e| e.at).is_some_and(|at| at > days_ago(30))
        });
        if is_fresh {
            prop_assert!(plan.is_blocked());
        }
        prop_assert_eq!(plan.is_blocked(), is_too_much || is_fresh);
    }

    #[test]
    fn i6_nothing_is_planned_that_is_known_to_be_impossible((_, planning) in planning()) {
        let plan = planning.plan();
        let snapshot = &planning.snapshot;
        for item in &plan.items {
            let account = snapshot.account(snapshot.find_key(&item.account.key).unwrap());
            let writes_status = matches!(
                item.change,
                rollcall_model::Change::Disable | rollcall_model::Change::Enable | rollcall_model::Change::Delete
            );
            prop_assert!(!writes_status || account.directory().is_none_or(|d| d.is_writable != Some(false)));
            prop_assert!(account.shadowed() != Some(true) || item.change == rollcall_model::Change::Notify);
            prop_assert!(!account.username().contains('/') || item.change == rollcall_model::Change::Notify);
            prop_assert!(item.before != item.after);
            prop_assert_eq!(item.undo, item.change.undo().is_some());
            prop_assert!(fold(&item.account.username) == fold(account.username()));
        }
    }

    #[test]
    fn a_longer_grace_never_plans_more((site, planning) in planning(), days in 8u32..400) {
        let shorter = planning.plan();
        let mut longer = Planning::of(&site, &planning.criterion, &[]);
        longer.actions.clone_from(&planning.actions);
        longer.facts = planning.facts.clone();
        longer.protections = planning.protections.clone();
        longer.protections.grace = Period::days(days);
        let longer = longer.plan();
        // Who is kept as last administrator may differ; nobody else may appear.
        let kept: BTreeSet<_> = shorter.protected.iter().filter(|p| p.kind == ProtectionKind::LastAdministrator).map(|p| p.account.key.as_str()).collect();
        prop_assert!(changed(&longer).difference(&changed(&shorter)).all(|key| kept.contains(key)));
    }
}
