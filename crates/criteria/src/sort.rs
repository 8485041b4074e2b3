//! Sorting accounts by fields. Each field gives a number for each account, smaller first; texts give their beginning, and are compared
//! in full where that is alike.

use crate::evaluate::Scene;
use crate::field::Field;
use crate::tree::{Direction, OrderBy};
use jiff::Timestamp;
use roaring::RoaringBitmap;
use rollcall_model::{AccountIndex, EvidenceKind, Status};
use rollcall_snapshot::{ActivityColumn, NamedColumn, TextColumn, fold};
use std::cmp::Ordering;

/// After everything known, whichever way the order goes.
const UNKNOWN: u64 = u64::MAX;
/// Before every instant.
const NEVER: u64 = 0;

/// How one field orders accounts.
struct Key<'a> {
    number: Box<dyn Fn(AccountIndex) -> Option<u64> + 'a>,
    /// Where the number is only the beginning of a text.
    text: Option<&'a TextColumn>,
    direction: Direction,
}

impl Key<'_> {
    fn of(&self, account: AccountIndex) -> u64 {
        match ((self.number)(account), self.direction) {
            (None, _) => UNKNOWN,
            (Some(number), Direction::Asc) => number.min(UNKNOWN - 1),
            (Some(number), Direction::Desc) => UNKNOWN - 1 - number.min(UNKNOWN - 1),
        }
    }

    /// The order of two accounts whose numbers are alike.
    fn in_full(&self, a: AccountIndex, b: AccountIndex) -> Ordering {
        let order = self.text.map_or(Ordering::Equal, |column| column.folded(a).cmp(column.folded(b)));
        if self.direction == Direction::Desc { order.reverse() } else { order }
    }
}

pub(crate) fn page(
    scene: &Scene<'_>,
    accounts: &RoaringBitmap,
    order: &[OrderBy],
    offset: usize,
    limit: usize,
) -> Vec<AccountIndex> {
    let Some((first, rest)) = order.split_first() else {
        return accounts.iter().skip(offset).take(limit).collect();
    };
    let first = key(scene, *first);
    let rest: Vec<Key<'_>> = rest.iter().map(|by| key(scene, *by)).collect();
    let mut rows: Vec<(u64, AccountIndex)> = accounts.iter().map(|a| (first.of(a), a)).collect();
    let compare = |a: &(u64, AccountIndex), b: &(u64, AccountIndex)| {
        let by_rest = || {
            rest.iter()
                .map(|key| key.of(a.1).cmp(&key.of(b.1)).then_with(|| key.in_full(a.1, b.1)))
                .find(|order| order.is_ne())
        };
        a.0.cmp(&b.0)
            .then_with(|| first.in_full(a.1, b.1))
            .then_with(|| by_rest().unwrap_or(Ordering::Equal))
            .then(a.1.cmp(&b.1))
    };
    let start = offset.min(rows.len());
    let end = offset.saturating_add(limit).min(rows.len());
    // Sort only the page: put everything before it before it, everything behind it behind it.
    if end < rows.len() {
        rows.select_nth_unstable_by(end, compare);
    }
    if start > 0 && start < end {
        rows[..end].select_nth_unstable_by(start, compare);
    }
    rows[start..end].sort_unstable_by(compare);
    rows[start..end].iter().map(|(_, account)| *account).collect()
}

fn key<'a>(scene: &'a Scene<'_>, by: OrderBy) -> Key<'a> {
    let snapshot = scene.snapshot;
    let columns = snapshot.columns();
    let mut text = None;
    let number: Box<dyn Fn(AccountIndex) -> Option<u64> + 'a> = match by.field {
        Field::Username | Field::Name | Field::Email => {
            let column = match by.field {
                Field::Username => &columns.usernames,
                Field::Name => &columns.names,
                _ => &columns.emails,
            };
            text = Some(column);
            Box::new(|a| column.get(a).map(|_| beginning(column.folded(a))))
        }
        Field::EmailDomain => ranked(columns.email_domains()),
        Field::AccountType => ranked(&columns.account_type),
        Field::Status => {
            Box::new(move |a| snapshot.account(a).status().map(|s| u64::from(s == Status::Enabled)))
        }
        Field::Directory | Field::DirectoryType => {
            let names: Vec<Option<String>> = snapshot
                .directories()
                .iter()
                .map(|d| {
                    if by.field == Field::Directory {
                        Some(fold(d.name.as_str()))
                    } else {
                        d.kind.as_deref().map(fold)
                    }
                })
                .collect();
            let ranks = ranks(&names);
            Box::new(move |a| ranks[columns.directory.get(a)? as usize])
        }
        Field::Writable => Box::new(move |a| snapshot.account(a).directory()?.is_writable.map(u64::from)),
        Field::Seat => Box::new(|a| columns.seat.get(a).map(u64::from)),
        Field::Shadowed => Box::new(|a| columns.shadowed.get(a).map(u64::from)),
        Field::Managed => Box::new(|a| columns.managed.get(a).map(u64::from)),
        Field::Exempt => {
            let exempt = scene.exempt().yes;
            Box::new(move |a| Some(u64::from(exempt.contains(a))))
        }
        Field::Groups => Box::new(move |a| Some(snapshot.direct_groups(a).len() as u64)),
        Field::Logins => Box::new(|a| columns.logins.get(a).map(u64::from)),
        Field::Created => Box::new(|a| born(scene, a).map(rank)),
        Field::Reactivated => Box::new(|a| {
            let newest = columns.reactivated.micros(a).max(scene.came_back().micros(a));
            newest.map(rank).or_else(|| scene.first_seen().micros(a).map(|_| NEVER))
        }),
        Field::LastLogin => active(snapshot.activity(Some(EvidenceKind::Login))),
        Field::LastContribution => active(snapshot.activity(Some(EvidenceKind::Contribution))),
        Field::LastActive => active(snapshot.activity(None)),
        Field::Idle => {
            let activity = snapshot.activity(None);
            let never = activity.never();
            Box::new(move |a| {
                let newest = activity.newest(a).map(Timestamp::as_microsecond);
                let since = newest.or_else(|| if never.contains(a) { born(scene, a) } else { None })?;
                // The earlier it began, the longer it is.
                Some(u64::MAX - rank(since))
            })
        }
        // Not sortable; the parser and Criterion::new refuse them.
        Field::Group | Field::DirectGroup | Field::SeatVia | Field::List => Box::new(|_| None),
    };
    Key { number, text, direction: by.direction }
}

/// When the account was made, or at the latest.
fn born(scene: &Scene<'_>, account: AccountIndex) -> Option<i64> {
    scene.snapshot.columns().created.micros(account).or_else(|| scene.first_seen().micros(account))
}

/// Microseconds in the same order as they come.
fn rank(micros: i64) -> u64 {
    micros.cast_unsigned() ^ (1 << 63)
}

fn active(activity: &ActivityColumn) -> Box<dyn Fn(AccountIndex) -> Option<u64> + '_> {
    let never = activity.never();
    Box::new(move |a| match activity.newest(a) {
        Some(at) => Some(rank(at.as_microsecond())),
        None => never.contains(a).then_some(NEVER),
    })
}

/// The first eight bytes: in the same order as the texts.
fn beginning(text: &str) -> u64 {
    let mut bytes = [0; 8];
    for (byte, of_text) in bytes.iter_mut().zip(text.bytes()) {
        *byte = of_text;
    }
    u64::from_be_bytes(bytes)
}

fn ranked(column: &NamedColumn) -> Box<dyn Fn(AccountIndex) -> Option<u64> + '_> {
    let names: Vec<Option<String>> = column.names().iter().map(|name| Some(fold(name))).collect();
    let ranks = ranks(&names);
    Box::new(move |a| ranks[column.codes().get(a)? as usize])
}

/// The place of each name among them all; none where there is no name.
fn ranks(names: &[Option<String>]) -> Vec<Option<u64>> {
    let mut sorted: Vec<&String> = names.iter().flatten().collect();
    sorted.sort_unstable();
    sorted.dedup();
    let place = |name: &String| sorted.binary_search(&name).ok().map(|place| place as u64);
    names.iter().map(|name| place(name.as_ref()?)).collect()
}
