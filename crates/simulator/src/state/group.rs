//! Groups and their nesting.

use std::collections::{BTreeSet, VecDeque};

use super::{AccountId, GroupId, Rights, State};

/// A group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Group {
    pub(crate) name: Box<str>,
    /// Kept by a synchronised directory: its members cannot be changed here.
    pub(crate) synced: bool,
    pub(crate) directory: u8,
    /// Direct members, ascending.
    pub(crate) members: Vec<AccountId>,
    /// Groups that are members of this one.
    pub(crate) children: Vec<GroupId>,
    /// Groups that this one is a member of.
    pub(crate) parents: Vec<GroupId>,
    /// Global permissions granted to it.
    pub(crate) rights: Rights,
    pub(crate) deleted: bool,
}

impl Group {
    pub(crate) fn named(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

impl State {
    /// Makes `child` a member of `parent`; cycles are allowed, as LDAP allows them.
    pub(crate) fn nest(&mut self, parent: GroupId, child: GroupId) {
        let children = &mut self.groups[parent as usize].children;
        if !children.contains(&child) {
            children.push(child);
            self.groups[child as usize].parents.push(parent);
        }
    }

    /// All groups above, without the group itself, nearest first; a cycle ends where it began.
    pub(crate) fn ancestors(&self, group: GroupId) -> Vec<GroupId> {
        self.reach(group, |group| &group.parents)
    }

    fn descendants(&self, group: GroupId) -> Vec<GroupId> {
        self.reach(group, |group| &group.children)
    }

    fn reach(&self, from: GroupId, next: impl Fn(&Group) -> &Vec<GroupId>) -> Vec<GroupId> {
        let mut seen = BTreeSet::from([from]);
        let mut waiting = VecDeque::from([from]);
        let mut reached = Vec::new();
        while let Some(group) = waiting.pop_front() {
            for other in next(self.group(group)) {
                if seen.insert(*other) {
                    reached.push(*other);
                    waiting.push_back(*other);
                }
            }
        }
        reached
    }

    /// Groups of an account: direct ones, or with all their ancestors.
    pub(crate) fn groups_of(&self, account: AccountId, nested: bool) -> Vec<GroupId> {
        let direct = &self.account(account).groups;
        if !nested {
            return direct.clone();
        }
        let mut all: BTreeSet<GroupId> = direct.iter().copied().collect();
        for group in direct {
            all.extend(self.ancestors(*group));
        }
        all.into_iter().collect()
    }

    /// Members of a group and of all groups below it, each once.
    pub(crate) fn nested_members(&self, group: GroupId) -> Vec<AccountId> {
        let mut all = self.group(group).members.clone();
        for below in self.descendants(group) {
            all.extend(&self.group(below).members);
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}
