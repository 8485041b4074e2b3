//! From a tree to text that reads back as the same tree.

use crate::field::FieldType;
use crate::tree::{Clause, Criterion, Direction, Expr, Literal, OrderBy, State, Test};
use rollcall_model::plain;
use std::fmt::{self, Display, Formatter, Write};

impl Display for Criterion {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.root())?;
        for (index, by) in self.order().iter().enumerate() {
            write!(f, "{}{by}", if index == 0 { " ORDER BY " } else { ", " })?;
        }
        Ok(())
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Clause(clause) => write!(f, "{clause}"),
            Self::Not(_) => {
                f.write_str("NOT ")?;
                self.write_children(f, "")
            }
            Self::And(_) => self.write_children(f, " AND "),
            Self::Or(_) => self.write_children(f, " OR "),
        }
    }
}

impl Expr {
    fn write_children(&self, f: &mut Formatter<'_>, between: &str) -> fmt::Result {
        for (index, child) in self.children().iter().enumerate() {
            if index > 0 {
                f.write_str(between)?;
            }
            if child.is_loose_in(self) {
                write!(f, "({child})")?;
            } else {
                write!(f, "{child}")?;
            }
        }
        Ok(())
    }
}

impl Display for Clause {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.field)?;
        match &self.test {
            Test::Compare { op, value } => {
                write!(f, "{op} ")?;
                self.write_value(f, value)
            }
            Test::In { negated, values } => {
                f.write_str(if *negated { "NOT IN (" } else { "IN (" })?;
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    self.write_value(f, value)?;
                }
                f.write_char(')')
            }
            Test::Is { negated, state } => {
                f.write_str(if *negated { "IS NOT " } else { "IS " })?;
                f.write_str(match state {
                    State::Empty => "EMPTY",
                    State::Unknown => "UNKNOWN",
                })
            }
        }
    }
}

impl Clause {
    fn write_value(&self, f: &mut Formatter<'_>, value: &Literal) -> fmt::Result {
        match value {
            Literal::Text(word) if matches!(self.field.kind(), FieldType::Choice(_)) => f.write_str(word),
            Literal::Text(text) => f.write_str(&quoted(text)),
            Literal::Flag(flag) => write!(f, "{flag}"),
            Literal::Number(number) => write!(f, "{number}"),
            Literal::Never => f.write_str("never"),
            Literal::Date(date) => write!(f, "{date}"),
            Literal::Instant(at) => write!(f, "\"{at}\""),
            Literal::Ago(period) => write!(f, "-{period}"),
            Literal::Period(period) => write!(f, "{period}"),
        }
    }
}

impl Display for OrderBy {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let direction = match self.direction {
            Direction::Asc => "",
            Direction::Desc => " DESC",
        };
        write!(f, "{}{direction}", self.field)
    }
}

/// A text in quotes, on one line, and without anything that acts on a terminal.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ if plain(c.encode_utf8(&mut [0; 4])) != *c.encode_utf8(&mut [0; 4]) => {
                quoted.extend(c.escape_unicode());
            }
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
