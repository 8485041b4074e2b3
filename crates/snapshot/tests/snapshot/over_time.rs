//! Two snapshots and what they tell together: differences, histories.

use crate::population::{account, at, cases, group, observation, random_observation, snapshot};
use jiff::Timestamp;
use proptest::prelude::*;
use rollcall_model::{AccountRecord, Status};
use rollcall_snapshot::{
    AccountList, ExemptSubject, Exemption, Facts, History, Noticed, Snapshot, SnapshotError, difference,
};

const DAYS: [&str; 4] =
    ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z", "2026-01-04T00:00:00Z"];

fn on(day: usize, accounts: Vec<AccountRecord>) -> Snapshot {
    let mut site = observation(accounts);
    site.finished_at = at(DAYS[day]);
    snapshot(site)
}

fn with(username: &str, status: Status) -> AccountRecord {
    AccountRecord { status: Some(status), ..account(username) }
}

/// What the history of mira is after she was seen, or not, day by day.
fn history(days: &[Option<Status>]) -> (Option<Timestamp>, Option<Timestamp>) {
    let mut past: Option<(Snapshot, History)> = None;
    for (day, status) in days.iter().enumerate() {
        let mut accounts = vec![account("tom")];
        accounts.extend(status.map(|status| with("mira", status)));
        let current = on(day, accounts);
        let history = History::advance(past.as_ref().map(|(s, h)| (s, h)), &current);
        past = Some((current, history));
    }
    let history = past.unwrap().1;
    let history = History::decode(&history.encode()).unwrap();
    (history.first_seen(&"key-mira".into()), history.reactivated(&"key-mira".into()))
}

#[test]
fn whoever_went_from_disabled_to_enabled_was_reactivated_when_that_was_seen() {
    use Status::{Disabled, Enabled};
    assert_eq!(history(&[Some(Enabled), Some(Enabled)]), (Some(at(DAYS[0])), None));
    assert_eq!(history(&[Some(Disabled), Some(Enabled)]), (Some(at(DAYS[0])), Some(at(DAYS[1]))));
    assert_eq!(history(&[Some(Disabled), Some(Enabled), Some(Enabled)]).1, Some(at(DAYS[1])));
    assert_eq!(history(&[Some(Enabled), Some(Disabled)]).1, None);
}

#[test]
fn whoever_was_gone_and_is_back_was_reactivated_and_keeps_its_first_day() {
    use Status::{Disabled, Enabled};
    assert_eq!(history(&[Some(Enabled), None, Some(Enabled)]), (Some(at(DAYS[0])), Some(at(DAYS[2]))));
    assert_eq!(history(&[Some(Disabled), None, None, Some(Enabled)]), (Some(at(DAYS[0])), Some(at(DAYS[3]))));
    assert_eq!(history(&[Some(Enabled), None, Some(Disabled)]).1, None);
    assert_eq!(history(&[None, Some(Enabled)]), (Some(at(DAYS[1])), None));
}

#[test]
fn a_history_that_was_lost_begins_again_with_the_newest_snapshot() {
    let (old, new) =
        (on(0, vec![with("mira", Status::Disabled)]), on(1, vec![with("mira", Status::Enabled)]));
    let history = History::advance(Some((&old, &History::default())), &new);
    assert_eq!(history.first_seen(&"key-mira".into()), Some(at(DAYS[0])));
    assert_eq!(history.reactivated(&"key-mira".into()), Some(at(DAYS[1])));
}

#[test]
fn a_history_tells_the_same_beside_an_older_snapshot() {
    let old = on(0, vec![with("tom", Status::Enabled), with("mira", Status::Disabled)]);
    let new = on(1, vec![with("mira", Status::Enabled)]);
    let first = History::advance(None, &old);
    let second = History::advance(Some((&old, &first)), &new);
    let beside = second.beside(&old);
    let (first_seen, reactivated) = (beside.first_seen, beside.reactivated);
    assert_eq!((first_seen.get(0), first_seen.get(1)), (Some(at(DAYS[0])), Some(at(DAYS[0]))));
    assert_eq!((reactivated.get(0), reactivated.get(1)), (None, Some(at(DAYS[1]))));
}

#[test]
fn a_damaged_history_is_refused() {
    let history = History::advance(None, &on(0, vec![account("mira")]));
    let bytes = history.encode();
    assert!(matches!(History::decode(&bytes[..bytes.len() - 1]), Err(SnapshotError::Damaged { .. })));
    assert!(matches!(History::decode(b"something else entirely"), Err(SnapshotError::Foreign { .. })));
}

#[test]
fn a_difference_names_who_came_who_went_and_what_changed() {
    let mut old = observation(vec![account("mira"), account("tom"), account("ana")]);
    old.groups = vec![group("staff", &[0, 1], &[]), group("old", &[2], &[])];
    let mut new = observation(vec![account("zoe"), account("mira"), account("tom")]);
    new.accounts[1].email = Some("mira@example.org".to_owned());
    new.groups = vec![group("new", &[], &[]), group("staff", &[0, 2], &[])];
    let difference = difference(&snapshot(old), &snapshot(new));
    let names = |refs: &[rollcall_model::AccountRef]| {
        refs.iter().map(|r| r.username.clone()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!((names(&difference.added), names(&difference.removed)), ("zoe".to_owned(), "ana".to_owned()));
    assert_eq!(difference.changed.len(), 1);
    let change = &difference.changed[0];
    assert_eq!((change.field.as_str(), &change.before), ("email", &None));
    assert_eq!(change.after.as_deref(), Some("mira@example.org"));
    assert_eq!((difference.groups_added[0].as_str(), difference.groups_removed[0].as_str()), ("new", "old"));
    let [left, staff] = difference.memberships.as_slice() else { panic!("{:?}", difference.memberships) };
    assert_eq!((left.group.as_str(), names(&left.removed)), ("old", "ana".to_owned()));
    assert_eq!(staff.group.as_str(), "staff");
    assert_eq!((names(&staff.added), names(&staff.removed)), ("zoe".to_owned(), "mira".to_owned()));
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn nothing_differs_from_itself(observation in random_observation()) {
        let snapshot = snapshot(observation);
        prop_assert!(difference(&snapshot, &snapshot).is_empty());
    }

    #[test]
    fn a_stored_history_loads_as_it_was(old in random_observation(), new in random_observation()) {
        let (old, new) = (snapshot(old), snapshot(new));
        let history = History::advance(Some((&old, &History::advance(None, &old))), &new);
        let again = History::decode(&history.encode()).unwrap();
        prop_assert_eq!(again.encode(), history.encode());
        for account in new.accounts().chain(old.accounts()).filter(|a| !a.key().is_empty()) {
            prop_assert!(history.first_seen(&account.key()).is_some());
            prop_assert_eq!(again.first_seen(&account.key()), history.first_seen(&account.key()));
            prop_assert_eq!(again.reactivated(&account.key()), history.reactivated(&account.key()));
        }
    }
}

#[test]
fn the_fingerprint_covers_every_fact_and_no_order() {
    let exemption = |name: &str, until: Option<&str>| Exemption {
        subject: ExemptSubject::Group(name.into()),
        reason: "service account".to_owned(),
        until: until.map(at),
    };
    let facts = |exemptions: Vec<Exemption>, list: &[&str]| Facts {
        exemptions,
        lists: [("leavers".to_owned(), list.iter().collect::<AccountList>())].into(),
        history: History::default(),
        ..Facts::default()
    };
    let (a, b) = (exemption("a", None), exemption("b", Some(DAYS[1])));
    let first = facts(vec![a.clone(), b.clone()], &["Mira ", "TOM", ""]);
    assert_eq!(first.fingerprint(), facts(vec![b.clone(), a.clone()], &["tom", "mira"]).fingerprint());
    assert_ne!(first.fingerprint(), facts(vec![a.clone()], &["tom", "mira"]).fingerprint());
    assert_ne!(first.fingerprint(), facts(vec![a, b], &["tom"]).fingerprint());
    let history = History::advance(None, &on(0, vec![account("mira")]));
    assert_ne!(Facts { history, ..Facts::default() }.fingerprint(), Facts::default().fingerprint());
    let told = |sent, is_waiting| Facts {
        notices: [("key-mira".into(), Noticed { sent, is_waiting })].into(),
        ..Facts::default()
    };
    let told = [told(None, true), told(None, false), told(Some(at(DAYS[0])), false)];
    assert_ne!(told[0].fingerprint(), told[1].fingerprint());
    assert_ne!(told[1].fingerprint(), told[2].fingerprint());
}

#[test]
fn an_exemption_is_in_force_until_just_before_its_end() {
    let exemption = Exemption {
        subject: ExemptSubject::Account("key-mira".into()),
        reason: String::new(),
        until: Some(at(DAYS[1])),
    };
    assert!(exemption.is_in_force(at(DAYS[0])));
    assert!(!exemption.is_in_force(at(DAYS[1])));
    let snapshot = on(0, vec![account("tom"), account("mira")]);
    assert_eq!(exemption.accounts(&snapshot).iter().collect::<Vec<_>>(), [1]);
    assert!(exemption.covers(&snapshot, 1) && !exemption.covers(&snapshot, 0));
}
