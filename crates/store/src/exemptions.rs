//! Exemptions: accounts and groups of a site that no policy touches (I5).

use crate::database::{execute, fetch_all, fetch_optional};
use crate::row::{instant, micros, optional_instant, storable, word};
use crate::words::ExemptKind;
use crate::{Store, StoreError, audit};
use jiff::Timestamp;
use rollcall_audit::Draft;
use rollcall_model::SiteId;

/// An exemption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExemptionRow {
    /// At which site.
    pub site: SiteId,
    /// An account or a group.
    pub kind: ExemptKind,
    /// The account's key, or the group's name as the site spells it.
    pub subject: String,
    /// Why.
    pub reason: String,
    /// Until when; `None` = for good.
    pub until: Option<Timestamp>,
    /// By whom.
    pub added_by: String,
    /// Since when.
    pub added_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    site: String,
    subject_kind: String,
    subject: String,
    reason: String,
    ends_at: Option<i64>,
    added_by: String,
    added_at: i64,
}

impl Row {
    fn exemption(self) -> Result<ExemptionRow, StoreError> {
        let what = "an exemption";
        Ok(ExemptionRow {
            kind: word(ExemptKind::from_name(&self.subject_kind), &self.subject_kind, what)?,
            until: optional_instant(self.ends_at, what)?,
            added_at: instant(self.added_at, what)?,
            site: self.site.into(),
            subject: self.subject,
            reason: self.reason,
            added_by: self.added_by,
        })
    }
}

impl Store {
    /// Sets an exemption; one of the same subject is replaced.
    pub async fn set_exemption(&self, exemption: &ExemptionRow, entry: Draft) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let set = execute!(
            &mut writing,
            "INSERT INTO exemptions (site, subject_kind, subject, reason, ends_at, added_by, added_at)
             SELECT id, $2, $3, $4, $5, $6, $7 FROM sites WHERE id = $1
             ON CONFLICT (site, subject_kind, subject) DO UPDATE
             SET reason = excluded.reason, ends_at = excluded.ends_at, added_by = excluded.added_by,
                 added_at = excluded.added_at",
            exemption.site.as_str(),
            exemption.kind.as_str(),
            &*storable(&exemption.subject),
            &*storable(&exemption.reason),
            exemption.until.map(micros),
            &*storable(&exemption.added_by),
            micros(exemption.added_at),
        )?;
        if set == 0 {
            return Err(StoreError::not_found("site", &exemption.site));
        }
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    /// Takes an exemption back; with `meant`, only the one that was added at that instant.
    pub async fn remove_exemption(
        &self,
        site: &SiteId,
        kind: ExemptKind,
        subject: &str,
        meant: Option<Timestamp>,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let removed = execute!(
            &mut writing,
            "DELETE FROM exemptions
             WHERE site = $1 AND subject_kind = $2 AND subject = $3 AND ($4 IS NULL OR added_at = $4)",
            site.as_str(),
            kind.as_str(),
            &*storable(subject),
            meant.map(micros),
        )?;
        if removed == 0 {
            let there: Option<(String,)> = fetch_optional!(
                &mut writing,
                "SELECT subject FROM exemptions WHERE site = $1 AND subject_kind = $2 AND subject = $3",
                site.as_str(),
                kind.as_str(),
                &*storable(subject),
            )?;
            return Err(match there {
                None => StoreError::not_found("exemption of", subject),
                Some(_) => StoreError::stale("exemption", subject),
            });
        }
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    /// The exemptions of a site, those that have ended included.
    pub async fn exemptions(&self, site: &SiteId) -> Result<Vec<ExemptionRow>, StoreError> {
        let rows: Vec<Row> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT site, subject_kind, subject, reason, ends_at, added_by, added_at FROM exemptions
             WHERE site = $1 ORDER BY subject_kind, added_at, subject",
            site.as_str(),
        )?;
        rows.into_iter().map(Row::exemption).collect()
    }
}
