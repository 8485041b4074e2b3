//! A site from rows of a real installation: what stands in the database of Confluence.
//!
//! The main file holds `user_mapping`, `cwd_user`, `cwd_group`, `cwd_membership`, `cwd_directory`; beside it, with
//! `-permissions` and `-audit-rows` in place of `-users-groups`, may lie the global permissions and the audit log.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;

use crate::options::SimulatorError;
use crate::state::{
    Account, AuditEvent, AuditKind, Author, Directory, DirectoryKind, Group, Life, NEVER, Passwords, Rights,
    Shadow, State,
};

/// Seats of the licence of a site made from rows: the rows do not tell.
const SEATS: u32 = 500;

/// The rows of an installation.
pub(crate) struct Installation {
    users: Users,
    permissions: Vec<Permission>,
    audit: Vec<Value>,
    pub(crate) administrator: String,
}

#[derive(Deserialize)]
struct Users {
    user_mapping: Vec<Mapping>,
    cwd_directory: Vec<DirectoryRow>,
    #[serde(default)]
    cwd_directory_operation: Vec<Operation>,
    #[serde(default)]
    cwd_directory_attribute: Vec<Attribute>,
    cwd_group: Vec<GroupRow>,
    cwd_user: Vec<UserRow>,
    cwd_membership: Vec<Membership>,
    #[serde(default)]
    cwd_user_attribute: Vec<UserAttribute>,
    #[serde(default)]
    logininfo: Vec<LoginInfo>,
}

#[derive(Deserialize)]
struct Mapping {
    user_key: String,
    username: String,
}

#[derive(Deserialize)]
struct DirectoryRow {
    id: String,
    directory_name: String,
    active: String,
    directory_type: String,
}

#[derive(Deserialize)]
struct Operation {
    directory_id: String,
    operation_type: String,
}

#[derive(Deserialize)]
struct Attribute {
    directory_id: String,
    #[serde(rename = "attribute_name")]
    name: String,
    #[serde(rename = "attribute_value")]
    value: Option<String>,
}

#[derive(Deserialize)]
struct GroupRow {
    id: String,
    group_name: String,
    local: Option<String>,
    directory_id: String,
}

#[derive(Deserialize)]
struct UserRow {
    id: String,
    user_name: String,
    active: String,
    created_date: Option<String>,
    /// A one-word full name is the last name, the first name is empty (o021).
    first_name: Option<String>,
    last_name: Option<String>,
    display_name: Option<String>,
    email_address: Option<String>,
    directory_id: String,
}

#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "named as the columns of the table")]
struct Membership {
    parent_id: String,
    child_group_id: Option<String>,
    child_user_id: Option<String>,
}

#[derive(Deserialize)]
struct UserAttribute {
    user_id: String,
    attribute_name: String,
    attribute_value: Option<String>,
}

#[derive(Deserialize)]
struct LoginInfo {
    successdate: Option<String>,
    username: String,
}

#[derive(Deserialize)]
struct Permission {
    spaceid: Option<String>,
    permtype: String,
    permgroupname: Option<String>,
    permusername: Option<String>,
}

#[derive(Deserialize)]
struct Permissions {
    spacepermissions: Vec<Permission>,
}

#[derive(Deserialize)]
struct AuditRows {
    #[serde(rename = "AO_C77861_AUDIT_ENTITY")]
    entities: Vec<Value>,
}

impl Installation {
    /// Reads the rows; `administrator` is whom to log in as, else the first system administrator.
    pub(crate) fn read(path: &Path, administrator: Option<&str>) -> Result<Self, SimulatorError> {
        let users: Users = required(path)?;
        let beside = |suffix: &str| -> Option<PathBuf> {
            let stem = path.file_name()?.to_str()?.strip_suffix("-users-groups.json")?;
            Some(path.with_file_name(format!("{stem}{suffix}.json"))).filter(|path| path.exists())
        };
        let permissions = match beside("-permissions") {
            Some(path) => required::<Permissions>(&path)?.spacepermissions,
            None => Vec::new(),
        };
        let audit = match beside("-audit-rows") {
            Some(path) => required::<AuditRows>(&path)?.entities,
            None => Vec::new(),
        };
        let refuse = |reason: String| SimulatorError::Rows { path: path.to_owned(), reason };
        let mut installation = Self { users, permissions, audit, administrator: String::new() };
        let state = installation.build().map_err(refuse)?;
        let is_admin = |name: &str| {
            state.account_view(name).is_some_and(|view| view.system_administrator && view.status == "enabled")
        };
        installation.administrator = match administrator {
            Some(name) if is_admin(name) => name.to_owned(),
            Some(name) => return Err(refuse(format!("{name:?} is no enabled system administrator of it"))),
            None => state
                .account_views()
                .find(|view| view.system_administrator && view.status == "enabled")
                .map(|view| view.username)
                .ok_or_else(|| refuse("it has no enabled system administrator".to_owned()))?,
        };
        Ok(installation)
    }

    /// The state that the rows describe. They were checked when they were read.
    pub(crate) fn state(&self) -> State {
        self.build().unwrap_or_default()
    }

    fn build(&self) -> Result<State, String> {
        let mut state = State::default();
        state.seat_limit = SEATS;
        state.credentials.passwords = Passwords::Unknown;
        let directories = self.directories(&mut state)?;
        let groups = self.groups(&mut state, &directories)?;
        self.accounts(&mut state, &directories, &groups)?;
        self.rights(&mut state);
        state.link_members();
        state.settle();
        state.default_group = state.group_id("confluence-users");
        for (number, row) in self.audit.iter().enumerate() {
            let at = row.get("ENTITY_TIMESTAMP").and_then(Value::as_i64);
            let at = at.ok_or_else(|| format!("audit row {number}: ENTITY_TIMESTAMP is missing"))?;
            let id = row.get("ID").and_then(Value::as_u64).unwrap_or(number as u64 + 1) as u32;
            let author = Author::System;
            state.audit.push(AuditEvent {
                at,
                id,
                kind: AuditKind::Row,
                author,
                account: number as u32,
                group: 0,
            });
            state.audit_rows.push(row.clone());
        }
        state.audit.sort_by_key(|event| (event.at, event.id));
        Ok(state)
    }

    fn directories(&self, state: &mut State) -> Result<HashMap<&str, u8>, String> {
        let mut places = HashMap::new();
        for row in &self.users.cwd_directory {
            let may = |operation: &str| {
                self.users
                    .cwd_directory_operation
                    .iter()
                    .any(|other| other.directory_id == row.id && other.operation_type == operation)
            };
            let local_groups = self.users.cwd_directory_attribute.iter().any(|attribute| {
                attribute.directory_id == row.id
                    && attribute.name == "ldap.local.groups"
                    && attribute.value.as_deref() == Some("true")
            });
            let kind = match row.directory_type.as_str() {
                "INTERNAL" => DirectoryKind::Internal,
                "DELEGATING" => DirectoryKind::Delegated,
                _ if may("UPDATE_USER") => DirectoryKind::Delegated,
                _ if local_groups => DirectoryKind::LdapLocalGroups,
                _ => DirectoryKind::LdapReadOnly,
            };
            let id = row.id.parse().map_err(|_| format!("cwd_directory.id {:?} is not a number", row.id))?;
            places.insert(row.id.as_str(), state.directories.len() as u8);
            state.directories.push(Directory {
                id,
                name: row.directory_name.clone(),
                kind,
                active: row.active == "T",
            });
        }
        Ok(places)
    }

    fn groups(
        &self,
        state: &mut State,
        directories: &HashMap<&str, u8>,
    ) -> Result<HashMap<&str, u32>, String> {
        let mut ids = HashMap::new();
        for row in &self.users.cwd_group {
            let directory = place(directories, "cwd_group", &row.directory_id)?;
            let kind = state.directories[usize::from(directory)].kind;
            let synced = kind.is_synced() && row.local.as_deref() != Some("T");
            let group = Group { synced, directory, ..Group::named(&row.group_name) };
            // The same name in two directories is one group to Confluence (§7.4).
            let id = state.insert_group(group).or_else(|| state.group_id(&row.group_name));
            ids.insert(row.id.as_str(), id.unwrap_or_default());
        }
        for row in &self.users.cwd_membership {
            if let Some(child) = &row.child_group_id {
                let find =
                    |id: &str| ids.get(id).copied().ok_or_else(|| format!("cwd_membership: no group {id}"));
                let (parent, child) = (find(&row.parent_id)?, find(child)?);
                state.nest(parent, child);
            }
        }
        Ok(ids)
    }

    fn accounts(
        &self,
        state: &mut State,
        directories: &HashMap<&str, u8>,
        groups: &HashMap<&str, u32>,
    ) -> Result<(), String> {
        let mut memberships: HashMap<&str, Vec<u32>> = HashMap::new();
        for row in &self.users.cwd_membership {
            if let Some(user) = &row.child_user_id {
                let group = groups.get(row.parent_id.as_str());
                let group = group.ok_or_else(|| format!("cwd_membership: no group {}", row.parent_id))?;
                memberships.entry(user).or_default().push(*group);
            }
        }
        for mapping in &self.users.user_mapping {
            let key = u128::from_str_radix(&mapping.user_key, 16);
            let key =
                key.map_err(|_| format!("user_mapping.user_key {:?} is not hexadecimal", mapping.user_key))?;
            let lower = mapping.username.to_lowercase();
            let mut rows: Vec<(u8, &UserRow)> = Vec::new();
            for row in self.users.cwd_user.iter().filter(|row| row.user_name.to_lowercase() == lower) {
                rows.push((place(directories, "cwd_user", &row.directory_id)?, row));
            }
            rows.sort_by_key(|(directory, _)| *directory);
            let account = self.account(mapping, key, &rows, &memberships);
            state
                .insert_account(account)
                .ok_or_else(|| format!("user_mapping: {:?} stands twice", mapping.username))?;
        }
        Ok(())
    }

    fn account(
        &self,
        mapping: &Mapping,
        key: u128,
        rows: &[(u8, &UserRow)],
        memberships: &HashMap<&str, Vec<u32>>,
    ) -> Account {
        let effective = rows.first();
        let last_login = self.last_login(mapping, rows);
        let shadows: Box<[Shadow]> = rows
            .iter()
            .skip(1)
            .map(|(directory, row)| Shadow {
                directory: *directory,
                display: full_name(row),
                active: row.active == "T",
            })
            .collect();
        let created = effective.and_then(|(_, row)| row.created_date.as_deref()).and_then(instant);
        Account {
            name: effective.map_or(mapping.username.as_str(), |(_, row)| &row.user_name).into(),
            display: effective.map_or_else(|| mapping.username.as_str().into(), |(_, row)| full_name(row)),
            mail: effective.and_then(|(_, row)| row.email_address.as_deref()).unwrap_or_default().into(),
            key,
            // Memberships are aggregated over all directories (§7.4).
            groups: rows
                .iter()
                .filter_map(|(_, row)| memberships.get(row.id.as_str()))
                .flatten()
                .copied()
                .collect(),
            created: created.unwrap_or(0),
            last_login: last_login.unwrap_or(NEVER),
            logins: u32::from(last_login.is_some()),
            directory: effective.map_or(0, |(directory, _)| *directory),
            life: if rows.is_empty() { Life::Unsynced } else { Life::Present },
            active: effective.is_some_and(|(_, row)| row.active == "T"),
            rights: Rights::NONE,
            shadows: (!shadows.is_empty()).then_some(shadows),
        }
    }

    /// `logininfo` names accounts by their key; `lastAuthenticated` is the fallback.
    fn last_login(&self, mapping: &Mapping, rows: &[(u8, &UserRow)]) -> Option<i64> {
        let info = self.users.logininfo.iter().find(|info| info.username == mapping.user_key);
        let by_info = info.and_then(|info| info.successdate.as_deref()).and_then(instant);
        let by_attribute = || {
            let is_own = |id: &str| rows.iter().any(|(_, row)| row.id == id);
            let attributes = self.users.cwd_user_attribute.iter();
            attributes
                .filter(|attribute| {
                    attribute.attribute_name == "lastAuthenticated" && is_own(&attribute.user_id)
                })
                .filter_map(|attribute| attribute.attribute_value.as_deref()?.parse().ok())
                .max()
        };
        by_info.or_else(by_attribute)
    }

    fn rights(&self, state: &mut State) {
        for row in self.permissions.iter().filter(|row| row.spaceid.is_none()) {
            let Some(right) = Rights::of_row(&row.permtype) else { continue };
            if let Some(group) = row.permgroupname.as_deref().and_then(|name| state.group_id(name)) {
                let rights = &mut state.groups[group as usize].rights;
                *rights = rights.with(right);
            } else if let Some(name) = &row.permusername {
                let id = state.account_id_by_key(name).or_else(|| state.account_id(name));
                if let Some(account) = id.and_then(|id| state.accounts.get_mut(id as usize)) {
                    account.rights = account.rights.with(right);
                }
            } else {
                state.anonymous_rights = state.anonymous_rights.with(right);
            }
        }
    }
}

fn required<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, SimulatorError> {
    let text =
        std::fs::read(path).map_err(|source| SimulatorError::RowsFile { path: path.to_owned(), source })?;
    serde_json::from_slice(&text)
        .map_err(|error| SimulatorError::Rows { path: path.to_owned(), reason: error.to_string() })
}

fn place(directories: &HashMap<&str, u8>, table: &str, id: &str) -> Result<u8, String> {
    directories.get(id).copied().ok_or_else(|| format!("{table}: no directory {id}"))
}

fn full_name(row: &UserRow) -> Box<str> {
    let whole = [row.first_name.as_deref(), row.last_name.as_deref()];
    let joined = || whole.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    row.display_name.clone().filter(|name| !name.is_empty()).unwrap_or_else(joined).into_boxed_str()
}

/// `2024-07-01 22:19:59.414`, as the database writes it; the zone of the server is taken as UTC.
fn instant(text: &str) -> Option<i64> {
    let at: DateTime = text.parse().ok()?;
    TimeZone::UTC.to_timestamp(at).ok().map(jiff::Timestamp::as_millisecond)
}
