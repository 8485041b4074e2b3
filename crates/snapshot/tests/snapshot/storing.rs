//! What goes into a snapshot comes out of it, also after storing; what is not a snapshot is told so.

use crate::population::{account, at, cases, group, observation, random_observation, snapshot, source};
use proptest::prelude::*;
use rollcall_model::{Absence, EvidenceKind, EvidencePoint, Observation, ObservationError, Reach, Status};
use rollcall_snapshot::{Snapshot, SnapshotError, difference};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Asserts that the snapshot says of every account and group what the observation said.
fn says_the_same(snapshot: &Snapshot, observation: &Observation) {
    assert_eq!(snapshot.len() as usize, observation.accounts.len());
    assert_eq!(snapshot.directories(), observation.directories);
    assert_eq!(snapshot.sources(), observation.sources);
    assert_eq!(snapshot.profile(), &observation.profile);
    assert_eq!(
        (snapshot.started_at(), snapshot.taken_at()),
        (observation.started_at, observation.finished_at)
    );
    for (account, record) in snapshot.accounts().zip(&observation.accounts) {
        assert_eq!(account.key(), record.key);
        assert_eq!(account.username(), record.username);
        assert_eq!(account.name(), record.name);
        assert_eq!(account.email(), record.email.as_deref());
        assert_eq!(account.status(), record.status);
        let directory = record.directory.map(|d| &observation.directories[usize::from(d)]);
        assert_eq!(account.directory(), directory);
        assert_eq!(account.created(), record.created);
        assert_eq!(account.reactivated(), record.reactivated);
        assert_eq!(account.seat(), record.seat);
        assert_eq!(account.shadowed(), record.shadowed);
        assert_eq!(account.logins(), record.logins);
        assert_eq!(account.account_type(), record.account_type.as_deref());
        assert_eq!(account.managed(), record.managed);
        let mut evidence: Vec<EvidencePoint> = Vec::new();
        for point in &record.evidence {
            match evidence.iter_mut().find(|e| e.source == point.source) {
                Some(known) => known.at = known.at.max(point.at),
                None => evidence.push(*point),
            }
        }
        evidence.sort_by_key(|point| point.source);
        let found: Vec<_> = account.evidence().map(|(source, _, at)| EvidencePoint { source, at }).collect();
        assert_eq!(found, evidence);
        if !record.key.is_empty() {
            assert_eq!(snapshot.find_key(&record.key), Some(account.index()));
        }
    }
    for (group, record) in snapshot.groups().zip(&observation.groups) {
        assert_eq!(group.name(), &record.name);
        assert_eq!((group.gives_seat(), group.gives_admin()), (record.gives_seat, record.gives_admin));
        let members: BTreeSet<u32> = record.members.iter().copied().collect();
        assert!(group.direct_members().iter().eq(members));
        let children: BTreeSet<u32> = record.children.iter().copied().collect();
        assert!(group.children().iter().copied().eq(children));
    }
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn what_was_observed_is_what_the_snapshot_says(observation in random_observation()) {
        let snapshot = snapshot(observation.clone());
        says_the_same(&snapshot, &observation);
    }

    #[test]
    fn a_stored_snapshot_loads_as_it_was(observation in random_observation()) {
        let before = snapshot(observation.clone());
        let bytes = before.encode();
        let after = Snapshot::decode(&bytes).unwrap();
        says_the_same(&after, &observation);
        prop_assert_eq!((after.id(), after.hash()), (before.id(), before.hash()));
        prop_assert_eq!(after.encode(), bytes);
        prop_assert!(difference(&before, &after).is_empty());
    }

    #[test]
    fn the_order_of_members_and_evidence_does_not_change_the_hash(mut observation in random_observation(), id in "[a-z]{1,4}") {
        let before = snapshot(observation.clone());
        for group in &mut observation.groups {
            group.members.reverse();
            let again = group.members.clone();
            group.members.extend(again);
            group.children.reverse();
        }
        for account in &mut observation.accounts {
            account.evidence.reverse();
        }
        let after = Snapshot::build(id.as_str().into(), observation).unwrap();
        prop_assert_eq!(before.hash(), after.hash());
    }

    #[test]
    fn every_change_of_an_account_changes_the_hash(mut observation in random_observation(), which: prop::sample::Index) {
        prop_assume!(!observation.accounts.is_empty());
        let before = snapshot(observation.clone());
        let row = which.index(observation.accounts.len());
        observation.accounts[row].name.push('x');
        let after = snapshot(observation);
        prop_assert_ne!(before.hash(), after.hash());
    }

    #[test]
    fn a_changed_or_shortened_snapshot_is_refused(
        observation in random_observation(), which: prop::sample::Index, bit in 0..8_u32, cut: prop::sample::Index,
    ) {
        let bytes = snapshot(observation).encode();
        let mut changed = bytes.clone();
        changed[which.index(bytes.len())] ^= 1 << bit;
        prop_assert!(Snapshot::decode(&changed).is_err());
        prop_assert!(Snapshot::decode(&bytes[..cut.index(bytes.len())]).is_err());
    }

    #[test]
    fn bytes_of_any_kind_are_refused_and_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Snapshot::decode(&bytes).is_err());
    }
}

/// The file with one byte changed inside a section, and sealed again as if nothing had happened.
fn crafted(bytes: &[u8], section: usize, byte: prop::sample::Index, flip: u8) -> Vec<u8> {
    let mut crafted = bytes[..12].to_vec();
    let (mut rest, mut number) = (&bytes[12..bytes.len() - 32], 0);
    while !rest.is_empty() {
        let stored = u64::from_le_bytes(rest[12..20].try_into().unwrap()) as usize;
        let length = u64::from_le_bytes(rest[4..12].try_into().unwrap()) as usize;
        let mut raw = zstd::bulk::decompress(&rest[20..20 + stored], length).unwrap();
        if number == section && !raw.is_empty() {
            let at = byte.index(raw.len());
            raw[at] ^= flip;
        }
        let packed = zstd::bulk::compress(&raw, 3).unwrap();
        crafted.extend_from_slice(&rest[..12]);
        crafted.extend_from_slice(&(packed.len() as u64).to_le_bytes());
        crafted.extend_from_slice(&packed);
        (rest, number) = (&rest[20 + stored..], number + 1);
    }
    let seal = Sha256::digest(&crafted);
    crafted.extend_from_slice(&seal);
    crafted
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn a_crafted_snapshot_is_refused_or_makes_sense(
        observation in random_observation(), section in 1..20_usize, byte: prop::sample::Index, flip in 1..=255_u8,
    ) {
        let bytes = snapshot(observation).encode();
        if let Ok(snapshot) = Snapshot::decode(&crafted(&bytes, section, byte, flip)) {
            for account in snapshot.accounts() {
                let _ = (account.key(), account.name(), account.email(), account.username());
                let _ = (account.directory(), account.account_type(), account.last(None), account.evidence().count());
                let _ = (snapshot.effective_groups(account.index()), snapshot.seat_paths(account.index()));
                let _ = (snapshot.find_key(&account.key()), snapshot.find_username(account.username()));
            }
            snapshot.groups().for_each(|group| drop(group.members().clone()));
            let _ = (snapshot.activity(None), snapshot.encode());
        }
    }
}

#[test]
fn a_section_that_claims_to_be_huge_takes_no_memory() {
    let mut bytes = snapshot(observation(vec![account("mira")])).encode();
    bytes.truncate(bytes.len() - 32);
    for claim in [u64::MAX, 1 << 40, 1 << 30] {
        bytes[16..24].copy_from_slice(&claim.to_le_bytes());
        let sealed: Vec<u8> = bytes.iter().copied().chain(Sha256::digest(&bytes)).collect();
        assert!(matches!(Snapshot::decode(&sealed), Err(SnapshotError::Damaged { .. })));
    }
}

#[test]
fn a_snapshot_of_a_newer_program_says_so() {
    let mut bytes = snapshot(observation(vec![account("mira")])).encode();
    bytes[8] = 2;
    let error = Snapshot::decode(&bytes).unwrap_err();
    assert_eq!(error, SnapshotError::Newer { what: "snapshot", found: 2, known: 1 });
    assert!(error.to_string().contains("Update this program"));
}

#[test]
fn something_else_says_so() {
    for bytes in [&b""[..], b"{}", b"PK\x03\x04 and more than eight bytes"] {
        assert_eq!(Snapshot::decode(bytes).unwrap_err(), SnapshotError::Foreign { what: "snapshot" });
    }
}

#[test]
fn one_bad_position_or_double_is_named() {
    let build = |change: &dyn Fn(&mut Observation)| {
        let mut observation = observation(vec![account("mira"), account("tom")]);
        observation.groups = vec![group("staff", &[0], &[])];
        change(&mut observation);
        Snapshot::build("s".into(), observation).map(|_| ()).unwrap_err()
    };
    let dangling = |what, index| SnapshotError::from(ObservationError::Dangling { what, index });
    assert_eq!(build(&|o| o.groups[0].members.push(2)), dangling("account", 2));
    assert_eq!(build(&|o| o.groups[0].children.push(1)), dangling("group", 1));
    assert_eq!(build(&|o| o.accounts[0].directory = Some(0)), dangling("directory", 0));
    let point = EvidencePoint { source: 3, at: None };
    assert_eq!(build(&|o| o.accounts[1].evidence.push(point)), dangling("evidence source", 3));
    let error = build(&|o| o.accounts[1].key = o.accounts[0].key.clone());
    assert_eq!(error, ObservationError::DoubleKey { key: "key-mira".into() }.into());
    let error = build(&|o| o.groups.push(group("staff", &[], &[])));
    assert_eq!(error, ObservationError::DoubleGroup { name: "staff".into() }.into());
}

#[test]
fn several_accounts_may_be_without_a_key() {
    let mut records = vec![account("mira"), account("tom")];
    for record in &mut records {
        record.key = "".into();
    }
    let snapshot = snapshot(observation(records));
    assert_eq!(snapshot.find_key(&"".into()), None);
    assert_eq!(snapshot.find_username("TOM"), Some(1));
}

#[test]
fn of_two_accounts_of_one_name_the_one_that_takes_effect_is_found() {
    let mut records = vec![account("Mira"), account("mira"), account("MIRA")];
    for (i, record) in records.iter_mut().enumerate() {
        record.key = format!("{i}").into();
    }
    records[0].shadowed = Some(true);
    records[1].shadowed = Some(false);
    let snapshot = snapshot(observation(records));
    assert_eq!(snapshot.find_username("mIRA"), Some(1));
    assert_eq!(snapshot.find_username("nobody"), None);
}

/// The site that the stored files of all formats hold.
fn specimen() -> Observation {
    let mut mira = account("mira");
    mira.key = "2c9580839013922301901a0000010001".into();
    mira.email = Some("Mira.K@Example.org".to_owned());
    mira.status = Some(Status::Enabled);
    mira.seat = Some(true);
    mira.created = Some(at("2020-02-29T12:00:00.123456Z"));
    mira.logins = Some(7);
    mira.evidence = vec![EvidencePoint { source: 0, at: Some(at("2026-03-04T05:06:07.89Z")) }];
    let mut jose = account("josé");
    jose.status = Some(Status::Disabled);
    jose.email = Some(String::new());
    jose.evidence = vec![EvidencePoint { source: 0, at: None }];
    let mut observation = observation(vec![mira, jose, account("ကိုကို")]);
    observation.sources = vec![source("list-active", EvidenceKind::Login, Reach::Newest, Absence::Never)];
    observation.groups = vec![group("staff", &[0, 2], &[1]), group("ops", &[1], &[0])];
    observation.groups[0].gives_seat = Some(true);
    observation.notes = vec!["directories could not be listed".to_owned()];
    observation
}

fn stored(format: u32) -> std::path::PathBuf {
    let name = format!("tests/data/format-{format}.snapshot");
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

#[test]
fn a_file_of_every_format_there_ever_was_still_loads() {
    for format in 1..=1 {
        let bytes = std::fs::read(stored(format)).unwrap();
        let snapshot = Snapshot::decode(&bytes).unwrap();
        says_the_same(&snapshot, &specimen());
        assert_eq!(snapshot.hash().len(), 64);
    }
}

#[test]
#[ignore = "writes the file that the test above reads; to be run once for a new format"]
fn write_a_file_of_the_present_format() {
    std::fs::write(stored(1), snapshot(specimen()).encode()).unwrap();
}
