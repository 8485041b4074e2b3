//! Whom a criterion or a policy would select, also on an older snapshot: "what would this have done last month?"

use super::choice::ChoiceKey;
use super::{AccountPage, Rows};
use crate::{Engine, EngineError, Freshness, Operator, UseCase};
use jiff::Timestamp;
use rollcall_model::{SiteName, SnapshotId};
use std::sync::Arc;

/// What is to be tried.
#[derive(Debug, Clone)]
pub struct PreviewQuery<'a> {
    /// The site.
    pub site: &'a SiteName,
    /// The criterion.
    pub criterion: &'a str,
    /// On which snapshot; `None` = the newest.
    pub snapshot: Option<&'a SnapshotId>,
    /// How many accounts are shown at most.
    pub sample: usize,
}

/// Whom it selects.
pub struct Preview {
    /// The first of them, in the order of the criterion.
    pub accounts: AccountPage,
    /// The instant that "ago" was reckoned from: now on the newest snapshot, on an older one when it was taken.
    pub at: Timestamp,
    /// How many accounts the site had.
    pub of: u64,
}

impl Engine {
    /// Tries a criterion on a snapshot. Exemptions and lists are those of now; protections and limits are the affair of a plan.
    pub async fn preview(
        &self,
        operator: &Operator,
        query: &PreviewQuery<'_>,
    ) -> Result<Preview, EngineError> {
        operator.check(UseCase::SeeAccounts)?;
        let text = query.criterion;
        let criterion = Arc::new(rollcall_criteria::parse(text).map_err(EngineError::criterion(text))?);
        let row = self.site_row(query.site).await?;
        let newest = self.store.newest_snapshot(&row.id).await?.map(|header| header.id);
        let older = query.snapshot.filter(|id| newest.as_ref() != Some(*id));
        let picture = match older {
            Some(id) => self.picture_of(&row, id).await?,
            None => self.picture(operator, query.site, Freshness::Any, &|_| ()).await?,
        };
        let at = older.map(|_| picture.snapshot.taken_at());
        let key = ChoiceKey::new(&picture, &criterion, None, at, self.now());
        let choice = self.choice(&picture, &criterion, text, &key).await?;
        let (total, unknown) = (choice.accounts.len(), choice.unknown);
        let (shown, sample, instant) = (picture.clone(), query.sample, key.at());
        let paging = tokio::task::spawn_blocking(move || {
            super::order::page(&shown, &criterion, &choice, criterion.order(), instant, 0, sample)
        });
        let rows: Arc<[_]> = crate::pictures::finished(paging.await).into();
        let at = at.unwrap_or_else(|| self.now());
        Ok(Preview {
            at,
            of: picture.snapshot.len().into(),
            accounts: AccountPage {
                rows: Rows { from: 0, to: rows.len(), of: rows },
                shown_at: at,
                total,
                unknown,
                next: None,
                picture,
            },
        })
    }

    /// Tries a policy's criterion at one of its sites.
    pub async fn preview_policy(
        &self,
        operator: &Operator,
        policy: &str,
        site: &SiteName,
        snapshot: Option<&SnapshotId>,
        sample: usize,
    ) -> Result<Preview, EngineError> {
        operator.check(UseCase::SeePolicies)?;
        let (policy, _) = self.stored_policy(policy).await?;
        if !policy.sites.contains(site) {
            return Err(EngineError::NotNow(format!(
                "policy \"{}\" is not for site \"{site}\"",
                policy.name
            )));
        }
        let query = PreviewQuery { site, criterion: &policy.select, snapshot, sample };
        self.preview(operator, &query).await
    }
}
