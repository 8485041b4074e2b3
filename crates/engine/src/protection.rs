//! Why an account is or is not changed by a policy: whether its criterion selects it, and whether it is protected all the same.

use crate::policy_plans::protections_of;
use crate::{Engine, EngineError, Freshness, Operator, UseCase};
use rollcall_criteria::Explanation;
use rollcall_model::{AccountKey, SiteName};
use rollcall_planner::{Policy, Protection, Protections, protection_of};

impl Engine {
    /// Why an account is or is not selected by a policy, clause by clause; and why it is left alone, where it is.
    pub async fn explain_by_policy(
        &self,
        operator: &Operator,
        site: &SiteName,
        key: &AccountKey,
        policy: &str,
    ) -> Result<(Explanation, Option<Protection>), EngineError> {
        operator.check(UseCase::SeePolicies)?;
        let (policy, _) = self.stored_policy(policy).await?;
        if !policy.sites.contains(site) {
            let message = format!("policy \"{}\" is not for site \"{site}\"", policy.name);
            return Err(EngineError::NotNow(message));
        }
        let explanation = self.explain_account(operator, site, key, &policy.select).await?;
        let protection = self.protection(operator, site, key, Some(policy)).await?;
        Ok((explanation, protection))
    }

    /// The same for a criterion, with what protects everybody from a selection made by hand.
    pub async fn explain_by_criterion(
        &self,
        operator: &Operator,
        site: &SiteName,
        key: &AccountKey,
        criterion: &str,
    ) -> Result<(Explanation, Option<Protection>), EngineError> {
        let explanation = self.explain_account(operator, site, key, criterion).await?;
        let protection = self.protection(operator, site, key, None).await?;
        Ok((explanation, protection))
    }

    async fn protection(
        &self,
        operator: &Operator,
        site: &SiteName,
        key: &AccountKey,
        policy: Option<Policy>,
    ) -> Result<Option<Protection>, EngineError> {
        let row = self.site_row(site).await?;
        let picture = self.picture(operator, site, Freshness::Any, &|_| ()).await?;
        let settings = crate::sites::settings(&row)?;
        let now = self.now();
        let Some(index) = picture.snapshot.find_key(key) else { return Ok(None) };
        let asking = tokio::task::spawn_blocking(move || {
            let protections: Protections = match &policy {
                Some(policy) => protections_of(policy, &picture, &settings),
                None => crate::plans::protections(&picture, &settings),
            };
            protection_of(&picture.snapshot, &picture.facts, &protections, index, now)
        });
        Ok(crate::pictures::finished(asking.await)?)
    }
}
