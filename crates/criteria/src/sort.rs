//! Sorting accounts by fields. Each field gives a number for each account, smaller first; a text gives its place among all texts.

use crate::evaluate::Scene;
use crate::field::Field;
use crate::tree::{Direction, OrderBy};
use jiff::Timestamp;
use roaring::RoaringBitmap;
use rollcall_model::{AccountIndex, EvidenceKind, Status};
use rollcall_snapshot::{ActivityColumn, NamedColumn, Point, TextColumn, fold};
use std::ops::Range;

/// After everything known, whichever way the order goes.
const UNKNOWN: u64 = u64::MAX;
/// Before every instant.
const NEVER: u64 = 0;

/// How one field orders accounts.
struct Key<'a> {
    number: Box<dyn Fn(AccountIndex) -> Option<u64> + 'a>,
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
}

pub(crate) fn page(
    scene: &Scene<'_>,
    accounts: &RoaringBitmap,
    order: &[OrderBy],
    offset: usize,
    limit: usize,
) -> Vec<AccountIndex> {
    if order.is_empty() {
        return accounts.iter().skip(offset).take(limit).collect();
    }
    let keys: Vec<Key<'_>> = order.iter().map(|by| key(scene, *by)).collect();
    let wanted = offset..offset.saturating_add(limit).min(accounts.len() as usize);
    let rows = accounts.iter().map(|account| (0, account)).collect();
    let mut page = Vec::new();
    arrange(rows, &keys, wanted, &mut page);
    page
}

/// Adds to `page` the accounts that come to stand at the wanted places when `rows` are sorted. Only what the places depend on is sorted: the accounts
/// whose number lies between those at the ends of the page, and by the next key only those that are alike in this one.
fn arrange(
    mut rows: Vec<(u64, AccountIndex)>,
    keys: &[Key<'_>],
    wanted: Range<usize>,
    page: &mut Vec<AccountIndex>,
) {
    let Some((key, next_keys)) = keys.split_first() else {
        rows.sort_unstable_by_key(|(_, account)| *account);
        page.extend(rows[wanted].iter().map(|(_, account)| *account));
        return;
    };
    if wanted.is_empty() {
        return;
    }
    for (number, account) in &mut rows {
        *number = key.of(*account);
    }
    let last = rows.select_nth_unstable(wanted.end - 1).1.0;
    let first = rows[..wanted.end].select_nth_unstable(wanted.start).1.0;
    let before = rows.iter().filter(|(number, _)| *number < first).count();
    rows.retain(|(number, _)| (first..=last).contains(number));
    if first < last {
        rows.sort_unstable();
    }
    let mut start = before;
    for alike in rows.chunk_by(|a, b| a.0 == b.0) {
        let end = start + alike.len();
        let inside = wanted.start.max(start)..wanted.end.min(end);
        if inside.start < inside.end {
            let inside = inside.start - start..inside.end - start;
            match alike {
                [(_, only)] => page.push(*only),
                _ => arrange(alike.to_vec(), next_keys, inside, page),
            }
        }
        start = end;
    }
}

fn key<'a>(scene: &'a Scene<'_>, by: OrderBy) -> Key<'a> {
    let snapshot = scene.snapshot;
    let columns = snapshot.columns();
    let number: Box<dyn Fn(AccountIndex) -> Option<u64> + 'a> = match by.field {
        Field::Username => placed(&columns.usernames),
        Field::Name => placed(&columns.names),
        Field::Email => placed(&columns.emails),
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
        Field::Deactivated => Box::new(|a| match scene.deactivated().point(a) {
            Point::At(at) => Some(rank(at.as_microsecond())),
            Point::Silent => Some(NEVER),
            Point::Unknown => None,
        }),
        Field::Returned => {
            let truth = scene.came_again();
            Box::new(move |a| (!truth.unknown.contains(a)).then(|| u64::from(truth.yes.contains(a))))
        }
        Field::Noticed => Box::new(|a| Some(scene.noticed().micros(a).map_or(NEVER, rank))),
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
    Key { number, direction: by.direction }
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

fn placed(column: &TextColumn) -> Box<dyn Fn(AccountIndex) -> Option<u64> + '_> {
    let ranks = column.ranks();
    Box::new(move |a| ranks.get(a).map(u64::from))
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
