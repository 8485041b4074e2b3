//! Sentences of the product about activity (I3).

use crate::world::{World, account, at, group, source};
use rollcall_model::{Absence, AccountRecord, EvidenceKind, EvidencePoint, EvidenceSource, Reach, Status};
use rollcall_snapshot::{ExemptSubject, Exemption, History};

fn logins(absence: Absence) -> EvidenceSource {
    source("list-active", EvidenceKind::Login, Reach::Newest, absence)
}

fn audit() -> EvidenceSource {
    source("audit-events", EvidenceKind::Login, Reach::AtLeast, Absence::Unknown)
}

fn seen(username: &str, source: u16, when: Option<&str>) -> AccountRecord {
    AccountRecord { evidence: vec![EvidencePoint { source, at: when.map(at) }], ..account(username) }
}

/// Old signed in long ago, new yesterday, never never, mist is not covered, trail left an old audit entry only.
fn office(absence: Absence) -> World {
    let mut world = World::of(vec![
        seen("old", 0, Some("2026-01-01T00:00:00Z")),
        seen("new", 0, Some("2026-11-21T00:00:00Z")),
        AccountRecord { created: Some(at("2026-01-01T00:00:00Z")), ..seen("never", 0, None) },
        account("mist"),
        seen("trail", 1, Some("2026-01-01T00:00:00Z")),
    ]);
    world.observation.sources = vec![logins(absence), audit()];
    world
}

#[test]
fn someone_whose_activity_is_unknown_is_never_idle() {
    let office = office(Absence::Never);
    assert_eq!(office.names("idle >= 90d"), "old never");
    assert_eq!(office.names("NOT idle < 90d"), "old never");
    assert_eq!(office.names("lastActive IS UNKNOWN"), "mist");
    assert_eq!(office.names("idle IS UNKNOWN"), "mist");
}

#[test]
fn a_missing_last_login_is_never_only_where_the_source_would_know() {
    assert_eq!(office(Absence::Never).names("lastLogin = never"), "never");
    assert_eq!(office(Absence::Unknown).names("lastLogin = never"), "");
    assert_eq!(office(Absence::Unknown).names("lastLogin IS UNKNOWN"), "never mist");
}

#[test]
fn an_audit_entry_shows_activity_and_never_idleness() {
    let office = office(Absence::Never);
    assert_eq!(office.names("lastLogin >= -1y"), "old new trail");
    assert_eq!(office.names("idle < 1y"), "old new never trail");
    assert_eq!(office.names("lastLogin < -90d"), "old");
}

#[test]
fn a_source_in_doubt_makes_nobody_idle() {
    let mut office = office(Absence::Never);
    office.observation.sources[0].doubt = Some("the answer was cut short".to_owned());
    assert_eq!(office.names("idle >= 90d OR lastActive = never OR lastLogin < -90d"), "");
    assert_eq!(office.names("lastLogin > -2d"), "new");
}

#[test]
fn never_is_neither_before_nor_after_a_date() {
    let office = office(Absence::Never);
    assert_eq!(office.names("lastLogin < 2100-01-01"), "old new");
    assert_eq!(office.names("lastLogin > 1970-01-01"), "old new trail");
    assert_eq!(office.names("lastLogin IS NOT NEVER"), "old new trail");
}

#[test]
fn whoever_never_was_active_is_idle_since_first_seen_at_least() {
    let mut office = office(Absence::Never);
    office.observation.accounts[2].created = None;
    assert_eq!(office.names("idle >= 90d"), "old");
    let mut past = office.clone();
    past.observation.finished_at = at("2026-06-01T00:00:00Z");
    office.facts.history = History::advance(None, &past.snapshot());
    assert_eq!(office.names("idle >= 90d"), "old never");
    assert_eq!(office.names("idle >= 300d"), "old");
    // Never may have been made long before it was seen, trail may have been active since.
    assert_eq!(office.names("NOT idle >= 300d"), "new");
    assert_eq!(office.names("NOT idle >= 400d"), "old new trail");
}

#[test]
fn never_comes_before_every_date_and_unknown_last_both_ways() {
    let office = office(Absence::Never);
    assert_eq!(office.names("all ORDER BY lastLogin"), "never old trail new mist");
    assert_eq!(office.names("all ORDER BY lastLogin DESC"), "new old trail never mist");
    assert_eq!(office.names("all ORDER BY idle DESC, username"), "never old trail new mist");
}

#[test]
fn the_example_of_the_product_selects_whom_it_says() {
    let mut office = office(Absence::Never);
    for account in &mut office.observation.accounts {
        account.status = Some(Status::Enabled);
        account.email = Some(format!("{}@example.com", account.username));
    }
    office.observation.accounts[2].email = Some("never@Partner.Example.com".to_owned());
    office.observation.groups = vec![
        group("confluence-users", &[0, 2], &[]),
        group("confluence-administrators", &[], &[]),
        group("svc-accounts", &[], &[]),
    ];
    let text = "status = enabled AND idle >= 90d AND group = \"confluence-users\"
        AND NOT group IN (\"confluence-administrators\", \"svc-accounts\") AND emailDomain != \"partner.example.com\"
        ORDER BY lastActive";
    assert_eq!(office.names(text), "old");
}

#[test]
fn an_exemption_ends_when_it_says() {
    let mut office = office(Absence::Never);
    office.observation.groups = vec![group("Leave", &[1], &[1]), group("inner", &[3], &[])];
    let exemption = |subject, until| Exemption { subject, reason: "parental leave".to_owned(), until };
    office.facts.exemptions = vec![
        exemption(ExemptSubject::Account("key-old".into()), None),
        exemption(ExemptSubject::Group("leave".into()), Some(at("2026-11-22T00:00:01Z"))),
        exemption(ExemptSubject::Account("key-trail".into()), Some(office.now)),
    ];
    assert_eq!(office.names("exempt = true"), "old new mist");
    office.now = at("2026-11-23T00:00:00Z");
    assert_eq!(office.names("exempt = true"), "old");
}
