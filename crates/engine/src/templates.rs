//! Templates of mails: seen, changed, set back, looked at before they are kept. One that does not render is never kept.

use crate::{Engine, EngineError, Operator, UseCase};
use jiff::Timestamp;
use rollcall_audit::{EntryKind, Subject};
use rollcall_model::RunId;
use rollcall_report::{
    MailBody, NoticeTemplates, NoticeWords, Report, ReportError, TemplateName, TemplateTexts, Templates,
};
use rollcall_store::MailTemplateRow;
use serde_json::json;

/// A template as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateView {
    /// Which mail it is for.
    pub name: TemplateName,
    /// Counts the changes; 0 = never changed. Whoever changes it says which one they saw.
    pub version: u64,
    /// An administrator's own texts; a part that is `None` is the embedded one.
    pub own: TemplateTexts,
    /// The embedded texts.
    pub embedded: TemplateTexts,
    /// Who changed it last, and when.
    pub changed: Option<(String, Timestamp)>,
}

impl TemplateView {
    /// Whether it is the embedded one throughout.
    pub fn is_embedded(&self) -> bool {
        self.own == TemplateTexts::default()
    }
}

impl Engine {
    /// Every template.
    pub async fn templates(&self, operator: &Operator) -> Result<Vec<TemplateView>, EngineError> {
        operator.check(UseCase::SeeTemplates)?;
        let mut rows = self.store.mail_templates().await?;
        let view = |name: TemplateName| {
            let at = rows.iter().position(|row| row.name == name.as_str());
            view(name, at.map(|at| rows.swap_remove(at)))
        };
        Ok(TemplateName::ALL.into_iter().map(view).collect())
    }

    /// One template.
    pub async fn template(
        &self,
        operator: &Operator,
        name: TemplateName,
    ) -> Result<TemplateView, EngineError> {
        operator.check(UseCase::SeeTemplates)?;
        Ok(view(name, self.store.mail_template(name.as_str()).await?))
    }

    /// Keeps a template that renders. `seen`: the version that was looked at before; `None` = whichever it is.
    pub async fn set_template(
        &self,
        operator: &Operator,
        name: TemplateName,
        texts: TemplateTexts,
        seen: Option<u64>,
    ) -> Result<TemplateView, EngineError> {
        operator.check(UseCase::ChangeTemplate)?;
        name.check(texts.clone())?;
        self.keep_template(operator, name, texts, seen).await
    }

    /// Back to the embedded texts.
    pub async fn reset_template(
        &self,
        operator: &Operator,
        name: TemplateName,
        seen: Option<u64>,
    ) -> Result<TemplateView, EngineError> {
        operator.check(UseCase::ChangeTemplate)?;
        self.keep_template(operator, name, TemplateTexts::default(), seen).await
    }

    async fn keep_template(
        &self,
        operator: &Operator,
        name: TemplateName,
        texts: TemplateTexts,
        seen: Option<u64>,
    ) -> Result<TemplateView, EngineError> {
        let old = view(name, self.store.mail_template(name.as_str()).await?);
        let (kind, words) = if texts == TemplateTexts::default() {
            (EntryKind::TEMPLATE_RESET, "is the embedded one again")
        } else {
            (EntryKind::TEMPLATE_CHANGED, "was changed")
        };
        let mut entry =
            self.draft(operator, kind, Subject::default(), format!("mail template \"{name}\" {words}"));
        entry.before = Some(as_json(&old.own));
        entry.after = Some(as_json(&texts));
        let row = MailTemplateRow {
            name: name.as_str().to_owned(),
            version: seen.unwrap_or(old.version),
            subject: texts.subject,
            text: texts.text,
            html: texts.html,
            changed_by: operator.name().to_owned(),
            changed_at: self.now(),
        };
        self.store.set_mail_template(&row, entry).await?;
        Ok(view(name, self.store.mail_template(name.as_str()).await?))
    }

    /// What a mail would look like: with these texts or, where none are given, those in use; of the sample, or of a run.
    pub async fn preview_template(
        &self,
        operator: &Operator,
        name: TemplateName,
        texts: Option<TemplateTexts>,
        run: Option<&RunId>,
    ) -> Result<MailBody, EngineError> {
        operator.check(UseCase::SeeTemplates)?;
        let texts = match texts {
            Some(texts) => texts,
            None => view(name, self.store.mail_template(name.as_str()).await?).own,
        };
        let attached = Some("report.csv");
        match (run, name) {
            // A notice is about one person, and a run about many: it shows the sample.
            (None, _) | (Some(_), TemplateName::Notice) => Ok(name.preview(texts)?),
            (Some(run), TemplateName::RunReport) => {
                Ok(Templates::named(name, texts)?.render(&self.report_of(run).await?, attached)?)
            }
            (Some(run), TemplateName::PlanHeld) => {
                let made = self.stored_plan(&self.store.run(run).await?.plan).await?;
                Ok(Templates::named(name, texts)?.render(&self.report_of_plan(&made).await?, attached)?)
            }
        }
    }

    /// The templates of notices: the frame in use, with a policy's words in it. A frame that fails on them is set aside.
    pub(crate) async fn notice_templates(&self, words: NoticeWords) -> Result<NoticeTemplates, EngineError> {
        let name = TemplateName::Notice;
        let own = self.store.mail_template(name.as_str()).await?.map(texts).unwrap_or_default();
        if own != TemplateTexts::default() {
            match NoticeTemplates::new(own, words.clone()) {
                Ok(templates) => return Ok(templates),
                Err(error) => {
                    tracing::warn!(template = %name, %error, "a mail template failed and the embedded one was used");
                }
            }
        }
        Ok(NoticeTemplates::new(TemplateTexts::default(), words)?)
    }

    /// The mail of a report, by the template in use. One that fails on it is set aside for this mail, which says so.
    pub(crate) async fn render_report(
        &self,
        name: TemplateName,
        report: Report<'_>,
        attached: Option<&str>,
    ) -> Result<MailBody, EngineError> {
        let own = self.store.mail_template(name.as_str()).await?.map(texts).unwrap_or_default();
        let rendered = Templates::named(name, own).and_then(|templates| templates.render(report, attached));
        let error = match rendered {
            Ok(body) => return Ok(body),
            Err(error @ ReportError::Template { .. }) => error,
            Err(error) => return Err(error.into()),
        };
        tracing::warn!(template = %name, %error, "a mail template failed and the embedded one was used");
        let note = format!(
            "Your template \"{name}\" could not be used for this mail, which is why it looks as it comes with Rollcall: {error}"
        );
        let templates = Templates::named(name, TemplateTexts::default())?;
        Ok(match report {
            Report::Run(run) => {
                let mut run = run.clone();
                run.basis.warnings.push(note);
                templates.render(&run, attached)?
            }
            Report::Plan(plan) => {
                let mut plan = plan.clone();
                plan.basis.warnings.push(note);
                templates.render(&plan, attached)?
            }
        })
    }
}

fn texts(row: MailTemplateRow) -> TemplateTexts {
    TemplateTexts { subject: row.subject, text: row.text, html: row.html }
}

fn view(name: TemplateName, row: Option<MailTemplateRow>) -> TemplateView {
    TemplateView {
        name,
        version: row.as_ref().map_or(0, |row| row.version),
        changed: row.as_ref().map(|row| (row.changed_by.clone(), row.changed_at)),
        own: row.map(texts).unwrap_or_default(),
        embedded: name.embedded(),
    }
}

fn as_json(texts: &TemplateTexts) -> serde_json::Value {
    json!({ "subject": texts.subject, "text": texts.text, "html": texts.html })
}
