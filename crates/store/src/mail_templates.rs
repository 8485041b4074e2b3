//! Templates of mails that an administrator wrote. A mail without a row here, or with one that holds no text, uses the embedded text.

use crate::database::{execute, fetch_all, fetch_optional};
use crate::row::{instant, micros, number, storable};
use crate::{Store, StoreError, audit};
use jiff::Timestamp;
use rollcall_audit::Draft;

/// A template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailTemplateRow {
    /// Which mail it is for.
    pub name: String,
    /// Counts the changes; never goes back.
    pub version: u64,
    /// Of the subject.
    pub subject: Option<String>,
    /// Of the plain text.
    pub text: Option<String>,
    /// Of the HTML.
    pub html: Option<String>,
    /// Who changed it last.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    version: i64,
    subject: Option<String>,
    plain: Option<String>,
    html: Option<String>,
    changed_by: String,
    changed_at: i64,
}

impl Row {
    fn template(self) -> Result<MailTemplateRow, StoreError> {
        let what = format!("mail template \"{}\"", self.name);
        Ok(MailTemplateRow {
            version: number(self.version, &what)?,
            changed_at: instant(self.changed_at, &what)?,
            name: self.name,
            subject: self.subject,
            text: self.plain,
            html: self.html,
            changed_by: self.changed_by,
        })
    }
}

impl Store {
    /// A template, if it was ever changed.
    pub async fn mail_template(&self, name: &str) -> Result<Option<MailTemplateRow>, StoreError> {
        let row: Option<Row> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT name, version, subject, plain, html, changed_by, changed_at FROM mail_templates WHERE name = $1",
            name
        )?;
        row.map(Row::template).transpose()
    }

    /// Templates that were ever changed, by name.
    pub async fn mail_templates(&self) -> Result<Vec<MailTemplateRow>, StoreError> {
        let rows: Vec<Row> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT name, version, subject, plain, html, changed_by, changed_at FROM mail_templates ORDER BY name"
        )?;
        rows.into_iter().map(Row::template).collect()
    }

    /// Keeps a template; without any text it is the embedded one again. `row.version` is the version that was seen, 0 where it was
    /// never changed: where somebody changed it since, that is a conflict. Gives the new version.
    pub async fn set_mail_template(&self, row: &MailTemplateRow, entry: Draft) -> Result<u64, StoreError> {
        let seen = i64::try_from(row.version).unwrap_or(i64::MAX);
        let text = |text: &Option<String>| text.as_deref().map(|t| storable(t).into_owned());
        let mut writing = self.database.write().await?;
        let kept = execute!(
            &mut writing,
            "INSERT INTO mail_templates (name, version, subject, plain, html, changed_by, changed_at)
             SELECT $1, $2 + 1, $3, $4, $5, $6, $7
             WHERE $2 = COALESCE((SELECT version FROM mail_templates WHERE name = $1), 0)
             ON CONFLICT (name) DO UPDATE SET version = excluded.version, subject = excluded.subject, plain = excluded.plain,
                 html = excluded.html, changed_by = excluded.changed_by, changed_at = excluded.changed_at
             WHERE mail_templates.version = excluded.version - 1",
            &row.name,
            seen,
            text(&row.subject),
            text(&row.text),
            text(&row.html),
            &*storable(&row.changed_by),
            micros(row.changed_at),
        )?;
        if kept == 0 {
            return Err(StoreError::stale("mail template", &row.name));
        }
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await?;
        Ok(row.version + 1)
    }
}
