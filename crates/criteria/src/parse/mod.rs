//! From tokens to a tree: OR binds loosest, then AND, then NOT.

mod clause;

use crate::nearest::{nearest, shown};
use crate::token::{Kind, Token, tokens};
use crate::tree::{Criterion, Direction, Expr, MAX_DEPTH, OrderBy};
use crate::{CriterionError, Problem};
use std::ops::Range;

/// Longest text of a criterion, in bytes.
const MAX_LENGTH: usize = 64 * 1024;

/// Words that mean something by themselves.
const KEYWORDS: [&str; 11] =
    ["AND", "OR", "NOT", "IN", "IS", "ORDER", "BY", "all", "EMPTY", "UNKNOWN", "never"];

/// Reads a criterion. What it names must still be looked up at a site: [`crate::check`].
pub fn parse(text: &str) -> Result<Criterion, CriterionError> {
    if text.len() > MAX_LENGTH {
        let message = format!("the criterion is {} bytes long; it may have {MAX_LENGTH}", text.len());
        return Err(CriterionError::new(Problem::TooLong, 0..0, message)
            .help("put long lists of names into a file, import it, and write `list = \"its name\"`"));
    }
    let tokens = tokens(text)?;
    let mut parser = Parser { text, tokens: &tokens, at: 0, depth: 0 };
    if parser.is_word("ORDER") || tokens.is_empty() {
        let span = if tokens.is_empty() { 0..0 } else { parser.place() };
        return Err(CriterionError::new(
            Problem::Empty,
            span,
            "the criterion is empty: it says of nobody whether to select them",
        )
        .help("write `all` for everybody"));
    }
    let root = parser.any_of()?;
    let order = parser.order()?;
    if parser.peek().is_some() {
        return Err(parser.left_over());
    }
    Criterion::new(root, order)
}

struct Parser<'a> {
    text: &'a str,
    tokens: &'a [Token<'a>],
    at: usize,
    /// Parentheses and NOTs that are open.
    depth: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Kind<'a>> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    /// Where the next token stands; the end of the text if there is none.
    fn place(&self) -> Range<usize> {
        let end = self.text.trim_end().len();
        self.tokens.get(self.at).map_or(end..end, |token| token.span.clone())
    }

    fn word(&self) -> Option<&'a str> {
        match self.peek() {
            Some(Kind::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn is_word(&self, keyword: &str) -> bool {
        self.word().is_some_and(|word| word.eq_ignore_ascii_case(keyword))
    }

    fn take_word(&mut self, keyword: &str) -> bool {
        let found = self.is_word(keyword);
        self.at += usize::from(found);
        found
    }

    fn take(&mut self, kind: &Kind<'_>) -> bool {
        let found = self.peek() == Some(kind);
        self.at += usize::from(found);
        found
    }

    /// What the next token is, for a message.
    fn found(&self) -> String {
        match self.peek() {
            None => "the criterion ends here".to_owned(),
            Some(_) => format!("here stands `{}`", shown(&self.text[self.place()])),
        }
    }

    fn wrong(&self, message: impl Into<String>) -> CriterionError {
        CriterionError::new(Problem::Syntax, self.place(), message)
    }

    fn any_of(&mut self) -> Result<Expr, CriterionError> {
        self.joined("OR", Self::all_of, Expr::Or)
    }

    fn all_of(&mut self) -> Result<Expr, CriterionError> {
        self.joined("AND", Self::single, Expr::And)
    }

    fn joined(
        &mut self,
        keyword: &str,
        part: fn(&mut Self) -> Result<Expr, CriterionError>,
        join: fn(Vec<Expr>) -> Expr,
    ) -> Result<Expr, CriterionError> {
        let first = part(self)?;
        if !self.is_word(keyword) {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.take_word(keyword) {
            parts.push(part(self)?);
        }
        Ok(join(parts))
    }

    fn single(&mut self) -> Result<Expr, CriterionError> {
        let place = self.place();
        if self.take_word("NOT") {
            return self.deeper(place, |parser| Ok(Expr::Not(Box::new(parser.single()?))));
        }
        if self.take(&Kind::Open) {
            return self.deeper(place.clone(), |parser| {
                let inside = parser.any_of()?;
                if parser.take(&Kind::Close) {
                    Ok(inside)
                } else if parser.peek().is_none() || parser.is_word("ORDER") {
                    Err(CriterionError::new(Problem::Syntax, place, "this parenthesis is never closed")
                        .help("add the missing `)`"))
                } else {
                    Err(parser.left_over())
                }
            });
        }
        let is_compared = matches!(self.tokens.get(self.at + 1).map(|t| &t.kind), Some(Kind::Operator(_)));
        if !is_compared && self.take_word("all") {
            return Ok(Expr::All);
        }
        self.clause().map(Expr::Clause)
    }

    fn deeper(
        &mut self,
        place: Range<usize>,
        inside: impl FnOnce(&mut Self) -> Result<Expr, CriterionError>,
    ) -> Result<Expr, CriterionError> {
        if self.depth == MAX_DEPTH {
            return Err(CriterionError::too_deep(place));
        }
        self.depth += 1;
        let expr = inside(self)?;
        self.depth -= 1;
        Ok(expr)
    }

    /// What follows a complete condition but does not go on from it.
    fn left_over(&self) -> CriterionError {
        match self.peek() {
            Some(Kind::Close) => {
                self.wrong("this parenthesis closes nothing").help("remove it, or add a `(` before")
            }
            Some(Kind::Word("&&" | "&")) => {
                self.wrong("conditions are joined with words").suggest(Some("AND".to_owned()))
            }
            Some(Kind::Word("||" | "|")) => {
                self.wrong("conditions are joined with words").suggest(Some("OR".to_owned()))
            }
            Some(Kind::Word(word)) => self
                .wrong(format!(
                    "after a condition must come AND, OR or ORDER BY, but here stands `{}`",
                    shown(word)
                ))
                .suggest(nearest(word, ["AND", "OR", "ORDER BY"]).map(str::to_owned)),
            _ => self.wrong(format!("after a condition must come AND, OR or ORDER BY, but {}", self.found())),
        }
    }

    fn order(&mut self) -> Result<Vec<OrderBy>, CriterionError> {
        if !self.take_word("ORDER") {
            return Ok(Vec::new());
        }
        if !self.take_word("BY") {
            return Err(self.wrong(format!("after ORDER must come BY, but {}", self.found())));
        }
        let mut order = Vec::new();
        loop {
            let place = self.place();
            if self.word().is_none() {
                return Err(self
                    .wrong(format!("after ORDER BY must come a field, but {}", self.found()))
                    .help("for example `ORDER BY lastActive DESC, username`"));
            }
            let field = self.field()?;
            if !field.is_sortable() {
                return Err(CriterionError::not_sortable(field, place));
            }
            let direction = if self.take_word("DESC") {
                Direction::Desc
            } else {
                self.take_word("ASC");
                Direction::Asc
            };
            order.push(OrderBy { field, direction });
            if self.take(&Kind::Comma) {
                continue;
            }
            if self.peek().is_some() {
                let guess = self.word().and_then(|word| nearest(word, ["ASC", "DESC"])).map(str::to_owned);
                return Err(self
                    .wrong(format!(
                        "after a field of ORDER BY must come ASC, DESC, a comma or nothing, but {}",
                        self.found()
                    ))
                    .suggest(guess));
            }
            return Ok(order);
        }
    }
}
