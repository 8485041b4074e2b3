//! Which part of the template language a mail may use: enough to say what happened, nothing that makes much from little.
//!
//! The engine itself has no end for what operators, functions and captured blocks make (`'x' * 100000000`, `{% set a = a ~ a %}`), and works some of it
//! out while it reads a template. So a text is looked through before it is given to the engine, and what is not named here is refused with its place.
//!
//! What remains cannot grow: a variable holds what the report holds, a constant, or what a filter made of them. Only macros put texts together, their
//! words go nowhere but into the mail, and they call only macros that stand above them.

mod expression;
mod lengths;

use crate::ReportError;
use expression::{assigned, sound};
use lengths::lengths;
use minijinja::machinery::ast::{Expr, Macro, Stmt};
use minijinja::machinery::{Span, parse};
use minijinja::syntax::SyntaxConfig;

/// What is known of a text that was read.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// The longest stretch of plain text in a macro, in bytes: what each step of a macro adds to the mail at most.
    pub(crate) longest_in_macro: usize,
}

/// Looks a text through. `name` is the part of the mail it is for; an error of the engine itself is given by `fault`.
pub(crate) fn read(
    name: &'static str,
    text: &str,
    syntax: &SyntaxConfig,
    fault: impl Fn(&minijinja::Error) -> ReportError,
) -> Result<Reading, ReportError> {
    let place = Place { name, text };
    lengths(place, syntax, &fault)?;
    let tree = parse(text, name, syntax.clone()).map_err(|error| fault(&error))?;
    let mut reader = Reader { place, macros: Vec::new(), is_in_macro: false, reading: Reading::default() };
    reader.statement(&tree)?;
    Ok(reader.reading)
}

/// Where something stands, to be refused.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    name: &'static str,
    text: &'a str,
}

impl Place<'_> {
    fn refuse(self, span: Span, message: impl Into<String>) -> ReportError {
        let before = self.text.get(..span.start_offset as usize).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        ReportError::Template {
            template: self.name,
            line: Some(before.matches('\n').count() + 1),
            column: Some(line.chars().count() + 1),
            message: message.into(),
        }
    }

    fn unknown(self, span: Span, what: &str, remedy: &str) -> ReportError {
        self.refuse(span, format!("{what} is not for mails; {remedy}"))
    }
}

struct Reader<'a> {
    place: Place<'a>,
    /// The macros so far.
    macros: Vec<&'a str>,
    is_in_macro: bool,
    reading: Reading,
}

impl<'a> Reader<'a> {
    fn statements(&mut self, statements: &[Stmt<'a>]) -> Result<(), ReportError> {
        statements.iter().try_for_each(|statement| self.statement(statement))
    }

    fn statement(&mut self, statement: &Stmt<'a>) -> Result<(), ReportError> {
        match statement {
            Stmt::Template(template) => self.statements(&template.children),
            Stmt::EmitRaw(raw) => {
                if self.is_in_macro {
                    self.reading.longest_in_macro = self.reading.longest_in_macro.max(raw.raw.len());
                }
                Ok(())
            }
            Stmt::EmitExpr(emitted) => self.emitted(&emitted.expr),
            Stmt::IfCond(condition) => {
                sound(self.place, &condition.expr)?;
                self.statements(&condition.true_body)?;
                self.statements(&condition.false_body)
            }
            Stmt::ForLoop(each) if each.recursive => {
                Err(self.place.unknown(each.span(), "`recursive`", "write a loop for each level"))
            }
            Stmt::ForLoop(each) => {
                assigned(self.place, &each.target, &self.macros)?;
                sound(self.place, &each.iter)?;
                each.filter_expr.iter().try_for_each(|filter| sound(self.place, filter))?;
                self.statements(&each.body)?;
                self.statements(&each.else_body)
            }
            Stmt::Set(set) => {
                assigned(self.place, &set.target, &self.macros)?;
                sound(self.place, &set.expr)
            }
            Stmt::WithBlock(with) => {
                for (target, value) in &with.assignments {
                    assigned(self.place, target, &self.macros)?;
                    sound(self.place, value)?;
                }
                self.statements(&with.body)
            }
            Stmt::Macro(made) => self.made(made, made.span()),
            Stmt::SetBlock(block) => Err(self.place.unknown(
                block.span(),
                "a `set` without `=`",
                "write a macro, and call it where its words are wanted",
            )),
            Stmt::AutoEscape(block) => Err(self.place.unknown(
                block.span(),
                "`autoescape`",
                "a hostile name could become part of the page; take it out",
            )),
            Stmt::FilterBlock(block) => Err(self.place.unknown(
                block.span(),
                "a `filter` block",
                "put the filter behind each value: {{ name | upper }}",
            )),
            Stmt::CallBlock(block) => {
                Err(self.place.unknown(block.span(), "a `call` block", "call the macro: {{ name(value) }}"))
            }
            Stmt::Block(block) => Err(self.alone(block.span(), "`block`")),
            Stmt::Import(block) => Err(self.alone(block.span(), "`import`")),
            Stmt::FromImport(block) => Err(self.alone(block.span(), "`import`")),
            Stmt::Extends(block) => Err(self.alone(block.span(), "`extends`")),
            Stmt::Include(block) => Err(self.alone(block.span(), "`include`")),
            Stmt::Do(block) => {
                Err(self.place.unknown(block.span(), "`do`", "take it out: it changes nothing"))
            }
        }
    }

    fn alone(&self, span: Span, what: &str) -> ReportError {
        self.place.unknown(span, what, "there are no other templates to read")
    }

    fn made(&mut self, made: &Macro<'a>, span: Span) -> Result<(), ReportError> {
        if self.macros.contains(&made.name) {
            let words =
                format!("there is a macro \"{}\" above already; give this one another name", made.name);
            return Err(self.place.refuse(span, words));
        }
        made.args.iter().try_for_each(|name| assigned(self.place, name, &self.macros))?;
        made.defaults.iter().try_for_each(|value| sound(self.place, value))?;
        let was_in_macro = std::mem::replace(&mut self.is_in_macro, true);
        self.statements(&made.body)?;
        self.is_in_macro = was_in_macro;
        self.macros.push(made.name);
        Ok(())
    }

    /// What goes into the mail: a value, or what a macro above makes of values.
    fn emitted(&self, expression: &Expr<'a>) -> Result<(), ReportError> {
        let Expr::Call(call) = expression else { return sound(self.place, expression) };
        match &call.expr {
            Expr::Var(name) if self.macros.contains(&name.id) => {
                expression::arguments(self.place, call.span(), &call.args)
            }
            Expr::Var(name) => Err(self.place.refuse(
                call.span(),
                format!("there is no macro \"{}\" above; mails have no other functions", name.id),
            )),
            _ => Err(self.place.unknown(
                call.span(),
                "a call of anything but a macro",
                "see which filters there are",
            )),
        }
    }
}
