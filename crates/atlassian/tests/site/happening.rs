//! What happened lately is told in a few requests, and what a version or a coverage level does not tell is not claimed to be told.

use crate::stage::{Stage, staged, today};
use jiff::{SignedDuration, Timestamp};
use rollcall_model::Trigger;
use rollcall_simulator::{AuditLog, AuditLoginAuthor, Options};
use rollcall_site::{Events, Observe as _};
use std::collections::BTreeSet;

fn both() -> BTreeSet<Trigger> {
    Trigger::ALL.into()
}

fn since() -> Timestamp {
    today() - SignedDuration::from_hours(1)
}

fn minutes_ago(minutes: i64) -> Timestamp {
    today() - SignedDuration::from_mins(minutes)
}

/// A site where zoe arrived half an hour ago and somebody who has a seat signed in ten minutes ago.
async fn lively(options: Options) -> (Stage, String, String) {
    let stage = staged(options, |_| {}).await;
    let account = stage.changeable(1).remove(0);
    let zoe = stage.site.with_state(|state| {
        let home = state.account_view("admin").unwrap().directory;
        state.log_in(&account.username, minutes_ago(10)).unwrap();
        state.arrive("zoe", "Zoe", "zoe@example.org", &home, minutes_ago(30)).unwrap()
    });
    stage.site.clear_journal();
    (stage, zoe, account.key.to_string())
}

fn of(events: &Events, kind: Trigger) -> Vec<(String, Timestamp)> {
    let of_kind = events.events.iter().filter(|e| e.kind == kind);
    of_kind.map(|e| (e.account.key.to_string(), e.at)).collect()
}

#[tokio::test]
async fn the_audit_log_tells_who_was_created_at_every_level_and_the_list_of_the_active_who_signed_in() {
    for version in ["9.0", "9.3", "10.2"] {
        let (stage, zoe, person) = lively(Options::small().version(version)).await;
        let events = stage.client.events_since(since(), &both()).await.unwrap();
        assert_eq!(of(&events, Trigger::AccountCreated), [(zoe, minutes_ago(30))], "{version}");
        assert!(events.told.contains(&Trigger::AccountCreated));
        // Last logins are served from 10.2 on; before, only a log of full coverage would tell.
        let is_served = version == "10.2";
        assert_eq!(events.told.contains(&Trigger::Login), is_served, "{version}");
        let expected = if is_served { vec![(person, minutes_ago(10))] } else { Vec::new() };
        assert_eq!(of(&events, Trigger::Login), expected, "{version}");
        assert!(events.read_until >= minutes_ago(30), "{version}: {}", events.read_until);
        assert!(stage.site.journal().len() <= 12, "{} requests", stage.site.journal().len());
        assert!(stage.site.writes().is_empty());
    }
}

#[tokio::test]
async fn a_log_of_full_coverage_tells_logins_whoever_stands_as_their_author() {
    for author in [AuditLoginAuthor::Person, AuditLoginAuthor::System] {
        for keys in [true, false] {
            let mut options = Options::small().version("9.0");
            options.switches.audit_logins = true;
            options.switches.audit_login_author = author;
            options.switches.audit_keys = keys;
            let (stage, _, person) = lively(options).await;
            let events = stage.client.events_since(since(), &both()).await.unwrap();
            assert_eq!(of(&events, Trigger::Login), [(person, minutes_ago(10))], "{author:?} {keys}");
            assert_eq!(events.told, both());
            assert!(events.read_until >= minutes_ago(10));
            assert!(stage.site.journal().len() <= 2, "the log alone is enough");
        }
    }
}

#[tokio::test]
async fn a_log_that_is_not_given_tells_nothing_and_is_no_error() {
    for log in [AuditLog::Forbidden, AuditLog::Absent] {
        let mut options = Options::small().version("9.0");
        options.switches.audit_log = log;
        let (stage, ..) = lively(options).await;
        let events = stage.client.events_since(since(), &both()).await.unwrap();
        assert_eq!(events, Events::untold(since()), "{log:?}");
    }
}

#[tokio::test]
async fn only_what_is_asked_for_is_told_and_nothing_from_before() {
    let (stage, zoe, _) = lively(Options::small().version("10.2")).await;
    let created =
        stage.client.events_since(since(), &BTreeSet::from([Trigger::AccountCreated])).await.unwrap();
    assert_eq!(of(&created, Trigger::AccountCreated), [(zoe, minutes_ago(30))]);
    assert!(created.events.iter().all(|e| e.kind == Trigger::AccountCreated));
    let later = stage.client.events_since(minutes_ago(5), &both()).await.unwrap();
    assert_eq!(later.events, []);
}
