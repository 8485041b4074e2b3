//! Plans, page by page, and what is in one of them.

use crate::{Engine, EngineError, Operator, UseCase};
use jiff::Timestamp;
use rollcall_model::{AccountRef, PlanId, RunId, SiteName};
use rollcall_planner::{Mode, Origin, Plan, PlanItem, Protection, Refusal};
use rollcall_snapshot::fold;
use rollcall_store::{ListedPlan, PlanFilter, PlanRow, PlanStanding};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a plan comes to, kept beside it for listings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PlanSummary {
    /// Where it comes from.
    pub origin: Origin,
    /// The criterion; empty for an undo.
    pub criterion: String,
    /// To whom it was restricted, in words; `None`: it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<String>,
    /// The actions, as the command line writes them.
    pub actions: Vec<String>,
    /// How many accounts were selected.
    pub selected: u32,
    /// How many accounts are changed.
    pub accounts: u32,
    /// How many accounts are refused.
    pub refused: u32,
    /// How many accounts are protected.
    pub protected: u32,
    /// Seats it frees.
    pub seats_freed: u32,
    /// Seats it takes.
    pub seats_taken: u32,
    /// Whether somebody other than its maker has to agree.
    pub second_person: bool,
}

impl PlanSummary {
    pub(crate) fn of(plan: &Plan) -> Self {
        Self {
            origin: plan.origin.clone(),
            criterion: plan.criterion.clone(),
            only: plan.only.as_ref().map(rollcall_planner::Only::words),
            actions: plan.actions.iter().map(ToString::to_string).collect(),
            selected: plan.selected,
            accounts: plan.accounts,
            refused: plan.refused.len() as u32,
            protected: plan.protected.len() as u32,
            seats_freed: plan.seats.freed,
            seats_taken: plan.seats.taken,
            second_person: plan.approval.second_person,
        }
    }
}

/// Which plans to list.
#[derive(Debug, Clone, Default)]
pub struct PlanListQuery {
    /// At this site.
    pub site: Option<SiteName>,
    /// Of this policy.
    pub policy: Option<String>,
    /// That stand there: `awaiting`, `ready`, `blocked`, `expired`, `rejected`, `applied`.
    pub standing: Option<String>,
    /// Older than this plan: when it was made, and its id.
    pub before: Option<(Timestamp, PlanId)>,
}

/// A plan as it is listed.
#[derive(Debug, Clone)]
pub struct PlanListing {
    /// Its id.
    pub id: PlanId,
    /// The site's name.
    pub site: SiteName,
    /// The policy, where one made it.
    pub policy: Option<String>,
    /// Test or live.
    pub mode: Mode,
    /// Where it stands.
    pub standing: &'static str,
    /// Its fingerprint.
    pub fingerprint: String,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// From when on it is not applied any more.
    pub expires_at: Timestamp,
    /// How many items it has.
    pub items: u64,
    /// What it comes to.
    pub summary: PlanSummary,
    /// The run of it, if there is one.
    pub run: Option<RunId>,
}

/// Which lines of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanTab {
    /// What will be done.
    Items,
    /// Who is left as is because an action cannot be done.
    Refused,
    /// Who is left as is because of a protection.
    Protected,
}

/// A line of a plan.
#[derive(Debug, Clone)]
pub enum PlanLine {
    /// What will be done.
    Item(PlanItem),
    /// Who is left as is because an action cannot be done.
    Refused(Refusal),
    /// Who is left as is because of a protection.
    Protected(Protection),
}

/// Lines of a plan.
#[derive(Debug, Clone)]
pub struct PlanLines {
    /// The lines, in the order of the plan.
    pub lines: Vec<PlanLine>,
    /// How many match.
    pub total: u64,
    /// How many lines are behind these.
    pub more: u64,
}

impl Engine {
    /// Plans that match, newest first, `limit` at most.
    pub async fn plan_list(
        &self,
        operator: &Operator,
        query: &PlanListQuery,
        limit: u32,
    ) -> Result<Vec<PlanListing>, EngineError> {
        operator.check(UseCase::SeePlans)?;
        let filter =
            PlanFilter { before: query.before.clone(), limit: Some(limit), ..self.plan_filter(query).await? };
        let names: BTreeMap<_, _> = self.store.sites().await?.into_iter().map(|s| (s.id, s.name)).collect();
        let mut listed = Vec::new();
        for found in self.store.plans(&filter, self.now()).await? {
            if let Some(site) = names.get(&found.plan.site).cloned() {
                listed.push(self.plan_listing(found, site).await?);
            }
        }
        Ok(listed)
    }

    /// How many plans a query finds, wherever its page begins.
    pub async fn count_plans(&self, operator: &Operator, query: &PlanListQuery) -> Result<u64, EngineError> {
        operator.check(UseCase::SeePlans)?;
        Ok(self.store.count_plans(&self.plan_filter(query).await?, self.now()).await?)
    }

    async fn plan_filter(&self, query: &PlanListQuery) -> Result<PlanFilter, EngineError> {
        let site = match &query.site {
            Some(name) => Some(self.site_row(name).await?.id),
            None => None,
        };
        let standing = query.standing.as_deref().map(|word| {
            PlanStanding::from_name(word).ok_or_else(|| EngineError::NotFound {
                what: "state of a plan",
                name: word.to_owned(),
                remedy: format!("; there are {}", PlanStanding::ALL.map(PlanStanding::as_str).join(", ")),
            })
        });
        let standing = standing.transpose()?;
        Ok(PlanFilter { site, policy: query.policy.clone(), standing, ..PlanFilter::default() })
    }

    async fn plan_listing(&self, found: ListedPlan, site: SiteName) -> Result<PlanListing, EngineError> {
        let standing = found.standing(self.now()).as_str();
        let ListedPlan { plan, run } = found;
        let summary = self.summary_of(&plan).await?;
        Ok(PlanListing {
            id: plan.id,
            site,
            policy: plan.policy,
            mode: match plan.mode {
                rollcall_store::Mode::Test => Mode::Test,
                rollcall_store::Mode::Live => Mode::Live,
            },
            standing,
            fingerprint: plan.fingerprint,
            made_by: plan.made_by,
            made_at: plan.made_at,
            expires_at: plan.expires_at,
            items: plan.items,
            summary,
            run,
        })
    }

    /// What a plan comes to, without its items where that was kept.
    pub(crate) async fn summary_of(&self, plan: &PlanRow) -> Result<PlanSummary, EngineError> {
        match &plan.summary {
            Some(kept) => serde_json::from_value(kept.clone())
                .map_err(EngineError::document(format!("the summary of plan {}", plan.id))),
            // Made before summaries were kept.
            None => Ok(PlanSummary::of(&*self.plan_to_look_at(&plan.id).await?)),
        }
    }

    /// One plan as it is listed, and the plan itself.
    pub async fn show_plan(
        &self,
        operator: &Operator,
        id: &PlanId,
    ) -> Result<(PlanListing, Arc<Plan>), EngineError> {
        operator.check(UseCase::SeePlans)?;
        let row = self.store.plan(id).await?;
        let site = self.store.site(&row.site).await?.name;
        let run = self.store.run_of_plan(id).await?.map(|run| run.id);
        let plan = self.plan_to_look_at(id).await?;
        let mut listing = self.plan_listing(ListedPlan { plan: row, run }, site).await?;
        listing.summary = PlanSummary::of(&plan);
        Ok((listing, plan))
    }

    /// Lines of a plan, `limit` at most, leaving out the first `skip` that match.
    pub async fn plan_lines(
        &self,
        operator: &Operator,
        id: &PlanId,
        tab: PlanTab,
        text: Option<&str>,
        skip: u64,
        limit: usize,
    ) -> Result<PlanLines, EngineError> {
        operator.check(UseCase::SeePlans)?;
        let plan = self.plan_to_look_at(id).await?;
        let text = text.map(|text| fold(text.trim())).unwrap_or_default();
        let person =
            |account: &AccountRef, name: &str, email: Option<&str>| is_about(&text, account, name, email);
        Ok(match tab {
            PlanTab::Items => cut(plan.items.iter().filter(|i| mentions(&text, i)), skip, limit, |i| {
                PlanLine::Item(i.clone())
            }),
            PlanTab::Refused => cut(
                plan.refused.iter().filter(|r| person(&r.account, &r.name, r.email.as_deref())),
                skip,
                limit,
                |r| PlanLine::Refused(r.clone()),
            ),
            PlanTab::Protected => cut(
                plan.protected.iter().filter(|p| person(&p.account, &p.name, p.email.as_deref())),
                skip,
                limit,
                |p| PlanLine::Protected(p.clone()),
            ),
        })
    }

    /// A plan for those who only look at it. Whoever acts reads it from the database, and has it checked against the audit log.
    pub(crate) async fn plan_to_look_at(&self, id: &PlanId) -> Result<Arc<Plan>, EngineError> {
        let (store, wanted) = (self.store.clone(), id.clone());
        let load = move || async move {
            let body = store.plan_body(&wanted).await?;
            let reading = tokio::task::spawn_blocking(move || {
                let weight = 2 * body.len();
                let plan = serde_json::from_slice::<Plan>(&body);
                plan.map(|plan| (Arc::new(plan), weight))
            });
            let read = crate::pictures::finished(reading.await);
            read.map_err(EngineError::document(format!("plan {wanted}")))
        };
        self.reading.plans.get(id.clone(), load).await
    }
}

fn cut<'p, T: 'p>(
    matching: impl Iterator<Item = &'p T>,
    skip: u64,
    limit: usize,
    line: impl Fn(&T) -> PlanLine,
) -> PlanLines {
    let (mut lines, mut total) = (Vec::new(), 0);
    for found in matching {
        if total >= skip && lines.len() < limit {
            lines.push(line(found));
        }
        total += 1;
    }
    let shown = skip.min(total) + lines.len() as u64;
    PlanLines { lines, total, more: total - shown.min(total) }
}

/// Whether a folded text is part of what stands in an item.
pub(super) fn mentions(text: &str, item: &PlanItem) -> bool {
    is_about(text, &item.account, &item.name, item.email.as_deref())
        || fold(&item.change.to_string()).contains(text)
}

fn is_about(text: &str, account: &AccountRef, name: &str, email: Option<&str>) -> bool {
    text.is_empty()
        || [account.username.as_str(), name, email.unwrap_or_default()]
            .into_iter()
            .any(|t| fold(t).contains(text))
}
