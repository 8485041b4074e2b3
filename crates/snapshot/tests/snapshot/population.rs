//! Small sites for tests: one by hand, and random ones.

use jiff::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rollcall_model::{
    Absence, AccessMode, AccountRecord, AccountRef, DirectoryRecord, EvidenceKind, EvidencePoint,
    EvidenceSource, GroupRecord, Observation, Product, Reach, SeatCounts, SiteProfile, Status,
};
use rollcall_snapshot::Snapshot;

/// So many random cases, the same on every run.
pub(crate) fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn profile() -> SiteProfile {
    SiteProfile {
        product: Product::ConfluenceDc,
        version: Some("9.2.13".parse().unwrap()),
        base_url: "https://wiki.example.org".to_owned(),
        own_account: AccountRef { key: "rollcall".into(), username: "rollcall".to_owned() },
        is_admin: Some(true),
        access_mode: AccessMode::ReadWrite,
        seats: SeatCounts { used: Some(3), max: Some(10), is_unlimited: false },
        directories: Vec::new(),
        capabilities: Vec::new(),
        warnings: Vec::new(),
        evidence: Vec::new(),
    }
}

pub(crate) fn source(name: &str, kind: EvidenceKind, reach: Reach, absence: Absence) -> EvidenceSource {
    EvidenceSource {
        name: name.to_owned(),
        kind,
        reach,
        absence,
        read_at: at("2026-11-22T00:00:00Z"),
        doubt: None,
    }
}

pub(crate) fn account(username: &str) -> AccountRecord {
    AccountRecord::new(format!("key-{username}"), username, username)
}

pub(crate) fn group(name: &str, members: &[u32], children: &[u32]) -> GroupRecord {
    GroupRecord {
        name: name.into(),
        members: members.to_vec(),
        children: children.to_vec(),
        gives_seat: None,
        gives_admin: None,
    }
}

pub(crate) fn observation(accounts: Vec<AccountRecord>) -> Observation {
    Observation {
        site: "site".into(),
        profile: profile(),
        started_at: at("2026-11-21T23:59:00Z"),
        finished_at: at("2026-11-22T00:00:00Z"),
        directories: Vec::new(),
        groups: Vec::new(),
        accounts,
        sources: Vec::new(),
        notes: Vec::new(),
    }
}

pub(crate) fn snapshot(observation: Observation) -> Snapshot {
    Snapshot::build("snapshot".into(), observation).unwrap()
}

/// An instant, exact to the microsecond, the millisecond or the second.
pub(crate) fn instant() -> impl Strategy<Value = Timestamp> {
    let micros = 1_400_000_000_000_000_i64..1_800_000_000_000_000;
    (micros, prop_oneof![Just(1_i64), Just(1_000), Just(1_000_000)])
        .prop_map(|(micros, grain)| Timestamp::from_microsecond(micros / grain * grain).unwrap())
}

fn sources() -> impl Strategy<Value = Vec<EvidenceSource>> {
    let kind =
        prop_oneof![Just(EvidenceKind::Login), Just(EvidenceKind::Contribution), Just(EvidenceKind::Use)];
    let source = (
        kind,
        prop_oneof![Just(Reach::Newest), Just(Reach::AtLeast)],
        prop_oneof![Just(Absence::Never), Just(Absence::Unknown)],
        prop::option::weighted(0.2, Just("the index is being rebuilt".to_owned())),
    );
    prop::collection::vec(source, 0..4).prop_map(|sources| {
        let named = sources.into_iter().enumerate().map(|(i, (kind, reach, absence, doubt))| {
            EvidenceSource { doubt, ..self::source(&format!("source-{i}"), kind, reach, absence) }
        });
        named.collect()
    })
}

fn record(sources: usize, directories: usize) -> impl Strategy<Value = AccountRecord> {
    let names = (
        prop_oneof!["[a-cA-C]{0,4}", "[a-c]{1,3}@(x|Y)\\.org", "\\PC{0,6}"],
        prop_oneof!["[A-Za-z ]{0,8}", "\\PC{0,8}"],
        prop::option::of(prop_oneof![
            Just(String::new()),
            "[a-c]{1,3}@(x|Y)\\.org".boxed(),
            "\\PC{0,8}".boxed()
        ]),
    );
    let flags = (any::<Option<bool>>(), any::<Option<bool>>(), any::<Option<bool>>(), any::<Option<bool>>());
    let place =
        if directories == 0 { Just(None).boxed() } else { prop::option::of(0..directories as u16).boxed() };
    let points = if sources == 0 {
        Just(Vec::new()).boxed()
    } else {
        prop::collection::vec((0..sources as u16, prop::option::of(instant())), 0..5).boxed()
    };
    let rest = (
        place,
        prop::option::of(instant()),
        prop::option::of(instant()),
        prop::option::of(prop_oneof![0..4_u32, Just(u32::MAX)]),
        prop::option::of(prop_oneof![Just("atlassian"), Just("app"), Just("customer")]),
        points,
    );
    (names, flags, rest).prop_map(|((username, name, email), (enabled, seat, shadowed, managed), rest)| {
        let (directory, created, reactivated, logins, account_type, points) = rest;
        AccountRecord {
            email,
            status: enabled.map(|enabled| if enabled { Status::Enabled } else { Status::Disabled }),
            directory,
            created,
            reactivated,
            seat,
            shadowed,
            logins,
            account_type: account_type.map(str::to_owned),
            managed,
            evidence: points.into_iter().map(|(source, at)| EvidencePoint { source, at }).collect(),
            ..AccountRecord::new("", username, name)
        }
    })
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[0-9a-f]{32}", 1 => "[0-9A-F]{32}", 1 => "[0-9a-f:-]{1,40}", 1 => Just(String::new())]
}

fn groups(accounts: usize) -> impl Strategy<Value = Vec<GroupRecord>> {
    let members = if accounts == 0 {
        Just(Vec::new()).boxed()
    } else {
        prop::collection::vec(0..accounts as u32, 0..accounts * 2).boxed()
    };
    let group =
        (members, prop::collection::vec(0..8_u32, 0..3), any::<Option<bool>>(), any::<Option<bool>>());
    prop::collection::vec(group, 0..8).prop_map(|groups| {
        let count = groups.len() as u32;
        let named =
            groups.into_iter().enumerate().map(|(i, (members, children, gives_seat, gives_admin))| {
                let children = children.into_iter().map(|child| child % count).collect();
                let name = ["staff", "Staff", "ops", "guests", "svc", "Çalışan", "a b", "x"][i];
                GroupRecord { name: name.into(), members, children, gives_seat, gives_admin }
            });
        named.collect()
    })
}

/// A whole random site.
pub(crate) fn random_observation() -> impl Strategy<Value = Observation> {
    (sources(), 0..3_usize, 0..20_usize).prop_flat_map(|(sources, directories, accounts)| {
        let kinds = prop::collection::vec(
            (prop::option::of(prop_oneof![Just("internal"), Just("LDAP")]), any::<Option<bool>>()),
            directories,
        );
        (
            kinds,
            prop::collection::vec((key(), record(sources.len(), directories)), accounts),
            groups(accounts),
            Just(sources),
        )
            .prop_map(|(kinds, records, groups, sources)| {
                let mut seen = std::collections::HashSet::new();
                let accounts = records.into_iter().map(|(key, mut record)| {
                    record.key = if seen.insert(key.clone()) { key.into() } else { "".into() };
                    record
                });
                let directories =
                    kinds.into_iter().enumerate().map(|(i, (kind, is_writable))| DirectoryRecord {
                        name: format!("Directory {i}").into(),
                        kind: kind.map(str::to_owned),
                        is_writable,
                    });
                Observation {
                    directories: directories.collect(),
                    groups,
                    sources,
                    ..observation(accounts.collect())
                }
            })
    })
}
