//! One clause: which accounts it is true for, which it is not known for.

use super::{Scene, Truth};
use crate::field::{Field, Operator};
use crate::tree::{Clause, Literal, State, Test};
use roaring::RoaringBitmap;
use rollcall_snapshot::{FlagColumn, TextColumn, fold};
use std::collections::HashSet;

/// What a text is asked. All texts are folded.
pub(super) enum Wanted {
    Equal(String),
    Contains(String),
    OneOf(HashSet<String>),
}

impl Wanted {
    pub(super) fn of(test: &Test) -> Option<Self> {
        let folded = |value: &Literal| match value {
            Literal::Text(word) => Some(fold(word)),
            _ => None,
        };
        match test {
            Test::Compare { op: Operator::Contains | Operator::NotContains, value } => {
                folded(value).map(Self::Contains)
            }
            Test::Compare { value, .. } => folded(value).map(Self::Equal),
            Test::In { values, .. } => {
                let mut texts: HashSet<String> = values.iter().filter_map(folded).collect();
                if texts.len() > 1 {
                    return Some(Self::OneOf(texts));
                }
                texts.drain().next().map(Self::Equal)
            }
            Test::Is { state: State::Empty, .. } => Some(Self::Equal(String::new())),
            Test::Is { state: State::Unknown, .. } => None,
        }
    }

    pub(super) fn is(&self, folded: &str) -> bool {
        match self {
            Self::Equal(text) => folded == text,
            Self::Contains(part) => folded.contains(part),
            Self::OneOf(texts) => texts.contains(folded),
        }
    }
}

/// Whether the clause asks the opposite of what its positive form asks.
fn is_negated(test: &Test) -> bool {
    match test {
        Test::Compare { op, .. } => op.is_negated(),
        Test::In { negated, .. } | Test::Is { negated, .. } => *negated,
    }
}

impl Scene<'_> {
    pub(crate) fn clause(&self, clause: &Clause) -> Truth {
        let truth = match &clause.test {
            Test::Is { state: State::Unknown, .. } => Truth::certain(self.unknown(clause.field)),
            test => self.positive(clause.field, test),
        };
        if is_negated(&clause.test) { truth.not(&self.everybody) } else { truth }
    }

    /// The accounts of which nothing is known in this field.
    pub(crate) fn unknown(&self, field: Field) -> RoaringBitmap {
        let columns = self.snapshot.columns();
        match field {
            Field::Username => columns.usernames.unknown().clone(),
            Field::Name => columns.names.unknown().clone(),
            Field::Email | Field::EmailDomain => columns.emails.unknown().clone(),
            Field::Status => columns.enabled.unknown().clone(),
            Field::Directory => columns.directory.unknown().clone(),
            Field::DirectoryType => self.by_directory(|kind, _| kind.map(|_| true)).unknown,
            Field::Writable => self.by_directory(|_, writable| writable).unknown,
            Field::Group | Field::DirectGroup | Field::Groups | Field::Exempt => RoaringBitmap::new(),
            Field::Created
            | Field::LastLogin
            | Field::LastActive
            | Field::LastContribution
            | Field::Idle
            | Field::Reactivated
            | Field::Deactivated
            | Field::Noticed => self.unknown_instant(field),
            Field::Returned => self.came_again().unknown,
            Field::Logins => columns.logins.unknown().clone(),
            Field::Seat | Field::SeatVia => columns.seat.unknown().clone(),
            Field::Shadowed => columns.shadowed.unknown().clone(),
            Field::AccountType => columns.account_type.unknown().clone(),
            Field::Managed => columns.managed.unknown().clone(),
            Field::List => self.on_lists(|_| true).unknown,
        }
    }

    /// The clause without its negation.
    fn positive(&self, field: Field, test: &Test) -> Truth {
        let columns = self.snapshot.columns();
        match field {
            Field::Username => spelling(&columns.usernames, test),
            Field::Name => spelling(&columns.names, test),
            Field::Email => spelling(&columns.emails, test),
            Field::EmailDomain => {
                let domains = columns.email_domains();
                wanted(test, |wanted| Truth {
                    yes: domains.select(|domain| wanted.is(domain)),
                    unknown: domains.unknown().clone(),
                })
            }
            Field::AccountType => {
                let types = &columns.account_type;
                wanted(test, |wanted| Truth {
                    yes: types.select(|name| wanted.is(&fold(name))),
                    unknown: types.unknown().clone(),
                })
            }
            Field::Directory => wanted(test, |wanted| {
                let is_it: Vec<bool> =
                    self.snapshot.directories().iter().map(|d| wanted.is(&fold(d.name.as_str()))).collect();
                Truth {
                    yes: columns.directory.select(|code| is_it.get(code as usize) == Some(&true)),
                    unknown: columns.directory.unknown().clone(),
                }
            }),
            Field::DirectoryType => {
                wanted(test, |wanted| self.by_directory(|kind, _| kind.map(|kind| wanted.is(&fold(kind)))))
            }
            Field::Status => wanted(test, |wanted| {
                let (enabled, disabled) = (wanted.is("enabled"), wanted.is("disabled"));
                let mut truth =
                    Truth { yes: RoaringBitmap::new(), unknown: columns.enabled.unknown().clone() };
                if enabled {
                    truth.yes |= columns.enabled.yes();
                }
                if disabled {
                    truth.yes |= columns.enabled.no();
                }
                truth
            }),
            Field::Writable => flag_of(self.by_directory(|_, writable| writable), test, &self.everybody),
            Field::Seat => flag(&columns.seat, test),
            Field::Shadowed => flag(&columns.shadowed, test),
            Field::Managed => flag(&columns.managed, test),
            Field::Exempt => flag_of(self.exempt(), test, &self.everybody),
            Field::Returned => flag_of(self.came_again(), test, &self.everybody),
            Field::Group | Field::DirectGroup | Field::SeatVia | Field::List => self.names(field, test),
            Field::Groups => {
                Truth::certain(self.snapshot.with_group_count(|count| number(test, count.into())))
            }
            Field::Logins => Truth {
                yes: columns.logins.select(|n| number(test, n)),
                unknown: columns.logins.unknown().clone(),
            },
            Field::Created
            | Field::LastLogin
            | Field::LastActive
            | Field::LastContribution
            | Field::Idle
            | Field::Reactivated
            | Field::Deactivated
            | Field::Noticed => self.instant(field, test),
        }
    }

    /// A fact about directories as a fact about the accounts in them.
    fn by_directory(&self, fact: impl Fn(Option<&str>, Option<bool>) -> Option<bool>) -> Truth {
        let column = &self.snapshot.columns().directory;
        let facts: Vec<Option<bool>> =
            self.snapshot.directories().iter().map(|d| fact(d.kind.as_deref(), d.is_writable)).collect();
        Truth {
            yes: column.select(|code| facts.get(code as usize) == Some(&Some(true))),
            unknown: column.unknown() | column.select(|code| facts.get(code as usize) == Some(&None)),
        }
    }

    pub(crate) fn exempt(&self) -> Truth {
        let in_force = self.facts.exemptions.iter().filter(|exemption| exemption.is_in_force(self.now));
        Truth::certain(
            in_force.fold(RoaringBitmap::new(), |all, exemption| all | exemption.accounts(self.snapshot)),
        )
    }
}

fn wanted(test: &Test, ask: impl FnOnce(&Wanted) -> Truth) -> Truth {
    Wanted::of(test).as_ref().map(ask).unwrap_or_default()
}

fn spelling(column: &TextColumn, test: &Test) -> Truth {
    wanted(test, |wanted| Truth {
        yes: match wanted {
            Wanted::Equal(whole) => column.equal(whole),
            Wanted::Contains(part) => column.containing(part),
            Wanted::OneOf(_) => column.select(|text| wanted.is(text)),
        },
        unknown: column.unknown().clone(),
    })
}

/// The flag that a test asks for.
fn asked_flag(test: &Test) -> bool {
    matches!(test, Test::Compare { value: Literal::Flag(true), .. })
}

fn flag(column: &FlagColumn, test: &Test) -> Truth {
    let yes = if asked_flag(test) { column.yes() } else { column.no() };
    Truth { yes: yes.clone(), unknown: column.unknown().clone() }
}

fn flag_of(fact: Truth, test: &Test, everybody: &RoaringBitmap) -> Truth {
    if asked_flag(test) { fact } else { fact.not(everybody) }
}

/// Whether a number passes the positive form of the test.
fn number(test: &Test, number: u64) -> bool {
    let is =
        |op: Operator, value: &Literal| matches!(value, Literal::Number(wanted) if op.holds(number, *wanted));
    match test {
        Test::Compare { op: Operator::NotEqual, value } => is(Operator::Equal, value),
        Test::Compare { op, value } => is(*op, value),
        Test::In { values, .. } => values.iter().any(|value| is(Operator::Equal, value)),
        Test::Is { .. } => false,
    }
}
