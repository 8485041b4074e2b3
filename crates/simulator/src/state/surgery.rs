//! What tests do to a site behind its back, and how they look at it.
//!
//! Nothing here asks for permission or respects directories; nothing here stands in the journal.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::account::{Account, Life, NEVER};
use super::{AccountId, AuditKind, Author, Content, ContentKind, Directory, Group, GroupId, Rights, State};

/// A test named something that is not there.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum StateError {
    /// No such account.
    #[error("the simulated site has no account {0:?}")]
    NoAccount(String),
    /// No such group.
    #[error("the simulated site has no group {0:?}")]
    NoGroup(String),
    /// No such directory.
    #[error("the simulated site has no directory {0:?}")]
    NoDirectory(String),
    /// The name is taken.
    #[error("the simulated site already has {0:?}")]
    Exists(String),
}

/// One account as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// Username.
    pub username: String,
    /// User key, 32 hex digits.
    pub user_key: String,
    /// Full name.
    pub display_name: String,
    /// Mail address; may be empty.
    pub email: String,
    /// `enabled`, `disabled`, `unsynced` or `deleted`.
    pub status: String,
    /// Name of the effective directory.
    pub directory: String,
    /// Later directories that have the name, too.
    pub shadowed_in: Vec<String>,
    /// Direct groups.
    pub groups: Vec<String>,
    /// When it was created.
    pub created: Timestamp,
    /// When it last logged in.
    pub last_login: Option<Timestamp>,
    /// How often it logged in.
    pub logins: u32,
    /// When it last created or edited content.
    pub last_contribution: Option<Timestamp>,
    /// Uses a seat of the licence.
    pub seat: bool,
    /// Administers the system.
    pub system_administrator: bool,
}

/// One group as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupView {
    /// Name.
    pub name: String,
    /// Direct members.
    pub members: usize,
    /// Groups that are members of it.
    pub children: Vec<String>,
    /// Kept by a synchronised directory.
    pub synced: bool,
    /// Members may use the site, so they use seats.
    pub gives_seat: bool,
}

/// A change of one account; fields that are missing stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct AccountPatch {
    /// `enabled` or `disabled`.
    pub status: Option<PatchStatus>,
    /// When it last logged in; `null` means never, a missing field leaves it.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub last_login: Option<Option<Timestamp>>,
    /// When it last contributed: adds a page of that instant.
    pub last_contribution: Option<Timestamp>,
    /// Full name.
    pub display_name: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// New username; the key stays.
    pub username: Option<String>,
    /// Changes of direct groups.
    pub groups: GroupPatch,
    /// `true`: it disappears from every directory.
    pub unsynced: bool,
    /// Name of the directory it is in from now on.
    pub directory: Option<String>,
    /// Its password.
    pub password: Option<String>,
}

/// `enabled` or `disabled`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PatchStatus {
    /// May log in.
    Enabled,
    /// May not log in.
    Disabled,
}

/// Groups to join and to leave.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GroupPatch {
    /// To join.
    pub add: Vec<String>,
    /// To leave.
    pub remove: Vec<String>,
}

#[expect(clippy::option_option, reason = "a missing field, null, and an instant are three things")]
fn present<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Option<Option<Timestamp>>, D::Error> {
    Option::<Timestamp>::deserialize(input).map(Some)
}

fn instant(at: i64) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH)
}

impl State {
    fn find(&self, name: &str) -> Result<AccountId, StateError> {
        self.account_id(name).ok_or_else(|| StateError::NoAccount(name.to_owned()))
    }

    fn find_group(&self, name: &str) -> Result<GroupId, StateError> {
        self.group_id(name).ok_or_else(|| StateError::NoGroup(name.to_owned()))
    }

    fn find_directory(&self, name: &str) -> Result<u8, StateError> {
        let place = self.directories.iter().position(|directory| directory.name == name);
        place.map(|place| place as u8).ok_or_else(|| StateError::NoDirectory(name.to_owned()))
    }

    /// The account of this name (or, once deleted, of this key), as it is.
    pub fn account_view(&self, name: &str) -> Option<AccountView> {
        self.account_id(name).map(|id| self.view(id))
    }

    /// All accounts in order, deleted and unsynced ones included.
    pub fn account_views(&self) -> impl Iterator<Item = AccountView> + '_ {
        (0..self.accounts.len() as AccountId).map(|id| self.view(id))
    }

    /// All groups that exist.
    pub fn group_views(&self) -> impl Iterator<Item = GroupView> + '_ {
        self.groups.iter().enumerate().filter(|(_, group)| !group.deleted).map(|(id, group)| GroupView {
            name: group.name.to_string(),
            members: group.members.len(),
            children: group.children.iter().map(|child| self.group(*child).name.to_string()).collect(),
            synced: group.synced,
            gives_seat: self.effective_rights[id].has(Rights::USE),
        })
    }

    /// The directories in the order in which names are looked up.
    pub fn directories(&self) -> &[Directory] {
        &self.directories
    }

    /// (accounts in a directory, seats used, groups).
    pub fn counts(&self) -> (usize, usize, usize) {
        (self.listed.len(), self.seats.len(), self.groups.iter().filter(|group| !group.deleted).count())
    }

    /// Names of the direct members of a group.
    pub fn member_names(&self, group: &str) -> Result<Vec<String>, StateError> {
        let group = self.find_group(group)?;
        Ok(self.group(group).members.iter().map(|id| self.account(*id).name.to_string()).collect())
    }

    fn view(&self, id: AccountId) -> AccountView {
        let account = self.account(id);
        let directory = |number: u8| {
            self.directories.get(usize::from(number)).map_or_else(String::new, |d| d.name.clone())
        };
        let status = match (account.life, account.active) {
            (Life::Present, true) => "enabled",
            (Life::Present, false) => "disabled",
            (Life::Unsynced, _) => "unsynced",
            (Life::Deleted, _) => "deleted",
        };
        let contributions = self.library.of(id).iter().map(|number| &self.library.items[*number as usize]);
        let newest = contributions.map(|c| if c.editor == id { c.modified } else { c.created }).max();
        AccountView {
            username: account.name.to_string(),
            user_key: account.key_text(),
            display_name: account.display.to_string(),
            email: account.mail.to_string(),
            status: status.to_owned(),
            directory: if account.life == Life::Present {
                directory(account.directory)
            } else {
                String::new()
            },
            shadowed_in: account.shadows.iter().flatten().map(|shadow| directory(shadow.directory)).collect(),
            groups: account.groups.iter().map(|group| self.group(*group).name.to_string()).collect(),
            created: instant(account.created),
            last_login: account.last_login().map(instant),
            logins: account.logins,
            last_contribution: newest.map(instant),
            seat: self.has_seat(id),
            system_administrator: self.rights_of(id).has(Rights::SYSTEM),
        }
    }

    /// A new enabled account in the named directory, without groups; gives its user key.
    pub fn add_account(
        &mut self,
        username: &str,
        display_name: &str,
        directory: &str,
        created: Timestamp,
    ) -> Result<String, StateError> {
        let directory = self.find_directory(directory)?;
        let account = Account {
            name: username.into(),
            display: display_name.into(),
            mail: "".into(),
            key: self.next_key(),
            groups: Vec::new(),
            created: created.as_millisecond(),
            last_login: NEVER,
            logins: 0,
            directory,
            life: Life::Present,
            active: true,
            rights: Rights::NONE,
            shadows: None,
        };
        let key = account.key_text();
        self.insert_account(account).ok_or_else(|| StateError::Exists(username.to_owned()))?;
        Ok(key)
    }

    /// The same, with the address and the event in the audit log that come with an account that somebody makes.
    pub fn arrive(
        &mut self,
        username: &str,
        display_name: &str,
        mail: &str,
        directory: &str,
        at: Timestamp,
    ) -> Result<String, StateError> {
        let key = self.add_account(username, display_name, directory, at)?;
        let id = self.find(username)?;
        self.accounts[id as usize].mail = mail.into();
        self.record(at.as_millisecond(), AuditKind::UserCreated, Author::System, id, 0);
        Ok(key)
    }

    /// A new group kept by Confluence.
    pub fn add_group(&mut self, name: &str) -> Result<(), StateError> {
        self.insert_group(Group::named(name)).map(|_| ()).ok_or_else(|| StateError::Exists(name.to_owned()))
    }

    /// Makes one group a member of another.
    pub fn nest_group(&mut self, parent: &str, child: &str) -> Result<(), StateError> {
        let (parent, child) = (self.find_group(parent)?, self.find_group(child)?);
        self.nest(parent, child);
        self.settle();
        Ok(())
    }

    /// Changes an account. All or nothing: an unknown group or directory changes nothing.
    pub fn patch_account(&mut self, name: &str, patch: &AccountPatch) -> Result<AccountView, StateError> {
        let id = self.find(name)?;
        let join =
            patch.groups.add.iter().map(|name| self.find_group(name)).collect::<Result<Vec<_>, _>>()?;
        let leave =
            patch.groups.remove.iter().map(|name| self.find_group(name)).collect::<Result<Vec<_>, _>>()?;
        let directory = patch.directory.as_deref().map(|name| self.find_directory(name)).transpose()?;
        if let Some(new) = &patch.username
            && self.account_id(new).is_some_and(|other| other != id)
        {
            return Err(StateError::Exists(new.clone()));
        }
        if let Some(new) = &patch.username {
            self.forget_name(id);
            self.accounts[id as usize].name = new.as_str().into();
            self.learn_name(id);
        }
        for group in join {
            self.put_member(id, group);
        }
        for group in leave {
            self.drop_member(id, group);
        }
        self.changing(id, |state| {
            let account = &mut state.accounts[id as usize];
            if let Some(status) = patch.status {
                account.active = status == PatchStatus::Enabled;
            }
            if let Some(login) = patch.last_login {
                account.last_login = login.map_or(NEVER, Timestamp::as_millisecond);
                account.logins = if login.is_some() { account.logins.max(1) } else { 0 };
            }
            if let Some(display) = &patch.display_name {
                account.display = display.as_str().into();
            }
            if let Some(mail) = &patch.email {
                account.mail = mail.as_str().into();
            }
            if let Some(directory) = directory {
                account.directory = directory;
            }
            if patch.unsynced {
                account.life = Life::Unsynced;
            }
        });
        if patch.unsynced {
            self.listed.retain(|other| *other != id);
        }
        if let Some(at) = patch.last_contribution {
            let at = at.as_millisecond();
            self.library.add(Content {
                creator: id,
                editor: id,
                created: at,
                modified: at,
                kind: ContentKind::Page,
            });
        }
        if let Some(password) = &patch.password {
            self.credentials.set.insert(id, password.clone());
        }
        Ok(self.view(id))
    }

    /// The account logs in: last login, number of logins, and an event in the audit log.
    pub fn log_in(&mut self, name: &str, at: Timestamp) -> Result<(), StateError> {
        let id = self.find(name)?;
        self.changing(id, |state| {
            let account = &mut state.accounts[id as usize];
            account.last_login = at.as_millisecond();
            account.logins += 1;
        });
        self.record(at.as_millisecond(), AuditKind::Login, Author::Account(id), id, 0);
        Ok(())
    }

    /// Enables or disables an account, whatever its directory says.
    pub fn set_enabled(&mut self, name: &str, enabled: bool) -> Result<(), StateError> {
        let status = Some(if enabled { PatchStatus::Enabled } else { PatchStatus::Disabled });
        self.patch_account(name, &AccountPatch { status, ..AccountPatch::default() }).map(|_| ())
    }

    /// Sets or clears the last login without an audit event.
    pub fn set_last_login(&mut self, name: &str, at: Option<Timestamp>) -> Result<(), StateError> {
        self.patch_account(name, &AccountPatch { last_login: Some(at), ..AccountPatch::default() })
            .map(|_| ())
    }

    /// Puts an account into a group, whatever directories say.
    pub fn add_to_group(&mut self, name: &str, group: &str) -> Result<(), StateError> {
        let groups = GroupPatch { add: vec![group.to_owned()], ..GroupPatch::default() };
        self.patch_account(name, &AccountPatch { groups, ..AccountPatch::default() }).map(|_| ())
    }

    /// Takes an account out of a group, whatever directories say.
    pub fn remove_from_group(&mut self, name: &str, group: &str) -> Result<(), StateError> {
        let groups = GroupPatch { remove: vec![group.to_owned()], ..GroupPatch::default() };
        self.patch_account(name, &AccountPatch { groups, ..AccountPatch::default() }).map(|_| ())
    }

    /// Deletes and anonymises an account at once, without a long task.
    pub fn delete_account(&mut self, name: &str) -> Result<(), StateError> {
        let id = self.find(name)?;
        self.anonymise(id);
        Ok(())
    }

    /// Gives an account a personal access token.
    pub fn add_token(
        &mut self,
        name: &str,
        secret: &str,
        expires: Option<Timestamp>,
    ) -> Result<(), StateError> {
        let id = self.find(name)?;
        self.credentials.add_token(secret, "added by a test", id, 0, expires.map(Timestamp::as_millisecond));
        Ok(())
    }

    /// Revokes a personal access token; `false`: there is none of that text.
    pub fn revoke_token(&mut self, secret: &str) -> bool {
        self.credentials.token_id(secret).is_some_and(|id| self.credentials.revoke_token(id))
    }

    /// Sets when a token expires; `false`: there is none of that text.
    pub fn expire_token(&mut self, secret: &str, at: Timestamp) -> bool {
        let id = self.credentials.token_id(secret);
        if let Some(id) = id {
            self.credentials.set_token_expiry(id, Some(at.as_millisecond()));
        }
        id.is_some()
    }

    /// A human solves the CAPTCHA of an account.
    pub fn solve_captcha(&mut self, name: &str) -> Result<(), StateError> {
        let id = self.find(name)?;
        self.credentials.unlock(id);
        Ok(())
    }

    /// Seats of the licence.
    pub fn set_seat_limit(&mut self, seats: u32) {
        self.seat_limit = seats;
    }
}
