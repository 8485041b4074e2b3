//! Planning: a selection by hand becomes a stored, frozen plan, and so does whatever else asks for one.

use crate::{Engine, EngineError, Freshness, Operator, Picture, Progress, UseCase};
use jiff::{SignedDuration, Timestamp};
use rollcall_audit::{Draft, EntryKind, Subject};
use rollcall_criteria::Criterion;
use rollcall_model::{AccountKey, Action, PlanId, SiteName};
use rollcall_planner::{Approval, Limits, Mode, Only, Order, Origin, Plan, PlanInput, Protections};
use rollcall_site::SiteSettings;
use rollcall_store::{ApprovalState, AuditFilter, PlanRow, RunFilter, SiteRow, WatchEvent};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// How long a plan made by hand may wait.
const EXPIRY: SignedDuration = SignedDuration::from_hours(24);

/// A selection made by hand.
pub struct Selection<'a> {
    /// The site.
    pub site: &'a SiteName,
    /// Who, as a criterion.
    pub criterion: &'a str,
    /// Only these of them, chosen one by one; `None`: all of them.
    pub accounts: Option<&'a BTreeSet<AccountKey>>,
    /// What, in order.
    pub actions: &'a [Action],
    /// Test or live.
    pub mode: Mode,
    /// Limits; those of a policy that names none, unless the operator said otherwise.
    pub limits: Limits,
    /// How old the snapshot may be.
    pub freshness: Freshness,
}

/// A plan as it is stored, with what has happened to it since.
#[derive(Debug, Clone)]
pub struct MadePlan {
    /// The plan.
    pub plan: Plan,
    /// The site's name.
    pub site: SiteName,
    /// Whether it waits for an approval.
    pub is_awaiting: bool,
    /// Who has approved it.
    pub approved_by: Vec<String>,
}

/// Shows how far a reading is.
pub(crate) type ShowProgress<'a> = &'a (dyn Fn(Progress<'_>) + Send + Sync);

impl Engine {
    /// Plans a selection made by hand.
    pub async fn plan_selection(
        &self,
        operator: &Operator,
        selection: &Selection<'_>,
        progress: ShowProgress<'_>,
    ) -> Result<MadePlan, EngineError> {
        operator.check(UseCase::Plan)?;
        let row = self.site_row(selection.site).await?;
        let criterion = rollcall_criteria::parse(selection.criterion)
            .map_err(EngineError::criterion(selection.criterion))?;
        let picture = self.picture_for_plan(operator, &row, selection.freshness, progress).await?;
        let only =
            selection.accounts.map(|accounts| chosen(accounts, &picture, selection.site)).transpose()?;
        let order = Order {
            origin: Origin::Bulk { operator: operator.name().to_owned() },
            criterion: &criterion,
            actions: selection.actions,
            mode: selection.mode,
            limits: &selection.limits,
            approval: &Approval::NEVER,
            only: only.as_ref(),
        };
        let protections = protections(&picture, &crate::sites::settings(&row)?);
        let ask =
            Ask { text: selection.criterion, order, protections, previous: None, expires_after: EXPIRY };
        let plan = self.make_plan(&row, &picture, &ask)?;
        self.store_plan(operator, &row, plan).await
    }

    pub(crate) fn make_plan(
        &self,
        site: &SiteRow,
        picture: &Picture,
        ask: &Ask<'_>,
    ) -> Result<Plan, EngineError> {
        check(ask.order.criterion, ask.text, picture)?;
        let impossible = rollcall_planner::impossible_actions(ask.order.actions, picture.snapshot.profile());
        let notifies = ask.order.actions.contains(&Action::Notify);
        if let Some(reason) = self.notice_obstacle().filter(|_| notifies) {
            return Err(EngineError::NotNow(format!("`{}` cannot be done: {reason}", Action::Notify)));
        }
        if !impossible.is_empty() {
            let reasons: Vec<_> =
                impossible.iter().map(|i| format!("`{}`: {}", i.action, i.reason)).collect();
            return Err(EngineError::NotNow(format!(
                "site \"{}\" cannot do what is asked: {}",
                site.name,
                reasons.join("; ")
            )));
        }
        let input = PlanInput {
            id: PlanId::new(self.new_id()),
            snapshot: &picture.snapshot,
            facts: &picture.facts,
            order: &ask.order,
            protections: &ask.protections,
            previous: ask.previous,
            now: self.now(),
            expires_after: ask.expires_after,
        };
        Ok(rollcall_planner::plan(&input)?)
    }

    /// Keeps a plan, whoever made it.
    pub(crate) async fn store_plan(
        &self,
        operator: &Operator,
        site: &SiteRow,
        plan: Plan,
    ) -> Result<MadePlan, EngineError> {
        self.store_plan_taking(operator, site, plan, &[]).await
    }

    /// The same for a plan that takes events.
    pub(crate) async fn store_plan_taking(
        &self,
        operator: &Operator,
        site: &SiteRow,
        plan: Plan,
        events: &[WatchEvent],
    ) -> Result<MadePlan, EngineError> {
        let needs_approval = plan.mode == Mode::Live && plan.approval.is_needed;
        let (policy, version) = match &plan.origin {
            Origin::Policy { name, version } => (Some(name.clone()), Some(version.clone())),
            Origin::Bulk { .. } | Origin::Undo { .. } => (None, None),
        };
        let row = PlanRow {
            id: plan.id.clone(),
            site: site.id.clone(),
            snapshot: plan.snapshot.clone(),
            policy: policy.clone(),
            version,
            fingerprint: plan.fingerprint.clone(),
            mode: store_mode(plan.mode),
            made_by: operator.name().to_owned(),
            made_at: plan.made_at,
            expires_at: plan.expires_at,
            items: plan.items.len() as u64,
            approval: if needs_approval { ApprovalState::Awaited } else { ApprovalState::NotNeeded },
            is_blocked: plan.is_blocked(),
            is_restricted: plan.only.is_some(),
            summary: Some(
                serde_json::to_value(crate::PlanSummary::of(&plan))
                    .map_err(EngineError::document("the summary of a plan"))?,
            ),
            job: operator.job().cloned(),
        };
        let subject = Subject {
            site: Some(site.id.clone()),
            policy,
            snapshot: Some(plan.snapshot.clone()),
            plan: Some(plan.id.clone()),
            ..Subject::default()
        };
        let mut entry = self.draft(
            operator,
            EntryKind::PLAN_MADE,
            subject,
            match &plan.origin {
                Origin::Undo { run, .. } => format!("{} accounts, to take back run {run}", plan.selected),
                Origin::Policy { .. } | Origin::Bulk { .. } => {
                    let only =
                        plan.only.as_ref().map(|only| format!(" ({})", only.words())).unwrap_or_default();
                    format!("{} accounts selected by: {}{only}", plan.selected, plan.criterion)
                }
            },
        );
        let body = serde_json::to_vec(&plan).map_err(EngineError::document("a plan"))?;
        entry.details = json!({
            "fingerprint": plan.fingerprint, "mode": plan.mode, "items": plan.items.len(), "accounts": plan.accounts,
            "refused": plan.refused.len(), "protected": plan.protected.len(), "blocked": plan.is_blocked(),
            "content": content_hash(&body),
        });
        let entries = self.held_entries(operator, &plan, entry);
        self.store.add_plan_taking(&row, &body, entries, events).await?;
        Ok(MadePlan { plan, site: site.name.clone(), is_awaiting: needs_approval, approved_by: Vec::new() })
    }

    /// The entry of a plan that was made, and of what holds it up: live, over a limit or awaiting approval.
    fn held_entries(&self, operator: &Operator, plan: &Plan, made: Draft) -> Vec<Draft> {
        let subject = made.subject.clone();
        let mut entries = vec![made];
        if plan.mode == Mode::Test {
            return entries;
        }
        if plan.is_blocked() {
            let words: Vec<_> = plan.limits.exceeded().map(|check| check.words.clone()).collect();
            entries.push(self.draft(operator, EntryKind::LIMIT_HIT, subject, words.join("; ")));
        } else if plan.approval.is_needed {
            let whom = if plan.approval.second_person { "by a second person" } else { "by somebody" };
            let words = format!("{} accounts await approval {whom}", plan.accounts);
            entries.push(self.draft(operator, EntryKind::PLAN_HELD, subject, words));
        }
        entries
    }

    /// A stored plan.
    pub async fn plan(&self, operator: &Operator, id: &PlanId) -> Result<MadePlan, EngineError> {
        operator.check(UseCase::SeePlans)?;
        self.stored_plan(id).await
    }

    pub(crate) async fn stored_plan(&self, id: &PlanId) -> Result<MadePlan, EngineError> {
        let row = self.store.plan(id).await?;
        let body = self.store.plan_body(id).await?;
        let plan: Plan =
            serde_json::from_slice(&body).map_err(EngineError::document(format!("plan {id}")))?;
        // The database keeps microseconds.
        let head = (&row.site, &row.snapshot, &row.fingerprint, row.expires_at.as_microsecond());
        let own = (&plan.site, &plan.snapshot, &plan.fingerprint, plan.expires_at.as_microsecond());
        if head != own || plan.id != *id {
            let reason = "its content belongs to another plan, site or snapshot";
            return Err(EngineError::Altered { plan: id.to_string(), reason });
        }
        let site = self.store.site(&row.site).await?.name;
        let approved_by = self.approvers(id).await?;
        Ok(MadePlan { plan, site, is_awaiting: row.approval == ApprovalState::Awaited, approved_by })
    }

    /// A plan that is acted upon must be, to the letter, the one whose making is in the audit log (I2).
    pub(crate) async fn check_content(&self, id: &PlanId) -> Result<(), EngineError> {
        let filter = AuditFilter {
            kind: Some(EntryKind::PLAN_MADE.as_str().to_owned()),
            plan: Some(id.clone()),
            limit: Some(1),
            ..AuditFilter::default()
        };
        let made = self.store.audit(&filter).await?.into_iter().next();
        let recorded = made.as_ref().and_then(|entry| entry.details["content"].as_str());
        if recorded == Some(content_hash(&self.store.plan_body(id).await?).as_str()) {
            return Ok(());
        }
        let reason = "its content is not what the audit log says was planned";
        Err(EngineError::Altered { plan: id.to_string(), reason })
    }

    /// A picture for a plan: also read anew where a live run has changed the site since.
    pub(crate) async fn picture_for_plan(
        &self,
        operator: &Operator,
        site: &SiteRow,
        freshness: Freshness,
        progress: ShowProgress<'_>,
    ) -> Result<Picture, EngineError> {
        let Freshness::AtMost(_) = freshness else {
            return self.picture(operator, &site.name, freshness, progress).await;
        };
        let newest = self.store.newest_snapshot(&site.id).await?.map(|s| s.taken_at);
        let is_outdated = match (newest, self.last_change(site).await?) {
            (Some(taken_at), Some(changed_at)) => changed_at > taken_at,
            _ => false,
        };
        if is_outdated {
            return Ok(self.sync(operator, &site.name, progress).await?.picture);
        }
        self.picture(operator, &site.name, freshness, progress).await
    }

    /// When a run of ours last changed the site.
    async fn last_change(&self, site: &SiteRow) -> Result<Option<Timestamp>, EngineError> {
        let filter = RunFilter { site: Some(site.id.clone()), limit: Some(50), ..RunFilter::default() };
        let runs = self.store.runs(&filter).await?;
        let live = runs.into_iter().filter(|run| run.mode == rollcall_store::Mode::Live);
        Ok(live.filter_map(|run| run.finished_at.or(run.started_at)).max())
    }
}

/// What is to be planned.
pub(crate) struct Ask<'a> {
    pub(crate) text: &'a str,
    pub(crate) order: Order<'a>,
    pub(crate) protections: Protections,
    pub(crate) previous: Option<u32>,
    pub(crate) expires_after: SignedDuration,
}

/// The protected groups of the site that exist there. Those it was given by default need not exist everywhere.
pub(crate) fn protections(picture: &Picture, settings: &SiteSettings) -> Protections {
    let defaults = SiteSettings::default().protected_groups;
    let groups = settings.protected_groups.iter();
    let is_there = |name: &&rollcall_model::GroupName| {
        picture.snapshot.find_group(name.as_str()).is_some() || !defaults.contains(name)
    };
    Protections { groups: groups.filter(is_there).cloned().collect(), ..Protections::default() }
}

/// The accounts that were chosen, each of which must be there: nobody is left out in silence.
fn chosen(accounts: &BTreeSet<AccountKey>, picture: &Picture, site: &SiteName) -> Result<Only, EngineError> {
    let mut missing = accounts.iter().filter(|key| picture.snapshot.find_key(key).is_none());
    let Some(first) = missing.next() else { return Ok(Only::chosen(accounts.iter().cloned())) };
    let others = match missing.count() {
        0 => String::new(),
        more => format!(", and {more} more of those that were chosen"),
    };
    Err(EngineError::NotFound {
        what: "account",
        name: rollcall_model::plain(first.as_str()).into_owned(),
        remedy: format!(" at site \"{site}\" as it was read last{others}; choose again"),
    })
}

/// Groups, directories and lists that a criterion names must be there; errors keep the criterion's text for the caret picture.
fn check(criterion: &Criterion, text: &str, picture: &Picture) -> Result<(), EngineError> {
    rollcall_criteria::check(criterion, &picture.snapshot, &picture.facts)
        .map_err(EngineError::criterion(text))
}

fn content_hash(body: &[u8]) -> String {
    hex::encode(Sha256::digest(body))
}

pub(crate) fn store_mode(mode: Mode) -> rollcall_store::Mode {
    match mode {
        Mode::Test => rollcall_store::Mode::Test,
        Mode::Live => rollcall_store::Mode::Live,
    }
}
