//! Sites as an operator sees them: the connection, the newest snapshot, whether they answer. Asks nobody.

use super::{product, settings};
use crate::{Engine, EngineError, Operator, SiteSettings, UseCase};
use jiff::Timestamp;
use rollcall_model::{Product, SiteName, SiteProfile};
use rollcall_store::SiteRow;

/// A site as it is listed.
#[derive(Debug, Clone)]
pub struct SiteView {
    /// What it is called here.
    pub name: SiteName,
    /// The product.
    pub product: Product,
    /// Its address.
    pub url: String,
    /// What Rollcall was told about it.
    pub settings: SiteSettings,
    /// Whether somebody at a shell of this machine vouched for the address; else only public addresses are asked.
    pub is_vouched: bool,
    /// When it was connected.
    pub added_at: Timestamp,
    /// When the connection was changed last.
    pub changed_at: Timestamp,
    /// The newest snapshot: when, and how many accounts.
    pub newest: Option<(Timestamp, u64)>,
    /// What came of asking it; `None` = nothing was noted yet.
    pub reach: Option<SiteReach>,
}

/// Whether a site answers, as far as was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteReach {
    /// Whether it answered when it was asked last.
    pub answers: bool,
    /// Since when that is so.
    pub since: Timestamp,
    /// Why it does not answer; empty where it does.
    pub reason: String,
    /// When it refused the credentials; what runs by itself does not try them again.
    pub refused_at: Option<Timestamp>,
}

impl Engine {
    /// The sites, by name.
    pub async fn sites(&self, operator: &Operator) -> Result<Vec<SiteView>, EngineError> {
        operator.check(UseCase::SeeSites)?;
        let mut views = Vec::new();
        for row in self.store.sites().await? {
            views.push(self.site_view(row).await?);
        }
        Ok(views)
    }

    /// One site.
    pub async fn site(&self, operator: &Operator, name: &SiteName) -> Result<SiteView, EngineError> {
        operator.check(UseCase::SeeSites)?;
        let row = self.site_row(name).await?;
        self.site_view(row).await
    }

    async fn site_view(&self, row: SiteRow) -> Result<SiteView, EngineError> {
        let newest = self.store.newest_snapshot(&row.id).await?.map(|s| (s.taken_at, s.accounts));
        let seen = self.store.site_reach().await?.into_iter().find(|reach| reach.site == row.id);
        let refused_at = self.store.refused_at(&row.id).await?;
        let reach = seen.map(|seen| SiteReach {
            answers: seen.is_reachable && refused_at.is_none(),
            since: refused_at.unwrap_or(seen.since),
            reason: seen.reason,
            refused_at,
        });
        Ok(SiteView {
            reach,
            product: product(&row)?,
            settings: settings(&row)?,
            name: row.name,
            url: row.url,
            is_vouched: row.is_vouched,
            added_at: row.created_at,
            changed_at: row.changed_at,
            newest,
        })
    }

    /// What a site said of itself when it was read last, and when that was. Asks nobody.
    pub async fn known_profile(
        &self,
        operator: &Operator,
        name: &SiteName,
    ) -> Result<(SiteProfile, Timestamp), EngineError> {
        operator.check(UseCase::SeeSites)?;
        let row = self.site_row(name).await?;
        let newest = self.store.newest_snapshot(&row.id).await?;
        let newest = newest.ok_or_else(|| EngineError::NotFound {
            what: "snapshot of site",
            name: name.to_string(),
            remedy: format!("; read it with `rollcall sync {name}`"),
        })?;
        let picture = self.picture_of(&row, &newest.id).await?;
        Ok((picture.snapshot.profile().clone(), picture.snapshot.taken_at()))
    }
}
