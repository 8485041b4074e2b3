//! From a word to a value of the type that the field wants, and whether a value fits its field.

use crate::field::{Field, FieldType, Operator};
use crate::nearest::{nearest, shown};
use crate::period::{Period, Unit};
use crate::tree::{Clause, Literal, State, Test};
use crate::{CriterionError, Problem};
use jiff::Timestamp;
use jiff::civil::Date;
use std::ops::Range;

/// Reads the text of a value, in quotes or not, as a value of this field.
pub(crate) fn read(field: Field, text: &str, span: Range<usize>) -> Result<Literal, CriterionError> {
    match field.kind() {
        FieldType::Text | FieldType::Names => Ok(Literal::Text(text.to_owned())),
        FieldType::Choice(words) => read_choice(field, words, text, span).map(Literal::Text),
        FieldType::Flag => {
            let word = read_choice(field, &["true", "false"], text, span)?;
            Ok(Literal::Flag(word == "true"))
        }
        FieldType::Number => text.parse().map(Literal::Number).map_err(|_| {
            let message = format!("`{field}` is compared with a whole number, not with `{}`", shown(text));
            CriterionError::new(Problem::WrongType, span, message).help(format!("for example `{field} = 1`"))
        }),
        FieldType::Instant | FieldType::InstantOrNever => read_instant(field, text, span),
        FieldType::Period => read_length(field, text, span),
    }
}

fn read_choice(
    field: Field,
    words: &[&str],
    text: &str,
    span: Range<usize>,
) -> Result<String, CriterionError> {
    if let Some(word) = words.iter().find(|word| word.eq_ignore_ascii_case(text)) {
        return Ok((*word).to_owned());
    }
    let message = format!("`{field}` is never `{}`", shown(text));
    Err(CriterionError::new(Problem::WrongType, span, message)
        .help(format!("it is one of `{}`", words.join("`, `")))
        .suggest(nearest(text, words.iter().copied()).map(str::to_owned)))
}

fn read_instant(field: Field, text: &str, span: Range<usize>) -> Result<Literal, CriterionError> {
    let wrong = |message: String| CriterionError::new(Problem::WrongType, span.clone(), message);
    if text.eq_ignore_ascii_case("never") {
        let may_be = field.kind() == FieldType::InstantOrNever;
        return if may_be { Ok(Literal::Never) } else { Err(never_never(field, span)) };
    }
    if let Some(count) = text.strip_prefix('-') {
        return read_period(count, &span, "-").map(Literal::Ago);
    }
    if let Ok(date) = text.parse::<Date>()
        && text.len() == 10
    {
        return Ok(Literal::Date(date));
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(Literal::Instant(at));
    }
    if read_period(text, &span, "").is_ok() {
        return Err(wrong(format!("`{field}` is a point in time, and `{text}` is a length of time"))
            .help(format!("write `-{text}` for that long ago"))
            .suggest(Some(format!("-{text}"))));
    }
    if text.parse::<jiff::civil::DateTime>().is_ok() {
        return Err(wrong(format!("`{}` says a time of day but not where", shown(text)))
            .help("add `Z` for UTC or an offset: \"2026-11-22T18:00:00+13:00\""));
    }
    Err(wrong(format!("`{}` is neither a date nor an instant", shown(text))).help(
        "write a date such as 2026-11-22, so long ago such as -90d, -12w, -6M, -1y, or \"2026-11-22T10:00:00Z\"",
    ))
}

/// Every account was made at some time.
pub(crate) fn never_never(field: Field, span: Range<usize>) -> CriterionError {
    CriterionError::new(Problem::WrongType, span, format!("`{field}` is never `never`"))
        .help(format!("`{field} IS UNKNOWN` asks where the site does not say"))
}

/// What a snapshot can tell apart.
fn is_exact(at: Timestamp) -> bool {
    at.subsec_nanosecond() % 1000 == 0
}

fn read_length(field: Field, text: &str, span: Range<usize>) -> Result<Literal, CriterionError> {
    if let Some(count) = text.strip_prefix('-')
        && read_period(count, &span, "").is_ok()
    {
        let message = format!("`{field}` is a length of time, and `{text}` is a point in time");
        return Err(CriterionError::new(Problem::WrongType, span, message)
            .help(format!("write `{count}`"))
            .suggest(Some(count.to_owned())));
    }
    read_period(text, &span, "").map(Literal::Period)
}

fn read_period(text: &str, span: &Range<usize>, sign: &str) -> Result<Period, CriterionError> {
    let wrong = |message: String| CriterionError::new(Problem::WrongType, span.clone(), message);
    let shape = "write a number and a unit: 12h, 90d, 12w, 6M, 1y";
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (count, letter) = text.split_at(digits);
    if count.is_empty() {
        return Err(wrong(format!("`{sign}{}` is not a length of time", shown(text))).help(shape));
    }
    let unit = Unit::ALL.into_iter().find(|unit| letter == unit.letter().to_string());
    let Some(unit) = unit else {
        let error = match letter {
            "" => wrong(format!("`{sign}{count}` has no unit")),
            "m" => wrong("minutes are too short to count".to_owned()),
            _ => wrong(format!("`{}` is not a unit of time", shown(letter))),
        };
        let meant = match letter {
            "" | "D" | "day" | "days" => Some("d"),
            "m" | "mo" | "month" | "months" => Some("M"),
            "H" | "hour" | "hours" => Some("h"),
            "W" | "week" | "weeks" => Some("w"),
            "Y" | "year" | "years" => Some("y"),
            _ => None,
        };
        return Err(error
            .help("units are h for hours, d for days, w for weeks, M for months, y for years")
            .suggest(meant.map(|unit| format!("{sign}{count}{unit}"))));
    };
    match count.parse() {
        Ok(count) if count <= unit.most() => Ok(Period { count, unit }),
        _ => Err(wrong(format!("`{sign}{}` is longer than a thousand years", shown(text)))),
    }
}

/// Whether this kind of operator goes with the field at all.
pub(crate) fn check_operator(field: Field, op: Operator, span: Range<usize>) -> Result<(), CriterionError> {
    let is_likeness = matches!(op, Operator::Equal | Operator::NotEqual);
    let fits = match field.kind() {
        FieldType::Text | FieldType::Names => !op.is_order(),
        FieldType::Choice(_) | FieldType::Flag => is_likeness,
        FieldType::Number | FieldType::InstantOrNever => is_likeness || op.is_order(),
        FieldType::Instant | FieldType::Period => op.is_order(),
    };
    if fits { Ok(()) } else { Err(wrong_operator(field, op.as_str(), span)) }
}

pub(crate) fn wrong_operator(field: Field, op: &str, span: Range<usize>) -> CriterionError {
    let info = field.info();
    let error = CriterionError::new(
        Problem::WrongOperator,
        span,
        format!("`{field}` ({}) cannot be compared with `{op}`", info.kind.noun()),
    );
    match info.kind {
        FieldType::Instant | FieldType::InstantOrNever if matches!(op, "=" | "!=") => error.help(format!(
            "an instant is hardly ever hit exactly; for a day write `{field} >= 2026-11-22 AND {field} < 2026-11-23`"
        )),
        FieldType::Period if matches!(op, "=" | "!=") => {
            error.help(format!("a duration is hardly ever hit exactly; write `{field} >= 90d`"))
        }
        _ => error.help(format!("it takes {}", info.operators().join(", "))),
    }
}

/// Whether operator and values of a clause fit its field.
pub(crate) fn check(clause: &Clause) -> Result<(), CriterionError> {
    let (field, kind) = (clause.field, clause.field.kind());
    let whole = || clause.places.clause.clone();
    match &clause.test {
        Test::Compare { op, value } => {
            check_operator(field, *op, whole())?;
            check_value(field, *op, value, clause.places.value(0))
        }
        Test::In { values, .. } => {
            if !kind.has_list() {
                return Err(wrong_operator(field, "IN", whole()));
            }
            if values.is_empty() {
                return Err(empty_list(whole()));
            }
            for (index, value) in values.iter().enumerate() {
                check_value(field, Operator::Equal, value, clause.places.value(index))?;
            }
            Ok(())
        }
        Test::Is { state: State::Empty, .. } if !kind.is_text() => {
            let message = format!("`{field}` is not a text and is never EMPTY");
            Err(CriterionError::new(Problem::WrongOperator, whole(), message).help(match kind {
                FieldType::InstantOrNever => format!("write `{field} = never` or `{field} IS UNKNOWN`"),
                _ => format!("write `{field} IS UNKNOWN`"),
            }))
        }
        Test::Is { .. } => Ok(()),
    }
}

pub(crate) fn empty_list(span: Range<usize>) -> CriterionError {
    CriterionError::new(Problem::EmptyList, span, "the list after IN is empty: nothing is in it")
        .help("name at least one value, or leave the comparison out")
}

fn check_value(
    field: Field,
    op: Operator,
    value: &Literal,
    span: Range<usize>,
) -> Result<(), CriterionError> {
    let wrong = |message: String| Err(CriterionError::new(Problem::WrongType, span.clone(), message));
    match value {
        Literal::Text(text)
            if text.is_empty() && matches!(op, Operator::Contains | Operator::NotContains) =>
        {
            return Err(CriterionError::new(Problem::WrongType, span, "every text contains the empty text")
                .help(format!("write `{field} IS EMPTY` or `{field} IS NOT EMPTY`")));
        }
        Literal::Instant(at) if !is_exact(*at) => {
            return wrong("an instant is not finer than a microsecond".to_owned());
        }
        Literal::Date(date) if value.micros(Timestamp::UNIX_EPOCH).is_none() => {
            return wrong(format!("{date} is out of range"));
        }
        Literal::Ago(period) | Literal::Period(period) if period.count > period.unit.most() => {
            return wrong(format!("`{period}` is longer than a thousand years"));
        }
        _ => {}
    }
    if field.kind().takes(op, value) {
        return Ok(());
    }
    let is_instant = matches!(field.kind(), FieldType::Instant | FieldType::InstantOrNever);
    match value {
        Literal::Never => Err(CriterionError::new(
            Problem::WrongOperator,
            span,
            format!(
                "`never` is no point in time: nothing lies before or after it, so `{}` cannot be asked",
                op.as_str()
            ),
        )
        .help(format!("write `{field} = never` or `{field} != never`"))),
        Literal::Date(_) | Literal::Instant(_) | Literal::Ago(_) if is_instant => {
            Err(wrong_operator(field, op.as_str(), span))
        }
        _ => {
            let kind = field.kind().noun();
            wrong(format!("`{field}` is compared with values of another kind ({kind})"))
        }
    }
}
