//! A criterion in plain English, for reports and pages.

use crate::field::{Field, Operator};
use crate::print::quoted;
use crate::tree::{Clause, Criterion, Direction, Expr, Literal, State, Test};

/// Says in words whom the criterion selects: `enabled accounts that have been idle for at least 90 days and are in the group "staff"`.
pub fn describe(criterion: &Criterion) -> String {
    let (adjective, phrase) = match criterion.root() {
        Expr::All => ("", None),
        Expr::And(parts) => match parts.iter().position(|part| status(part).is_some()) {
            Some(at) => {
                let rest: Vec<String> =
                    parts.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, p)| inner(p, true)).collect();
                (status(&parts[at]).unwrap_or_default(), Some(listed(&rest, "and")))
            }
            None => ("", Some(words(criterion.root(), true).0)),
        },
        root => match status(root) {
            Some(adjective) => (adjective, None),
            None => ("", Some(words(root, true).0)),
        },
    };
    let mut text = match (adjective, phrase) {
        ("", None) => "all accounts".to_owned(),
        ("", Some(phrase)) => format!("accounts that {phrase}"),
        (adjective, None) => format!("all {adjective} accounts"),
        (adjective, Some(phrase)) => format!("{adjective} accounts that {phrase}"),
    };
    let order: Vec<String> = criterion
        .order()
        .iter()
        .map(|by| {
            let direction = if by.direction == Direction::Desc { " (descending)" } else { "" };
            format!("{}{direction}", noun(by.field))
        })
        .collect();
    if !order.is_empty() {
        text.push_str("; ordered by ");
        text.push_str(&listed(&order, "then"));
    }
    text
}

/// A condition that an adjective can say.
fn status(expr: &Expr) -> Option<&'static str> {
    let Expr::Clause(Clause { field: Field::Status, test, .. }) = expr else { return None };
    match test {
        Test::Compare { op: Operator::Equal, value: Literal::Text(word) } => match word.as_str() {
            "enabled" => Some("enabled"),
            "disabled" => Some("disabled"),
            _ => None,
        },
        _ => None,
    }
}

/// The words for an expression (or, if not `wanted`, for its negation), and the conjunction they are joined with. NOT is carried inwards: "not both"
/// is "not this or not that", in three-valued logic as well.
fn words(expr: &Expr, wanted: bool) -> (String, &'static str) {
    match (expr, wanted) {
        (Expr::All, true) => ("exist at all".to_owned(), ""),
        (Expr::All, false) => ("do not exist".to_owned(), ""),
        (Expr::Not(inner), _) => words(inner, !wanted),
        (Expr::Clause(clause), _) => (of_clause(clause, wanted), ""),
        (Expr::And(parts), true) | (Expr::Or(parts), false) => joined(parts, wanted, "and"),
        (Expr::Or(parts), true) | (Expr::And(parts), false) => joined(parts, wanted, "or"),
    }
}

fn joined(parts: &[Expr], wanted: bool, conjunction: &'static str) -> (String, &'static str) {
    let parts: Vec<String> = parts.iter().map(|part| inner(part, wanted)).collect();
    (listed(&parts, conjunction), conjunction)
}

/// A part, in parentheses where it is itself joined.
fn inner(part: &Expr, wanted: bool) -> String {
    match words(part, wanted) {
        (text, "") => text,
        (text, _) => format!("({text})"),
    }
}

fn listed(parts: &[String], conjunction: &str) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} {conjunction} {last}", first.join(", ")),
    }
}

/// What a field is called.
pub(crate) fn noun(field: Field) -> &'static str {
    match field {
        Field::Username => "user name",
        Field::Name => "full name",
        Field::Email => "e-mail address",
        Field::EmailDomain => "e-mail domain",
        Field::Status => "status",
        Field::Directory => "directory",
        Field::DirectoryType => "directory type",
        Field::Writable => "writability of the directory",
        Field::Group => "groups",
        Field::DirectGroup => "direct groups",
        Field::Groups => "number of direct groups",
        Field::Created => "creation",
        Field::LastLogin => "last login",
        Field::LastActive => "last activity",
        Field::LastContribution => "last contribution",
        Field::Logins => "number of logins",
        Field::Idle => "idleness",
        Field::Seat => "licence seat",
        Field::SeatVia => "way to a licence seat",
        Field::Shadowed => "shadowing",
        Field::AccountType => "account type",
        Field::Managed => "management by the organisation",
        Field::Exempt => "exemption",
        Field::Reactivated => "last reactivation",
        Field::Deactivated => "last deactivation",
        Field::Returned => "return after deactivation",
        Field::Noticed => "last notice",
        Field::List => "imported lists",
    }
}

fn of_clause(clause: &Clause, wanted: bool) -> String {
    let field = clause.field;
    if let Test::Is { negated, state: State::Unknown } = &clause.test {
        return if *negated == wanted {
            format!("have a known {}", noun(field))
        } else {
            format!("have an unknown {}", noun(field))
        };
    }
    let negated = match &clause.test {
        Test::Compare { op, .. } => op.is_negated(),
        Test::In { negated, .. } | Test::Is { negated, .. } => *negated,
    };
    let yes = negated != wanted;
    match field {
        Field::Username
        | Field::Name
        | Field::Email
        | Field::EmailDomain
        | Field::Directory
        | Field::DirectoryType
        | Field::AccountType => text(clause, noun(field), yes),
        Field::Group => names(clause, "are in", "are not in", "group", yes),
        Field::DirectGroup => {
            names(clause, "are direct members of", "are not direct members of", "group", yes)
        }
        Field::SeatVia => {
            names(clause, "have a licence seat through", "have no licence seat through", "group", yes)
        }
        Field::List => names(clause, "are on", "are not on", "list", yes),
        Field::Status => format!("{} {}", if yes { "are" } else { "are not" }, choices(clause)),
        Field::Writable
        | Field::Seat
        | Field::Shadowed
        | Field::Managed
        | Field::Exempt
        | Field::Returned => {
            let is_true = clause.values() == [Literal::Flag(true)];
            flag(field, is_true == yes).to_owned()
        }
        Field::Groups => number(clause, yes, "have", "do not have", "direct group"),
        Field::Logins => number(clause, yes, "have a record of", "do not have a record of", "login"),
        Field::Created => instant(clause, yes, "were created", "were not created", ["", ""]),
        Field::LastLogin => instant(
            clause,
            yes,
            "last signed in",
            "did not last sign in",
            ["have never signed in", "have signed in"],
        ),
        Field::LastActive => instant(
            clause,
            yes,
            "were last active",
            "were not last active",
            ["were never active", "were active at some time"],
        ),
        Field::LastContribution => instant(
            clause,
            yes,
            "last contributed",
            "did not last contribute",
            ["have never contributed", "have contributed"],
        ),
        Field::Reactivated => instant(
            clause,
            yes,
            "were last reactivated",
            "were not last reactivated",
            ["were never seen to be reactivated", "were seen to be reactivated"],
        ),
        Field::Deactivated => instant(
            clause,
            yes,
            "were last deactivated",
            "were not last deactivated",
            ["were never seen to be deactivated", "were seen to be deactivated"],
        ),
        Field::Noticed => instant(
            clause,
            yes,
            "were last sent a notice",
            "were not last sent a notice",
            ["were never sent a notice", "were sent a notice"],
        ),
        Field::Idle => {
            let verb = if yes { "have been idle for" } else { "have not been idle for" };
            match &clause.test {
                Test::Compare { op, value: Literal::Period(period) } => {
                    format!("{verb} {} {}", amount(*op), period.words())
                }
                _ => verb.to_owned(),
            }
        }
    }
}

fn shown(values: &[Literal]) -> Vec<String> {
    let texts = values.iter().map(|value| match value {
        Literal::Text(text) => quoted(text),
        Literal::Number(number) => number.to_string(),
        _ => String::new(),
    });
    texts.collect()
}

fn choices(clause: &Clause) -> String {
    listed(&clause.texts().map(str::to_owned).collect::<Vec<_>>(), "or")
}

fn text(clause: &Clause, noun: &str, yes: bool) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    let values = shown(clause.values());
    match (&clause.test, yes) {
        (Test::Compare { op: Operator::Contains | Operator::NotContains, .. }, true) => {
            format!("have {article} {noun} containing {}", values[0])
        }
        (Test::Compare { op: Operator::Contains | Operator::NotContains, .. }, false) => {
            format!("have {article} {noun} not containing {}", values[0])
        }
        (Test::Is { .. }, true) => format!("have an empty {noun}"),
        (Test::Is { .. }, false) => format!("have {article} {noun} that is not empty"),
        (_, true) => format!("have the {noun} {}", listed(&values, "or")),
        (_, false) => format!("have {article} {noun} other than {}", listed(&values, "or")),
    }
}

fn names(clause: &Clause, verb: &str, not_verb: &str, noun: &str, yes: bool) -> String {
    let values = shown(clause.values());
    // Being empty is to have none.
    if matches!(clause.test, Test::Is { .. }) {
        return if yes { format!("{not_verb} any {noun}") } else { format!("{verb} some {noun}") };
    }
    let verb = if yes { verb } else { not_verb };
    match &clause.test {
        Test::Compare { op: Operator::Contains | Operator::NotContains, .. } => {
            format!("{verb} any {noun} whose name contains {}", values[0])
        }
        Test::In { .. } if values.len() > 1 => format!("{verb} any of the {noun}s {}", listed(&values, "or")),
        _ => format!("{verb} the {noun} {}", values[0]),
    }
}

fn flag(field: Field, is_so: bool) -> &'static str {
    match (field, is_so) {
        (Field::Writable, true) => "are in a writable directory",
        (Field::Writable, false) => "are in a directory that is not writable",
        (Field::Seat, true) => "take a licence seat",
        (Field::Seat, false) => "take no licence seat",
        (Field::Shadowed, true) => "are shadowed by an earlier directory",
        (Field::Shadowed, false) => "are not shadowed by an earlier directory",
        (Field::Managed, true) => "are managed by the organisation",
        (Field::Managed, false) => "are not managed by the organisation",
        (Field::Returned, true) => "signed in again after being deactivated",
        (Field::Returned, false) => "did not sign in after being deactivated",
        (_, true) => "are exempt",
        (_, false) => "are not exempt",
    }
}

fn amount(op: Operator) -> &'static str {
    match op {
        Operator::Less => "less than",
        Operator::AtMost => "at most",
        Operator::Greater => "more than",
        Operator::AtLeast => "at least",
        _ => "exactly",
    }
}

fn number(clause: &Clause, yes: bool, verb: &str, not_verb: &str, noun: &str) -> String {
    let verb = if yes { verb } else { not_verb };
    let (values, amount) = match &clause.test {
        Test::Compare { op, value } => (shown(std::slice::from_ref(value)), amount(*op)),
        _ => (shown(clause.values()), "exactly"),
    };
    let plural = if values == ["1"] { "" } else { "s" };
    format!("{verb} {amount} {} {noun}{plural}", listed(&values, "or"))
}

fn instant(clause: &Clause, yes: bool, verb: &str, not_verb: &str, never: [&str; 2]) -> String {
    let Test::Compare { op, value } = &clause.test else { return verb.to_owned() };
    let verb = if yes { verb } else { not_verb };
    let by_date = match op {
        Operator::Less => "before",
        Operator::AtMost => "not later than",
        Operator::Greater => "later than",
        _ => "not before",
    };
    match value {
        Literal::Never => never[usize::from(!yes)].to_owned(),
        // Longer ago is earlier.
        Literal::Ago(period) => format!("{verb} {} {} ago", amount(op.flipped()), period.words()),
        Literal::Date(date) => format!("{verb} {by_date} the beginning of {date} (UTC)"),
        Literal::Instant(at) => format!("{verb} {by_date} {at}"),
        _ => verb.to_owned(),
    }
}
