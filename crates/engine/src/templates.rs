//! Templates of mails: seen, changed, set back, looked at before they are kept. One that does not render is never kept.

use crate::pictures::finished;
use crate::{Engine, EngineError, Operator, UseCase};
use jiff::Timestamp;
use rollcall_audit::{EntryKind, Subject};
use rollcall_model::RunId;
use rollcall_report::{
    Letter, MailBody, NoticeTemplates, NoticeWords, Report, ReportError, TemplateName, TemplateTexts,
    Templates,
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
        let tried = texts.clone();
        beside(move || name.check(tried)).await?;
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

    /// What a mail would look like: with these texts or, where none are given, those in use; of the sample, or of a run. Texts that are not in use
    /// are for whoever may change those that are.
    pub async fn preview_template(
        &self,
        operator: &Operator,
        name: TemplateName,
        texts: Option<TemplateTexts>,
        run: Option<&RunId>,
    ) -> Result<MailBody, EngineError> {
        operator.check(if texts.is_some() { UseCase::ChangeTemplate } else { UseCase::SeeTemplates })?;
        let texts = match texts {
            Some(texts) => texts,
            None => view(name, self.store.mail_template(name.as_str()).await?).own,
        };
        let attached = Some("report.csv");
        let letter = match (run, name) {
            // A notice is about one person, and a run about many: it shows the sample.
            (None, _) | (Some(_), TemplateName::Notice) => None,
            (Some(run), TemplateName::RunReport) => {
                Some(Letter::of(Report::Run(&self.report_of(run).await?), attached))
            }
            (Some(run), TemplateName::PlanHeld) => {
                let made = self.stored_plan(&self.store.run(run).await?.plan).await?;
                Some(Letter::of(Report::Plan(&self.report_of_plan(&made).await?), attached))
            }
        };
        let written = move || match letter {
            Some(letter) => Templates::named(name, texts)?.write(&letter),
            None => name.preview(texts),
        };
        Ok(beside(written).await?)
    }

    /// The templates of notices: the frame in use, with a policy's words in it. A frame that fails on them is set aside.
    pub(crate) async fn notice_templates(&self, words: NoticeWords) -> Result<NoticeTemplates, EngineError> {
        let name = TemplateName::Notice;
        let own = self.store.mail_template(name.as_str()).await?.map(texts).unwrap_or_default();
        if own != TemplateTexts::default() {
            let with = words.clone();
            match beside(move || NoticeTemplates::new(own, with)).await {
                Ok(templates) => return Ok(templates),
                Err(error) => {
                    tracing::warn!(template = %name, %error, "a mail template failed and the embedded one was used");
                }
            }
        }
        Ok(beside(move || NoticeTemplates::new(TemplateTexts::default(), words)).await?)
    }

    /// The mail of a report, by the template in use. One that fails on it is set aside for this mail, which says so.
    pub(crate) async fn render_report(
        &self,
        name: TemplateName,
        report: Report<'_>,
        attached: Option<&str>,
    ) -> Result<MailBody, EngineError> {
        let own = self.store.mail_template(name.as_str()).await?.map(texts).unwrap_or_default();
        let letter = Letter::of(report, attached);
        let theirs = letter.clone();
        let written = beside(move || Templates::named(name, own)?.write(&theirs)).await;
        let error = match written {
            Ok(body) => return Ok(body),
            Err(error @ ReportError::Template { .. }) => error,
            Err(error) => return Err(error.into()),
        };
        tracing::warn!(template = %name, %error, "a mail template failed and the embedded one was used");
        let letter = letter.warning(&format!(
            "Your template \"{name}\" could not be used for this mail, which is why it looks as it comes with Rollcall: {error}"
        ));
        Ok(beside(move || Templates::named(name, TemplateTexts::default())?.write(&letter)).await?)
    }
}

/// Writes beside the threads that answer requests: a template may take its time.
pub(crate) async fn beside<T: Send + 'static>(write: impl FnOnce() -> T + Send + 'static) -> T {
    finished(tokio::task::spawn_blocking(write).await)
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
