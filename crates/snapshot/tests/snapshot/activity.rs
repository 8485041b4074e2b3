//! What evidence proves, and what it does not.

use crate::population::{account, at, cases, observation, random_observation, snapshot, source};
use proptest::prelude::*;
use rollcall_model::{Absence, EvidenceKind, EvidencePoint, EvidenceSource, Reach};
use rollcall_snapshot::Activity;

const OLD: &str = "2026-01-01T00:00:00Z";
const NEW: &str = "2026-06-01T00:00:00Z";

/// The last activity of any kind of somebody of whom these sources say this.
fn last(said: &[(EvidenceSource, Option<&str>)], kind: Option<EvidenceKind>) -> Activity {
    let mut mira = account("mira");
    mira.evidence =
        (0..).zip(said).map(|(source, (_, at_))| EvidencePoint { source, at: at_.map(at) }).collect();
    let mut site = observation(vec![mira]);
    site.sources = said.iter().map(|(source, _)| source.clone()).collect();
    snapshot(site).account(0).last(kind)
}

fn logins(absence: Absence) -> EvidenceSource {
    source("list-active", EvidenceKind::Login, Reach::Newest, absence)
}

fn audit() -> EvidenceSource {
    source("audit-events", EvidenceKind::Login, Reach::AtLeast, Absence::Unknown)
}

fn content() -> EvidenceSource {
    source("cql", EvidenceKind::Contribution, Reach::Newest, Absence::Never)
}

fn doubted(source: EvidenceSource) -> EvidenceSource {
    EvidenceSource { doubt: Some("half an answer".to_owned()), ..source }
}

#[test]
fn a_recorded_last_login_is_the_last_activity() {
    let activity = last(&[(logins(Absence::Unknown), Some(OLD))], None);
    assert_eq!(activity, Activity::At { at: at(OLD), source: 0 });
}

#[test]
fn the_newest_evidence_of_any_source_counts() {
    let said = [(logins(Absence::Unknown), Some(OLD)), (audit(), Some(NEW)), (content(), Some(OLD))];
    assert_eq!(last(&said, None), Activity::At { at: at(NEW), source: 1 });
    let kind = Some(EvidenceKind::Contribution);
    assert_eq!(last(&said, kind), Activity::At { at: at(OLD), source: 2 });
}

#[test]
fn an_audit_entry_alone_shows_activity_and_no_idleness() {
    assert_eq!(last(&[(audit(), Some(OLD))], None), Activity::AtLeast { at: at(OLD), source: 0 });
}

#[test]
fn content_alone_does_not_show_that_nobody_signed_in() {
    assert_eq!(last(&[(content(), Some(OLD))], None), Activity::AtLeast { at: at(OLD), source: 0 });
    assert_eq!(last(&[(content(), None)], None), Activity::Unknown);
    let kind = Some(EvidenceKind::Contribution);
    assert_eq!(last(&[(content(), None)], kind), Activity::Never { source: 0 });
}

#[test]
fn a_missing_last_login_means_never_only_where_the_source_would_know() {
    assert_eq!(last(&[(logins(Absence::Never), None)], None), Activity::Never { source: 0 });
    assert_eq!(last(&[(logins(Absence::Unknown), None)], None), Activity::Unknown);
}

#[test]
fn a_doubted_source_shows_activity_and_no_idleness() {
    let activity = last(&[(doubted(logins(Absence::Never)), Some(OLD))], None);
    assert_eq!(activity, Activity::AtLeast { at: at(OLD), source: 0 });
    assert_eq!(last(&[(doubted(logins(Absence::Never)), None)], None), Activity::Unknown);
}

#[test]
fn nobody_is_known_where_there_is_no_source() {
    assert_eq!(last(&[], None), Activity::Unknown);
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn the_column_of_all_accounts_says_what_each_account_says(observation in random_observation()) {
        let snapshot = snapshot(observation);
        let kinds = [None, Some(EvidenceKind::Login), Some(EvidenceKind::Contribution), Some(EvidenceKind::Use)];
        for kind in kinds {
            let column = snapshot.activity(kind);
            let (never, unknown, seen) = (column.never(), column.unknown(), column.between(i64::MIN..=i64::MAX));
            for account in snapshot.accounts() {
                let row = account.index();
                let is = (seen.contains(row), column.open().contains(row), never.contains(row), unknown.contains(row));
                let (expected, newest) = match account.last(kind) {
                    Activity::At { at, .. } => ((true, false, false, false), Some(at)),
                    Activity::AtLeast { at, .. } => ((true, true, false, false), Some(at)),
                    Activity::Never { .. } => ((false, false, true, false), None),
                    Activity::Unknown => ((false, false, false, true), None),
                };
                prop_assert_eq!((is, column.newest(row)), (expected, newest));
            }
        }
    }
}
