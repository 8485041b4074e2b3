//! The people of a site, gathered from every listing that names them: each key once.

use super::dates::Moment;
use super::paging::Entry;
use super::wire::{Group, Person};
use rollcall_model::{AccountIndex, AccountRecord, Status};
use std::collections::HashMap;

impl Entry for Person {
    fn identity(&self) -> Option<&str> {
        self.key()
    }

    /// The newest login counts: somebody who signs in while the list is read stands in it twice (`§4.1`, sorted by last login).
    fn meet(&mut self, later: Self) {
        let at = |person: &Self| person.last_login.as_ref().and_then(Moment::at);
        if at(&later) > at(self) {
            *self = later;
        }
    }
}

impl Entry for Group {
    fn identity(&self) -> Option<&str> {
        Some(&self.name)
    }

    fn meet(&mut self, _later: Self) {}
}

/// People so far. A position, once given, stays.
#[derive(Default)]
pub(super) struct People {
    records: Vec<AccountRecord>,
    at: HashMap<Box<str>, AccountIndex>,
    /// Deleted accounts that are still listed (o024); they are nobody any more.
    pub(super) deleted: usize,
    /// Whether any listing told anybody's status.
    pub(super) has_status: bool,
    /// A status word that is not known, as an example.
    pub(super) strange_status: Option<String>,
}

impl People {
    /// Takes a person in, or adds to what is known of them. `None` = nobody: deleted, or without a key.
    pub(super) fn add(&mut self, person: &Person) -> Option<AccountIndex> {
        let key = person.key()?;
        if person.is_deleted() {
            self.deleted += 1;
            return None;
        }
        let status = person.status();
        self.has_status |= status.is_some();
        if let Some(word) = person.strange_status() {
            self.strange_status.get_or_insert_with(|| word.to_owned());
        }
        if let Some(index) = self.at.get(key) {
            let known = &mut self.records[*index as usize];
            known.status = known.status.or(status);
            if known.email.is_none() {
                known.email = person.email.as_deref().map(str::to_owned);
            }
            return Some(*index);
        }
        let index = AccountIndex::try_from(self.records.len()).ok()?;
        let mut record = AccountRecord::new(key, person.username(), person.display_name());
        record.status = status;
        record.email = person.email.as_deref().map(str::to_owned);
        self.records.push(record);
        self.at.insert(key.into(), index);
        Some(index)
    }

    pub(super) fn find(&self, key: &str) -> Option<AccountIndex> {
        self.at.get(key).copied()
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    pub(super) fn records(&self) -> &[AccountRecord] {
        &self.records
    }

    pub(super) fn record(&mut self, index: AccountIndex) -> &mut AccountRecord {
        &mut self.records[index as usize]
    }

    pub(super) fn records_mut(&mut self) -> impl Iterator<Item = &mut AccountRecord> {
        self.records.iter_mut()
    }

    pub(super) fn into_records(self) -> Vec<AccountRecord> {
        self.records
    }
}

/// One entry of the list of active people: who, and when they last signed in.
pub(super) struct Active {
    pub(super) person: AccountIndex,
    /// `None` = the server does not serve the field for them.
    pub(super) last_login: Option<Moment>,
}

/// The list of active people (`§4.1`), as far as it could be read.
#[derive(Default)]
pub(super) struct ActiveList {
    pub(super) entries: Vec<Active>,
    /// At least one entry has a last login.
    pub(super) serves_logins: bool,
}

impl ActiveList {
    pub(super) fn add(&mut self, people: &mut People, person: &Person) {
        let Some(index) = people.add(person) else { return };
        self.serves_logins |= person.last_login.as_ref().is_some_and(|m| m.at().is_some());
        // Disabled people are not on this list: being on it says what a missing status does not.
        let record = people.record(index);
        record.status = record.status.or(Some(Status::Enabled));
        self.entries.push(Active { person: index, last_login: person.last_login.clone() });
    }
}
