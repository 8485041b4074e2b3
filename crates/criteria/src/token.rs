//! From text to tokens.

use crate::field::Operator;
use crate::{CriterionError, Problem};
use std::borrow::Cow;
use std::ops::Range;
use winnow::combinator::{alt, repeat};
use winnow::error::EmptyError;
use winnow::prelude::*;
use winnow::stream::{LocatingSlice, Location, Stream};
use winnow::token::{any, literal, take_while};

/// The smallest thing that means something.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind<'a> {
    Open,
    Close,
    Comma,
    Operator(Operator),
    /// A run of letters, digits and signs: a field, a keyword, a number, a date, or a short text.
    Word(&'a str),
    /// A text in quotes, without them.
    Quoted(Cow<'a, str>),
    /// Something that cannot stand here, and why.
    Wrong(String, Option<String>),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind<'a>,
    pub(crate) span: Range<usize>,
}

type Input<'a> = LocatingSlice<&'a str>;
type Parsed<T> = Result<T, EmptyError>;

/// All tokens of a text.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token<'_>>, CriterionError> {
    let mut input = LocatingSlice::new(text);
    let mut found = Vec::new();
    loop {
        skip_space(&mut input);
        let start = input.current_token_start();
        if input.is_empty() {
            return Ok(found);
        }
        let kind = token(&mut input).unwrap_or_else(|_| Kind::Wrong("this cannot be read".to_owned(), None));
        let span = start..input.current_token_start();
        if let Kind::Wrong(message, help) = kind {
            let error = CriterionError::new(Problem::Syntax, span, message);
            return Err(match help {
                Some(help) => error.help(help),
                None => error,
            });
        }
        found.push(Token { kind, span });
    }
}

fn skip_space(input: &mut Input<'_>) {
    let space: Parsed<&str> = take_while(0.., char::is_whitespace).parse_next(input);
    debug_assert!(space.is_ok(), "a run of nothing is a run");
}

fn token<'a>(input: &mut Input<'a>) -> Parsed<Kind<'a>> {
    alt((
        '('.value(Kind::Open),
        ')'.value(Kind::Close),
        ','.value(Kind::Comma),
        wrong_operator,
        operator,
        quoted,
        word,
        any.map(|c: char| {
            Kind::Wrong(format!("`{c}` cannot stand here"), Some("NOT is written as a word".to_owned()))
        }),
    ))
    .parse_next(input)
}

fn operator<'a>(input: &mut Input<'a>) -> Parsed<Kind<'a>> {
    alt((
        literal("!=").value(Operator::NotEqual),
        literal("!~").value(Operator::NotContains),
        literal("<=").value(Operator::AtMost),
        literal(">=").value(Operator::AtLeast),
        literal("=").value(Operator::Equal),
        literal("~").value(Operator::Contains),
        literal("<").value(Operator::Less),
        literal(">").value(Operator::Greater),
    ))
    .map(Kind::Operator)
    .parse_next(input)
}

/// Operators of other languages.
fn wrong_operator<'a>(input: &mut Input<'a>) -> Parsed<Kind<'a>> {
    alt((
        literal("==").value("="),
        literal("<>").value("!="),
        literal("=~").value("~"),
        literal("=<").value("<="),
        literal("=>").value(">="),
    ))
    .with_taken()
    .map(|(ours, theirs)| {
        Kind::Wrong(format!("there is no operator `{theirs}`"), Some(format!("write `{ours}`")))
    })
    .parse_next(input)
}

pub(crate) fn is_word(c: char) -> bool {
    !c.is_whitespace() && !matches!(c, '(' | ')' | ',' | '=' | '!' | '<' | '>' | '~' | '"' | '\'')
}

fn word<'a>(input: &mut Input<'a>) -> Parsed<Kind<'a>> {
    let word: &str = take_while(1.., is_word).parse_next(input)?;
    Ok(if word.starts_with(['“', '”', '„', '«', '‘', '’']) {
        Kind::Wrong("this is not a quote that a criterion knows".to_owned(), Some("write \" or '".to_owned()))
    } else {
        Kind::Word(word)
    })
}

/// A text in quotes of either kind.
fn quoted<'a>(input: &mut Input<'a>) -> Parsed<Kind<'a>> {
    let start = input.checkpoint();
    let quote: char = alt(('"', '\'')).parse_next(input)?;
    let plain: &str = take_while(0.., |c| c != quote && c != '\\').parse_next(input)?;
    if closing(quote, input).is_ok() {
        return Ok(Kind::Quoted(Cow::Borrowed(plain)));
    }
    let rest: Vec<Piece<'_>> = repeat(0.., |i: &mut Input<'a>| piece(quote, i)).parse_next(input)?;
    if closing(quote, input).is_err() {
        // What is broken is the quote, not all that follows it.
        input.reset(&start);
        let _: Parsed<char> = any.parse_next(input);
        return Ok(Kind::Wrong(
            format!("this quote is never closed: there is no second {quote}"),
            Some(format!("write \\{quote} for a {quote} inside the text")),
        ));
    }
    let mut text = plain.to_owned();
    for piece in rest {
        match piece {
            Piece::Plain(plain) => text.push_str(plain),
            Piece::Char(c) => text.push(c),
            Piece::Wrong => {
                return Ok(Kind::Wrong(
                    "in this text a \\ is followed by something that means nothing".to_owned(),
                    Some("write \\\\ for a \\; known are \\\" \\' \\\\ \\n \\r \\t \\u{1F600}".to_owned()),
                ));
            }
        }
    }
    Ok(Kind::Quoted(Cow::Owned(text)))
}

#[derive(Clone)]
enum Piece<'a> {
    Plain(&'a str),
    Char(char),
    Wrong,
}

fn closing(mut quote: char, input: &mut Input<'_>) -> Parsed<char> {
    quote.parse_next(input)
}

fn piece<'a>(quote: char, input: &mut Input<'a>) -> Parsed<Piece<'a>> {
    alt((
        take_while(1.., move |c| c != quote && c != '\\').map(Piece::Plain),
        literal("\\\"").value(Piece::Char('"')),
        literal("\\'").value(Piece::Char('\'')),
        literal("\\\\").value(Piece::Char('\\')),
        literal("\\n").value(Piece::Char('\n')),
        literal("\\r").value(Piece::Char('\r')),
        literal("\\t").value(Piece::Char('\t')),
        ("\\u{", take_while(1..=6, |c: char| c.is_ascii_hexdigit()), '}').map(
            |(_, digits, _): (_, &str, _)| {
                let c = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
                c.map_or(Piece::Wrong, Piece::Char)
            },
        ),
        '\\'.value(Piece::Wrong),
    ))
    .parse_next(input)
}
