//! What Rollcall itself knows of accounts: an overlay beside the snapshot, which stays what the site said.

use crate::{History, InstantColumn, Snapshot, fold};
use jiff::Timestamp;
use roaring::RoaringBitmap;
use rollcall_model::{AccountIndex, AccountKey, GroupName};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Everything beside a snapshot that a criterion or a plan may depend on.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Who is not to be touched.
    pub exemptions: Vec<Exemption>,
    /// Imported lists, by name.
    pub lists: BTreeMap<String, AccountList>,
    /// What past snapshots tell.
    pub history: History,
    /// What accounts' owners were told.
    pub notices: BTreeMap<AccountKey, Noticed>,
}

/// What the owner of an account was told by mail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noticed {
    /// When the newest notice left for its address; `None`: none ever did.
    pub sent: Option<Timestamp>,
    /// Whether one waits to be sent: it has told nobody anything yet, and another would be one too many.
    pub is_waiting: bool,
}

/// Whom an exemption is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExemptSubject {
    /// One account.
    Account(AccountKey),
    /// All effective members of a group; its name is compared without regard to case.
    Group(GroupName),
}

/// A decision that somebody is not to be touched.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Exemption {
    /// Whom it is about.
    pub subject: ExemptSubject,
    /// Why, in the operator's words.
    pub reason: String,
    /// In force until just before then; `None` = for good.
    pub until: Option<Timestamp>,
}

impl Exemption {
    /// Whether it is in force at this instant.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    /// Whether it is about this account.
    pub fn covers(&self, snapshot: &Snapshot, account: AccountIndex) -> bool {
        match &self.subject {
            ExemptSubject::Account(key) => snapshot.find_key(key) == Some(account),
            ExemptSubject::Group(name) => {
                let mut groups = snapshot.groups_named(name.as_str()).iter();
                groups.any(|g| snapshot.group(*g).members().contains(account))
            }
        }
    }

    /// The accounts it is about; nobody, if the account or group is gone.
    pub fn accounts(&self, snapshot: &Snapshot) -> RoaringBitmap {
        match &self.subject {
            ExemptSubject::Account(key) => snapshot.find_key(key).into_iter().collect(),
            ExemptSubject::Group(name) => {
                let groups = snapshot.groups_named(name.as_str());
                groups.iter().fold(RoaringBitmap::new(), |all, g| all | snapshot.group(*g).members())
            }
        }
    }
}

/// An imported list of accounts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountList {
    /// User names or e-mail addresses, folded.
    pub entries: BTreeSet<String>,
}

impl<T: AsRef<str>> FromIterator<T> for AccountList {
    /// Folds each entry; leaves out white space around it and entries that are empty.
    fn from_iter<I: IntoIterator<Item = T>>(entries: I) -> Self {
        let entries = entries.into_iter().map(|entry| fold(entry.as_ref().trim()));
        Self { entries: entries.filter(|entry| !entry.is_empty()).collect() }
    }
}

impl Facts {
    /// When the newest notice was sent to the account's owner.
    pub fn noticed(&self, key: &AccountKey) -> Option<Timestamp> {
        self.notices.get(key)?.sent
    }

    /// The same for every account of a snapshot, in its order.
    pub fn noticed_beside(&self, snapshot: &Snapshot) -> InstantColumn {
        let mut sent = vec![None; snapshot.len() as usize];
        for (key, notice) in &self.notices {
            if let Some(row) = snapshot.find_key(key) {
                sent[row as usize] = notice.sent;
            }
        }
        InstantColumn::collect(sent.into_iter())
    }

    /// SHA-256 of all facts in hexadecimal digits, whatever the order of exemptions. Part of a plan's fingerprint.
    pub fn fingerprint(&self) -> String {
        let mut exemptions: Vec<&Exemption> = self.exemptions.iter().collect();
        exemptions.sort();
        let facts = (exemptions, &self.lists, self.history.fingerprint(), &self.notices);
        let mut hasher = Sha256::new();
        hasher.update(b"rollcall facts 2\n");
        // Plain structs with text keys: there is nothing in them that JSON cannot say.
        hasher.update(serde_json::to_vec(&facts).unwrap_or_default());
        hex::encode(hasher.finalize())
    }
}
