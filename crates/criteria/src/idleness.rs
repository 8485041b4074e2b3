//! How long whoever a criterion selects has been idle at least, told from the criterion alone (I4).

use crate::field::{Field, Operator};
use crate::tree::{Clause, Criterion, Expr, Literal, Test};
use jiff::{SignedDuration, Timestamp};

/// What is asked about: activity of any kind, signing in, contributing. Whoever writes `lastContribution < -1y` means by idle that nothing was
/// contributed; each field is a measure of its own.
const MEASURES: [&[Field]; 3] =
    [&[Field::Idle, Field::LastActive], &[Field::LastLogin], &[Field::LastContribution]];

/// Lower bounds of idleness in the two cases there are; `None`: the case cannot be.
#[derive(Clone, Copy)]
struct Bounds {
    /// Idleness of somebody who was active at some time.
    active: Option<SignedDuration>,
    /// Age of the account of somebody who never was; that is the idleness.
    never: Option<SignedDuration>,
}

const FREE: Option<SignedDuration> = Some(SignedDuration::ZERO);
const ANYTHING: Bounds = Bounds { active: FREE, never: FREE };
const NOTHING: Bounds = Bounds { active: None, never: None };

impl Bounds {
    fn and(self, other: Self) -> Self {
        let both = |a: Option<SignedDuration>, b: Option<SignedDuration>| Some(a?.max(b?));
        Self { active: both(self.active, other.active), never: both(self.never, other.never) }
    }

    fn or(self, other: Self) -> Self {
        let either = |a: Option<SignedDuration>, b: Option<SignedDuration>| match (a, b) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (one, None) | (None, one) => one,
        };
        Self { active: either(self.active, other.active), never: either(self.never, other.never) }
    }
}

impl Criterion {
    /// The smallest idleness that a selected account can have, as the clauses about `idle`, `lastActive`, `lastLogin` and
    /// `lastContribution` (and, for accounts that never were active, `created`) say in every branch; `None` where some branch says
    /// nothing. Each of the last three is taken as its own measure of idleness, the longest counts.
    ///
    /// It speaks of the criterion, not of accounts: an account may well have been idle for longer.
    pub fn minimum_idle(&self, now: Timestamp) -> Option<SignedDuration> {
        let of_measure = |measure: &[Field]| {
            let Bounds { active, never } = bounds(self.root(), true, measure, now);
            match (active, never) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (one, None) | (None, one) => one,
            }
        };
        MEASURES.iter().filter_map(|measure| of_measure(measure)).max().filter(SignedDuration::is_positive)
    }
}

/// What holds where `expr` is true (or, if not `wanted`, where it is false).
fn bounds(expr: &Expr, wanted: bool, measure: &[Field], now: Timestamp) -> Bounds {
    let all = |parts: &[Expr]| {
        parts.iter().map(|part| bounds(part, wanted, measure, now)).fold(ANYTHING, Bounds::and)
    };
    let any = |parts: &[Expr]| {
        parts.iter().map(|part| bounds(part, wanted, measure, now)).fold(NOTHING, Bounds::or)
    };
    match expr {
        Expr::All if wanted => ANYTHING,
        Expr::All => NOTHING,
        Expr::Not(inner) => bounds(inner, !wanted, measure, now),
        Expr::And(parts) if wanted => all(parts),
        Expr::Or(parts) if !wanted => all(parts),
        Expr::And(parts) | Expr::Or(parts) => any(parts),
        Expr::Clause(clause) => of_clause(clause, wanted, measure, now),
    }
}

fn of_clause(clause: &Clause, wanted: bool, measure: &[Field], now: Timestamp) -> Bounds {
    let Test::Compare { op, value } = &clause.test else { return ANYTHING };
    let is_measure = measure.contains(&clause.field);
    if *value == Literal::Never {
        let is_never = (*op == Operator::Equal) == wanted;
        return match (is_measure, is_never) {
            (false, _) => ANYTHING,
            (true, true) => Bounds { active: None, never: FREE },
            (true, false) => Bounds { active: FREE, never: None },
        };
    }
    let Some(cut) = value.micros(now) else { return ANYTHING };
    let since =
        Some(SignedDuration::from_micros(now.as_microsecond().saturating_sub(cut)).max(SignedDuration::ZERO));
    let is_before = matches!(op, Operator::Less | Operator::AtMost);
    match clause.field {
        // `idle < 90d` is false from ninety days on.
        Field::Idle if is_measure && is_before != wanted => Bounds { active: since, never: since },
        // What never happened is before nothing: it is false, and its negation true.
        field if is_measure && field != Field::Idle => match (is_before, wanted) {
            (true, true) => Bounds { active: since, never: None },
            (false, true) => Bounds { active: FREE, never: None },
            (false, false) => Bounds { active: since, never: FREE },
            (true, false) => ANYTHING,
        },
        Field::Created if is_before == wanted => Bounds { active: FREE, never: since },
        _ => ANYTHING,
    }
}
