//! The tree of a criterion: what the parser makes, the pages edit (as JSON), and everything else reads.

use crate::field::{Field, FieldType, Operator};
use crate::literal;
use crate::period::Period;
use crate::{CriterionError, Problem};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::ops::Range;

/// Deepest nesting of parentheses and NOT.
pub(crate) const MAX_DEPTH: usize = 200;

/// Who is selected, and in which order they are listed. Always sound: operators and values fit their fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Raw")]
pub struct Criterion {
    #[serde(rename = "where")]
    root: Expr,
    #[serde(rename = "orderBy", skip_serializing_if = "Vec::is_empty")]
    order: Vec<OrderBy>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(rename = "where")]
    root: Expr,
    #[serde(rename = "orderBy", default)]
    order: Vec<OrderBy>,
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Expr {
    /// Everybody.
    All,
    /// All of these, two or more.
    And(Vec<Expr>),
    /// At least one of these, two or more.
    Or(Vec<Expr>),
    /// Not this.
    Not(Box<Expr>),
    /// One comparison.
    Clause(Clause),
}

/// One comparison of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// The field.
    pub field: Field,
    /// What is asked of it.
    pub test: Test,
    /// Where it stands in the text; nowhere, if there is none.
    #[serde(skip)]
    pub(crate) places: Places,
}

/// What is asked of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Test {
    /// Comparison with one value.
    Compare {
        /// How.
        op: Operator,
        /// With what.
        value: Literal,
    },
    /// Whether it is one of these; never empty.
    In {
        /// `NOT IN`.
        #[serde(default)]
        negated: bool,
        /// The values.
        values: Vec<Literal>,
    },
    /// What is known of it.
    Is {
        /// `IS NOT`.
        #[serde(default)]
        negated: bool,
        /// What.
        state: State,
    },
}

/// What can be known of a field without knowing a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// It is known that there is nothing.
    Empty,
    /// Nothing is known.
    Unknown,
}

/// A value as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Literal {
    /// Text; also the word of a choice, spelled as in [`crate::FIELDS`].
    Text(String),
    /// True or false.
    Flag(bool),
    /// A number.
    Number(u64),
    /// It never happened.
    Never,
    /// Midnight UTC at the beginning of this day.
    Date(Date),
    /// An instant, exact to the microsecond.
    Instant(Timestamp),
    /// So long before now.
    Ago(Period),
    /// A length of time.
    Period(Period),
}

impl Literal {
    /// The instant it names, where it names one, in microseconds since 1970.
    pub(crate) fn micros(&self, now: Timestamp) -> Option<i64> {
        match self {
            // Every date of jiff has a midnight in UTC that a Timestamp can hold, but for the very last hours of the year 9999.
            Self::Date(date) => {
                date.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp().as_microsecond())
            }
            Self::Instant(at) => Some(at.as_microsecond()),
            Self::Ago(period) | Self::Period(period) => Some(period.before(now).as_microsecond()),
            Self::Text(_) | Self::Flag(_) | Self::Number(_) | Self::Never => None,
        }
    }
}

/// A step of the order in which accounts are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderBy {
    /// By what.
    pub field: Field,
    /// Which way. What is not known comes last either way.
    #[serde(default)]
    pub direction: Direction,
}

/// Upwards or downwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Smallest, earliest, first letter first; never before every date.
    #[default]
    Asc,
    /// The other way.
    Desc,
}

/// Byte ranges in the text. All are equal to each other: the place of a clause is not part of its meaning.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    pub(crate) clause: Range<usize>,
    pub(crate) values: Vec<Range<usize>>,
}

impl PartialEq for Places {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
impl Eq for Places {}

impl Places {
    /// Where the value stands, or else the clause.
    pub(crate) fn value(&self, index: usize) -> Range<usize> {
        self.values.get(index).unwrap_or(&self.clause).clone()
    }
}

impl Clause {
    /// A comparison that stands in no text. Whether it is sound is found out by [`Criterion::new`].
    pub fn new(field: Field, test: Test) -> Self {
        Self { field, test, places: Places::default() }
    }

    /// The values it compares with.
    pub fn values(&self) -> &[Literal] {
        match &self.test {
            Test::Compare { value, .. } => std::slice::from_ref(value),
            Test::In { values, .. } => values,
            Test::Is { .. } => &[],
        }
    }

    /// The texts it compares with.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.values().iter().filter_map(|value| match value {
            Literal::Text(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// Whether it names things rather than parts of names, so that each must exist.
    pub(crate) fn is_exact(&self) -> bool {
        match &self.test {
            Test::Compare { op, .. } => matches!(op, Operator::Equal | Operator::NotEqual),
            Test::In { .. } => true,
            Test::Is { .. } => false,
        }
    }
}

impl Expr {
    /// The expressions directly inside.
    pub(crate) fn children(&self) -> &[Self] {
        match self {
            Self::All | Self::Clause(_) => &[],
            Self::And(children) | Self::Or(children) => children,
            Self::Not(child) => std::slice::from_ref(child),
        }
    }

    /// Whether it needs parentheses inside that one.
    pub(crate) fn is_loose_in(&self, outer: &Self) -> bool {
        matches!(
            (outer, self),
            (Self::And(_) | Self::Not(_), Self::And(_) | Self::Or(_)) | (Self::Or(_), Self::Or(_))
        )
    }

    /// Every expression of the tree with the number of parentheses and NOTs around it, outermost first.
    fn walk(&self) -> impl Iterator<Item = (&Self, usize)> {
        let mut stack = vec![(self, 0)];
        std::iter::from_fn(move || {
            let (expr, depth) = stack.pop()?;
            let not = usize::from(matches!(expr, Self::Not(_)));
            let inner = |child: &Self| depth + not + usize::from(child.is_loose_in(expr));
            stack.extend(expr.children().iter().rev().map(|child| (child, inner(child))));
            Some((expr, depth + not))
        })
    }
}

impl Criterion {
    /// A criterion from a tree, after looking whether it is sound: operators and values fit their fields, no list is empty, the nesting is
    /// not too deep.
    pub fn new(root: Expr, order: Vec<OrderBy>) -> Result<Self, CriterionError> {
        for (expr, depth) in root.walk() {
            if depth > MAX_DEPTH {
                return Err(CriterionError::too_deep(0..0));
            }
            match expr {
                Expr::And(children) | Expr::Or(children) if children.len() < 2 => {
                    return Err(CriterionError::new(
                        Problem::Syntax,
                        0..0,
                        "AND and OR join two or more conditions",
                    ));
                }
                Expr::Clause(clause) => literal::check(clause)?,
                _ => {}
            }
        }
        if let Some(by) = order.iter().find(|by| !by.field.is_sortable()) {
            return Err(CriterionError::not_sortable(by.field, 0..0));
        }
        Ok(Self { root, order })
    }

    /// Everybody.
    pub fn everybody() -> Self {
        Self { root: Expr::All, order: Vec::new() }
    }

    /// The condition.
    pub fn root(&self) -> &Expr {
        &self.root
    }

    /// The order in which accounts are listed; empty: the order of the site.
    pub fn order(&self) -> &[OrderBy] {
        &self.order
    }

    /// All comparisons, in the order of the text.
    pub fn clauses(&self) -> impl Iterator<Item = &Clause> {
        self.root.walk().filter_map(|(expr, _)| match expr {
            Expr::Clause(clause) => Some(clause),
            _ => None,
        })
    }

    /// All fields it asks about or sorts by.
    pub fn fields(&self) -> BTreeSet<Field> {
        self.clauses().map(|c| c.field).chain(self.order.iter().map(|by| by.field)).collect()
    }

    /// All groups it names, as written.
    pub fn groups(&self) -> BTreeSet<&str> {
        self.named(&[Field::Group, Field::DirectGroup, Field::SeatVia])
    }

    /// All imported lists it names, as written.
    pub fn lists(&self) -> BTreeSet<&str> {
        self.named(&[Field::List])
    }

    fn named(&self, fields: &[Field]) -> BTreeSet<&str> {
        self.clauses().filter(|c| c.is_exact() && fields.contains(&c.field)).flat_map(Clause::texts).collect()
    }
}

impl TryFrom<Raw> for Criterion {
    type Error = CriterionError;

    fn try_from(raw: Raw) -> Result<Self, CriterionError> {
        Self::new(raw.root, raw.order)
    }
}

impl FieldType {
    /// Whether a value of this kind can be compared with `value` in this way.
    pub(crate) fn takes(self, op: Operator, value: &Literal) -> bool {
        let is_likeness = matches!(op, Operator::Equal | Operator::NotEqual);
        match (self, value) {
            (Self::Text | Self::Names, Literal::Text(_)) => !op.is_order(),
            (Self::Choice(words), Literal::Text(word)) => is_likeness && words.contains(&word.as_str()),
            (Self::Flag, Literal::Flag(_)) | (Self::InstantOrNever, Literal::Never) => is_likeness,
            (Self::Number, Literal::Number(_)) => is_likeness || op.is_order(),
            (
                Self::Instant | Self::InstantOrNever,
                Literal::Date(_) | Literal::Instant(_) | Literal::Ago(_),
            )
            | (Self::Period, Literal::Period(_)) => op.is_order(),
            _ => false,
        }
    }
}
