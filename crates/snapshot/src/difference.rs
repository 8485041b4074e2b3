//! What changed between two snapshots of one site.

use crate::{Account, Snapshot};
use roaring::RoaringBitmap;
use rollcall_model::{AccountIndex, AccountRef, GroupName};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

/// Everything that changed, except activity: evidence and number of logins change with every day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// Accounts only in the newer one.
    pub added: Vec<AccountRef>,
    /// Accounts only in the older one.
    pub removed: Vec<AccountRef>,
    /// Fields of accounts that are in both.
    pub changed: Vec<AccountChange>,
    /// Groups only in the newer one.
    pub groups_added: Vec<GroupName>,
    /// Groups only in the older one.
    pub groups_removed: Vec<GroupName>,
    /// Direct members that came and went, also of groups that are only in one.
    pub memberships: Vec<MembershipChange>,
}

/// One field of one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountChange {
    /// The account as the newer snapshot names it.
    pub account: AccountRef,
    /// The field, named as in criteria.
    pub field: String,
    /// Before; `None` = not known.
    pub before: Option<String>,
    /// After; `None` = not known.
    pub after: Option<String>,
}

/// Direct members of one group that came and went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MembershipChange {
    /// The group.
    pub group: GroupName,
    /// Who came.
    pub added: Vec<AccountRef>,
    /// Who went.
    pub removed: Vec<AccountRef>,
}

impl Difference {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Compares two snapshots of one site. Accounts are the same by key, those without a key by user name; groups by name.
pub fn difference(old: &Snapshot, new: &Snapshot) -> Difference {
    let mut result = Difference::default();
    let old_of = counterparts(old, new);
    let mut kept = RoaringBitmap::new();
    for (account, before) in new.accounts().zip(&old_of) {
        match before {
            None => result.added.push(account.reference()),
            Some(before) => {
                kept.insert(*before);
                compare(old.account(*before), account, &mut result.changed);
            }
        }
    }
    let gone = old.everybody() - kept;
    result.removed = gone.iter().map(|index| old.account(index).reference()).collect();
    let new_of: HashMap<AccountIndex, AccountIndex> =
        old_of.iter().enumerate().filter_map(|(new, old)| Some(((*old)?, new as AccountIndex))).collect();
    compare_groups(old, new, &new_of, &mut result);
    result
}

/// The same account in the older snapshot, for each of the newer. Accounts without a key are paired by user name, in their order.
pub(crate) fn counterparts(old: &Snapshot, new: &Snapshot) -> Vec<Option<AccountIndex>> {
    let mut keyless: HashMap<&str, VecDeque<AccountIndex>> = HashMap::new();
    for account in old.accounts().filter(|account| account.key().is_empty()) {
        let name = old.columns.usernames.folded(account.index);
        keyless.entry(name).or_default().push_back(account.index);
    }
    let counterpart = |account: Account<'_>| {
        let key = account.key();
        if key.is_empty() {
            keyless.get_mut(new.columns.usernames.folded(account.index))?.pop_front()
        } else {
            old.find_key(&key)
        }
    };
    new.accounts().map(counterpart).collect()
}

fn compare(old: Account<'_>, new: Account<'_>, changes: &mut Vec<AccountChange>) {
    let text = |text: &str| Some(text.to_owned());
    let flag = |flag: Option<bool>| flag.map(|f| f.to_string());
    let mut note = |field: &str, before: Option<String>, after: Option<String>| {
        if before != after {
            changes.push(AccountChange { account: new.reference(), field: field.to_owned(), before, after });
        }
    };
    note("username", text(old.username()), text(new.username()));
    note("name", text(old.name()), text(new.name()));
    note("email", old.email().map(str::to_owned), new.email().map(str::to_owned));
    note("status", old.status().map(|s| s.as_str().to_owned()), new.status().map(|s| s.as_str().to_owned()));
    let directory = |account: Account<'_>| account.directory().map(|d| d.name.to_string());
    note("directory", directory(old), directory(new));
    note("created", old.created().map(|at| at.to_string()), new.created().map(|at| at.to_string()));
    note(
        "reactivated",
        old.reactivated().map(|at| at.to_string()),
        new.reactivated().map(|at| at.to_string()),
    );
    note("seat", flag(old.seat()), flag(new.seat()));
    note("shadowed", flag(old.shadowed()), flag(new.shadowed()));
    note("accountType", old.account_type().map(str::to_owned), new.account_type().map(str::to_owned));
    note("managed", flag(old.managed()), flag(new.managed()));
}

fn compare_groups(
    old: &Snapshot,
    new: &Snapshot,
    new_of: &HashMap<AccountIndex, AccountIndex>,
    result: &mut Difference,
) {
    let by_name = |snapshot: &Snapshot| -> BTreeMap<GroupName, u32> {
        snapshot.groups().map(|g| (g.name().clone(), g.index())).collect()
    };
    let (before, after) = (by_name(old), by_name(new));
    result.groups_added = after.keys().filter(|name| !before.contains_key(*name)).cloned().collect();
    result.groups_removed = before.keys().filter(|name| !after.contains_key(*name)).cloned().collect();
    let names: BTreeSet<&GroupName> = before.keys().chain(after.keys()).collect();
    let nobody = RoaringBitmap::new();
    for name in names {
        let old_members = before.get(name).map_or(&nobody, |g| old.group(*g).direct_members());
        let new_members = after.get(name).map_or(&nobody, |g| new.group(*g).direct_members());
        let stayed: RoaringBitmap = old_members.iter().filter_map(|m| new_of.get(&m).copied()).collect();
        let removed = old_members.iter().filter(|m| new_of.get(m).is_none_or(|n| !new_members.contains(*n)));
        let removed: Vec<AccountRef> = removed.map(|m| old.account(m).reference()).collect();
        let added: Vec<AccountRef> =
            (new_members - stayed).iter().map(|m| new.account(m).reference()).collect();
        if !(added.is_empty() && removed.is_empty()) {
            result.memberships.push(MembershipChange { group: name.clone(), added, removed });
        }
    }
}
