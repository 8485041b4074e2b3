//! The state of a simulated site: accounts, groups, directories and what hangs on them.
//!
//! Compact on purpose (a million accounts fit in some hundred megabytes): accounts and groups are dense numbers,
//! memberships are kept both ways as sorted numbers, names are found by their lower-case form (§7.6).

mod account;
mod audit;
mod change;
mod content;
mod credentials;
mod directory;
mod group;
mod rights;
mod seats;
mod surgery;
mod task;

use std::collections::HashMap;

pub(crate) use account::{Account, Life, NEVER, Shadow};
pub(crate) use audit::{AuditEvent, AuditKind, Author};
pub(crate) use change::{NewAccount, Refusal};
pub(crate) use content::{Content, ContentKind, Library};
pub(crate) use credentials::{Credentials, Passwords, Token, TokenLook};
pub use directory::{Directory, DirectoryKind};
pub(crate) use group::Group;
pub(crate) use rights::Rights;
pub use surgery::{AccountPatch, AccountView, GroupPatch, GroupView, PatchStatus, StateError};
pub(crate) use task::{Task, TaskLook};

/// Number of an account in this process.
pub(crate) type AccountId = u32;
/// Number of a group in this process.
pub(crate) type GroupId = u32;

/// The state of a simulated site. Tests operate on it with [`Simulator::with_state`](crate::Simulator::with_state).
#[derive(Debug, Default)]
pub struct State {
    pub(crate) accounts: Vec<Account>,
    pub(crate) groups: Vec<Group>,
    pub(crate) directories: Vec<Directory>,
    by_name: HashMap<Box<str>, AccountId>,
    by_key: HashMap<u128, AccountId>,
    by_group_name: HashMap<Box<str>, GroupId>,
    /// Accounts in at least one directory, ascending: the rows of user/list.
    pub(crate) listed: Vec<AccountId>,
    /// Accounts that use a seat, by (last login, number): the search index behind list/active.
    pub(crate) seats: Vec<AccountId>,
    /// Rights of each group with those of its ancestors.
    effective_rights: Vec<Rights>,
    pub(crate) unlicensed_rights: Vec<(String, String)>,
    pub(crate) anonymous_rights: Rights,
    pub(crate) library: Library,
    pub(crate) audit: Vec<AuditEvent>,
    pub(crate) audit_rows: Vec<serde_json::Value>,
    pub(crate) tasks: Vec<Task>,
    pub(crate) credentials: Credentials,
    /// Seats of the licence.
    pub(crate) seat_limit: u32,
    /// New accounts join this group.
    pub(crate) default_group: Option<GroupId>,
    pub(crate) space_rights: std::collections::BTreeSet<(String, String, String)>,
    /// Numbers user keys of accounts created later.
    keys_given: u32,
    ids_given: u64,
}

impl State {
    /// The account of this name, without regard to case; deleted ones go by their key.
    pub(crate) fn account_id(&self, name: &str) -> Option<AccountId> {
        match self.by_name.get(name) {
            Some(id) => Some(*id),
            None => self.by_name.get(name.to_lowercase().as_str()).copied(),
        }
    }

    pub(crate) fn account_id_by_key(&self, key: &str) -> Option<AccountId> {
        if key.len() != 32 {
            return None;
        }
        u128::from_str_radix(key, 16).ok().and_then(|key| self.by_key.get(&key).copied())
    }

    pub(crate) fn account(&self, id: AccountId) -> &Account {
        &self.accounts[id as usize]
    }

    pub(crate) fn group_id(&self, name: &str) -> Option<GroupId> {
        self.by_group_name.get(name.to_lowercase().as_str()).copied()
    }

    pub(crate) fn group(&self, id: GroupId) -> &Group {
        &self.groups[id as usize]
    }

    /// Puts an account into the state. The caller rebuilds the indexes by [`State::settle`] when it is through.
    /// `None`: the name or the key is taken.
    pub(crate) fn insert_account(&mut self, account: Account) -> Option<AccountId> {
        let lower = account.name.to_lowercase().into_boxed_str();
        if self.by_name.contains_key(&lower) || self.by_key.contains_key(&account.key) {
            return None;
        }
        let id = self.accounts.len() as AccountId;
        self.by_name.insert(lower, id);
        self.by_key.insert(account.key, id);
        if account.life == Life::Present {
            self.listed.push(id);
        }
        self.accounts.push(account);
        Some(id)
    }

    /// Puts a group into the state; `None`: the name is taken.
    pub(crate) fn insert_group(&mut self, group: Group) -> Option<GroupId> {
        let lower = group.name.to_lowercase().into_boxed_str();
        if self.by_group_name.contains_key(&lower) {
            return None;
        }
        let id = self.groups.len() as GroupId;
        self.by_group_name.insert(lower, id);
        self.groups.push(group);
        self.effective_rights.push(Rights::NONE);
        Some(id)
    }

    /// Memberships of a whole population at once: `account.groups` is filled, the other direction follows from it.
    pub(crate) fn link_members(&mut self) {
        let mut sizes = vec![0_usize; self.groups.len()];
        for account in &self.accounts {
            for group in &account.groups {
                sizes[*group as usize] += 1;
            }
        }
        for (group, size) in self.groups.iter_mut().zip(sizes) {
            group.members = Vec::with_capacity(size);
        }
        for (id, account) in self.accounts.iter_mut().enumerate() {
            account.groups.sort_unstable();
            account.groups.dedup();
            account.groups.shrink_to_fit();
            for group in &account.groups {
                self.groups[*group as usize].members.push(id as AccountId);
            }
        }
    }

    /// Brings rights and seats up to date after changes of groups or of many accounts.
    pub(crate) fn settle(&mut self) {
        self.derive_rights();
        self.rebuild_seats();
    }

    /// A new user key: a fixed node part and a running number, 32 hex digits as on real servers.
    pub(crate) fn next_key(&mut self) -> u128 {
        loop {
            self.keys_given += 1;
            let key = account::key_of(0x4028_d676_8851_c890_u64, self.keys_given);
            if !self.by_key.contains_key(&key) {
                return key;
            }
        }
    }

    /// An id for tasks and tokens, different each time, the same in each process.
    pub(crate) fn next_uuid(&mut self) -> String {
        self.ids_given += 1;
        let mixed = u128::from(self.ids_given).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        uuid::Builder::from_random_bytes(mixed.to_be_bytes()).into_uuid().to_string()
    }

    fn forget_name(&mut self, id: AccountId) {
        let lower = self.account(id).name.to_lowercase();
        self.by_name.remove(lower.as_str());
    }

    fn learn_name(&mut self, id: AccountId) {
        let lower = self.account(id).name.to_lowercase().into_boxed_str();
        self.by_name.insert(lower, id);
    }

    fn forget_group_name(&mut self, id: GroupId) {
        let lower = self.group(id).name.to_lowercase();
        self.by_group_name.remove(lower.as_str());
    }
}
