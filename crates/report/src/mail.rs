//! The mail of a report: subject, text, HTML, each from a template that an administrator may replace.

use crate::headline::one_line;
use crate::letter::Letter;
use crate::{Mode, PlanReport, Report, ReportError, RunReport};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};

/// Steps a template may take: enough for any mail, an end for a template that has none.
const FUEL: u64 = 2_000_000;
/// Names the three templates go by.
const NAMES: [&str; 3] = ["subject", "text", "html"];
/// What must never stand in the HTML as it is.
const PROBE: &str = "<script>";

/// A mail, but for sender and recipients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailBody {
    /// One line of at most 120 characters.
    pub subject: String,
    /// The words.
    pub text: String,
    /// The same, laid out for light and dark, wide and narrow.
    pub html: String,
}

/// The templates in use: the embedded ones, or an administrator's.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
}

/// Templates of an administrator; `None` = the embedded one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TemplateTexts {
    /// Of the subject.
    pub subject: Option<String>,
    /// Of the plain text.
    pub text: Option<String>,
    /// Of the HTML. What it inserts is escaped.
    pub html: Option<String>,
}

impl TemplateTexts {
    /// The embedded texts, to begin one's own from.
    pub fn embedded() -> Self {
        Self {
            subject: Some(include_str!("../templates/subject.txt").to_owned()),
            text: Some(include_str!("../templates/body.txt").to_owned()),
            html: Some(include_str!("../templates/body.html").to_owned()),
        }
    }
}

impl Templates {
    /// Takes the texts and tries them on samples: a plan, a test run, a live run, one without any account, one with
    /// hostile names. A text that does not render, or that lets a name into the HTML unescaped, is refused with its line.
    pub fn new(texts: TemplateTexts) -> Result<Self, ReportError> {
        let embedded = TemplateTexts::embedded();
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        environment.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .keep_trailing_newline(true)
                .build()
                .map_err(|error| fault("subject", &error))?,
        );
        // The escaping of HTML is not for a template to switch off.
        environment.remove_filter("safe");
        environment.set_auto_escape_callback(|name| {
            if name == "html" { AutoEscape::Html } else { AutoEscape::None }
        });
        let texts =
            [texts.subject.or(embedded.subject), texts.text.or(embedded.text), texts.html.or(embedded.html)];
        for (name, text) in NAMES.into_iter().zip(texts) {
            environment
                .add_template_owned(name, text.unwrap_or_default())
                .map_err(|error| fault(name, &error))?;
        }
        let templates = Self { environment };
        templates.try_on_samples()?;
        Ok(templates)
    }

    /// The mail of a report. `attached`: name of the file that goes with it, which the mail then points to.
    pub fn render<'a>(
        &self,
        report: impl Into<Report<'a>>,
        attached: Option<&str>,
    ) -> Result<MailBody, ReportError> {
        let letter = Value::from(Serde(Letter::of(report.into(), attached)));
        let fill = |name: &'static str| {
            let template = self.environment.get_template(name).map_err(|error| fault(name, &error))?;
            template.render(&letter).map_err(|error| fault(name, &error))
        };
        let [subject, text, html] = NAMES.map(fill);
        let subject = one_line(&subject?);
        if subject.is_empty() {
            return Err(ReportError::Template {
                template: "subject",
                line: None,
                message: "it gives no words".into(),
            });
        }
        Ok(MailBody { subject, text: text?, html: html? })
    }

    fn try_on_samples(&self) -> Result<(), ReportError> {
        let (hostile_run, hostile_plan) = (RunReport::sample_hostile(), PlanReport::sample_hostile());
        for run in
            [RunReport::sample(), RunReport::sample_of(Mode::Live, 60), RunReport::sample_of(Mode::Live, 0)]
        {
            self.render(&run, None)?;
        }
        self.render(&PlanReport::sample(), Some("sample.csv"))?;
        for report in [Report::Run(&hostile_run), Report::Plan(&hostile_plan)] {
            if self.render(report, None)?.html.contains(PROBE) {
                return Err(ReportError::Template {
                    template: "html",
                    line: None,
                    message: "names would be inserted as they are; take `autoescape` out, so that a hostile name cannot become part of the page".into(),
                });
            }
        }
        Ok(())
    }
}

fn fault(template: &'static str, error: &minijinja::Error) -> ReportError {
    let detail = error.detail().map(|d| format!(": {d}")).unwrap_or_default();
    ReportError::Template { template, line: error.line(), message: format!("{}{detail}", error.kind()) }
}
