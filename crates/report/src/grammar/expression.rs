//! What may stand in an expression.

use super::Place;
use crate::ReportError;
use crate::vocabulary::{FILTERS, TESTS};
use minijinja::machinery::Span;
use minijinja::machinery::ast::{BinOpKind, CallArg, Expr};

/// Whether an expression is of what mails know.
pub(super) fn sound(place: Place<'_>, expression: &Expr<'_>) -> Result<(), ReportError> {
    let all = |expressions: &[&Expr<'_>]| expressions.iter().try_for_each(|each| sound(place, each));
    match expression {
        Expr::Var(_) | Expr::Const(_) => Ok(()),
        Expr::GetAttr(attribute) => sound(place, &attribute.expr),
        Expr::GetItem(item) => all(&[&item.expr, &item.subscript_expr]),
        Expr::UnaryOp(operation) => sound(place, &operation.expr),
        Expr::BinOp(operation) => {
            known(place, operation.span(), operation.op)?;
            all(&[&operation.left, &operation.right])
        }
        Expr::Compare(comparison) => {
            sound(place, &comparison.expr)?;
            comparison.ops.iter().try_for_each(|operation| sound(place, &operation.expr))
        }
        Expr::IfExpr(choice) => {
            all(&[&choice.test_expr, &choice.true_expr])?;
            choice.false_expr.iter().try_for_each(|otherwise| sound(place, otherwise))
        }
        Expr::Filter(filter) => {
            listed(place, filter.span(), "filter", filter.name, &FILTERS)?;
            filter.expr.iter().try_for_each(|value| sound(place, value))?;
            arguments(place, filter.span(), &filter.args)
        }
        Expr::Test(test) => {
            listed(place, test.span(), "test", test.name, &TESTS)?;
            sound(place, &test.expr)?;
            arguments(place, test.span(), &test.args)
        }
        Expr::List(list) => constants(place, list.span(), list.items.iter()),
        Expr::Tuple(list) => constants(place, list.span(), list.items.iter()),
        Expr::Map(map) => constants(place, map.span(), map.keys.iter().chain(&map.values)),
        Expr::Slice(slice) => {
            Err(place.unknown(slice.span(), "a slice", "names and sentences are cut already"))
        }
        Expr::Call(call) => Err(place.unknown(
            call.span(),
            "a call inside an expression",
            "let a macro stand by itself: {{ name(value) }}",
        )),
    }
}

/// Whether the arguments of a filter, a test or a macro are.
pub(super) fn arguments(place: Place<'_>, span: Span, arguments: &[CallArg<'_>]) -> Result<(), ReportError> {
    arguments.iter().try_for_each(|argument| match argument {
        CallArg::Pos(value) | CallArg::Kwarg(_, value) => sound(place, value),
        CallArg::PosSplat(_) | CallArg::KwargSplat(_) => {
            Err(place.unknown(span, "`*` before an argument", "name the arguments one by one"))
        }
    })
}

/// Whether something may be given a value: a name, or several, none of them that of a macro.
pub(super) fn assigned(place: Place<'_>, target: &Expr<'_>, macros: &[&str]) -> Result<(), ReportError> {
    match target {
        Expr::Var(name) if macros.contains(&name.id) => {
            let words = format!("\"{}\" is a macro; choose another name", name.id);
            Err(place.refuse(name.span(), words))
        }
        Expr::Var(_) => Ok(()),
        Expr::Tuple(names) => names.items.iter().try_for_each(|name| assigned(place, name, macros)),
        Expr::List(names) => names.items.iter().try_for_each(|name| assigned(place, name, macros)),
        other => Err(place.unknown(other.span(), "giving a value to anything but a name", "choose a name")),
    }
}

fn known(place: Place<'_>, span: Span, operator: BinOpKind) -> Result<(), ReportError> {
    let (sign, remedy) = match operator {
        BinOpKind::Add => ("+", "write one value behind the other: {{ a }} {{ b }}"),
        BinOpKind::Concat => ("~", "write one value behind the other: {{ a }}{{ b }}"),
        BinOpKind::Mul => ("*", "write it as often as it is wanted"),
        BinOpKind::Pow => ("**", "write the number"),
        BinOpKind::Eq
        | BinOpKind::Ne
        | BinOpKind::Lt
        | BinOpKind::Lte
        | BinOpKind::Gt
        | BinOpKind::Gte
        | BinOpKind::ScAnd
        | BinOpKind::ScOr
        | BinOpKind::Sub
        | BinOpKind::Div
        | BinOpKind::FloorDiv
        | BinOpKind::Rem
        | BinOpKind::In => return Ok(()),
    };
    Err(place.unknown(span, &format!("the operator `{sign}`"), remedy))
}

fn listed(place: Place<'_>, span: Span, what: &str, name: &str, known: &[&str]) -> Result<(), ReportError> {
    if known.contains(&name) {
        return Ok(());
    }
    Err(place.unknown(span, &format!("the {what} \"{name}\""), &format!("known: {}", known.join(", "))))
}

/// Lists of lists could be made without end; lists of constants cannot.
fn constants<'e, 'a: 'e>(
    place: Place<'_>,
    span: Span,
    mut items: impl Iterator<Item = &'e Expr<'a>>,
) -> Result<(), ReportError> {
    if items.all(|item| matches!(item, Expr::Const(_))) {
        return Ok(());
    }
    Err(place.unknown(span, "a list of anything but constants", "write its values one by one"))
}
