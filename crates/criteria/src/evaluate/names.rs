//! Fields with many names for each account: groups, the groups that give a seat, imported lists.

use super::clause::Wanted;
use super::{Scene, Truth};
use crate::field::Field;
use crate::tree::{State, Test};
use roaring::RoaringBitmap;
use rollcall_snapshot::{AccountList, Group, fold};
use std::collections::HashSet;

impl Scene<'_> {
    /// The positive form of a test of such a field: whether one of the names is as wanted, or whether there is none.
    pub(super) fn names(&self, field: Field, test: &Test) -> Truth {
        if matches!(test, Test::Is { state: State::Empty, .. }) {
            if matches!(field, Field::Group | Field::DirectGroup) {
                return Truth::certain(self.snapshot.with_group_count(|count| count == 0));
            }
            return self.with_name(field, |_| true).not(&self.everybody);
        }
        match Wanted::of(test) {
            Some(wanted) => self.with_name(field, |name| wanted.is(&fold(name))),
            None => Truth::default(),
        }
    }

    /// Accounts that have a name in this field that is wanted.
    pub(crate) fn with_name(&self, field: Field, is_wanted: impl Fn(&str) -> bool) -> Truth {
        let groups = || self.snapshot.groups().filter(|group| is_wanted(group.name().as_str()));
        match field {
            Field::DirectGroup => Truth::certain(union(groups(), Group::direct_members)),
            Field::SeatVia => {
                let seat = &self.snapshot.columns().seat;
                let members = |gives: Option<bool>| {
                    union(groups().filter(|group| group.gives_seat() == gives), Group::members)
                };
                let (sure, perhaps) = (members(Some(true)) - seat.no(), members(None) - seat.no());
                let yes = &sure & seat.yes();
                Truth { unknown: (sure | perhaps) - &yes, yes }
            }
            Field::List => self.on_lists(is_wanted),
            _ => Truth::certain(union(groups(), Group::members)),
        }
    }

    /// Accounts on a list whose name is wanted.
    pub(crate) fn on_lists(&self, is_wanted: impl Fn(&str) -> bool) -> Truth {
        let lists = self.facts.lists.iter().filter(|(name, _)| is_wanted(name));
        lists.fold(Truth::default(), |truth, (_, list)| truth.or(&self.on_list(list)))
    }

    /// By user name or e-mail address. Where the address is not known and the list holds addresses, it is not known whether the account
    /// is on it.
    fn on_list(&self, list: &AccountList) -> Truth {
        let columns = self.snapshot.columns();
        let entries: HashSet<&str> = list.entries.iter().map(String::as_str).collect();
        let mut yes = columns.usernames.select(|name| entries.contains(name));
        // Sites hold addresses without an `@`, too.
        yes |= columns.emails.select(|email| entries.contains(email));
        if !entries.iter().any(|entry| entry.contains('@')) {
            return Truth::certain(yes);
        }
        Truth { unknown: columns.emails.unknown() - &yes, yes }
    }
}

fn union<'a>(
    groups: impl Iterator<Item = Group<'a>>,
    members: impl Fn(Group<'a>) -> &'a RoaringBitmap,
) -> RoaringBitmap {
    groups.fold(RoaringBitmap::new(), |all, group| all | members(group))
}
