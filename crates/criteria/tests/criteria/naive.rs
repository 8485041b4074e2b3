//! The meaning of criteria once more: account by account over plain records, as slowly and as plainly as possible, and with none of the
//! evaluator's code. Texts are compared by lower case, which for the letters used is folding.

use crate::world::World;
use jiff::Timestamp;
use rollcall_criteria::{Clause, Expr, Field, Literal, Operator, Period, State, Test, Unit};
use rollcall_model::{Absence, AccountRecord, EvidenceKind, Reach, Status};
use rollcall_snapshot::{ExemptSubject, Point};
use std::collections::BTreeSet;

/// True, false, or not known.
type Truth = Option<bool>;

fn not(truth: Truth) -> Truth {
    truth.map(|truth| !truth)
}

fn and(truths: impl Iterator<Item = Truth>) -> Truth {
    let truths: Vec<Truth> = truths.collect();
    if truths.contains(&Some(false)) {
        Some(false)
    } else if truths.contains(&None) {
        None
    } else {
        Some(true)
    }
}

fn or(truths: impl Iterator<Item = Truth>) -> Truth {
    not(and(truths.map(not)))
}

pub(crate) fn truth(world: &World, row: usize, expr: &Expr) -> Truth {
    match expr {
        Expr::All => Some(true),
        Expr::And(parts) => and(parts.iter().map(|part| truth(world, row, part))),
        Expr::Or(parts) => or(parts.iter().map(|part| truth(world, row, part))),
        Expr::Not(inner) => not(truth(world, row, inner)),
        Expr::Clause(clause) => of_clause(world, row, clause),
    }
}

/// What is known of a field of an account.
enum Known {
    Nothing,
    Text(String),
    /// Names with whether the account has them.
    Names(Vec<(String, Truth)>, Truth),
    Flag(bool),
    Number(u64),
    Time(Time),
}

/// What is known of an instant, in microseconds.
#[derive(Clone, Copy)]
enum Time {
    At(i64),
    AtLeast(i64),
    AtMost(i64),
    Never,
}

fn of_clause(world: &World, row: usize, clause: &Clause) -> Truth {
    let known = known(world, row, clause.field);
    if let Test::Is { negated, state: State::Unknown } = &clause.test {
        let is_unknown = match &known {
            Known::Nothing => true,
            Known::Names(names, is_sure) => {
                is_sure.is_none() && names.iter().all(|(_, has)| *has != Some(true))
            }
            _ => false,
        };
        return Some(is_unknown != *negated);
    }
    let yes = match known {
        Known::Nothing => None,
        Known::Text(text) => Some(matches_text(&clause.test, &text)),
        Known::Names(names, _) => match &clause.test {
            Test::Is { .. } => not(or(names.iter().map(|(_, has)| *has))),
            test => or(names.iter().filter(|(name, _)| matches_text(test, name)).map(|(_, has)| *has)),
        },
        Known::Flag(flag) => {
            let Test::Compare { value: Literal::Flag(wanted), .. } = clause.test else {
                panic!("{clause:?}")
            };
            Some(flag == wanted)
        }
        Known::Number(number) => Some(matches_number(&clause.test, number)),
        Known::Time(time) => matches_time(world, clause, time),
    };
    let negated = match &clause.test {
        Test::Compare { op, .. } => matches!(op, Operator::NotEqual | Operator::NotContains),
        Test::In { negated, .. } | Test::Is { negated, .. } => *negated,
    };
    if negated { not(yes) } else { yes }
}

fn matches_text(test: &Test, spelled: &str) -> bool {
    let lower = spelled.to_lowercase();
    let wanted = |value: &Literal| match value {
        Literal::Text(word) => word.to_lowercase(),
        other => panic!("{other:?} is not a text"),
    };
    match test {
        Test::Compare { op: Operator::Contains | Operator::NotContains, value } => {
            lower.contains(&wanted(value))
        }
        Test::Compare { value, .. } => lower == wanted(value),
        Test::In { values, .. } => values.iter().any(|value| lower == wanted(value)),
        Test::Is { .. } => lower.is_empty(),
    }
}

fn matches_number(test: &Test, number: u64) -> bool {
    let compare = |op: Operator, value: &Literal| {
        let Literal::Number(wanted) = value else { panic!("{value:?} is not a number") };
        holds(op, i128::from(number), i128::from(*wanted))
    };
    match test {
        Test::Compare { op: Operator::NotEqual, value } => compare(Operator::Equal, value),
        Test::Compare { op, value } => compare(*op, value),
        Test::In { values, .. } => values.iter().any(|value| compare(Operator::Equal, value)),
        Test::Is { .. } => panic!("a number is never empty"),
    }
}

fn holds(op: Operator, left: i128, right: i128) -> bool {
    match op {
        Operator::Equal => left == right,
        Operator::Less => left < right,
        Operator::AtMost => left <= right,
        Operator::Greater => left > right,
        Operator::AtLeast => left >= right,
        other => panic!("{other} does not order"),
    }
}

/// By trying every instant that it could have been: if all agree, it is known.
fn matches_time(world: &World, clause: &Clause, time: Time) -> Truth {
    let Test::Compare { op, value } = &clause.test else { panic!("{clause:?}") };
    if *value == Literal::Never {
        return Some(matches!(time, Time::Never));
    }
    let now = world.now.as_microsecond();
    let cut = match value {
        Literal::Ago(period) | Literal::Period(period) => before(world, *period),
        Literal::Date(date) => format!("{date}T00:00:00Z").parse::<Timestamp>().unwrap().as_microsecond(),
        Literal::Instant(at) => at.as_microsecond(),
        other => panic!("{other:?} is not a time"),
    };
    let passes = |instant: i64| {
        if clause.field == Field::Idle {
            holds(*op, i128::from(now - instant), i128::from(now - cut))
        } else {
            holds(*op, i128::from(instant), i128::from(cut))
        }
    };
    let around = [cut - 1, cut, cut + 1];
    let possible: Vec<i64> = match time {
        Time::At(at) => vec![at],
        Time::AtLeast(at) => around.into_iter().chain([at, at.max(cut) + 1]).filter(|i| *i >= at).collect(),
        Time::AtMost(at) => around.into_iter().chain([at, at.min(cut) - 1]).filter(|i| *i <= at).collect(),
        Time::Never => return Some(false),
    };
    let first = passes(possible[0]);
    possible.iter().all(|instant| passes(*instant) == first).then_some(first)
}

/// By counting months and days on the fingers.
fn before(world: &World, period: Period) -> i64 {
    const HOUR: i64 = 3_600_000_000;
    let now = world.now.as_microsecond();
    let count = i64::from(period.count);
    let months = match period.unit {
        Unit::Hour => return now - count * HOUR,
        Unit::Day => return now - count * 24 * HOUR,
        Unit::Week => return now - count * 7 * 24 * HOUR,
        Unit::Month => count,
        Unit::Year => count * 12,
    };
    let text = world.now.to_string();
    let (date, time) = text.split_once('T').unwrap();
    let mut parts = date.split('-').map(|part| part.parse::<i64>().unwrap());
    let (year, month, mut day) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    let total = year * 12 + month - 1 - months;
    loop {
        let text = format!("{:04}-{:02}-{day:02}T{time}", total / 12, total % 12 + 1);
        if let Ok(at) = text.parse::<Timestamp>() {
            return at.as_microsecond();
        }
        day -= 1;
    }
}

fn known(world: &World, row: usize, field: Field) -> Known {
    let account = &world.observation.accounts[row];
    let text = |text: Option<&str>| text.map_or(Known::Nothing, |text| Known::Text(text.to_owned()));
    let flag = |flag: Option<bool>| flag.map_or(Known::Nothing, Known::Flag);
    let directory = account.directory.map(|index| &world.observation.directories[usize::from(index)]);
    let time = |time: Option<Time>| time.map_or(Known::Nothing, Known::Time);
    match field {
        Field::Username => text(Some(&account.username)),
        Field::Name => text(Some(&account.name)),
        Field::Email => text(account.email.as_deref()),
        Field::EmailDomain => text(
            account
                .email
                .as_deref()
                .map(|email| if email.contains('@') { email.split('@').next_back().unwrap() } else { "" }),
        ),
        Field::Status => {
            text(account.status.map(|status| if status == Status::Enabled { "enabled" } else { "disabled" }))
        }
        Field::Directory => text(directory.map(|d| d.name.as_str())),
        Field::DirectoryType => text(directory.and_then(|d| d.kind.as_deref())),
        Field::Writable => flag(directory.and_then(|d| d.is_writable)),
        Field::Group => Known::Names(groups(world, row, true, |_| Some(true)), Some(true)),
        Field::DirectGroup => Known::Names(groups(world, row, false, |_| Some(true)), Some(true)),
        Field::Groups => Known::Number(
            groups(world, row, false, |_| Some(true)).iter().filter(|(_, has)| *has == Some(true)).count()
                as u64,
        ),
        Field::Created => time(born(world, account)),
        Field::LastLogin => time(last(world, account, Some(EvidenceKind::Login))),
        Field::LastActive => time(last(world, account, None)),
        Field::LastContribution => time(last(world, account, Some(EvidenceKind::Contribution))),
        Field::Logins => account.logins.map_or(Known::Nothing, |n| Known::Number(n.into())),
        Field::Idle => time(match last(world, account, None) {
            Some(Time::Never) => born(world, account),
            other => other,
        }),
        Field::Seat => flag(account.seat),
        Field::SeatVia => {
            let gives = |group: usize| match (account.seat, world.observation.groups[group].gives_seat) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
            if account.seat.is_none() {
                // That nothing is known of the seat is not known from the names alone.
                return Known::Names(groups(world, row, true, gives), None);
            }
            Known::Names(groups(world, row, true, gives), Some(true))
        }
        Field::Shadowed => flag(account.shadowed),
        Field::AccountType => text(account.account_type.as_deref()),
        Field::Managed => flag(account.managed),
        Field::Exempt => Known::Flag(is_exempt(world, row)),
        Field::Reactivated => {
            let seen = world.facts.history.reactivated(&account.key);
            let newest = account.reactivated.into_iter().chain(seen).max();
            let is_seen = world.facts.history.first_seen(&account.key).is_some();
            time(newest.map(|at| Time::At(at.as_microsecond())).or(is_seen.then_some(Time::Never)))
        }
        Field::Deactivated => time(deactivated(world, account)),
        Field::Returned => {
            let login = last(world, account, Some(EvidenceKind::Login));
            match (deactivated(world, account), login) {
                (Some(Time::Never), _) | (Some(Time::At(_)), Some(Time::Never)) => Known::Flag(false),
                (Some(Time::At(lost)), Some(Time::At(login))) => Known::Flag(login > lost),
                (Some(Time::At(lost)), Some(Time::AtLeast(login))) if login > lost => Known::Flag(true),
                _ => Known::Nothing,
            }
        }
        Field::Noticed => {
            let sent = world.facts.notices.get(&account.key).and_then(|notice| notice.sent);
            Known::Time(sent.map_or(Time::Never, |at| Time::At(at.as_microsecond())))
        }
        Field::List => {
            let lists: Vec<(String, Truth)> = world
                .facts
                .lists
                .iter()
                .map(|(name, list)| {
                    let has = |text: &str| list.entries.contains(&text.to_lowercase());
                    let by_email = match &account.email {
                        Some(email) => Some(has(email)),
                        None if list.entries.iter().any(|entry| entry.contains('@')) => None,
                        None => Some(false),
                    };
                    (name.clone(), or([Some(has(&account.username)), by_email].into_iter()))
                })
                .collect();
            let is_sure = lists.iter().all(|(_, has)| has.is_some());
            Known::Names(lists, is_sure.then_some(true))
        }
    }
}

/// Every group with whether the account is in it, and `gives` says so too.
fn groups(world: &World, row: usize, is_deep: bool, gives: impl Fn(usize) -> Truth) -> Vec<(String, Truth)> {
    let all = &world.observation.groups;
    let is_member = |group: usize| {
        let mut inside = BTreeSet::from([group]);
        // No way down is longer than there are groups.
        for _ in 0..if is_deep { all.len() } else { 0 } {
            let children: Vec<usize> =
                inside.iter().flat_map(|g| all[*g].children.iter().map(|c| *c as usize)).collect();
            inside.extend(children);
        }
        inside.iter().any(|g| all[*g].members.contains(&(row as u32)))
    };
    (0..all.len())
        .map(|group| (all[group].name.to_string(), and([Some(is_member(group)), gives(group)].into_iter())))
        .collect()
}

fn is_exempt(world: &World, row: usize) -> bool {
    let in_force = world.facts.exemptions.iter().filter(|e| e.until.is_none_or(|until| until > world.now));
    let mut in_force = in_force.map(|exemption| match &exemption.subject {
        ExemptSubject::Account(key) => world.observation.accounts[row].key == *key,
        ExemptSubject::Group(name) => groups(world, row, true, |_| Some(true))
            .iter()
            .any(|(group, has)| *has == Some(true) && group.to_lowercase() == name.as_str().to_lowercase()),
    });
    in_force.any(|is| is)
}

fn born(world: &World, account: &AccountRecord) -> Option<Time> {
    let created = account.created.map(|at| Time::At(at.as_microsecond()));
    created.or(world.facts.history.first_seen(&account.key).map(|at| Time::AtMost(at.as_microsecond())))
}

fn deactivated(world: &World, account: &AccountRecord) -> Option<Time> {
    match world.facts.history.deactivated(&account.key) {
        Point::At(at) => Some(Time::At(at.as_microsecond())),
        Point::Silent => Some(Time::Never),
        Point::Unknown => None,
    }
}

fn last(world: &World, account: &AccountRecord, kind: Option<EvidenceKind>) -> Option<Time> {
    let points =
        account.evidence.iter().map(|point| (&world.observation.sources[usize::from(point.source)], point));
    let points: Vec<_> = points.filter(|(source, _)| kind.is_none_or(|kind| source.kind == kind)).collect();
    let newest = points.iter().filter_map(|(_, point)| point.at).max().map(Timestamp::as_microsecond);
    let is_bounded = points.iter().any(|(source, point)| {
        // Where one source speaks twice, silence does not count beside a value; a value bounds in any case.
        source.doubt.is_none()
            && source.reach == Reach::Newest
            && source.kind == kind.unwrap_or(EvidenceKind::Login)
            && (point.at.is_some() || source.absence == Absence::Never)
    });
    match (newest, is_bounded) {
        (Some(at), true) => Some(Time::At(at)),
        (Some(at), false) => Some(Time::AtLeast(at)),
        (None, true) => Some(Time::Never),
        (None, false) => None,
    }
}
