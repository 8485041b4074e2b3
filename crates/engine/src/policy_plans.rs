//! Planning a policy: for everybody whom its criterion selects, or for those alone that something happened to.

use crate::plans::{Ask, ShowProgress, protections};
use crate::{Engine, EngineError, Freshness, MadePlan, Operator, Picture, PolicyState, UseCase};
use rollcall_model::SiteName;
use rollcall_planner::{Mode, Only, Order, Origin, Plan, Policy, Protections};
use rollcall_site::SiteSettings;
use rollcall_store::{SiteRow, WatchEvent};

impl Engine {
    /// Plans a policy, one plan for each of its sites (or for the one named). `mode` replaces the mode the policy is switched to; live it is
    /// planned only while it is live (I14).
    pub async fn plan_policy(
        &self,
        operator: &Operator,
        name: &str,
        site: Option<&SiteName>,
        mode: Option<Mode>,
        freshness: Option<Freshness>,
        progress: ShowProgress<'_>,
    ) -> Result<Vec<MadePlan>, EngineError> {
        operator.check(UseCase::Plan)?;
        let (policy, state) = self.stored_policy(name).await?;
        let mode = mode.unwrap_or(match state {
            PolicyState::Live => Mode::Live,
            PolicyState::Off | PolicyState::Test => Mode::Test,
        });
        if mode == Mode::Live {
            crate::approval::check_live(name, state)?;
        }
        if let Some(site) = site
            && !policy.sites.contains(site)
        {
            return Err(EngineError::NotNow(format!(
                "policy \"{name}\" is not for site \"{site}\"; it is for {}",
                listed(&policy.sites)
            )));
        }
        let mut plans = Vec::new();
        for site in policy.sites.iter().filter(|s| site.is_none_or(|wanted| wanted == *s)) {
            let freshness = freshness.unwrap_or(Freshness::AtMost(policy.snapshot_max_age.duration()));
            plans.push(self.plan_policy_at(operator, &policy, site, mode, freshness, progress).await?);
        }
        Ok(plans)
    }

    async fn plan_policy_at(
        &self,
        operator: &Operator,
        policy: &Policy,
        site: &SiteName,
        mode: Mode,
        freshness: Freshness,
        progress: ShowProgress<'_>,
    ) -> Result<MadePlan, EngineError> {
        let row = self.site_row(site).await?;
        let picture = self.picture_for_plan(operator, &row, freshness, progress).await?;
        let previous = self.accounts_of_last_run(&row, &policy.name).await?;
        let plan = self.draw_up(policy, &row, &picture, mode, previous, None)?;
        self.store_plan(operator, &row, plan).await
    }

    /// Plans a policy for the accounts alone that something happened to, on a picture that shows it. `None`: the criterion selects nobody of
    /// them; nothing is stored, and the events wait no longer. Such a run is not compared with others: how many people sign in says nothing
    /// about the policy.
    pub(crate) async fn plan_for_events(
        &self,
        operator: &Operator,
        policy: &Policy,
        site: &SiteRow,
        only: &Only,
        events: &[WatchEvent],
        progress: ShowProgress<'_>,
    ) -> Result<Option<MadePlan>, EngineError> {
        let newest = self.store.newest_snapshot(&site.id).await?.map(|header| header.taken_at);
        let is_shown = newest.is_some_and(|taken_at| events.iter().all(|event| event.seen_at <= taken_at));
        let picture = if is_shown {
            let freshness = Freshness::AtMost(policy.snapshot_max_age.duration());
            self.picture_for_plan(operator, site, freshness, progress).await?
        } else {
            self.sync(operator, &site.name, progress).await?.picture
        };
        let plan = self.draw_up(policy, site, &picture, policy.mode, None, Some(only))?;
        if plan.selected == 0 {
            self.store.drop_events(&policy.name, &site.id, events).await?;
            return Ok(None);
        }
        self.store_plan_taking(operator, site, plan, events).await.map(Some)
    }

    /// The plan of a policy.
    fn draw_up(
        &self,
        policy: &Policy,
        site: &SiteRow,
        picture: &Picture,
        mode: Mode,
        previous: Option<u32>,
        only: Option<&Only>,
    ) -> Result<Plan, EngineError> {
        let criterion =
            rollcall_criteria::parse(&policy.select).map_err(EngineError::criterion(&policy.select))?;
        let order = Order {
            origin: Origin::Policy { name: policy.name.clone(), version: policy.version() },
            criterion: &criterion,
            actions: &policy.actions,
            mode,
            limits: &policy.limits,
            approval: &policy.approval,
            only,
        };
        let protections = protections_of(policy, picture, &crate::sites::settings(site)?);
        let expires_after = policy.plan_expiry.duration();
        self.make_plan(
            site,
            picture,
            &Ask { text: &policy.select, order, protections, previous, expires_after },
        )
    }

    /// How many accounts the last live run of a policy set out to change, leaving out those that were restricted to who something happened to.
    async fn accounts_of_last_run(&self, site: &SiteRow, policy: &str) -> Result<Option<u32>, EngineError> {
        match self.store.last_plan_run(policy, &site.id).await? {
            Some(plan) => Ok(Some(self.summary_of(&plan).await?.accounts)),
            None => Ok(None),
        }
    }
}

/// What a policy leaves alone: what its site does, and what it names itself.
pub(crate) fn protections_of(policy: &Policy, picture: &Picture, settings: &SiteSettings) -> Protections {
    let mut protections = protections(picture, settings);
    protections.grace = policy.grace;
    protections.groups.extend(policy.protected_groups.iter().cloned());
    protections
}

fn listed(sites: &[SiteName]) -> String {
    sites.iter().map(SiteName::as_str).collect::<Vec<_>>().join(", ")
}
