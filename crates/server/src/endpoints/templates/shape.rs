//! A mail template as the API shows it.

use crate::extract::{Tag, Text};
use crate::problem::{Code, Problem};
use jiff::Timestamp;
use rollcall_engine::TemplateView;
use rollcall_report::{TemplateName, TemplateTexts};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The template in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct TemplatePath {
    /// Which mail it is for.
    #[param(value_type = String, min_length = 1, max_length = 80, example = "run-report")]
    template: Text<1, 80>,
}

impl TemplatePath {
    /// The template, if there is one of that name.
    pub(crate) fn name(&self) -> Result<TemplateName, Problem> {
        self.template.parse().map_err(|error| Problem::new(Code::NotFound, format!("{error}")))
    }
}

/// The texts of a template. What is left out or `null` is the text that comes with Rollcall.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TemplateTexts, example = json!({ "subject": "{{ site }}: {{ news }}" }))]
pub(crate) struct Texts {
    /// Of the subject.
    #[serde(default)]
    pub(crate) subject: Option<Text<0, 65_536>>,
    /// Of the plain text.
    #[serde(default)]
    pub(crate) text: Option<Text<0, 65_536>>,
    /// Of the HTML. What it inserts is escaped.
    #[serde(default)]
    pub(crate) html: Option<Text<0, 65_536>>,
}

impl Texts {
    /// As the engine takes them.
    pub(crate) fn read(self) -> TemplateTexts {
        TemplateTexts {
            subject: self.subject.map(Text::into_inner),
            text: self.text.map(Text::into_inner),
            html: self.html.map(Text::into_inner),
        }
    }
}

/// A mail template.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Template {
    /// Which mail it is for.
    #[schema(example = "run-report")]
    name: &'static str,
    /// When that mail is sent.
    sent: &'static str,
    /// Your own texts; `null` = the one that comes with Rollcall.
    own: Parts,
    /// The texts that come with Rollcall, to begin your own from.
    embedded: Parts,
    /// Who changed it last; `null` = nobody ever did.
    changed_by: Option<String>,
    /// When.
    changed_at: Option<Timestamp>,
}

/// The three parts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TemplateParts)]
pub(crate) struct Parts {
    subject: Option<String>,
    text: Option<String>,
    html: Option<String>,
}

impl From<TemplateTexts> for Parts {
    fn from(texts: TemplateTexts) -> Self {
        Self { subject: texts.subject, text: texts.text, html: texts.html }
    }
}

impl Template {
    /// From the engine.
    pub(crate) fn of(view: TemplateView) -> Self {
        let (changed_by, changed_at) = view.changed.unzip();
        Self {
            name: view.name.as_str(),
            sent: view.name.words(),
            own: view.own.into(),
            embedded: view.embedded.into(),
            changed_by,
            changed_at,
        }
    }
}

/// The tag of a template.
pub(crate) fn tag(view: &TemplateView) -> Tag {
    Tag::of((view.name.as_str(), view.version))
}
