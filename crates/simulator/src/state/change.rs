//! Changes of the state, with the rules of directories (`confluence-data-center.md §4.2, §4.3, §7`).
//!
//! Each change says whether anything changed (`Ok(false)`: it was so already), or why it is refused.

use super::account::{Account, Life, NEVER};
use super::{AccountId, AuditKind, Author, Group, GroupId, Rights, State};

/// Why a change is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The effective directory of the account, or that of the group, does not allow it.
    ReadOnlyDirectory { directory: String },
    /// The last group that administers the site.
    LastAdminGroup,
    /// Taken.
    Exists,
    /// No seat of the licence is left.
    NoSeat,
    /// No directory takes new accounts.
    NoWritableDirectory,
}

/// A new account as asked for by REST.
pub(crate) struct NewAccount<'a> {
    pub(crate) name: &'a str,
    pub(crate) display: &'a str,
    pub(crate) mail: &'a str,
    pub(crate) password: Option<&'a str>,
}

type Outcome = Result<bool, Refusal>;

impl State {
    fn read_only(&self, directory: u8) -> Refusal {
        let directory =
            self.directories.get(usize::from(directory)).map_or_else(String::new, |d| d.name.clone());
        Refusal::ReadOnlyDirectory { directory }
    }

    fn kind_of(&self, id: AccountId) -> super::DirectoryKind {
        self.directories
            .get(usize::from(self.account(id).directory))
            .map_or(super::DirectoryKind::LdapReadOnly, |directory| directory.kind)
    }

    fn require_writable(&self, id: AccountId) -> Result<(), Refusal> {
        if self.kind_of(id).writes_accounts() {
            Ok(())
        } else {
            Err(self.read_only(self.account(id).directory))
        }
    }

    pub(crate) fn switch_account(&mut self, id: AccountId, active: bool, by: AccountId, now: i64) -> Outcome {
        if self.account(id).active == active {
            return Ok(false);
        }
        self.require_writable(id)?;
        self.changing(id, |state| state.accounts[id as usize].active = active);
        let kind = if active { AuditKind::UserReactivated } else { AuditKind::UserDeactivated };
        self.record(now, kind, Author::Account(by), id, 0);
        Ok(true)
    }

    pub(crate) fn join_group(&mut self, id: AccountId, group: GroupId, by: AccountId, now: i64) -> Outcome {
        if self.account(id).is_member(group) {
            return Ok(false);
        }
        self.require_membership_writable(id, group)?;
        self.put_member(id, group);
        self.record(now, AuditKind::AddedToGroup, Author::Account(by), id, group);
        Ok(true)
    }

    pub(crate) fn leave_group(&mut self, id: AccountId, group: GroupId, by: AccountId, now: i64) -> Outcome {
        if !self.account(id).is_member(group) {
            return Ok(false);
        }
        self.require_membership_writable(id, group)?;
        self.drop_member(id, group);
        self.record(now, AuditKind::RemovedFromGroup, Author::Account(by), id, group);
        Ok(true)
    }

    fn require_membership_writable(&self, id: AccountId, group: GroupId) -> Result<(), Refusal> {
        if !self.kind_of(id).writes_memberships() {
            return Err(self.read_only(self.account(id).directory));
        }
        if self.group(group).synced {
            return Err(self.read_only(self.group(group).directory));
        }
        Ok(())
    }

    /// Makes the account a direct member, whatever directories say; `false`: it was one.
    pub(super) fn put_member(&mut self, id: AccountId, group: GroupId) -> bool {
        self.changing(id, |state| {
            let Err(place) = state.accounts[id as usize].groups.binary_search(&group) else { return false };
            state.accounts[id as usize].groups.insert(place, group);
            let members = &mut state.groups[group as usize].members;
            if let Err(place) = members.binary_search(&id) {
                members.insert(place, id);
            }
            true
        })
    }

    /// Ends a direct membership, whatever directories say; `false`: there was none.
    pub(super) fn drop_member(&mut self, id: AccountId, group: GroupId) -> bool {
        self.changing(id, |state| {
            let Ok(place) = state.accounts[id as usize].groups.binary_search(&group) else { return false };
            state.accounts[id as usize].groups.remove(place);
            let members = &mut state.groups[group as usize].members;
            if let Ok(place) = members.binary_search(&id) {
                members.remove(place);
            }
            true
        })
    }

    pub(crate) fn create_account(
        &mut self,
        new: &NewAccount<'_>,
        by: AccountId,
        now: i64,
    ) -> Result<AccountId, Refusal> {
        if self.account_id(new.name).is_some() {
            return Err(Refusal::Exists);
        }
        if self.seats_used() >= self.seat_limit {
            return Err(Refusal::NoSeat);
        }
        let directory = self
            .directories
            .iter()
            .position(|directory| directory.active && directory.kind.writes_accounts())
            .ok_or(Refusal::NoWritableDirectory)?;
        let account = Account {
            name: new.name.into(),
            display: new.display.into(),
            mail: new.mail.into(),
            key: self.next_key(),
            groups: Vec::new(),
            created: now,
            last_login: NEVER,
            logins: 0,
            directory: directory as u8,
            life: Life::Present,
            active: true,
            rights: Rights::NONE,
            shadows: None,
        };
        let id = self.insert_account(account).ok_or(Refusal::Exists)?;
        if let Some(password) = new.password {
            self.credentials.set.insert(id, password.to_owned());
        }
        self.record(now, AuditKind::UserCreated, Author::Account(by), id, 0);
        if let Some(group) = self.default_group {
            self.put_member(id, group);
            self.record(now, AuditKind::AddedToGroup, Author::Account(by), id, group);
        }
        Ok(id)
    }

    pub(crate) fn update_account(
        &mut self,
        id: AccountId,
        (display, mail): (Option<&str>, Option<&str>),
        by: AccountId,
        now: i64,
    ) -> Outcome {
        let account = self.account(id);
        let changes = display.is_some_and(|new| *account.display != *new)
            || mail.is_some_and(|new| *account.mail != *new);
        if !changes {
            return Ok(false);
        }
        self.require_writable(id)?;
        let account = &mut self.accounts[id as usize];
        if let Some(display) = display {
            account.display = display.into();
        }
        if let Some(mail) = mail {
            account.mail = mail.into();
        }
        self.record(now, AuditKind::UserUpdated, Author::Account(by), id, 0);
        Ok(true)
    }

    pub(crate) fn set_password(&mut self, id: AccountId, password: &str, by: AccountId, now: i64) -> Outcome {
        if self.kind_of(id) != super::DirectoryKind::Internal {
            return Err(self.read_only(self.account(id).directory));
        }
        self.credentials.set.insert(id, password.to_owned());
        self.record(now, AuditKind::PasswordChanged, Author::Account(by), id, 0);
        Ok(true)
    }

    /// May this account be deleted: accounts of writable directories, and those in none (§6).
    pub(crate) fn may_delete(&self, id: AccountId) -> Result<(), Refusal> {
        if self.account(id).life == Life::Unsynced { Ok(()) } else { self.require_writable(id) }
    }

    /// o024: the username becomes the key, the display name an alias; content stays.
    pub(super) fn anonymise(&mut self, id: AccountId) {
        if self.account(id).life == Life::Deleted {
            return;
        }
        self.changing(id, |state| {
            for group in std::mem::take(&mut state.accounts[id as usize].groups) {
                let members = &mut state.groups[group as usize].members;
                if let Ok(place) = members.binary_search(&id) {
                    members.remove(place);
                }
            }
            state.forget_name(id);
            let account = &mut state.accounts[id as usize];
            account.life = Life::Deleted;
            account.active = false;
            account.shadows = None;
            account.name = account.key_text().into_boxed_str();
            account.mail = "".into();
            account.display =
                format!("user-{:05x}", (account.key ^ (account.key >> 37)) & 0xf_ffff).into_boxed_str();
            state.learn_name(id);
            if let Ok(place) = state.listed.binary_search(&id) {
                state.listed.remove(place);
            }
        });
    }

    pub(crate) fn create_group(&mut self, name: &str, by: AccountId, now: i64) -> Result<GroupId, Refusal> {
        let id = self.insert_group(Group::named(name)).ok_or(Refusal::Exists)?;
        self.record(now, AuditKind::GroupCreated, Author::Account(by), 0, id);
        Ok(id)
    }

    pub(crate) fn delete_group(&mut self, id: GroupId, by: AccountId, now: i64) -> Outcome {
        let group = self.group(id);
        if group.synced {
            return Err(self.read_only(group.directory));
        }
        let administers = |group: &Group| !group.deleted && group.rights.has(Rights::SYSTEM);
        if administers(group) && self.groups.iter().filter(|other| administers(other)).count() == 1 {
            return Err(Refusal::LastAdminGroup);
        }
        self.remove_group(id);
        self.record(now, AuditKind::GroupDeleted, Author::Account(by), 0, id);
        Ok(true)
    }

    fn remove_group(&mut self, id: GroupId) {
        self.forget_group_name(id);
        let group = &mut self.groups[id as usize];
        group.deleted = true;
        group.rights = Rights::NONE;
        let members = std::mem::take(&mut group.members);
        let (children, parents) = (std::mem::take(&mut group.children), std::mem::take(&mut group.parents));
        for member in members {
            self.accounts[member as usize].groups.retain(|other| *other != id);
        }
        for child in children {
            self.groups[child as usize].parents.retain(|other| *other != id);
        }
        for parent in parents {
            self.groups[parent as usize].children.retain(|other| *other != id);
        }
        if self.default_group == Some(id) {
            self.default_group = None;
        }
        self.settle();
    }
}
