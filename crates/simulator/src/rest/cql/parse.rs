//! From text to [`Query`].

use jiff::tz::TimeZone;

use super::{Clause, Condition, Field, Operator, Query, Value, when};

/// Deepest nesting of parentheses and NOT.
const DEPTH: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Quoted(String),
    Symbol(&'static str),
}

struct Parser<'a> {
    tokens: Vec<Token>,
    place: usize,
    now: i64,
    zone: &'a TimeZone,
}

impl Query {
    /// Parses a query; dates are read in `zone`, `now()` is `now` (milliseconds).
    pub(in crate::rest) fn parse(text: &str, now: i64, zone: &TimeZone) -> Result<Self, String> {
        let mut parser = Parser { tokens: tokens(text)?, place: 0, now, zone };
        if parser.tokens.is_empty() {
            return Err("the query is empty".to_owned());
        }
        let condition = parser.any(0)?;
        let order = parser.order()?;
        match parser.peek() {
            None => Ok(Self { condition, order }),
            Some(token) => Err(format!("unexpected {token:?}")),
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        let follows = |rest: &mut std::iter::Peekable<std::str::Chars<'_>>| rest.next_if_eq(&'=').is_some();
        tokens.push(match letter {
            _ if letter.is_whitespace() => continue,
            '(' => Token::Symbol("("),
            ')' => Token::Symbol(")"),
            ',' => Token::Symbol(","),
            '=' => Token::Symbol("="),
            '~' => Token::Symbol("~"),
            '!' if follows(&mut rest) => Token::Symbol("!="),
            '>' => Token::Symbol(if follows(&mut rest) { ">=" } else { ">" }),
            '<' => Token::Symbol(if follows(&mut rest) { "<=" } else { "<" }),
            '"' | '\'' => Token::Quoted(quoted(&mut rest, letter)?),
            _ => {
                let mut word = String::from(letter);
                while let Some(next) =
                    rest.next_if(|next| !next.is_whitespace() && !"()=~!<>,\"'".contains(*next))
                {
                    word.push(next);
                }
                Token::Word(word)
            }
        });
    }
    Ok(tokens)
}

fn quoted(rest: &mut impl Iterator<Item = char>, quote: char) -> Result<String, String> {
    let mut text = String::new();
    while let Some(letter) = rest.next() {
        match letter {
            '\\' => text.push(rest.next().ok_or("a backslash at the end")?),
            _ if letter == quote => return Ok(text),
            _ => text.push(letter),
        }
    }
    Err("a quote is not closed".to_owned())
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.place)
    }

    fn next(&mut self) -> Result<Token, String> {
        let token = self.peek().cloned().ok_or("the query ends too early")?;
        self.place += 1;
        Ok(token)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(next)) if next.eq_ignore_ascii_case(word));
        self.place += usize::from(found);
        found
    }

    fn take_symbol(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Symbol(next)) if *next == symbol);
        self.place += usize::from(found);
        found
    }

    fn need_symbol(&mut self, symbol: &str) -> Result<(), String> {
        if self.take_symbol(symbol) { Ok(()) } else { Err(format!("expected {symbol}")) }
    }

    fn any(&mut self, depth: usize) -> Result<Condition, String> {
        let mut list = vec![self.all(depth)?];
        while self.take_word("or") {
            list.push(self.all(depth)?);
        }
        Ok(if list.len() == 1 { list.remove(0) } else { Condition::Or(list) })
    }

    fn all(&mut self, depth: usize) -> Result<Condition, String> {
        let mut list = vec![self.one(depth)?];
        while self.take_word("and") {
            list.push(self.one(depth)?);
        }
        Ok(if list.len() == 1 { list.remove(0) } else { Condition::And(list) })
    }

    fn one(&mut self, depth: usize) -> Result<Condition, String> {
        if depth > DEPTH {
            return Err("nested too deeply".to_owned());
        }
        if self.take_word("not") {
            return Ok(Condition::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.take_symbol("(") {
            let inner = self.any(depth + 1)?;
            self.need_symbol(")")?;
            return Ok(inner);
        }
        self.clause().map(Condition::Clause)
    }

    fn field(&mut self) -> Result<Field, String> {
        let Token::Word(word) = self.next()? else { return Err("expected a field".to_owned()) };
        Ok(match word.to_ascii_lowercase().as_str() {
            "contributor" => Field::Contributor,
            "creator" => Field::Creator,
            "created" => Field::Created,
            "lastmodified" => Field::LastModified,
            "type" => Field::Type,
            "user" => Field::User,
            "user.fullname" => Field::UserFullName,
            _ => return Err(format!("unknown field {word:?}")),
        })
    }

    fn clause(&mut self) -> Result<Clause, String> {
        let field = self.field()?;
        let operator = self.operator()?;
        let is_date = matches!(field, Field::Created | Field::LastModified);
        let fits = match operator {
            Operator::Equal | Operator::NotEqual => true,
            Operator::In | Operator::NotIn => !is_date,
            Operator::Contains => matches!(field, Field::User | Field::UserFullName),
            _ => is_date,
        };
        if !fits {
            return Err(format!("{field:?} does not know the operator {operator:?}"));
        }
        let mut values = Vec::new();
        if matches!(operator, Operator::In | Operator::NotIn) {
            self.need_symbol("(")?;
            values.push(self.value(is_date)?);
            while self.take_symbol(",") {
                values.push(self.value(is_date)?);
            }
            self.need_symbol(")")?;
        } else {
            values.push(self.value(is_date)?);
        }
        Ok(Clause { field, operator, values })
    }

    fn operator(&mut self) -> Result<Operator, String> {
        if self.take_word("in") {
            return Ok(Operator::In);
        }
        if self.take_word("not") {
            return if self.take_word("in") { Ok(Operator::NotIn) } else { Err("expected IN".to_owned()) };
        }
        Ok(match self.next()? {
            Token::Symbol("=") => Operator::Equal,
            Token::Symbol("!=") => Operator::NotEqual,
            Token::Symbol(">") => Operator::Greater,
            Token::Symbol(">=") => Operator::GreaterOrEqual,
            Token::Symbol("<") => Operator::Less,
            Token::Symbol("<=") => Operator::LessOrEqual,
            Token::Symbol("~") => Operator::Contains,
            token => return Err(format!("expected an operator, found {token:?}")),
        })
    }

    fn value(&mut self, is_date: bool) -> Result<Value, String> {
        let text = match self.next()? {
            Token::Quoted(text) => text,
            Token::Word(word) if self.take_symbol("(") => return self.function(&word, is_date),
            Token::Word(word) => word,
            Token::Symbol(symbol) => return Err(format!("expected a value, found {symbol}")),
        };
        if is_date {
            when::date(&text, self.zone).map(|(from, to)| Value::Span(from, to))
        } else {
            Ok(Value::Text(text))
        }
    }

    /// `now()`, `now("-4w")`, `currentUser()`.
    fn function(&mut self, name: &str, is_date: bool) -> Result<Value, String> {
        let argument = if self.take_symbol(")") {
            None
        } else {
            let (Token::Quoted(text) | Token::Word(text)) = self.next()? else {
                return Err("expected an argument".to_owned());
            };
            self.need_symbol(")")?;
            Some(text)
        };
        match (name.to_ascii_lowercase().as_str(), is_date, argument) {
            ("now", true, None) => Ok(Value::Span(self.now, self.now + 1)),
            ("now", true, Some(step)) => {
                let at = when::shifted(self.now, &step, self.zone)?;
                Ok(Value::Span(at, at + 1))
            }
            ("currentuser", false, None) => Ok(Value::Caller),
            _ => Err(format!("unknown function {name}()")),
        }
    }

    fn order(&mut self) -> Result<Vec<(Field, bool)>, String> {
        let mut order = Vec::new();
        if !self.take_word("order") {
            return Ok(order);
        }
        if !self.take_word("by") {
            return Err("expected BY".to_owned());
        }
        loop {
            let field = self.field()?;
            let descending = self.take_word("desc");
            if !descending {
                self.take_word("asc");
            }
            order.push((field, descending));
            if !self.take_symbol(",") {
                return Ok(order);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Query, String> {
        Query::parse(text, 0, &TimeZone::UTC)
    }

    #[test]
    fn queries_of_the_contract_are_understood() {
        for text in [
            "contributor = \"mkoval\" and lastmodified >= \"2026-05-01\" order by lastmodified desc",
            "creator in (\"a\", 'b') AND NOT (type = comment OR type = attachment)",
            "user~mk",
            "lastModified > now(\"-4w\") and created != 2026/05/01",
            "contributor = \"o\\\"brien\"",
            "user.fullname ~ \"Mi*\"",
        ] {
            assert!(parse(text).is_ok(), "{text}: {:?}", parse(text).err());
        }
    }

    #[test]
    fn what_cannot_be_understood_is_refused() {
        let deep = "(".repeat(10_000);
        for text in [
            "",
            "contributor",
            "colour = red",
            "created ~ x",
            "type = \"page",
            "type = page and",
            "created = tomorrow",
            &deep,
        ] {
            assert!(parse(text).is_err(), "{text:.40}");
        }
    }
}
