//! The part of CQL that answers "did this person touch anything since" (`confluence-data-center.md §4.7`).

mod parse;
mod when;

use std::cmp::Ordering;

use crate::state::{Account, AccountId, Content};

/// A query: a condition and an order.
#[derive(Debug)]
pub(super) struct Query {
    condition: Condition,
    /// Field and whether descending.
    order: Vec<(Field, bool)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Contributor,
    Creator,
    Created,
    LastModified,
    Type,
    User,
    UserFullName,
}

#[derive(Debug)]
enum Condition {
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
    Clause(Clause),
}

#[derive(Debug)]
struct Clause {
    field: Field,
    operator: Operator,
    values: Vec<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Contains,
    In,
    NotIn,
}

#[derive(Debug)]
enum Value {
    Text(String),
    /// `currentUser()`.
    Caller,
    /// Instants from the first (inclusive) to the second (exclusive), milliseconds: a date is a whole day.
    Span(i64, i64),
}

/// What a query found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Content(usize),
    User(AccountId),
}

impl Query {
    pub(super) fn mentions(&self, field: Field) -> bool {
        self.condition.mentions(field) || self.order.iter().any(|(other, _)| *other == field)
    }

    /// The only contributor that can match, where the query is an AND with `contributor = name` (or creator) in it.
    pub(super) fn single_contributor(&self) -> Option<&str> {
        let clauses: &[Condition] = match &self.condition {
            Condition::And(all) => all,
            one => std::slice::from_ref(one),
        };
        clauses.iter().find_map(|condition| match condition {
            Condition::Clause(Clause {
                field: Field::Contributor | Field::Creator,
                operator: Operator::Equal,
                values,
            }) => match values.as_slice() {
                [Value::Text(name)] => Some(name.as_str()),
                _ => None,
            },
            _ => None,
        })
    }

    pub(super) fn matches_content(
        &self,
        content: &Content,
        account: &impl Fn(&str) -> Option<AccountId>,
        caller: Option<AccountId>,
    ) -> bool {
        self.condition.holds(&|clause| clause.holds_for_content(content, account, caller))
    }

    pub(super) fn matches_user(&self, account: &Account) -> bool {
        self.condition.holds(&|clause| clause.holds_for_user(account))
    }

    /// Orders content; without ORDER BY the newest comes first.
    pub(super) fn sort(&self, items: &[Content], numbers: &mut [usize]) {
        let newest_first = [(Field::LastModified, true)];
        let order = if self.order.is_empty() { &newest_first[..] } else { &self.order };
        numbers.sort_by(|a, b| {
            let (left, right) = (&items[*a], &items[*b]);
            order
                .iter()
                .map(|(field, descending)| {
                    let ordering = match field {
                        Field::Created => left.created.cmp(&right.created),
                        Field::Type => left.kind.word().cmp(right.kind.word()),
                        Field::Creator | Field::Contributor => left.creator.cmp(&right.creator),
                        Field::LastModified | Field::User | Field::UserFullName => {
                            left.modified.cmp(&right.modified)
                        }
                    };
                    if *descending { ordering.reverse() } else { ordering }
                })
                .find(|ordering| *ordering != Ordering::Equal)
                .unwrap_or(Ordering::Equal)
        });
    }
}

impl Condition {
    fn holds(&self, clause_holds: &impl Fn(&Clause) -> bool) -> bool {
        match self {
            Self::And(all) => all.iter().all(|condition| condition.holds(clause_holds)),
            Self::Or(any) => any.iter().any(|condition| condition.holds(clause_holds)),
            Self::Not(inner) => !inner.holds(clause_holds),
            Self::Clause(clause) => clause_holds(clause),
        }
    }

    fn mentions(&self, field: Field) -> bool {
        match self {
            Self::And(list) | Self::Or(list) => list.iter().any(|condition| condition.mentions(field)),
            Self::Not(inner) => inner.mentions(field),
            Self::Clause(clause) => clause.field == field,
        }
    }
}

impl Clause {
    fn holds_for_content(
        &self,
        content: &Content,
        account: &impl Fn(&str) -> Option<AccountId>,
        caller: Option<AccountId>,
    ) -> bool {
        let who = |value: &Value| match value {
            Value::Text(name) => account(name),
            Value::Caller => caller,
            Value::Span(..) => None,
        };
        let is_any = |test: &dyn Fn(&Value) -> bool| self.values.iter().any(test);
        match self.field {
            Field::Contributor => self.membership(is_any(&|value| {
                who(value).is_some_and(|id| id == content.creator || id == content.editor)
            })),
            Field::Creator => self.membership(is_any(&|value| who(value) == Some(content.creator))),
            Field::Type => self.membership(is_any(
                &|value| matches!(value, Value::Text(word) if word.eq_ignore_ascii_case(content.kind.word())),
            )),
            Field::Created => self.compares(content.created),
            Field::LastModified => self.compares(content.modified),
            Field::User | Field::UserFullName => false,
        }
    }

    fn membership(&self, found: bool) -> bool {
        match self.operator {
            Operator::NotEqual | Operator::NotIn => !found,
            _ => found,
        }
    }

    fn compares(&self, at: i64) -> bool {
        self.values.iter().any(|value| {
            let Value::Span(from, to) = value else { return false };
            match self.operator {
                Operator::Equal => (*from..*to).contains(&at),
                Operator::NotEqual => !(*from..*to).contains(&at),
                Operator::Greater => at >= *to,
                Operator::GreaterOrEqual => at >= *from,
                Operator::Less => at < *from,
                Operator::LessOrEqual => at < *to,
                Operator::Contains | Operator::In | Operator::NotIn => false,
            }
        })
    }

    fn holds_for_user(&self, account: &Account) -> bool {
        let own = match self.field {
            Field::User => [&account.name, &account.display],
            Field::UserFullName => [&account.display, &account.display],
            // `type = user` is how some clients say it.
            Field::Type => {
                return self.values.iter().any(|v| matches!(v, Value::Text(word) if word == "user"));
            }
            _ => return false,
        };
        let found = self.values.iter().any(|value| {
            let Value::Text(wanted) = value else { return false };
            let wanted = wanted.trim_end_matches('*').to_lowercase();
            own.iter().any(|own| {
                let own = own.to_lowercase();
                match self.operator {
                    Operator::Contains => {
                        own.split_whitespace().any(|word| word.starts_with(&wanted))
                            || own.starts_with(&wanted)
                    }
                    _ => own == wanted,
                }
            })
        });
        self.membership(found)
    }
}
