//! One account: everything that is known of it, and why it is or is not selected.

use crate::{AuditEntry, Engine, EngineError, Freshness, Operator, Picture, UseCase};
use jiff::Timestamp;
use rollcall_criteria::{Explanation, FIELDS, Field, Value, explain, value};
use rollcall_model::{AccountIndex, AccountKey, AccountRef, EvidenceKind, GroupIndex, SiteName, SnapshotId};
use rollcall_snapshot::{ExemptSubject, Snapshot};
use rollcall_store::AuditFilter;

/// Entries of the audit log that are shown with an account.
const ENTRIES: u32 = 100;

/// Everything that is known of one account.
#[derive(Debug, Clone)]
pub struct AccountDetail {
    /// Identity and sign-in name.
    pub account: AccountRef,
    /// The snapshot it was read in.
    pub snapshot: SnapshotId,
    /// When the site was read.
    pub snapshot_taken_at: Timestamp,
    /// Every field but the names of groups, which have their own lines.
    pub fields: Vec<(Field, Value)>,
    /// What each source of evidence says, also those that say nothing.
    pub evidence: Vec<EvidenceLine>,
    /// Its groups, nested ones included.
    pub groups: Vec<GroupLine>,
    /// Every way by which it comes by a seat: from a group that gives one down to a group it is a direct member of.
    pub seat_paths: Vec<Vec<String>>,
    /// Exemptions about it, those that have ended included.
    pub exemptions: Vec<ExemptionLine>,
    /// When Rollcall first saw it.
    pub first_seen: Option<Timestamp>,
    /// When it was last seen to come back.
    pub reactivated: Option<Timestamp>,
    /// What the audit log says of it, newest first.
    pub entries: Vec<AuditEntry>,
    /// There are older entries than these.
    pub has_older_entries: bool,
}

/// What one source of evidence says of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceLine {
    /// The source.
    pub source: String,
    /// What it observes.
    pub kind: EvidenceKind,
    /// Whether it says anything of the account at all.
    pub is_covered: bool,
    /// When, if it saw anything.
    pub at: Option<Timestamp>,
    /// When the source was read.
    pub read_at: Timestamp,
    /// Why the source must not be trusted now, where that is so.
    pub doubt: Option<String>,
}

/// A group of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupLine {
    /// Its name.
    pub name: String,
    /// Whether the account is itself a member of it.
    pub is_direct: bool,
    /// Whether its members use a seat, where the site says.
    pub gives_seat: Option<bool>,
    /// Whether its members administer the site, where the site says.
    pub gives_admin: Option<bool>,
    /// The ways from this group down to a group that the account is a direct member of; one alone where it is a direct member.
    pub paths: Vec<Vec<String>>,
}

/// An exemption about an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExemptionLine {
    /// The account itself, or a group it is in.
    pub subject: ExemptSubject,
    /// Why.
    pub reason: String,
    /// Until when; `None` = for good.
    pub until: Option<Timestamp>,
    /// Whether it is in force now.
    pub is_in_force: bool,
}

impl Engine {
    /// One account of the newest snapshot, by key.
    pub async fn account(
        &self,
        operator: &Operator,
        site: &SiteName,
        key: &AccountKey,
    ) -> Result<AccountDetail, EngineError> {
        operator.check(UseCase::SeeAccounts)?;
        let (picture, index) = self.find_account(operator, site, key).await?;
        let row = self.site_row(site).await?;
        let filter = AuditFilter {
            site: Some(row.id),
            account: Some(key.clone()),
            newest_first: true,
            limit: Some(ENTRIES + 1),
            ..AuditFilter::default()
        };
        let mut entries = self.store.audit(&filter).await?;
        let has_older_entries = entries.len() > ENTRIES as usize;
        entries.truncate(ENTRIES as usize);
        Ok(detail(&picture, index, self.now(), entries, has_older_entries))
    }

    /// Why an account is or is not selected by a criterion, clause by clause.
    pub async fn explain_account(
        &self,
        operator: &Operator,
        site: &SiteName,
        key: &AccountKey,
        criterion: &str,
    ) -> Result<Explanation, EngineError> {
        operator.check(UseCase::SeeAccounts)?;
        let parsed = rollcall_criteria::parse(criterion).map_err(EngineError::criterion(criterion))?;
        let (picture, index) = self.find_account(operator, site, key).await?;
        let (now, text) = (self.now(), criterion.to_owned());
        let explaining = tokio::task::spawn_blocking(move || {
            explain(&picture.snapshot, &picture.facts, &parsed, index, now)
        });
        crate::pictures::finished(explaining.await).map_err(EngineError::criterion(&text))
    }

    async fn find_account(
        &self,
        operator: &Operator,
        site: &SiteName,
        key: &AccountKey,
    ) -> Result<(Picture, AccountIndex), EngineError> {
        let picture = self.picture(operator, site, Freshness::Any, &|_| ()).await?;
        match picture.snapshot.find_key(key) {
            Some(index) => Ok((picture, index)),
            None => Err(EngineError::NotFound {
                what: "account",
                name: rollcall_model::plain(key.as_str()).into_owned(),
                remedy: format!(" in the newest snapshot of {site}; accounts are named by their key here"),
            }),
        }
    }
}

fn detail(
    picture: &Picture,
    index: AccountIndex,
    now: Timestamp,
    entries: Vec<AuditEntry>,
    has_older_entries: bool,
) -> AccountDetail {
    let (snapshot, facts) = (&*picture.snapshot, &*picture.facts);
    let account = snapshot.account(index);
    let key = account.key();
    let is_single = |field: Field| !matches!(field, Field::Group | Field::DirectGroup | Field::SeatVia);
    let fields = FIELDS.iter().map(|info| info.field).filter(|field| is_single(*field));
    AccountDetail {
        account: account.reference(),
        snapshot: snapshot.id().clone(),
        snapshot_taken_at: snapshot.taken_at(),
        fields: fields.map(|field| (field, value(snapshot, facts, index, field, now))).collect(),
        evidence: evidence(snapshot, index),
        groups: groups(snapshot, index),
        seat_paths: named(snapshot, &snapshot.seat_paths(index)),
        exemptions: facts
            .exemptions
            .iter()
            .filter(|exemption| exemption.covers(snapshot, index))
            .map(|exemption| ExemptionLine {
                subject: exemption.subject.clone(),
                reason: exemption.reason.clone(),
                until: exemption.until,
                is_in_force: exemption.is_in_force(now),
            })
            .collect(),
        first_seen: facts.history.first_seen(&key),
        reactivated: account.reactivated().max(facts.history.reactivated(&key)),
        entries,
        has_older_entries,
    }
}

fn evidence(snapshot: &Snapshot, index: AccountIndex) -> Vec<EvidenceLine> {
    let said: Vec<_> = snapshot.account(index).evidence().collect();
    let sources = snapshot.sources().iter().enumerate();
    sources
        .map(|(position, source)| {
            let word = said.iter().find(|(index, ..)| usize::from(*index) == position);
            EvidenceLine {
                source: source.name.clone(),
                kind: source.kind,
                is_covered: word.is_some(),
                at: word.and_then(|(.., at)| *at),
                read_at: source.read_at,
                doubt: source.doubt.clone(),
            }
        })
        .collect()
}

fn groups(snapshot: &Snapshot, index: AccountIndex) -> Vec<GroupLine> {
    let direct = snapshot.direct_groups(index);
    let line = |group: GroupIndex| {
        let row = snapshot.group(group);
        GroupLine {
            name: row.name().to_string(),
            is_direct: direct.contains(&group),
            gives_seat: row.gives_seat(),
            gives_admin: row.gives_admin(),
            paths: named(snapshot, &snapshot.member_paths(group, index)),
        }
    };
    snapshot.effective_groups(index).into_iter().map(line).collect()
}

fn named(snapshot: &Snapshot, paths: &[Vec<GroupIndex>]) -> Vec<Vec<String>> {
    let name = |group: &GroupIndex| snapshot.group(*group).name().to_string();
    paths.iter().map(|path| path.iter().map(name).collect()).collect()
}
