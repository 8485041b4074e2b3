//! Where templates of an administrator run: without files, without other templates, with an end to time, size and output.

use crate::headline::one_line;
use crate::mail::MailBody;
use crate::{ReportError, TemplateTexts};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};
use std::io;

/// Steps a template may take: enough for any mail, an end for a template that has none.
const FUEL: u64 = 2_000_000;
/// Longest template, in bytes.
pub(crate) const LONGEST_TEMPLATE: usize = 64 * 1024;
/// Longest part of a mail that a template may give, in bytes.
const LONGEST_OUTPUT: usize = 1024 * 1024;
/// Names the three templates go by.
pub(crate) const PARTS: [&str; 3] = ["subject", "text", "html"];

/// Three templates, read and ready.
#[derive(Debug)]
pub(crate) struct Sandbox {
    environment: Environment<'static>,
}

impl Sandbox {
    /// Reads the texts; parts that are `None` are taken from `otherwise`.
    pub(crate) fn new(texts: TemplateTexts, otherwise: TemplateTexts) -> Result<Self, ReportError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        // Only so does an error know its place.
        environment.set_debug(true);
        environment.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .keep_trailing_newline(true)
                .build()
                .map_err(|error| fault("subject", &error))?,
        );
        // The escaping of HTML is not for a template to switch off, and what it computes does not outlive a loop.
        environment.remove_filter("safe");
        for function in ["namespace", "debug"] {
            environment.remove_global(function);
        }
        environment.set_auto_escape_callback(|name| {
            if name == "html" { AutoEscape::Html } else { AutoEscape::None }
        });
        let texts = [
            texts.subject.or(otherwise.subject),
            texts.text.or(otherwise.text),
            texts.html.or(otherwise.html),
        ];
        for (name, text) in PARTS.into_iter().zip(texts) {
            let text = text.unwrap_or_default();
            if text.len() > LONGEST_TEMPLATE {
                let message =
                    format!("it has {} bytes, and at most {LONGEST_TEMPLATE} are taken", text.len());
                return Err(ReportError::Template { template: name, line: None, column: None, message });
            }
            environment.add_template_owned(name, text).map_err(|error| fault(name, &error))?;
        }
        Ok(Self { environment })
    }

    /// The mail that the templates make of a context.
    pub(crate) fn render(&self, context: &Value) -> Result<MailBody, ReportError> {
        let [subject, text, html] = PARTS.map(|name| self.fill(name, context));
        let subject = one_line(&subject?);
        if subject.is_empty() {
            let message = "it gives no words".to_owned();
            return Err(ReportError::Template { template: "subject", line: None, column: None, message });
        }
        Ok(MailBody { subject, text: text?, html: html? })
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
