//! A plan's restriction to certain accounts: those that something happened to, or those that somebody chose one by one.

use roaring::RoaringBitmap;
use rollcall_model::{AccountKey, Trigger};
use rollcall_snapshot::Snapshot;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Whom a plan is restricted to: nobody else is in it, whatever the criterion selects.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Only {
    /// Each account with what happened to it; with nothing where it was chosen by hand.
    pub accounts: BTreeMap<AccountKey, BTreeSet<Trigger>>,
}

impl Only {
    /// Accounts that somebody chose one by one.
    pub fn chosen(accounts: impl IntoIterator<Item = AccountKey>) -> Self {
        Self { accounts: accounts.into_iter().map(|key| (key, BTreeSet::new())).collect() }
    }

    /// `only 3 accounts that were created or signed in`, `only 3 accounts chosen by hand`.
    pub fn words(&self) -> String {
        let happened: BTreeSet<Trigger> = self.accounts.values().flatten().copied().collect();
        let count = self.accounts.len();
        let noun = if count == 1 { "account" } else { "accounts" };
        let plural = |trigger: Trigger| match trigger {
            Trigger::AccountCreated if count != 1 => "were created",
            other => other.words(),
        };
        let happened: Vec<_> = happened.into_iter().map(plural).collect();
        if happened.is_empty() {
            return format!("only {count} {noun} chosen by hand");
        }
        format!("only {count} {noun} that {}", happened.join(" or "))
    }

    /// What happened to one account, or that it was chosen: to stand before the reason why it was selected.
    pub(super) fn why(&self, account: &AccountKey) -> Option<String> {
        let happened: Vec<_> = self.accounts.get(account)?.iter().map(|trigger| trigger.words()).collect();
        Some(if happened.is_empty() { "chosen by hand".to_owned() } else { happened.join(" and ") })
    }

    /// The accounts of a snapshot that are meant; those that it does not show are nobody.
    pub(super) fn of(&self, snapshot: &Snapshot) -> RoaringBitmap {
        self.accounts.keys().filter_map(|key| snapshot.find_key(key)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restriction_is_told_in_words() {
        let only = |accounts: &[(&str, &[Trigger])]| Only {
            accounts: accounts
                .iter()
                .map(|(key, on)| ((*key).into(), on.iter().copied().collect()))
                .collect(),
        };
        assert_eq!(only(&[("k1", &[Trigger::Login])]).words(), "only 1 account that signed in");
        assert_eq!(only(&[("k1", &[Trigger::AccountCreated])]).words(), "only 1 account that was created");
        assert_eq!(
            only(&[("k1", &[Trigger::Login]), ("k2", &[Trigger::AccountCreated])]).words(),
            "only 2 accounts that were created or signed in"
        );
        assert_eq!(Only::chosen(["k1".into()]).words(), "only 1 account chosen by hand");
        assert_eq!(Only::chosen(["k1".into(), "k2".into()]).words(), "only 2 accounts chosen by hand");
    }
}
