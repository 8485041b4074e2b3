//! Where templates of an administrator run: without files, without other templates, with an end to time, size and output.

use crate::headline::one_line;
use crate::mail::MailBody;
use crate::vocabulary::{no_text, teach};
use crate::{ReportError, TemplateTexts, grammar};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Value, ValueKind};
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, escape_formatter,
};
use std::io;

/// Steps the template of a mail may take: enough for any, an end for one that has none.
pub(crate) const STEPS_OF_A_MAIL: u64 = 200_000;
/// Steps the words of a policy may take: they have no lists to go through.
pub(crate) const STEPS_OF_WORDS: u64 = 20_000;
/// Longest template, in bytes.
pub(crate) const LONGEST_TEMPLATE: usize = 64 * 1024;
/// Longest part of a mail that a template may give, in bytes.
const LONGEST_OUTPUT: usize = 1024 * 1024;
/// Most that the values a template inserts may come to, in bytes; what a macro gives counts again where it is inserted.
const MOST_INSERTED: usize = 8 * 1024 * 1024;
/// Most plain text that a macro may have gathered before it is inserted, in bytes: the steps are cut to it.
const MOST_GATHERED: usize = 64 * 1024 * 1024;
/// Names the three templates go by.
pub(crate) const PARTS: [&str; 3] = ["subject", "text", "html"];

/// Three templates, read and ready.
#[derive(Debug)]
pub(crate) struct Sandbox {
    environment: Environment<'static>,
}

impl Sandbox {
    /// Reads the texts, which may take so many steps; parts that are `None` are taken from `otherwise`.
    pub(crate) fn new(
        texts: TemplateTexts,
        otherwise: TemplateTexts,
        most_steps: u64,
    ) -> Result<Self, ReportError> {
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        // Only so does an error know its place.
        environment.set_debug(true);
        let syntax = SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .keep_trailing_newline(true)
            .build()
            .map_err(|error| fault("subject", &error))?;
        environment.set_syntax(syntax.clone());
        teach(&mut environment);
        environment.set_formatter(insert);
        environment.set_auto_escape_callback(|name| {
            if name == "html" { AutoEscape::Html } else { AutoEscape::None }
        });
        let texts = [
            texts.subject.or(otherwise.subject),
            texts.text.or(otherwise.text),
            texts.html.or(otherwise.html),
        ];
        let mut longest_in_macro = 0;
        for (name, text) in PARTS.into_iter().zip(texts) {
            let text = text.unwrap_or_default();
            if text.len() > LONGEST_TEMPLATE {
                let message =
                    format!("it has {} bytes, and at most {LONGEST_TEMPLATE} are taken", text.len());
                return Err(ReportError::Template { template: name, line: None, column: None, message });
            }
            let reading = grammar::read(name, &text, &syntax, |error| fault(name, error))?;
            longest_in_macro = reading.longest_in_macro.max(longest_in_macro);
            environment.add_template_owned(name, text).map_err(|error| fault(name, &error))?;
        }
        environment.set_fuel(Some(most_steps.min(steps(longest_in_macro))));
        Ok(Self { environment })
    }

    /// The mail that the templates make of a context.
    pub(crate) fn render(&self, context: &Value) -> Result<MailBody, ReportError> {
        let [subject, text, html] = PARTS.map(|name| self.fill(name, context));
        let body = MailBody { subject: one_line(&subject?), text: text?, html: html? };
        for (template, text) in [("subject", &body.subject), ("text", &body.text)] {
            if text.trim().is_empty() {
                let message = "it gives no words".to_owned();
                return Err(ReportError::Template { template, line: None, column: None, message });
            }
        }
        Ok(body)
    }

    fn fill(&self, name: &'static str, context: &Value) -> Result<String, ReportError> {
        let template = self.environment.get_template(name).map_err(|error| fault(name, &error))?;
        let mut output = Bounded(Vec::new());
        let done = template.render_captured_to(context, &mut output).map(drop);
        done.map_err(|error| match error.kind() {
            ErrorKind::WriteFailure => ReportError::Template {
                template: name,
                line: None,
                column: None,
                message: format!("it gives more than {LONGEST_OUTPUT} bytes"),
            },
            _ => fault(name, &error),
        })?;
        String::from_utf8(output.0).map_err(|error| ReportError::Template {
            template: name,
            line: None,
            column: None,
            message: error.to_string(),
        })
    }
}

/// The steps after which a template with so long a stretch of text in a macro has gathered as much as it may.
fn steps(longest_in_macro: usize) -> u64 {
    (MOST_GATHERED / longest_in_macro.max(1)) as u64
}

/// How much one rendering has inserted.
#[derive(Debug, Default)]
struct Inserted(usize);

/// Puts a value into the mail: words and numbers, so many and no more.
fn insert(output: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let length = match value.kind() {
        ValueKind::String => value.as_str().map_or(0, str::len),
        ValueKind::Number | ValueKind::Bool | ValueKind::None | ValueKind::Undefined => 1,
        _ => return Err(no_text(value)),
    };
    let inserted: &mut Inserted = state.get_or_insert_extension(Inserted::default());
    inserted.0 += length;
    if inserted.0 > MOST_INSERTED {
        let words = format!("it inserts more than {MOST_INSERTED} bytes");
        return Err(Error::new(ErrorKind::InvalidOperation, words));
    }
    escape_formatter(output, state, value)
}

/// Takes so much and no more.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LONGEST_OUTPUT {
            return Err(io::Error::other("too much"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn fault(template: &'static str, error: &Error) -> ReportError {
    let detail = error.detail().map(|d| format!(": {d}")).unwrap_or_default();
    let column = error.template_source().zip(error.range()).and_then(|(source, range)| {
        let before = source.get(..range.start)?;
        let line = before.rsplit('\n').next()?;
        // Of a place that is known by its line alone, the range is empty and at the beginning.
        (before.matches('\n').count() + 1 == error.line()?).then(|| line.chars().count() + 1)
    });
    ReportError::Template {
        template,
        line: error.line(),
        column,
        message: format!("{}{detail}", error.kind()),
    }
}
