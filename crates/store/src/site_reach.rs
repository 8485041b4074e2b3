//! Whether each site answers: told once for each change, however often it is tried.

use crate::database::{execute, fetch_all, fetch_optional};
use crate::row::{instant, micros, optional_instant, storable};
use crate::{Store, StoreError, audit};
use jiff::Timestamp;
use rollcall_audit::Draft;
use rollcall_model::SiteId;

/// A site that was seen not to answer, at least once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteReachRow {
    /// The site.
    pub site: SiteId,
    /// Whether it answers now.
    pub is_reachable: bool,
    /// Since when it does or does not.
    pub since: Timestamp,
    /// Why it does not.
    pub reason: String,
}

impl Store {
    /// Records that a site does not answer (`reason`), or does (`None`). Only a change is recorded, with its entry; `true` says so.
    /// A site that is not stored is left alone.
    pub async fn note_reach(
        &self,
        site: &SiteId,
        reason: Option<&str>,
        now: Timestamp,
        entry: Draft,
    ) -> Result<bool, StoreError> {
        let mut writing = self.database.write().await?;
        let changed = match reason {
            Some(reason) => execute!(
                &mut writing,
                "INSERT INTO site_reach (site, is_reachable, since, reason)
                 SELECT id, FALSE, $2, $3 FROM sites WHERE id = $1
                 ON CONFLICT (site) DO UPDATE SET is_reachable = FALSE, since = excluded.since, reason = excluded.reason
                 WHERE site_reach.is_reachable",
                site.as_str(),
                micros(now),
                &*storable(reason),
            )?,
            None => execute!(
                &mut writing,
                "UPDATE site_reach SET is_reachable = TRUE, since = $2, reason = ''
                 WHERE site = $1 AND NOT is_reachable",
                site.as_str(),
                micros(now),
            )?,
        };
        if changed == 0 {
            return Ok(false);
        }
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await?;
        Ok(true)
    }

    /// Records that a site refused the credentials. The first time counts, until it accepts some.
    pub async fn note_refusal(&self, site: &SiteId, now: Timestamp) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        execute!(
            &mut writing,
            "INSERT INTO site_reach (site, is_reachable, since, reason, refused_at)
             SELECT id, TRUE, $2, '', $2 FROM sites WHERE id = $1
             ON CONFLICT (site) DO UPDATE SET refused_at = COALESCE(site_reach.refused_at, excluded.refused_at)",
            site.as_str(),
            micros(now),
        )?;
        writing.commit().await
    }

    /// Records that a site accepted the credentials.
    pub async fn forget_refusal(&self, site: &SiteId) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let forgotten = execute!(
            &mut writing,
            "UPDATE site_reach SET refused_at = NULL WHERE site = $1 AND refused_at IS NOT NULL",
            site.as_str(),
        )?;
        if forgotten == 0 { Ok(()) } else { writing.commit().await }
    }

    /// When a site refused the credentials, unless it has accepted some since.
    pub async fn refused_at(&self, site: &SiteId) -> Result<Option<Timestamp>, StoreError> {
        let row: Option<(Option<i64>,)> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT refused_at FROM site_reach WHERE site = $1",
            site.as_str(),
        )?;
        optional_instant(row.and_then(|(at,)| at), &format!("whether site {site} accepts the credentials"))
    }

    /// Sites that were seen not to answer, by id.
    pub async fn site_reach(&self) -> Result<Vec<SiteReachRow>, StoreError> {
        let rows: Vec<(String, bool, i64, String)> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT site, is_reachable, since, reason FROM site_reach ORDER BY site"
        )?;
        let row = |(site, is_reachable, since, reason): (String, bool, i64, String)| {
            let since = instant(since, &format!("whether site {site} answers"))?;
            Ok(SiteReachRow { site: site.into(), is_reachable, since, reason })
        };
        rows.into_iter().map(row).collect()
    }
}
