//! The plan as a whole: fingerprint, stored form, warnings, reasons.

use crate::*;

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
