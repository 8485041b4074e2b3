//! From the actions of an order to the changes of one account, or to the reason why it is left as it is.

use super::access::Giving;
use super::item::{RefusalCode, Standing};
use super::orders::Resolved;
use super::steps::Step;
use email_address::EmailAddress;
use rollcall_model::{ActionKind, Change, GroupIndex, SiteProfile, Status, Support};
use rollcall_snapshot::{Account, Facts, Snapshot, fold};
use std::collections::BTreeMap;

/// Why an action on an account cannot be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Obstacle {
    pub(super) action: ActionKind,
    pub(super) code: RefusalCode,
    pub(super) problem: String,
    pub(super) remedy: String,
}

/// What becomes of one account.
pub(super) struct Expansion {
    pub(super) steps: Vec<Step>,
    /// Changes that are so already.
    pub(super) already: u32,
}

/// What is asked of the site for each account, looked up once.
pub(super) struct Expander<'a> {
    snapshot: &'a Snapshot,
    facts: &'a Facts,
    support: BTreeMap<ActionKind, Support>,
    seats: Giving,
}

impl<'a> Expander<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, facts: &'a Facts) -> Self {
        let profile: &SiteProfile = snapshot.profile();
        let support = ActionKind::ALL.into_iter().map(|kind| (kind, profile.support(kind))).collect();
        Self { snapshot, facts, support, seats: Giving::seats(snapshot) }
    }

    /// The changes of one account in the order of the actions. One obstacle refuses the account as a whole: doing the rest would
    /// be something else than what was ordered (I6).
    pub(super) fn expand(&self, account: Account<'_>, actions: &[Resolved]) -> Result<Expansion, Obstacle> {
        let mut expansion = Expansion { steps: Vec::new(), already: 0 };
        for action in actions {
            let changes = self.changes(account, action)?;
            if changes.is_empty() {
                expansion.already += 1;
            }
            for (change, before, after) in changes {
                if before == after || expansion.steps.iter().any(|s| s.change == change) {
                    expansion.already += 1;
                    continue;
                }
                self.permit(account, action.kind(), &change)?;
                expansion.steps.push(Step { account: account.index(), change, before, after });
            }
        }
        Ok(expansion)
    }

    /// What the action means for this account: each change with what is and what shall be.
    fn changes(
        &self,
        account: Account<'_>,
        action: &Resolved,
    ) -> Result<Vec<(Change, Standing, Standing)>, Obstacle> {
        Ok(match action {
            Resolved::Status { kind } => vec![Self::status_change(account, *kind)?],
            Resolved::Groups { kind, groups } => {
                groups.iter().map(|group| self.membership_change(account, *kind, *group)).collect()
            }
            Resolved::LicenceGroups => self.seat_changes(account)?,
            Resolved::Directory { to, mode } => {
                let Some(now) = account.directory() else {
                    return Err(unknown(
                        ActionKind::ChangeDirectory,
                        "the directory in which it lives is not known",
                    ));
                };
                let change = Change::ChangeDirectory { to: to.clone(), mode: *mode };
                vec![(change, Standing::Directory(now.name.clone()), Standing::Directory(to.clone()))]
            }
            Resolved::Other { kind: ActionKind::Notify } => self.notice(account)?,
            Resolved::Other { kind } => vec![Self::other_change(account, *kind)?],
        })
    }

    fn status_change(
        account: Account<'_>,
        kind: ActionKind,
    ) -> Result<(Change, Standing, Standing), Obstacle> {
        let (change, after) = match kind {
            ActionKind::Enable => (Change::Enable, Standing::Enabled),
            _ => (Change::Disable, Standing::Disabled),
        };
        let before = status(account).ok_or_else(|| unknown(kind, "whether it is enabled is not known"))?;
        Ok((change, before, after))
    }

    fn membership_change(
        &self,
        account: Account<'_>,
        kind: ActionKind,
        group: GroupIndex,
    ) -> (Change, Standing, Standing) {
        let view = self.snapshot.group(group);
        let before = membership(view.direct_members().contains(account.index()));
        let group = view.name().clone();
        match kind {
            ActionKind::AddGroups => (Change::AddToGroup { group }, before, Standing::Member),
            _ => (Change::RemoveFromGroup { group }, before, Standing::NotMember),
        }
    }

    /// Out of the last group of every way by which the account comes by a seat.
    fn seat_changes(&self, account: Account<'_>) -> Result<Vec<(Change, Standing, Standing)>, Obstacle> {
        const KIND: ActionKind = ActionKind::RemoveLicenceGroups;
        if !self.seats.is_known() {
            return Err(Obstacle {
                action: KIND,
                code: RefusalCode::Unknown,
                problem: "the site does not say which groups give a seat".to_owned(),
                remedy: "Name them in the site's settings (licence-groups), or use `remove-groups`"
                    .to_owned(),
            });
        }
        let paths = self.snapshot.seat_paths(account.index());
        let mut groups: Vec<GroupIndex> = paths.iter().filter_map(|path| path.last().copied()).collect();
        groups.sort_unstable();
        groups.dedup();
        if groups.is_empty() && account.seat() == Some(true) {
            return Err(Obstacle {
                action: KIND,
                code: RefusalCode::SeatFromElsewhere,
                problem: "its seat comes from something that is no group membership".to_owned(),
                remedy: "Take the permission \"use\" from the account itself in the site's global permissions, or use `disable`".to_owned(),
            });
        }
        Ok(groups.into_iter().map(|g| self.membership_change(account, ActionKind::RemoveGroups, g)).collect())
    }

    fn other_change(
        account: Account<'_>,
        kind: ActionKind,
    ) -> Result<(Change, Standing, Standing), Obstacle> {
        Ok(match kind {
            ActionKind::Delete => (Change::Delete, Standing::Present, Standing::Absent),
            ActionKind::RemoveFromDirectory => {
                (Change::RemoveFromDirectory, Standing::Present, Standing::Absent)
            }
            ActionKind::Suspend => (Change::Suspend, Standing::Unrecorded, Standing::Suspended),
            ActionKind::Restore => (Change::Restore, Standing::Unrecorded, Standing::Restored),
            _ => {
                must_have_mail(account, kind)?;
                (Change::ResetPassword, Standing::Unrecorded, Standing::PasswordReset)
            }
        })
    }

    /// A notice to the account's owner; none where one is waiting to be sent already.
    fn notice(&self, account: Account<'_>) -> Result<Vec<(Change, Standing, Standing)>, Obstacle> {
        const KIND: ActionKind = ActionKind::Notify;
        must_have_mail(account, KIND)?;
        if account.key().is_empty() {
            let mut obstacle =
                unknown(KIND, "it has no key, so the link in the notice could not tell whose it is");
            "Synchronise its directory, or tell its owner by hand".clone_into(&mut obstacle.remedy);
            return Err(obstacle);
        }
        if self.facts.notices.get(&account.key()).is_some_and(|notice| notice.is_waiting) {
            return Ok(Vec::new());
        }
        Ok(vec![(Change::Notify, Standing::Unrecorded, Standing::Told)])
    }

    /// Whether the site can make this change of this account, as far as it can be known beforehand (I6).
    pub(super) fn permit(
        &self,
        account: Account<'_>,
        action: ActionKind,
        change: &Change,
    ) -> Result<(), Obstacle> {
        let refuse = |code, problem: String, remedy: &str| {
            Err(Obstacle { action, code, problem, remedy: remedy.to_owned() })
        };
        if *change == Change::Notify {
            // Rollcall writes the mail itself: the site has no part in it, and no name has to be carried there.
            return Ok(());
        }
        if let Some(reason) = self.support.get(&action).and_then(Support::refusal) {
            return refuse(
                RefusalCode::Unsupported,
                reason.trim_end_matches('.').to_owned(),
                "See what this site can do with `rollcall site test`",
            );
        }
        if account.key().is_empty() {
            return refuse(
                RefusalCode::Unknown,
                "it has no key, so nothing shows before a change that it is still the same account"
                    .to_owned(),
                "Synchronise its directory, or delete it on the site's page of unsynced users",
            );
        }
        // Names address accounts in every writing call (confluence-data-center.md §7.6), and a name takes effect for the first directory
        // that has it (§7.4).
        if account.shadowed() == Some(true) || !self.takes_effect(account) {
            return refuse(
                RefusalCode::Shadowed,
                format!(
                    "another account named \"{}\" exists in an earlier directory and would be changed instead",
                    account.username()
                ),
                "Rename one of the two, or remove this one in its own directory",
            );
        }
        if !is_addressable(account.username()) {
            return refuse(
                RefusalCode::Unaddressable,
                "its name cannot be carried in an address of the site (it is empty, or contains / or \\ or control characters)".to_owned(),
                "Rename the account, or change it on the site's own pages",
            );
        }
        if let Change::AddToGroup { group } | Change::RemoveFromGroup { group } = change
            && !is_addressable(group.as_str())
        {
            return refuse(
                RefusalCode::Unaddressable,
                format!(
                    "the name of the group \"{group}\" cannot be carried in an address of the site (it contains / or \\ or control characters)"
                ),
                "Change the membership on the site's own pages",
            );
        }
        if writes_to_directory(change)
            && let Some(directory) = account.directory().filter(|d| d.is_writable == Some(false))
        {
            return refuse(
                RefusalCode::ReadOnlyDirectory,
                format!("directory \"{}\" is read-only", directory.name),
                "Use `remove-licence-groups` where the site keeps local groups, or change the accounts in that directory's own system",
            );
        }
        Ok(())
    }

    /// Whether the site means this account when it is asked for the name.
    fn takes_effect(&self, account: Account<'_>) -> bool {
        self.snapshot.find_username(account.username()).is_none_or(|index| {
            index == account.index()
                || fold(self.snapshot.account(index).username()) != fold(account.username())
        })
    }
}

/// Status and existence are the directory's own; memberships may be kept locally beside a read-only one (§7.3).
const fn writes_to_directory(change: &Change) -> bool {
    matches!(change, Change::Disable | Change::Enable | Change::Delete | Change::ResetPassword)
}

/// A mail can be written only to an address that is one.
fn must_have_mail(account: Account<'_>, kind: ActionKind) -> Result<(), Obstacle> {
    let problem = match account.email().map(str::trim) {
        None => "its mail address is not known",
        Some("") => "its mail address is empty",
        // A display name beside the address, or anything that ends a header line, is no bare address.
        Some(email)
            if !EmailAddress::is_valid(email)
                || email.contains(['<', '>'])
                || email.chars().any(char::is_control) =>
        {
            "its mail address is none that a mail could be sent to"
        }
        Some(_) => return Ok(()),
    };
    let mut obstacle = unknown(kind, problem);
    if account.email().is_some() {
        "Correct the address in the account's directory".clone_into(&mut obstacle.remedy);
    }
    Err(obstacle)
}

pub(super) fn status(account: Account<'_>) -> Option<Standing> {
    account.status().map(|status| match status {
        Status::Enabled => Standing::Enabled,
        Status::Disabled => Standing::Disabled,
    })
}

pub(super) const fn membership(is_member: bool) -> Standing {
    if is_member { Standing::Member } else { Standing::NotMember }
}

fn unknown(action: ActionKind, problem: &str) -> Obstacle {
    Obstacle {
        action,
        code: RefusalCode::Unknown,
        problem: problem.to_owned(),
        remedy: "Take a new snapshot with more rights, or change it by hand".to_owned(),
    }
}

/// `/` and `\` cannot be carried in a path segment (§4.3); `.` and `..` would be resolved away.
fn is_addressable(name: &str) -> bool {
    !name.is_empty()
        && !name.contains(['/', '\\'])
        && !name.chars().any(char::is_control)
        && name != "."
        && name != ".."
}
