//! When accounts lost the way in, and what happened between two snapshots.

use crate::population::{account, at, cases, observation, random_observation, snapshot};
use jiff::Timestamp;
use proptest::prelude::*;
use rollcall_model::{
    Absence, AccountRecord, EvidenceKind, EvidencePoint, EvidenceSource, Reach, Status, Trigger,
};
use rollcall_snapshot::{History, OwnDeed, Point, Snapshot, events};
use std::collections::BTreeSet;

const DAYS: [&str; 4] =
    ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z", "2026-01-04T00:00:00Z"];

/// Enabled or disabled, with or without a seat; `None`: not there, or the site does not say.
type Day = Option<(Option<Status>, Option<bool>)>;

const IN: Day = Some((Some(Status::Enabled), Some(true)));
const DISABLED: Day = Some((Some(Status::Disabled), Some(false)));
const SEATLESS: Day = Some((Some(Status::Enabled), Some(false)));
const SILENT: Day = Some((None, None));

fn on(day: usize, mira: Day) -> Snapshot {
    let mut accounts = vec![account("tom")];
    accounts.extend(mira.map(|(status, seat)| AccountRecord { status, seat, ..account("mira") }));
    let mut site = observation(accounts);
    site.finished_at = at(DAYS[day]);
    snapshot(site)
}

/// What is known of mira in the end, where Rollcall did this meanwhile.
fn deactivated_knowing(days: &[Day], deeds: &[OwnDeed]) -> Point {
    let mut past: Option<(Snapshot, History)> = None;
    for (day, mira) in days.iter().enumerate() {
        let current = on(day, *mira);
        let history = History::advance_knowing(past.as_ref().map(|(s, h)| (s, h)), &current, deeds);
        past = Some((current, History::decode(&history.encode()).unwrap()));
    }
    past.unwrap().1.deactivated(&"key-mira".into())
}

fn deactivated(days: &[Day]) -> Point {
    deactivated_knowing(days, &[])
}

#[test]
fn whoever_was_disabled_or_lost_the_seat_lost_it_when_that_was_seen() {
    assert_eq!(deactivated(&[IN, DISABLED]), Point::At(at(DAYS[1])));
    assert_eq!(deactivated(&[IN, SEATLESS]), Point::At(at(DAYS[1])));
    assert_eq!(deactivated(&[IN, SEATLESS, IN, IN]), Point::At(at(DAYS[1])), "coming back does not undo it");
    assert_eq!(deactivated(&[IN, SEATLESS, IN, DISABLED]), Point::At(at(DAYS[3])));
    assert_eq!(deactivated(&[IN, IN]), Point::Silent, "never");
}

#[test]
fn whoever_was_found_without_the_way_in_lost_it_nobody_knows_when() {
    for first in [DISABLED, SEATLESS, SILENT] {
        assert_eq!(deactivated(&[first]), Point::Unknown);
        assert_eq!(deactivated(&[first, IN]), Point::Unknown);
        assert_eq!(deactivated(&[first, IN, DISABLED]), Point::At(at(DAYS[2])));
    }
    assert_eq!(deactivated(&[None, IN]), Point::Silent);
}

#[test]
fn what_the_site_does_not_say_for_a_while_is_remembered() {
    assert_eq!(deactivated(&[IN, SILENT, DISABLED]), Point::At(at(DAYS[2])));
    assert_eq!(deactivated(&[IN, SILENT, IN]), Point::Silent);
    assert_eq!(deactivated(&[IN, None, DISABLED]), Point::At(at(DAYS[2])));
}

#[test]
fn what_rollcall_did_itself_happened_when_it_did_it() {
    let noon: Timestamp = "2026-01-01T12:00:00Z".parse().unwrap();
    let deed = |is_deactivation| [OwnDeed { account: "key-mira".into(), at: noon, is_deactivation }];
    assert_eq!(deactivated_knowing(&[IN, DISABLED], &deed(true)), Point::At(noon));
    assert_eq!(deactivated_knowing(&[IN, SEATLESS], &deed(false)), Point::At(noon));
    // Somebody enabled it again before the next look: it was disabled all the same.
    assert_eq!(deactivated_knowing(&[IN, IN], &deed(true)), Point::At(noon));
    // It left a group that gave no seat.
    assert_eq!(deactivated_knowing(&[IN, IN], &deed(false)), Point::Silent);
}

#[test]
fn a_history_of_the_first_format_is_still_read_and_does_not_know_who_lost_the_way_in() {
    // Written by the program before it kept this: mira enabled and tom disabled on the first of January.
    let bytes = include_bytes!("history-1.bin");
    let history = History::decode(bytes).unwrap();
    assert_eq!(history.first_seen(&"key-mira".into()), Some(at(DAYS[0])));
    assert_eq!(history.deactivated(&"key-mira".into()), Point::Unknown);
    // It goes on from there.
    let (old, new) = (on(0, IN), on(1, DISABLED));
    let next = History::advance(Some((&old, &history)), &new);
    assert_eq!(next.deactivated(&"key-mira".into()), Point::At(at(DAYS[1])));
    let stays = History::advance(Some((&old, &history)), &on(1, IN));
    assert_eq!(stays.deactivated(&"key-mira".into()), Point::Unknown);
}

fn signed_in(username: &str, login: Option<&str>) -> AccountRecord {
    let at = login.map(at);
    AccountRecord { evidence: vec![EvidencePoint { source: 0, at }], ..account(username) }
}

fn seen(day: usize, accounts: Vec<AccountRecord>) -> Snapshot {
    let mut site = observation(accounts);
    site.finished_at = at(DAYS[day]);
    site.sources = vec![EvidenceSource {
        name: "list-active".to_owned(),
        kind: EvidenceKind::Login,
        reach: Reach::Newest,
        absence: Absence::Never,
        read_at: at(DAYS[day]),
        doubt: None,
    }];
    snapshot(site)
}

#[test]
fn between_two_snapshots_people_come_and_sign_in() {
    let old = seen(0, vec![signed_in("mira", Some("2025-12-01T00:00:00Z")), signed_in("tom", None)]);
    let mut zoe = signed_in("zoe", Some("2026-01-01T09:00:00Z"));
    zoe.created = Some(at("2026-01-01T08:00:00Z"));
    let new = seen(
        1,
        vec![
            signed_in("tom", Some("2026-01-01T10:00:00Z")),
            signed_in("mira", Some("2025-12-01T00:00:00Z")),
            zoe,
            account("new"),
        ],
    );
    let told: Vec<_> =
        events(&old, &new).into_iter().map(|e| (e.account.username, e.kind, e.at.to_string())).collect();
    let event = |who: &str, kind, at: &str| (who.to_owned(), kind, at.to_owned());
    assert_eq!(
        told,
        [
            event("tom", Trigger::Login, "2026-01-01T10:00:00Z"),
            event("zoe", Trigger::AccountCreated, "2026-01-01T08:00:00Z"),
            event("zoe", Trigger::Login, "2026-01-01T09:00:00Z"),
            event("new", Trigger::AccountCreated, "2026-01-02T00:00:00Z"),
        ]
    );
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn nothing_happened_between_a_snapshot_and_itself(observation in random_observation()) {
        let snapshot = snapshot(observation);
        prop_assert_eq!(events(&snapshot, &snapshot), []);
    }

    #[test]
    fn whoever_is_new_was_created_once_and_a_login_is_newer_than_any_before(
        old in random_observation(), new in random_observation()
    ) {
        let (old, new) = (snapshot(old), snapshot(new));
        let events = events(&old, &new);
        let of = |kind| events.iter().filter(move |e| e.kind == kind).map(|e| e.account.key.clone());
        let created: Vec<_> = of(Trigger::AccountCreated).collect();
        let expected: BTreeSet<_> =
            new.accounts().map(rollcall_snapshot::Account::key).filter(|key| !key.is_empty() && old.find_key(key).is_none()).collect();
        prop_assert_eq!(created.iter().cloned().collect::<BTreeSet<_>>(), expected);
        prop_assert_eq!(created.len(), created.iter().collect::<BTreeSet<_>>().len());
        for event in events.iter().filter(|e| e.kind == Trigger::Login) {
            let before = old.find_key(&event.account.key);
            let before = before.and_then(|row| old.activity(Some(EvidenceKind::Login)).newest(row));
            prop_assert!(before.is_none_or(|before| before < event.at));
        }
    }
}
