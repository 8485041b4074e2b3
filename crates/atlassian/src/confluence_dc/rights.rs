//! Who may do what: global permissions (`confluence-data-center.md §4.6`), and the rights of the account that Rollcall uses,
//! found out without writing.

use super::capability::{Rights, lists_permissions};
use super::paging::{Listing, read_page};
use super::wire::{Grant, Group, Page, Person};
use crate::transport::{Address, Transport, fits_in_a_path};
use rollcall_model::{AccountRef, GroupName, Version};
use rollcall_site::SiteError;
use std::collections::BTreeSet;

/// The group whose members may do everything, whatever permissions are granted.
const SUPER_GROUP: &str = "confluence-administrators";

/// Which groups and people the site's own global permissions name. Group names in lower case: they are compared without regard to case.
#[derive(Debug, Default, Clone)]
pub(super) struct Permissions {
    pub(super) use_groups: BTreeSet<String>,
    pub(super) admin_groups: BTreeSet<String>,
    pub(super) system_admin_groups: BTreeSet<String>,
    grants_to_people: Vec<(bool, bool, bool, String, String)>,
}

impl Permissions {
    fn of(grants: &[Grant]) -> Self {
        let mut permissions = Self::default();
        for grant in grants {
            let Some(subject) = &grant.subject else { continue };
            if let Some(group) = subject.group() {
                let group = fold(group);
                if grant.is_use() {
                    permissions.use_groups.insert(group.clone());
                }
                if grant.is_system_administer() {
                    permissions.system_admin_groups.insert(group.clone());
                }
                if grant.is_administer() {
                    permissions.admin_groups.insert(group);
                }
            } else if subject.user_key.is_some() || subject.username.is_some() || subject.name.is_some() {
                let key = subject.user_key.clone().unwrap_or_default();
                let name = subject.username.clone().or_else(|| subject.name.clone()).unwrap_or_default();
                permissions.grants_to_people.push((
                    grant.is_use(),
                    grant.is_administer(),
                    grant.is_system_administer(),
                    key,
                    fold(&name),
                ));
            }
        }
        permissions
    }

    /// Whether somebody may use Confluence, and so costs a seat, by a grant of their own.
    pub(super) fn gives_seat_to(&self, key: &str, username: &str) -> bool {
        self.granted_to(key, username).any(|grant| grant.0)
    }

    fn granted_to(
        &self,
        key: &str,
        username: &str,
    ) -> impl Iterator<Item = &(bool, bool, bool, String, String)> {
        let (key, username) = (key.to_owned(), fold(username));
        self.grants_to_people.iter().filter(move |g| {
            (!g.3.is_empty() && g.3 == key) || (g.3.is_empty() && !g.4.is_empty() && g.4 == username)
        })
    }
}

/// The one folding of group names in this room: Confluence compares them by their lower case (§7.6).
pub(super) fn fold(name: &str) -> String {
    name.to_lowercase()
}

/// What the permission list said.
pub(super) enum PermissionList {
    Read(Permissions),
    /// The site has no such list at this version.
    Missing,
    /// The account that Rollcall uses may not see it.
    Refused,
}

/// Reads the global permissions where the version has them.
pub(super) async fn read_permissions(
    transport: &Transport,
    version: &Version,
) -> Result<PermissionList, SiteError> {
    if !lists_permissions(version) {
        return Ok(PermissionList::Missing);
    }
    match transport.get_json::<Vec<Grant>>(&Address::of("/rest/api/permissions")).await {
        Ok(grants) => Ok(PermissionList::Read(Permissions::of(&grants))),
        Err(SiteError::Forbidden { .. }) => Ok(PermissionList::Refused),
        Err(error) => super::optional(Err::<(), _>(error)).map(|_| PermissionList::Missing),
    }
}

/// The rights of the account that Rollcall uses.
pub(super) async fn read_rights(
    transport: &Transport,
    version: &Version,
    me: &AccountRef,
    permissions: &PermissionList,
    admin_groups: &[GroupName],
) -> Result<Rights, SiteError> {
    let address = Address::of("/rest/api/user/memberof").query("key", me.key.as_str()).query("limit", 200);
    let groups = super::optional(transport.get_json::<Page<Group>>(&address).await)?;
    let my_groups: Option<BTreeSet<String>> =
        groups.map(|page| page.results.into_iter().map(|group| fold(&group.name)).collect());
    let configured: BTreeSet<String> = admin_groups.iter().map(|g| fold(g.as_str())).collect();
    let in_any = |wanted: &BTreeSet<String>| my_groups.as_ref().is_some_and(|mine| !mine.is_disjoint(wanted));
    let is_super = my_groups.as_ref().is_some_and(|mine| mine.contains(SUPER_GROUP));
    let mut rights = Rights::default();
    if is_super {
        rights = Rights { is_admin: Some(true), is_system_admin: Some(true) };
    } else if in_any(&configured) {
        rights.is_admin = Some(true);
    }
    if let PermissionList::Read(permissions) = permissions {
        let own = |pick: fn(&(bool, bool, bool, String, String)) -> bool| {
            permissions.granted_to(me.key.as_str(), &me.username).any(pick)
        };
        if in_any(&permissions.system_admin_groups) || own(|g| g.2) {
            rights = Rights { is_admin: Some(true), is_system_admin: Some(true) };
        } else if in_any(&permissions.admin_groups) || own(|g| g.1) {
            rights.is_admin = Some(true);
        }
    }
    if rights.is_admin.is_some() {
        return Ok(rights);
    }
    if let PermissionList::Refused = permissions {
        return Ok(Rights { is_admin: Some(false), is_system_admin: Some(false) });
    }
    without_sign_of_rights(transport, version, &configured, my_groups.is_some()).await
}

/// Nothing shows that the account administers the site. From 10.0 on, listing members needs that right (§4.3); before, its absence
/// from the administrators' groups shows it, unless those have groups inside them.
async fn without_sign_of_rights(
    transport: &Transport,
    version: &Version,
    admin_groups: &BTreeSet<String>,
    knows_own_groups: bool,
) -> Result<Rights, SiteError> {
    let no = Rights { is_admin: Some(false), is_system_admin: Some(false) };
    let mut has_nested = false;
    for group in admin_groups.iter().filter(|group| fits_in_a_path(group)) {
        let of = |part: &str| Listing {
            what: "members",
            address: Address::of("/rest/api/group").name(group).then(part),
        };
        match read_page::<Person>(transport, &of("/member"), 0, 1).await {
            Err(SiteError::Forbidden { .. }) => return Ok(no),
            Ok(_) if version.reaches(10, 0) => {
                return Ok(Rights { is_admin: Some(true), is_system_admin: None });
            }
            other => {
                super::optional(other)?;
            }
        }
        let children = super::optional(read_page::<Group>(transport, &of("/groupmember"), 0, 1).await)?;
        has_nested |= children.is_some_and(|page| !page.results.is_empty());
    }
    Ok(if knows_own_groups && !has_nested { no } else { Rights::default() })
}
