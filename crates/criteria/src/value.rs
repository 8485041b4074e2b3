//! What a field says of one account, for listings.

use crate::evaluate::evidence_kind;
use crate::field::Field;
use jiff::{SignedDuration, Timestamp};
use rollcall_model::{AccountIndex, EvidenceKind, GroupIndex, plain};
use rollcall_snapshot::{Activity, Facts, Point, Snapshot, fold};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::fmt;

/// The value of a field. As JSON: a string, number, boolean or array; instants as RFC 3339, durations as whole days (`"123d"`), or hours below a day; never
/// as `"never"`; not known as `null`; known from one side only as `{"atLeast": …}` or `{"atMost": …}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing is known.
    Unknown,
    /// It never happened.
    Never,
    /// A text, as the site spells it.
    Text(String),
    /// True or false.
    Flag(bool),
    /// A number.
    Number(u64),
    /// Names, in the order of the site.
    Names(Vec<String>),
    /// An instant.
    At(Timestamp),
    /// Then or later.
    AtLeast(Timestamp),
    /// Then or earlier.
    AtMost(Timestamp),
    /// A length of time.
    For(SignedDuration),
    /// So long or longer.
    ForAtLeast(SignedDuration),
    /// So long or shorter.
    ForAtMost(SignedDuration),
}

/// What a field says of an account.
pub fn value(
    snapshot: &Snapshot,
    facts: &Facts,
    account: AccountIndex,
    field: Field,
    now: Timestamp,
) -> Value {
    let row = snapshot.account(account);
    let text = |text: Option<&str>| text.map_or(Value::Unknown, |text| Value::Text(text.to_owned()));
    let flag = |flag: Option<bool>| flag.map_or(Value::Unknown, Value::Flag);
    let names = |groups: &[GroupIndex]| {
        Value::Names(groups.iter().map(|g| snapshot.group(*g).name().to_string()).collect())
    };
    match field {
        Field::Username => text(Some(row.username())),
        Field::Name => text(Some(row.name())),
        Field::Email => text(row.email()),
        Field::EmailDomain => {
            text(row.email().map(|email| email.rsplit_once('@').map_or("", |(_, domain)| domain)))
        }
        Field::Status => text(row.status().map(rollcall_model::Status::as_str)),
        Field::Directory => text(row.directory().map(|d| d.name.as_str())),
        Field::DirectoryType => text(row.directory().and_then(|d| d.kind.as_deref())),
        Field::Writable => flag(row.directory().and_then(|d| d.is_writable)),
        Field::Group => names(&snapshot.effective_groups(account)),
        Field::DirectGroup => names(snapshot.direct_groups(account)),
        Field::Groups => Value::Number(snapshot.direct_groups(account).len() as u64),
        Field::Created => born(snapshot, facts, account),
        Field::LastLogin | Field::LastActive | Field::LastContribution => {
            match row.last(evidence_kind(field)) {
                Activity::At { at, .. } => Value::At(at),
                Activity::AtLeast { at, .. } => Value::AtLeast(at),
                Activity::Never { .. } => Value::Never,
                Activity::Unknown => Value::Unknown,
            }
        }
        Field::Logins => row.logins().map_or(Value::Unknown, |n| Value::Number(n.into())),
        Field::Idle => idle(snapshot, facts, account, now),
        Field::Seat => flag(row.seat()),
        Field::SeatVia => match row.seat() {
            None => Value::Unknown,
            Some(false) => Value::Names(Vec::new()),
            Some(true) => {
                let mut groups = snapshot.effective_groups(account);
                groups.retain(|g| snapshot.group(*g).gives_seat() == Some(true));
                names(&groups)
            }
        },
        Field::Shadowed => flag(row.shadowed()),
        Field::AccountType => text(row.account_type()),
        Field::Managed => flag(row.managed()),
        Field::Exempt => {
            let mut in_force = facts.exemptions.iter().filter(|exemption| exemption.is_in_force(now));
            Value::Flag(in_force.any(|exemption| exemption.covers(snapshot, account)))
        }
        Field::Reactivated => {
            let key = row.key();
            match (row.reactivated().max(facts.history.reactivated(&key)), facts.history.first_seen(&key)) {
                (Some(at), _) => Value::At(at),
                (None, Some(_)) => Value::Never,
                (None, None) => Value::Unknown,
            }
        }
        Field::Deactivated => match facts.history.deactivated(&row.key()) {
            Point::At(at) => Value::At(at),
            Point::Silent => Value::Never,
            Point::Unknown => Value::Unknown,
        },
        Field::Returned => flag(returned(snapshot, facts, account)),
        Field::Noticed => facts.noticed(&row.key()).map_or(Value::Never, Value::At),
        Field::List => lists(snapshot, facts, account),
    }
}

/// When the account was made; where the site does not say, when it was first seen, at the latest.
fn born(snapshot: &Snapshot, facts: &Facts, account: AccountIndex) -> Value {
    let row = snapshot.account(account);
    match row.created() {
        Some(at) => Value::At(at),
        None => facts.history.first_seen(&row.key()).map_or(Value::Unknown, Value::AtMost),
    }
}

/// Whether a login is known to be later than the loss of the way in.
fn returned(snapshot: &Snapshot, facts: &Facts, account: AccountIndex) -> Option<bool> {
    let row = snapshot.account(account);
    let lost = match facts.history.deactivated(&row.key()) {
        Point::At(at) => at,
        Point::Silent => return Some(false),
        Point::Unknown => return None,
    };
    match row.last(Some(EvidenceKind::Login)) {
        Activity::At { at, .. } => Some(at > lost),
        Activity::AtLeast { at, .. } => (at > lost).then_some(true),
        Activity::Never { .. } => Some(false),
        Activity::Unknown => None,
    }
}

fn idle(snapshot: &Snapshot, facts: &Facts, account: AccountIndex, now: Timestamp) -> Value {
    let since = |at: Timestamp| now.duration_since(at);
    match snapshot.account(account).last(None) {
        Activity::At { at, .. } => Value::For(since(at)),
        Activity::AtLeast { at, .. } => Value::ForAtMost(since(at)),
        Activity::Never { .. } => match born(snapshot, facts, account) {
            Value::At(at) => Value::For(since(at)),
            Value::AtMost(at) => Value::ForAtLeast(since(at)),
            _ => Value::Unknown,
        },
        Activity::Unknown => Value::Unknown,
    }
}

fn lists(snapshot: &Snapshot, facts: &Facts, account: AccountIndex) -> Value {
    let row = snapshot.account(account);
    let (username, email) = (fold(row.username()), row.email().map(fold));
    let mut is_sure = true;
    let mut names = Vec::new();
    for (name, list) in &facts.lists {
        if list.entries.contains(&username)
            || email.as_ref().is_some_and(|email| list.entries.contains(email))
        {
            names.push(name.clone());
        } else if email.is_none() && list.entries.iter().any(|entry| entry.contains('@')) {
            is_sure = false;
        }
    }
    if names.is_empty() && !is_sure { Value::Unknown } else { Value::Names(names) }
}

/// Whole days; hours below a day; nothing is shorter than nothing.
fn length(duration: SignedDuration) -> String {
    let hours = duration.as_hours().max(0);
    if hours < 24 { format!("{hours}h") } else { format!("{}d", hours / 24) }
}

impl fmt::Display for Value {
    /// For tables: on one line, nothing in it acts on a terminal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instant = |at: &Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        match self {
            Self::Unknown => f.write_str("unknown"),
            Self::Never => f.write_str("never"),
            Self::Text(text) => f.write_str(&plain(text)),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Names(names) => {
                let names: Vec<_> = names.iter().map(|name| plain(name)).collect();
                f.write_str(&names.join(", "))
            }
            Self::At(at) => f.write_str(&instant(at)),
            Self::AtLeast(at) => write!(f, "{} or later", instant(at)),
            Self::AtMost(at) => write!(f, "{} or earlier", instant(at)),
            Self::For(time) => f.write_str(&length(*time)),
            Self::ForAtLeast(time) => write!(f, "{} or longer", length(*time)),
            Self::ForAtMost(time) => write!(f, "{} or shorter", length(*time)),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (name, value) = match self {
            Self::Unknown => return serializer.serialize_none(),
            Self::Never => return serializer.serialize_str("never"),
            Self::Text(text) => return serializer.serialize_str(text),
            Self::Flag(flag) => return serializer.serialize_bool(*flag),
            Self::Number(number) => return serializer.serialize_u64(*number),
            Self::Names(names) => return names.serialize(serializer),
            Self::At(at) => return at.serialize(serializer),
            Self::For(time) => return serializer.serialize_str(&length(*time)),
            Self::AtLeast(at) => ("atLeast", at.to_string()),
            Self::AtMost(at) => ("atMost", at.to_string()),
            Self::ForAtLeast(time) => ("atLeast", length(*time)),
            Self::ForAtMost(time) => ("atMost", length(*time)),
        };
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(name, &value)?;
        map.end()
    }
}
