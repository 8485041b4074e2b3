//! A site, what Rollcall knows of it, and an instant: as plain records, and as the rooms take them.

use jiff::Timestamp;
use roaring::RoaringBitmap;
use rollcall_criteria::{Criterion, parse, select};
use rollcall_model::{
    Absence, AccessMode, AccountRecord, AccountRef, DirectoryRecord, EvidenceKind, EvidenceSource,
    GroupRecord, Observation, Product, Reach, SeatCounts, SiteProfile,
};
use rollcall_snapshot::{Facts, Snapshot};

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Everything a criterion depends on.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) observation: Observation,
    pub(crate) facts: Facts,
    pub(crate) now: Timestamp,
}

impl World {
    /// A site of these accounts, read today.
    pub(crate) fn of(accounts: Vec<AccountRecord>) -> Self {
        let now = at("2026-11-22T00:00:00Z");
        let observation = Observation {
            site: "site".into(),
            profile: profile(),
            started_at: now,
            finished_at: now,
            directories: Vec::new(),
            groups: Vec::new(),
            accounts,
            sources: Vec::new(),
            notes: Vec::new(),
        };
        Self { observation, facts: Facts::default(), now }
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot::build("snapshot".into(), self.observation.clone()).unwrap()
    }

    /// For whom the criterion is true, and for whom it is not known.
    pub(crate) fn select(&self, criterion: &Criterion) -> (RoaringBitmap, RoaringBitmap) {
        let snapshot = self.snapshot();
        let selection = select(&snapshot, &self.facts, criterion, self.now).unwrap();
        (selection.accounts, selection.unknown)
    }

    /// The user names of whom the text selects, in its order.
    pub(crate) fn names(&self, text: &str) -> String {
        let snapshot = self.snapshot();
        let selection = select(&snapshot, &self.facts, &parse(text).unwrap(), self.now).unwrap();
        let names =
            selection.ordered().into_iter().map(|index| snapshot.account(index).username().to_owned());
        names.collect::<Vec<_>>().join(" ")
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

pub(crate) fn directory(name: &str, kind: Option<&str>, is_writable: Option<bool>) -> DirectoryRecord {
    DirectoryRecord { name: name.into(), kind: kind.map(str::to_owned), is_writable }
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

fn profile() -> SiteProfile {
    SiteProfile {
        product: Product::ConfluenceDc,
        version: None,
        base_url: "https://wiki.example.org".to_owned(),
        own_account: AccountRef { key: "rollcall".into(), username: "rollcall".to_owned() },
        is_admin: Some(true),
        access_mode: AccessMode::ReadWrite,
        seats: SeatCounts::default(),
        directories: Vec::new(),
        capabilities: Vec::new(),
        warnings: Vec::new(),
        evidence: Vec::new(),
    }
}
