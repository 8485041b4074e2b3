//! Groups: direct members as the site tells, effective members with nesting resolved.

use crate::column::scan;
use roaring::RoaringBitmap;
use rollcall_model::{AccountIndex, GroupIndex, GroupName};
use std::collections::{HashMap, VecDeque};
use std::sync::OnceLock;

/// One group as the site tells it, packed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct GroupRow {
    pub(crate) name: GroupName,
    pub(crate) members: RoaringBitmap,
    /// Ascending, each once.
    pub(crate) children: Box<[GroupIndex]>,
    pub(crate) gives_seat: Option<bool>,
    pub(crate) gives_admin: Option<bool>,
}

/// All groups of a site. What is derived is made when first asked for.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    pub(crate) rows: Vec<GroupRow>,
    parents: Vec<Vec<GroupIndex>>,
    effective: Vec<OnceLock<RoaringBitmap>>,
    by_folded_name: OnceLock<HashMap<String, Vec<GroupIndex>>>,
    by_account: OnceLock<ByAccount>,
}

/// The direct groups of each account, ascending.
#[derive(Debug)]
struct ByAccount {
    starts: Box<[u32]>,
    groups: Box<[GroupIndex]>,
}

impl Groups {
    /// All children must be positions in `rows`, all members accounts; `build` and `encode` see to it.
    pub(crate) fn new(rows: Vec<GroupRow>) -> Self {
        let mut parents = vec![Vec::new(); rows.len()];
        for (parent, row) in rows.iter().enumerate() {
            for child in &row.children {
                parents[*child as usize].push(parent as GroupIndex);
            }
        }
        let effective = rows.iter().map(|_| OnceLock::new()).collect();
        Self { rows, parents, effective, ..Self::default() }
    }

    pub(crate) fn members(&self, group: GroupIndex) -> &RoaringBitmap {
        let row = &self.rows[group as usize];
        if row.children.is_empty() {
            return &row.members;
        }
        self.effective[group as usize].get_or_init(|| {
            let mut members = RoaringBitmap::new();
            for inner in reach(&[group], |g| &self.rows[g as usize].children) {
                members |= &self.rows[inner as usize].members;
            }
            members.optimize();
            members
        })
    }

    /// Groups whose name is this one apart from case, ascending.
    pub(crate) fn named(&self, folded: &str) -> &[GroupIndex] {
        let names = self.by_folded_name.get_or_init(|| {
            let mut names: HashMap<String, Vec<GroupIndex>> = HashMap::with_capacity(self.rows.len());
            for (index, row) in self.rows.iter().enumerate() {
                names.entry(crate::fold(row.name.as_str())).or_default().push(index as GroupIndex);
            }
            names
        });
        names.get(folded).map_or(&[], Vec::as_slice)
    }

    /// Works out the groups of each account before somebody asks.
    pub(crate) fn prepare(&self, accounts: usize) {
        self.by_account(accounts);
    }

    fn by_account(&self, accounts: usize) -> &ByAccount {
        self.by_account.get_or_init(|| ByAccount::new(&self.rows, accounts))
    }

    /// Accounts whose number of direct groups passes the test.
    pub(crate) fn counted(&self, accounts: usize, test: impl Fn(u32) -> bool) -> RoaringBitmap {
        let starts = &self.by_account(accounts).starts;
        let counts: Vec<u32> = starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
        scan(&counts, test)
    }

    pub(crate) fn direct(&self, account: AccountIndex, accounts: usize) -> &[GroupIndex] {
        let by_account = self.by_account(accounts);
        let row = account as usize;
        &by_account.groups[by_account.starts[row] as usize..by_account.starts[row + 1] as usize]
    }

    pub(crate) fn effective(&self, account: AccountIndex, accounts: usize) -> Vec<GroupIndex> {
        let direct = self.direct(account, accounts);
        let mut found = reach(direct, |g| &self.parents[g as usize]);
        found.sort_unstable();
        found
    }

    /// The shortest way down from each group that `is_wanted` to each direct group of the account.
    pub(crate) fn paths(
        &self,
        account: AccountIndex,
        accounts: usize,
        is_wanted: impl Fn(GroupIndex) -> bool,
    ) -> Vec<Vec<GroupIndex>> {
        let mut paths = Vec::new();
        for direct in self.direct(account, accounts) {
            let mut below: HashMap<GroupIndex, GroupIndex> = HashMap::from([(*direct, *direct)]);
            let mut queue = VecDeque::from([*direct]);
            while let Some(group) = queue.pop_front() {
                if is_wanted(group) {
                    let mut path = vec![group];
                    let mut at = group;
                    while at != *direct {
                        at = below[&at];
                        path.push(at);
                    }
                    paths.push(path);
                }
                for parent in &self.parents[group as usize] {
                    below.entry(*parent).or_insert_with(|| {
                        queue.push_back(*parent);
                        group
                    });
                }
            }
        }
        paths
    }
}

/// These groups and all that can be reached from them, nearest first; cycles do no harm.
fn reach<'a>(from: &[GroupIndex], next: impl Fn(GroupIndex) -> &'a [GroupIndex]) -> Vec<GroupIndex> {
    let mut seen: RoaringBitmap = from.iter().copied().collect();
    let mut found = from.to_vec();
    let mut at = 0;
    while let Some(group) = found.get(at).copied() {
        at += 1;
        found.extend(next(group).iter().filter(|g| seen.insert(**g)));
    }
    found
}

impl ByAccount {
    fn new(rows: &[GroupRow], accounts: usize) -> Self {
        let mut starts = vec![0_u32; accounts + 1];
        for row in rows {
            for account in &row.members {
                starts[account as usize + 1] += 1;
            }
        }
        for row in 1..starts.len() {
            starts[row] += starts[row - 1];
        }
        let mut groups = vec![0; starts.last().map_or(0, |n| *n as usize)];
        let mut next = starts.clone();
        for (group, row) in rows.iter().enumerate() {
            for account in &row.members {
                groups[next[account as usize] as usize] = group as GroupIndex;
                next[account as usize] += 1;
            }
        }
        Self { starts: starts.into(), groups: groups.into() }
    }
}

/// One group of a snapshot.
#[derive(Debug, Clone, Copy)]
pub struct Group<'a> {
    pub(crate) groups: &'a Groups,
    pub(crate) index: GroupIndex,
}

impl<'a> Group<'a> {
    fn row(self) -> &'a GroupRow {
        &self.groups.rows[self.index as usize]
    }

    /// Its position.
    pub fn index(self) -> GroupIndex {
        self.index
    }

    /// Its name as the site spells it.
    pub fn name(self) -> &'a GroupName {
        &self.row().name
    }

    /// Accounts that are members themselves.
    pub fn direct_members(self) -> &'a RoaringBitmap {
        &self.row().members
    }

    /// Accounts that are members themselves or through a group inside it, however deep; cycles do no harm.
    pub fn members(self) -> &'a RoaringBitmap {
        self.groups.members(self.index)
    }

    /// Groups directly inside it, ascending.
    pub fn children(self) -> &'a [GroupIndex] {
        &self.row().children
    }

    /// Groups it is directly inside of, ascending.
    pub fn parents(self) -> &'a [GroupIndex] {
        &self.groups.parents[self.index as usize]
    }

    /// Whether its members take a licence seat; `None` where the site does not say.
    pub fn gives_seat(self) -> Option<bool> {
        self.row().gives_seat
    }

    /// Whether its members administer the site; `None` where the site does not say.
    pub fn gives_admin(self) -> Option<bool> {
        self.row().gives_admin
    }
}
