//! One comparison: field, operator, values.

use super::{KEYWORDS, Parser};
use crate::field::{FIELDS, Field, FieldType, Operator};
use crate::literal;
use crate::nearest::{nearest, shown};
use crate::token::Kind;
use crate::tree::{Clause, Literal, Places, State, Test};
use crate::{CriterionError, Problem};
use std::ops::Range;

impl Parser<'_> {
    pub(super) fn clause(&mut self) -> Result<Clause, CriterionError> {
        let place = self.place();
        let field = self.field()?;
        let (test, values) = self.test(field, &place)?;
        let end = self.tokens[self.at - 1].span.end;
        let clause = Clause { field, test, places: Places { clause: place.start..end, values } };
        literal::check(&clause)?;
        Ok(clause)
    }

    pub(super) fn field(&mut self) -> Result<Field, CriterionError> {
        let Some(word) = self.word() else {
            return Err(match self.peek() {
                Some(Kind::Quoted(text)) if Field::find(text).is_some() => {
                    self.wrong("fields stand without quotes").suggest(Some(text.clone().into_owned()))
                }
                None if self.at > 0 => self
                    .wrong("a condition is missing here")
                    .help("the criterion ends after a word that another condition must follow"),
                _ => self
                    .wrong(format!("here must stand a condition, but {}", self.found()))
                    .help("a condition is written as `status = enabled`"),
            });
        };
        if let Some(field) = Field::find(word) {
            self.at += 1;
            return Ok(field);
        }
        if KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(word)) {
            return Err(self
                .wrong(format!("here must stand a condition, but here stands `{word}`"))
                .help("a condition is written as `status = enabled`"));
        }
        let message = format!("there is no field `{}`", shown(word));
        let names = FIELDS.iter().map(|info| info.name);
        let guess = nearest(word, names.clone().chain(["NOT", "all"])).map(str::to_owned);
        let error = CriterionError::new(Problem::UnknownField, self.place(), message);
        Err(if guess.is_some() {
            error.suggest(guess)
        } else {
            error.help(format!("fields are {}", names.collect::<Vec<_>>().join(", ")))
        })
    }

    /// The rest of a clause, and where its values stand.
    fn test(
        &mut self,
        field: Field,
        place: &Range<usize>,
    ) -> Result<(Test, Vec<Range<usize>>), CriterionError> {
        if let Some(Kind::Operator(op)) = self.peek() {
            let op_place = self.place();
            self.at += 1;
            return self.compared(field, *op, op_place);
        }
        if self.take_word("IS") {
            return self.is(field);
        }
        let negated = self.take_word("NOT");
        if self.take_word("IN") {
            let (values, places) = self.list(field, place)?;
            return Ok((Test::In { negated, values }, places));
        }
        if negated {
            return Err(self.wrong(format!("after `{field} NOT` must come IN, but {}", self.found())));
        }
        Err(self.wrong(format!("after `{field}` must come a comparison, but {}", self.found())).help(
            format!(
                "for example `{}`; it takes {}",
                field.info().example(),
                field.info().operators().join(", ")
            ),
        ))
    }

    fn compared(
        &mut self,
        field: Field,
        op: Operator,
        op_place: Range<usize>,
    ) -> Result<(Test, Vec<Range<usize>>), CriterionError> {
        // `= EMPTY` and `= UNKNOWN`, as JQL writes them.
        let state = [("EMPTY", State::Empty), ("UNKNOWN", State::Unknown)];
        if let Some((_, state)) = state.into_iter().find(|(keyword, _)| self.is_word(keyword)) {
            let negated = op.is_negated();
            if !matches!(op, Operator::Equal | Operator::NotEqual) {
                return Err(self
                    .wrong(format!(
                        "`{}` is not a value that `{op}` could be asked of",
                        &self.text[self.place()]
                    ))
                    .help(format!(
                        "write `{field} IS UNKNOWN`, or put the word into quotes if it is a text"
                    )));
            }
            self.at += 1;
            return Ok((Test::Is { negated, state }, Vec::new()));
        }
        let place = self.place();
        if field.kind() == FieldType::Instant && self.is_word("never") {
            return Err(literal::never_never(field, place));
        }
        literal::check_operator(field, op, op_place)?;
        let value = self.value(field)?;
        Ok((Test::Compare { op, value }, vec![place]))
    }

    fn is(&mut self, field: Field) -> Result<(Test, Vec<Range<usize>>), CriterionError> {
        let negated = self.take_word("NOT");
        let place = self.place();
        if self.take_word("EMPTY") {
            return Ok((Test::Is { negated, state: State::Empty }, Vec::new()));
        }
        if self.take_word("UNKNOWN") {
            return Ok((Test::Is { negated, state: State::Unknown }, Vec::new()));
        }
        if self.take_word("NEVER") {
            let op = if negated { Operator::NotEqual } else { Operator::Equal };
            let value = literal::read(field, "never", place.clone())?;
            return Ok((Test::Compare { op, value }, vec![place]));
        }
        let guess = self.word().and_then(|word| nearest(word, ["EMPTY", "UNKNOWN", "NEVER"]));
        let guess = guess.or_else(|| self.is_word("NULL").then_some("UNKNOWN")).map(str::to_owned);
        Err(self
            .wrong(format!("after IS must come EMPTY, UNKNOWN or NEVER, but {}", self.found()))
            .help(format!("values are compared with `=`, for example `{}`", field.info().example()))
            .suggest(guess))
    }

    fn list(
        &mut self,
        field: Field,
        place: &Range<usize>,
    ) -> Result<(Vec<Literal>, Vec<Range<usize>>), CriterionError> {
        let open = self.place();
        if !field.kind().has_list() {
            let in_place = self.tokens[self.at - 1].span.clone();
            return Err(literal::wrong_operator(field, "IN", in_place));
        }
        if !self.take(&Kind::Open) {
            return Err(self
                .wrong(format!("after IN must come a list in parentheses, but {}", self.found()))
                .help(format!("for example `{field} IN (a, b)`")));
        }
        if self.take(&Kind::Close) {
            return Err(literal::empty_list(place.start..self.tokens[self.at - 1].span.end));
        }
        let (mut values, mut places) = (Vec::new(), Vec::new());
        loop {
            places.push(self.place());
            values.push(self.value(field)?);
            if self.take(&Kind::Close) {
                return Ok((values, places));
            }
            if !self.take(&Kind::Comma) {
                return Err(if self.peek().is_none() {
                    CriterionError::new(Problem::Syntax, open, "this list is never closed")
                        .help("add the missing `)`")
                } else {
                    self.wrong(format!(
                        "between the values of a list must stand a comma, but {}",
                        self.found()
                    ))
                    .help("texts of several words stand in quotes")
                });
            }
        }
    }

    fn value(&mut self, field: Field) -> Result<Literal, CriterionError> {
        let place = self.place();
        let is_text = field.kind().is_text();
        let text: &str = match self.peek() {
            Some(Kind::Quoted(text)) => text,
            Some(Kind::Word(word)) => {
                let is_keyword = KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(word));
                if is_keyword && (is_text || !word.eq_ignore_ascii_case("never")) {
                    return Err(self
                        .wrong(format!("here must stand a value, but `{word}` is a word of the language"))
                        .help(format!("if it is meant as text, put it into quotes: \"{word}\"")));
                }
                word
            }
            _ => {
                return Err(self
                    .wrong(format!("here must stand a value of `{field}`, but {}", self.found()))
                    .help(format!("for example `{}`", field.info().example())));
            }
        };
        let value = literal::read(field, text, place)?;
        self.at += 1;
        Ok(value)
    }
}
