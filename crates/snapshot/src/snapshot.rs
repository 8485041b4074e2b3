//! The snapshot itself.

use crate::column::Columns;
use crate::column::key::RawKey;
use crate::group::Groups;
use crate::lookup::{Lookup, hash};
use crate::{Account, ActivityColumn, Group, fold};
use jiff::Timestamp;
use roaring::RoaringBitmap;
use rollcall_model::{
    AccountIndex, AccountKey, DirectoryRecord, EvidenceKind, EvidenceSource, GroupIndex, SeatCounts, SiteId,
    SiteProfile, SnapshotId,
};
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// From so many accounts on, another thread is begun to work things out.
const WORTH_ANOTHER_THREAD: u32 = 20_000;

/// What the site says of itself rather than of accounts and groups. Stored as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Frame {
    pub(crate) site: SiteId,
    pub(crate) profile: SiteProfile,
    pub(crate) started_at: Timestamp,
    pub(crate) taken_at: Timestamp,
    pub(crate) directories: Vec<DirectoryRecord>,
    pub(crate) sources: Vec<EvidenceSource>,
    pub(crate) notes: Vec<String>,
}

/// An immutable picture of one site at one instant. Share it in an `Arc`.
#[derive(Debug)]
pub struct Snapshot {
    pub(crate) id: SnapshotId,
    pub(crate) hash: String,
    pub(crate) frame: Frame,
    pub(crate) columns: Columns,
    pub(crate) groups: Groups,
    pub(crate) by_key: OnceLock<Lookup>,
    pub(crate) by_username: OnceLock<Lookup>,
    pub(crate) activity: [OnceLock<ActivityColumn>; 4],
}

impl Snapshot {
    pub(crate) fn assemble(
        id: SnapshotId,
        hash: String,
        frame: Frame,
        columns: Columns,
        groups: Groups,
    ) -> Self {
        Self {
            id,
            hash,
            frame,
            columns,
            groups,
            by_key: OnceLock::new(),
            by_username: OnceLock::new(),
            activity: Default::default(),
        }
    }

    /// Its id in this installation.
    pub fn id(&self) -> &SnapshotId {
        &self.id
    }

    /// The site.
    pub fn site(&self) -> &SiteId {
        &self.frame.site
    }

    /// When reading the site ended.
    pub fn taken_at(&self) -> Timestamp {
        self.frame.taken_at
    }

    /// When reading the site began.
    pub fn started_at(&self) -> Timestamp {
        self.frame.started_at
    }

    /// What the site said of itself.
    pub fn profile(&self) -> &SiteProfile {
        &self.frame.profile
    }

    /// Sources of evidence.
    pub fn sources(&self) -> &[EvidenceSource] {
        &self.frame.sources
    }

    /// What could not be read, in words.
    pub fn notes(&self) -> &[String] {
        &self.frame.notes
    }

    /// Directories in the site's order.
    pub fn directories(&self) -> &[DirectoryRecord] {
        &self.frame.directories
    }

    /// Licence seats.
    pub fn seat_counts(&self) -> SeatCounts {
        self.frame.profile.seats
    }

    /// SHA-256 of the content in hexadecimal digits: the same for the same observation, whatever the order and repetition of
    /// members; without the id.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// How many accounts.
    pub fn len(&self) -> u32 {
        self.columns.keys.len() as u32
    }

    /// Whether there is no account at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All account numbers.
    pub fn everybody(&self) -> RoaringBitmap {
        crate::column::all_rows(self.len() as usize)
    }

    /// The fields as columns.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// One account. Its number must be below [`Self::len`].
    pub fn account(&self, index: AccountIndex) -> Account<'_> {
        debug_assert!(index < self.len(), "account {index} of {}", self.len());
        Account { snapshot: self, index }
    }

    /// All accounts, in the order of the observation.
    pub fn accounts(&self) -> impl ExactSizeIterator<Item = Account<'_>> {
        (0..self.len()).map(|index| self.account(index))
    }

    /// The account with this identity; nobody has the empty one.
    pub fn find_key(&self, key: &AccountKey) -> Option<AccountIndex> {
        self.find_raw(RawKey::of(key.as_str()))
    }

    pub(crate) fn find_raw(&self, key: RawKey<'_>) -> Option<AccountIndex> {
        let lookup = self.by_key.get_or_init(|| self.columns.keys.lookup(|_| {}));
        self.columns.keys.find(lookup, key)
    }

    /// The account with this sign-in name, without regard to case; of several the one that takes effect, then the first.
    pub fn find_username(&self, username: &str) -> Option<AccountIndex> {
        let names = &self.columns.usernames;
        let is_hidden = |row| self.columns.shadowed.yes().contains(row);
        let lookup = self.by_username.get_or_init(|| {
            Lookup::build(
                self.len() as usize,
                |row| Some(hash(names.folded(row))),
                |a, b| names.folded(a) == names.folded(b),
                |new, old| is_hidden(old) && !is_hidden(new),
            )
        });
        let folded = fold(username);
        lookup.find(hash(folded.as_str()), |row| names.folded(row) == folded)
    }

    /// How many groups.
    pub fn group_count(&self) -> u32 {
        self.groups.rows.len() as u32
    }

    /// One group. Its number must be below [`Self::group_count`].
    pub fn group(&self, index: GroupIndex) -> Group<'_> {
        Group { groups: &self.groups, index }
    }

    /// All groups.
    pub fn groups(&self) -> impl ExactSizeIterator<Item = Group<'_>> {
        (0..self.group_count()).map(|index| self.group(index))
    }

    /// The group of this name: spelled exactly so, else the first that is the same without regard to case.
    pub fn find_group(&self, name: &str) -> Option<GroupIndex> {
        let named = self.groups_named(name);
        named.iter().copied().find(|g| self.group(*g).name().as_str() == name).or(named.first().copied())
    }

    /// All groups of this name without regard to case; more than one only where the site tells them apart by case.
    pub fn groups_named(&self, name: &str) -> &[GroupIndex] {
        self.groups.named(&fold(name))
    }

    /// The groups the account is itself a member of, ascending.
    pub fn direct_groups(&self, account: AccountIndex) -> &[GroupIndex] {
        self.groups.direct(account, self.len() as usize)
    }

    /// The accounts that are themselves members of so many groups as pass the test.
    pub fn with_group_count(&self, test: impl Fn(u32) -> bool) -> RoaringBitmap {
        self.groups.counted(self.len() as usize, test)
    }

    /// The groups the account is a member of, itself or through other groups, ascending.
    pub fn effective_groups(&self, account: AccountIndex) -> Vec<GroupIndex> {
        self.groups.effective(account, self.len() as usize)
    }

    /// How the account comes by a seat: from each group that is known to give one down to each group it is a direct member of, the
    /// shortest path. To take the seat away, take the account out of the last group of every path.
    pub fn seat_paths(&self, account: AccountIndex) -> Vec<Vec<GroupIndex>> {
        self.groups.paths(account, self.len() as usize, |g| self.group(g).gives_seat() == Some(true))
    }

    /// The shortest path from this group down to each group through which the account is its member; empty if it is not.
    pub fn member_paths(&self, group: GroupIndex, account: AccountIndex) -> Vec<Vec<GroupIndex>> {
        self.groups.paths(account, self.len() as usize, |g| g == group)
    }

    /// [`Account::last`] of every account.
    pub fn activity(&self, kind: Option<EvidenceKind>) -> &ActivityColumn {
        let slot = match kind {
            None => 0,
            Some(EvidenceKind::Login) => 1,
            Some(EvidenceKind::Contribution) => 2,
            Some(EvidenceKind::Use) => 3,
        };
        self.activity[slot]
            .get_or_init(|| ActivityColumn::new(self.sources(), &self.columns.evidence, kind, self.len()))
    }

    /// Works out ahead what listings ask for: the order of the texts, all activity together, the domains of addresses, everybody's groups. Each is otherwise worked out
    /// when it is first asked for, and whoever asks for a page waits for it. What is asked for most comes first.
    pub fn prepare(&self) {
        let columns = &self.columns;
        let texts = [&columns.usernames, &columns.names, &columns.emails];
        let texts = texts.map(|column| move || _ = column.ranks());
        let activity = |kind| move || _ = self.activity(kind);
        let (newest, logins) = (activity(None), activity(Some(EvidenceKind::Login)));
        let contributions = activity(Some(EvidenceKind::Contribution));
        let groups = || self.groups.prepare(self.len() as usize);
        let domains = || _ = columns.email_domains();
        let steps: [&(dyn Fn() + Sync); 8] =
            [&texts[0], &newest, &texts[1], &texts[2], &logins, &contributions, &groups, &domains];
        let next = AtomicUsize::new(0);
        let work = || {
            while let Some(step) = steps.get(next.fetch_add(1, Ordering::Relaxed)) {
                step();
            }
        };
        if self.len() < WORTH_ANOTHER_THREAD {
            return work();
        }
        std::thread::scope(|threads| {
            threads.spawn(work);
            work();
        });
    }
}
