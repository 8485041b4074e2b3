//! What a Confluence of a version can do, given the rights of the account that Rollcall uses (`confluence-data-center.md §1, §4.2, §4.3`).

use rollcall_model::{ActionKind, Capability, Support, Version};

/// What is known of the rights of the account that Rollcall uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Rights {
    /// Administers Confluence; `None` = cannot be told without writing.
    pub(crate) is_admin: Option<bool>,
    /// Administers the system.
    pub(crate) is_system_admin: Option<bool>,
}

/// What else decides.
pub(crate) struct Circumstances<'a> {
    pub(crate) version: &'a Version,
    pub(crate) rights: Rights,
    /// It is known which groups give a seat.
    pub(crate) knows_licence_groups: bool,
}

/// The table, a row for each kind of action.
pub(crate) fn table(of: &Circumstances<'_>) -> Vec<Capability> {
    ActionKind::ALL.into_iter().map(|action| Capability { action, support: support(action, of) }).collect()
}

fn support(action: ActionKind, of: &Circumstances<'_>) -> Support {
    let no = |reason: &str| Support::No { reason: reason.to_owned() };
    match action {
        ActionKind::Disable | ActionKind::Enable => with_doubt(by_admin(of), of.version),
        ActionKind::RemoveLicenceGroups if !of.knows_licence_groups => no(
            "it is not known which groups give a seat: this site does not list its global permissions, and none are named in `licence-groups` of its settings",
        ),
        ActionKind::AddGroups | ActionKind::RemoveGroups | ActionKind::RemoveLicenceGroups => by_admin(of),
        ActionKind::Delete => by_system_admin(of),
        ActionKind::ChangeDirectory => no(
            "Confluence has no remote call that moves an account to another directory; connect its database for that, or change it in the directory itself",
        ),
        ActionKind::ResetPassword => no(
            "Confluence has no remote call that sends a link for a new password; it could only set a password that somebody would have to be told",
        ),
        // Rollcall sends its notices itself; the site has no part in it.
        ActionKind::Notify => Support::Yes,
        ActionKind::Suspend | ActionKind::Restore | ActionKind::RemoveFromDirectory => {
            no("only Cloud sites know this; use `disable`, `enable` or `remove-licence-groups`")
        }
    }
}

fn by_admin(of: &Circumstances<'_>) -> Support {
    match of.rights.is_admin {
        Some(true) => Support::Yes,
        Some(false) => Support::NotPermitted {
            reason: "the account that Rollcall uses does not administer Confluence. Add it to a group with the global permission \"Confluence administrator\"; if it has it by a group of another name, name that in `admin-groups` of the site's settings".to_owned(),
        },
        None => Support::Expected {
            doubt: "whether the account that Rollcall uses administers Confluence cannot be told without writing".to_owned(),
        },
    }
}

fn by_system_admin(of: &Circumstances<'_>) -> Support {
    match (by_admin(of), of.rights.is_system_admin) {
        (refused @ Support::NotPermitted { .. }, _) => refused,
        (_, Some(true)) => Support::Yes,
        (_, Some(false)) => Support::NotPermitted {
            reason: "deleting needs a system administrator; the account that Rollcall uses is none. Give it the global permission \"System administrator\"".to_owned(),
        },
        (_, None) => Support::Expected {
            doubt: "deleting needs a system administrator; whether the account that Rollcall uses is one cannot be told without writing".to_owned(),
        },
    }
}

/// "Disable/enable does not work on 8.5.16", unexplained (`§11`, CONFSERVER-54928).
fn with_doubt(support: Support, version: &Version) -> Support {
    if support == Support::Yes && version.to_string().starts_with("8.5.16") {
        return Support::Expected {
            doubt: "somebody reported that disabling and enabling do not work on 8.5.16 (CONFSERVER-54928); every change is read back".to_owned(),
        };
    }
    support
}

/// The oldest version whose remote API can disable people and change their groups (`§1`).
pub(crate) const OLDEST: (u32, u32) = (8, 2);
/// The newest version the contract describes.
pub(crate) const NEWEST: (u32, u32) = (10, 2);

/// Lists all people, disabled ones included.
pub(crate) fn lists_everybody(version: &Version) -> bool {
    version.reaches(8, 4)
}

/// Lists the people who cost a seat, perhaps with their last login.
pub(crate) fn lists_active(version: &Version) -> bool {
    version.reaches(9, 3)
}

/// Lists its global permissions: 9.3, and late patches of 9.2 (first seen in 9.2.18).
pub(crate) fn lists_permissions(version: &Version) -> bool {
    version.reaches(9, 2)
}

/// Tells whether its search index is being rebuilt.
pub(crate) fn tells_reindexing(version: &Version) -> bool {
    version.reaches(10, 1)
}

/// Says its version at `server-information`.
pub(crate) fn has_server_information(version: &Version) -> bool {
    version.reaches(9, 1)
}

/// May answer group look-ups by query, for names that fit in no path: late 9.2 and 10.2, not 10.0.
pub(crate) fn may_look_up_groups_by_query(version: &Version) -> bool {
    version.reaches(9, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(action: ActionKind, version: &str, rights: Rights) -> Support {
        let version: Version = version.parse().unwrap();
        let of = Circumstances { version: &version, rights, knows_licence_groups: true };
        table(&of).into_iter().find(|c| c.action == action).unwrap().support
    }

    #[test]
    fn rights_decide_what_may_be_done_and_deleting_needs_more() {
        let admin = Rights { is_admin: Some(true), is_system_admin: Some(false) };
        assert_eq!(row(ActionKind::Disable, "9.3.1", admin), Support::Yes);
        assert!(matches!(row(ActionKind::Delete, "9.3.1", admin), Support::NotPermitted { .. }));
        let nobody = Rights { is_admin: Some(false), is_system_admin: Some(false) };
        assert!(matches!(row(ActionKind::Disable, "9.3.1", nobody), Support::NotPermitted { .. }));
        assert!(matches!(
            row(ActionKind::RemoveGroups, "9.3.1", Rights::default()),
            Support::Expected { .. }
        ));
        let system = Rights { is_admin: Some(true), is_system_admin: Some(true) };
        assert_eq!(row(ActionKind::Delete, "8.2.0", system), Support::Yes);
        assert!(matches!(row(ActionKind::Disable, "8.5.16", system), Support::Expected { .. }));
        for never in [ActionKind::ChangeDirectory, ActionKind::Suspend, ActionKind::ResetPassword] {
            assert!(matches!(row(never, "10.2.0", system), Support::No { .. }), "{never}");
        }
        assert_eq!(
            row(ActionKind::Notify, "8.2.0", nobody),
            Support::Yes,
            "a notice asks nothing of the site"
        );
    }
}
