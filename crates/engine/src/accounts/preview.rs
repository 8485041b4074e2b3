//! Whom a criterion or a policy would select, also on an older snapshot: "what would this have done last month?"

use super::choice::{Choice, ChoiceKey};
use super::{AccountPage, Rows};
use crate::{Engine, EngineError, Freshness, Operator, Picture, UseCase};
use jiff::Timestamp;
use rollcall_criteria::{Field, Value, value};
use rollcall_model::{AccountIndex, SiteName, SnapshotId};
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
    /// Of those an older snapshot selects: how many were active after it, as far as the newest one knows. `None` on the newest.
    pub came_back: Option<u64>,
}

/// How many of the chosen were active after an instant, as far as a newer picture knows.
fn came_back(then: &Picture, choice: &Choice, now: &Picture, at: Timestamp) -> u64 {
    let is_back = |row: &u32| {
        let account = now.snapshot.find_key(&then.snapshot.account(AccountIndex::from(*row)).key());
        let active = account.map(|account| {
            let reckoned = now.snapshot.taken_at();
            value(&now.snapshot, &now.facts, account, Field::LastActive, reckoned)
        });
        matches!(active, Some(Value::At(when) | Value::AtLeast(when)) if when > at)
    };
    choice.accounts.iter().filter(is_back).count() as u64
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
        let came_back = match (older, newest) {
            (Some(_), Some(newest)) => {
                let (then, now) = (picture.clone(), self.picture_of(&row, &newest).await?);
                let (choice, at) = (Arc::clone(&choice), key.at());
                let counting = tokio::task::spawn_blocking(move || came_back(&then, &choice, &now, at));
                Some(crate::pictures::finished(counting.await))
            }
            _ => None,
        };
        let (shown, sample, instant) = (picture.clone(), query.sample, key.at());
        let paging = tokio::task::spawn_blocking(move || {
            super::order::page(&shown, &choice, criterion.order(), instant, 0, sample)
        });
        let rows: Arc<[_]> = crate::pictures::finished(paging.await).into();
        let at = at.unwrap_or_else(|| self.now());
        Ok(Preview {
            at,
            of: picture.snapshot.len().into(),
            came_back,
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
