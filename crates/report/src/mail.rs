//! The mail of a report: subject, text, HTML, each from a template that an administrator may replace.

use crate::letter::Letter;
use crate::sandbox::{STEPS_OF_A_MAIL, Sandbox};
use crate::{Mode, NoticeFacts, NoticeTemplates, NoticeWords, PlanReport, Report, ReportError, RunReport};
use minijinja::value::{Serde, Value};
use std::fmt;
use std::str::FromStr;

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

/// Which mail a template is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TemplateName {
    /// The report of a run.
    RunReport,
    /// A plan that is held up: by a limit, or for want of an approval.
    PlanHeld,
    /// A notice to the owner of an account; a policy may have words of its own in it.
    Notice,
}

/// A name that no template has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no mail template \"{0}\"; known: {known}", known = TemplateName::ALL.map(TemplateName::as_str).join(", "))]
pub struct TemplateNameError(String);

impl TemplateName {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::RunReport, Self::PlanHeld, Self::Notice];

    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RunReport => "run-report",
            Self::PlanHeld => "plan-held",
            Self::Notice => "notice",
        }
    }

    /// When that mail is sent.
    pub const fn words(self) -> &'static str {
        match self {
            Self::RunReport => "the report of a run, when it has ended",
            Self::PlanHeld => "a plan that a limit stops, or that awaits an approval",
            Self::Notice => "a notice to the owner of an account, before something happens to it",
        }
    }

    /// The text that is used where an administrator has none of their own, to begin one's own from.
    pub fn embedded(self) -> TemplateTexts {
        match self {
            Self::RunReport | Self::PlanHeld => TemplateTexts::embedded(),
            Self::Notice => NoticeTemplates::embedded(),
        }
    }

    /// Tries texts on the samples of this kind of mail. One that does not render, or that lets a name into the HTML unescaped, is
    /// refused with its place.
    pub fn check(self, texts: TemplateTexts) -> Result<(), ReportError> {
        match self {
            Self::RunReport | Self::PlanHeld => Templates::named(self, texts).map(drop),
            Self::Notice => NoticeTemplates::new(texts, NoticeWords::default()).map(drop),
        }
    }

    /// The mail of the sample of this kind, to look at.
    pub fn preview(self, texts: TemplateTexts) -> Result<MailBody, ReportError> {
        let attached = Some("reclaim-idle-seats-wiki.csv");
        match self {
            Self::RunReport => {
                Templates::named(self, texts)?.render(&RunReport::sample_of(Mode::Live, 60), attached)
            }
            Self::PlanHeld => Templates::named(self, texts)?.render(&PlanReport::sample(), attached),
            Self::Notice => {
                NoticeTemplates::new(texts, NoticeWords::default())?.render(&NoticeFacts::sample())
            }
        }
    }
}

impl fmt::Display for TemplateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for TemplateName {
    type Err = TemplateNameError;

    fn from_str(text: &str) -> Result<Self, TemplateNameError> {
        let known = Self::ALL.into_iter().find(|name| name.as_str() == text);
        known.ok_or_else(|| TemplateNameError(text.chars().take(80).collect()))
    }
}

/// The templates in use: the embedded ones, or an administrator's.
#[derive(Debug)]
pub struct Templates {
    sandbox: Sandbox,
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
    /// The embedded texts of reports.
    pub fn embedded() -> Self {
        Self {
            subject: Some(include_str!("../templates/subject.txt").to_owned()),
            text: Some(include_str!("../templates/body.txt").to_owned()),
            html: Some(include_str!("../templates/body.html").to_owned()),
        }
    }
}

impl Templates {
    /// Takes the texts and tries them on every sample: a plan, a test run, a live run, one without any account, one with
    /// hostile names. A text that does not render, or that lets a name into the HTML unescaped, is refused with its place.
    pub fn new(texts: TemplateTexts) -> Result<Self, ReportError> {
        let templates = Self { sandbox: Sandbox::new(texts, TemplateTexts::embedded(), STEPS_OF_A_MAIL)? };
        templates.try_on_samples(TemplateName::RunReport)?;
        templates.try_on_samples(TemplateName::PlanHeld)?;
        Ok(templates)
    }

    /// Takes the texts for one kind of report, and tries them on the samples of that kind.
    pub fn named(name: TemplateName, texts: TemplateTexts) -> Result<Self, ReportError> {
        let templates = Self { sandbox: Sandbox::new(texts, name.embedded(), STEPS_OF_A_MAIL)? };
        templates.try_on_samples(name)?;
        Ok(templates)
    }

    /// The mail of a report. `attached`: name of the file that goes with it, which the mail then points to.
    pub fn render<'a>(
        &self,
        report: impl Into<Report<'a>>,
        attached: Option<&str>,
    ) -> Result<MailBody, ReportError> {
        self.write(&Letter::of(report.into(), attached))
    }

    /// The mail of what was put together for it before.
    pub fn write(&self, letter: &Letter) -> Result<MailBody, ReportError> {
        self.sandbox.render(&Value::from(Serde(letter)))
    }

    fn try_on_samples(&self, name: TemplateName) -> Result<(), ReportError> {
        let (hostile_run, hostile_plan) = (RunReport::sample_hostile(), PlanReport::sample_hostile());
        let hostile = match name {
            TemplateName::RunReport => {
                self.render(&RunReport::sample(), None)?;
                self.render(&RunReport::sample_of(Mode::Live, 60), Some("sample.csv"))?;
                self.render(&RunReport::sample_of(Mode::Live, 0), None)?;
                self.render(&hostile_run, None)?
            }
            TemplateName::PlanHeld => {
                self.render(&PlanReport::sample(), Some("sample.csv"))?;
                self.render(&hostile_plan, None)?
            }
            // Not a report: see `NoticeTemplates`.
            TemplateName::Notice => return Ok(()),
        };
        if hostile.html.contains(PROBE) {
            return Err(ReportError::Template {
                template: "html",
                line: None,
                column: None,
                message: "names would be inserted as they are; take `autoescape` out, so that a hostile name cannot become part of the page".into(),
            });
        }
        Ok(())
    }
}
