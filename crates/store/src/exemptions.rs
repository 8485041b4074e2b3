//! Exemptions: accounts and groups of a site that no policy touches (I5).

use crate::database::{Writing, execute, fetch_all, fetch_optional};
use crate::row::{instant, micros, optional_instant, storable, word};
use crate::words::ExemptKind;
use crate::{Replaces, Store, StoreError, audit};
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
    /// The account's sign-in name when it was exempted, where that is known, or the group's name.
    pub name: String,
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
    name: Option<String>,
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
            name: self.name.unwrap_or_else(|| self.subject.clone()),
            subject: self.subject,
            reason: self.reason,
            added_by: self.added_by,
        })
    }
}

/// When the exemption of a subject was added, if there is one.
async fn standing(
    writing: &mut Writing,
    site: &SiteId,
    kind: ExemptKind,
    subject: &str,
) -> Result<Option<i64>, StoreError> {
    let there: Option<(i64,)> = fetch_optional!(
        writing,
        "SELECT added_at FROM exemptions WHERE site = $1 AND subject_kind = $2 AND subject = $3",
        site.as_str(),
        kind.as_str(),
        &*storable(subject),
    )?;
    Ok(there.map(|(added_at,)| added_at))
}

/// Whether the exemption of the same subject is still the one that was added at that instant. Takes the row, so that it stays so.
async fn check_unchanged(
    writing: &mut Writing,
    exemption: &ExemptionRow,
    added_at: Timestamp,
) -> Result<(), StoreError> {
    let same = execute!(
        writing,
        "UPDATE exemptions SET added_at = added_at
         WHERE site = $1 AND subject_kind = $2 AND subject = $3 AND added_at = $4",
        exemption.site.as_str(),
        exemption.kind.as_str(),
        &*storable(&exemption.subject),
        micros(added_at),
    )?;
    if same == 0 { Err(StoreError::stale("exemption", &exemption.subject)) } else { Ok(()) }
}

impl Store {
    /// Sets an exemption. One of the same subject that has ended is replaced in any case: it exempts nobody.
    pub async fn set_exemption(
        &self,
        exemption: &ExemptionRow,
        replaces: Replaces,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        if let Replaces::Only(added_at) = replaces {
            check_unchanged(&mut writing, exemption, added_at).await?;
        }
        let set = execute!(
            &mut writing,
            "INSERT INTO exemptions (site, subject_kind, subject, name, reason, ends_at, added_by, added_at)
             SELECT id, $2, $3, $4, $5, $6, $7, $8 FROM sites WHERE id = $1
             ON CONFLICT (site, subject_kind, subject) DO UPDATE
             SET name = excluded.name, reason = excluded.reason, ends_at = excluded.ends_at, added_by = excluded.added_by,
                 added_at = excluded.added_at
             WHERE $9 OR exemptions.ends_at <= excluded.added_at",
            exemption.site.as_str(),
            exemption.kind.as_str(),
            &*storable(&exemption.subject),
            &*storable(&exemption.name),
            &*storable(&exemption.reason),
            exemption.until.map(micros),
            &*storable(&exemption.added_by),
            micros(exemption.added_at),
            replaces != Replaces::Nothing,
        )?;
        if set == 0 {
            let (kind, subject) = (exemption.kind, &exemption.subject);
            return Err(match standing(&mut writing, &exemption.site, kind, subject).await? {
                Some(_) => StoreError::exists("exemption of", subject),
                None => StoreError::not_found("site", &exemption.site),
            });
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
            return Err(match standing(&mut writing, site, kind, subject).await? {
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
            "SELECT site, subject_kind, subject, name, reason, ends_at, added_by, added_at FROM exemptions
             WHERE site = $1 ORDER BY subject_kind, added_at, subject",
            site.as_str(),
        )?;
        rows.into_iter().map(Row::exemption).collect()
    }
}
