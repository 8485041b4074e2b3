//! From an observation to a snapshot.

use crate::column::instant::{SILENT, UNKNOWN};
use crate::column::{
    CodeColumn, Columns, CountColumn, FlagColumn, InstantColumn, KeyColumn, NamedColumn, TextColumn,
};
use crate::group::{GroupRow, Groups};
use crate::lookup::{Lookup, hash};
use crate::snapshot::Frame;
use crate::{Snapshot, SnapshotError, encode};
use roaring::RoaringBitmap;
use rollcall_model::{AccountRecord, GroupRecord, Observation, ObservationError, SnapshotId, Status};
use std::sync::OnceLock;

/// Most accounts a snapshot holds; bounds what a crafted file can make us allocate.
pub(crate) const MAX_ACCOUNTS: usize = 1 << 26;
/// Most memberships a snapshot holds: they are counted with 32 bits.
pub(crate) const MAX_MEMBERSHIPS: u64 = u32::MAX as u64;

impl Snapshot {
    /// Packs an observation. Instants are kept to the microsecond.
    pub fn build(id: SnapshotId, observation: Observation) -> Result<Self, SnapshotError> {
        let Observation {
            site,
            profile,
            started_at,
            finished_at,
            directories,
            groups,
            accounts,
            sources,
            notes,
        } = observation;
        if accounts.len() > MAX_ACCOUNTS {
            return Err(too_large("accounts", accounts.len() as u64, MAX_ACCOUNTS as u64));
        }
        check_positions(&accounts, directories.len(), sources.len())?;
        let groups = pack_groups(groups, accounts.len() as u32)?;
        let (columns, by_key) = pack_accounts(&accounts, sources.len())?;
        drop(accounts);
        let frame = Frame { site, profile, started_at, taken_at: finished_at, directories, sources, notes };
        let mut snapshot = Self::assemble(id, String::new(), frame, columns, Groups::new(groups));
        snapshot.by_key = OnceLock::from(by_key);
        snapshot.hash = encode::content_hash(&snapshot);
        Ok(snapshot)
    }
}

fn too_large(what: &'static str, found: u64, limit: u64) -> SnapshotError {
    SnapshotError::TooLarge { what, found, limit }
}

fn check_positions(
    accounts: &[AccountRecord],
    directories: usize,
    sources: usize,
) -> Result<(), ObservationError> {
    for account in accounts {
        if let Some(index) = account.directory.filter(|d| usize::from(*d) >= directories) {
            return Err(ObservationError::Dangling { what: "directory", index: index.into() });
        }
        if let Some(point) = account.evidence.iter().find(|p| usize::from(p.source) >= sources) {
            return Err(ObservationError::Dangling { what: "evidence source", index: point.source.into() });
        }
    }
    Ok(())
}

fn pack_groups(groups: Vec<GroupRecord>, accounts: u32) -> Result<Vec<GroupRow>, SnapshotError> {
    let mut doubled = None;
    let name = |row: u32| groups[row as usize].name.as_str();
    Lookup::build(
        groups.len(),
        |row| Some(hash(name(row))),
        |a, b| name(a) == name(b),
        |new, _| {
            doubled.get_or_insert(new);
            false
        },
    );
    if let Some(row) = doubled {
        return Err(ObservationError::DoubleGroup { name: groups[row as usize].name.clone() }.into());
    }
    let count = groups.len() as u32;
    let (mut rows, mut memberships) = (Vec::with_capacity(groups.len()), 0);
    for mut group in groups {
        group.members.sort_unstable();
        group.children.sort_unstable();
        group.children.dedup();
        if let Some(index) = group.members.last().filter(|m| **m >= accounts) {
            return Err(ObservationError::Dangling { what: "account", index: *index }.into());
        }
        if let Some(index) = group.children.last().filter(|c| **c >= count) {
            return Err(ObservationError::Dangling { what: "group", index: *index }.into());
        }
        group.members.dedup();
        let mut members: RoaringBitmap = group.members.into_iter().collect();
        members.optimize();
        memberships += members.len();
        rows.push(GroupRow {
            name: group.name,
            members,
            children: group.children.into(),
            gives_seat: group.gives_seat,
            gives_admin: group.gives_admin,
        });
    }
    if memberships > MAX_MEMBERSHIPS {
        return Err(too_large("memberships", memberships, MAX_MEMBERSHIPS));
    }
    Ok(rows)
}

fn pack_accounts(accounts: &[AccountRecord], sources: usize) -> Result<(Columns, Lookup), SnapshotError> {
    let keys = KeyColumn::collect(accounts.iter().map(|a| a.key.as_str()))?;
    let mut doubled = None;
    let by_key = keys.lookup(|row| {
        doubled.get_or_insert(row);
    });
    if let Some(row) = doubled {
        return Err(ObservationError::DoubleKey { key: keys.get(row) }.into());
    }
    let columns = Columns {
        keys,
        usernames: TextColumn::collect(accounts.iter().map(|a| Some(a.username.as_str())))?,
        names: TextColumn::collect(accounts.iter().map(|a| Some(a.name.as_str())))?,
        emails: TextColumn::collect(accounts.iter().map(|a| a.email.as_deref()))?,
        enabled: FlagColumn::collect(accounts.iter().map(|a| a.status.map(|s| s == Status::Enabled))),
        seat: FlagColumn::collect(accounts.iter().map(|a| a.seat)),
        shadowed: FlagColumn::collect(accounts.iter().map(|a| a.shadowed)),
        managed: FlagColumn::collect(accounts.iter().map(|a| a.managed)),
        directory: CodeColumn::collect(accounts.iter().map(|a| a.directory.map(u32::from))),
        account_type: NamedColumn::collect(accounts.iter().map(|a| a.account_type.as_deref())),
        created: InstantColumn::collect(accounts.iter().map(|a| a.created)),
        reactivated: InstantColumn::collect(accounts.iter().map(|a| a.reactivated)),
        logins: CountColumn::collect(accounts.iter().map(|a| a.logins)),
        evidence: pack_evidence(accounts, sources),
        email_domains: OnceLock::new(),
    };
    Ok((columns, by_key))
}

/// Where a source has several points for one account, the newest counts.
fn pack_evidence(accounts: &[AccountRecord], sources: usize) -> Vec<InstantColumn> {
    let mut columns = vec![vec![UNKNOWN; accounts.len()]; sources];
    for (row, account) in accounts.iter().enumerate() {
        for point in &account.evidence {
            let slot = &mut columns[usize::from(point.source)][row];
            *slot = (*slot).max(point.at.map_or(SILENT, jiff::Timestamp::as_microsecond));
        }
    }
    columns.into_iter().map(InstantColumn::from_values).collect()
}
