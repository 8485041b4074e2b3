//! Making a plan: select, protect, expand, measure, number, sign.

use super::access::{Giving, seat_before_and_after};
use super::expand::{Expander, Obstacle};
use super::fingerprint::{Basis, fingerprint};
use super::gauge::{ApprovalNeed, measure};
use super::guard::{Guard, Shield};
use super::item::{ItemEvidence, PlanItem, Protection, ProtectionKind, Refusal};
use super::orders::resolve;
use super::reason::Reasons;
use super::steps::Step;
use super::{Already, Plan, PlanError, PlanInput, Protections, SeatEffect, administrators};
use jiff::{SignedDuration, Timestamp};
use rollcall_model::{AccessMode, AccountIndex, Action, Change, GroupName, Support};
use rollcall_snapshot::{Account, Activity, Facts, Snapshot};
use std::collections::BTreeMap;

/// Makes the plan of an order on a snapshot. Pure: the same input gives the same plan with the same fingerprint. Whoever cannot or must
/// not be changed is in the plan with the reason; an error means that the order as a whole does not fit the site.
pub fn plan(input: &PlanInput<'_>) -> Result<Plan, PlanError> {
    let PlanInput { snapshot, facts, order, protections, now, .. } = *input;
    let actions = resolve(snapshot, order.actions)?;
    let guard = Guard::new(snapshot, facts, protections, now)?;
    let mut selection = rollcall_criteria::select(snapshot, facts, order.criterion, now)?;
    if let Some(only) = order.only {
        selection.accounts &= only.of(snapshot);
    }
    let expander = Expander::new(snapshot, facts);

    let mut draft = Draft::default();
    let mut already = Already::default();
    let mut selected = 0;
    for index in selection.ordered() {
        selected += 1;
        let account = snapshot.account(index);
        if let Some(shield) = guard.shield(account) {
            draft.protected.push(protection(account, shield));
            continue;
        }
        match expander.expand(account, &actions) {
            Ok(expansion) => {
                already.changes += expansion.already;
                already.accounts += u32::from(expansion.steps.is_empty());
                draft.steps.extend(expansion.steps);
            }
            Err(obstacle) => draft.refused.push(refusal(account, obstacle)),
        }
    }
    draft.keep_an_administrator(snapshot, guard.own())?;

    let reasons = Reasons::new(snapshot, facts, order.criterion, now);
    let why = |step: &Step| {
        let happened = order.only.and_then(|only| only.why(&snapshot.account(step.account).key()));
        let why: Vec<_> = happened.into_iter().chain(reasons.why(step.account)).collect();
        if why.is_empty() { "selected without regard to its values".to_owned() } else { why.join("; ") }
    };
    let accounts = draft.accounts();
    let basis = Basis {
        facts,
        limits: order.limits,
        approval: order.approval,
        protections,
        previous: input.previous,
    };
    let plan = Plan {
        id: input.id.clone(),
        fingerprint: String::new(),
        site: snapshot.site().clone(),
        snapshot: snapshot.id().clone(),
        snapshot_hash: snapshot.hash().to_owned(),
        snapshot_taken_at: snapshot.taken_at(),
        origin: order.origin.clone(),
        criterion: order.criterion.to_string(),
        actions: order.actions.to_vec(),
        only: order.only.cloned(),
        mode: order.mode,
        made_at: now,
        expires_at: expiry(now, input.expires_after),
        selected,
        accounts,
        items: draft.items(snapshot, now, why)?,
        limits: measure(snapshot, &draft.steps, accounts, order.limits, input.previous, now),
        approval: ApprovalNeed::of(order.approval, accounts),
        seats: seat_effect(snapshot, &draft.steps),
        warnings: warnings(snapshot, &draft.steps, order.actions),
        refused: draft.refused,
        protected: draft.protected,
        already,
    };
    Ok(signed(plan, &basis))
}

/// A plan in the making.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) steps: Vec<Step>,
    pub(super) refused: Vec<Refusal>,
    pub(super) protected: Vec<Protection>,
}

impl Draft {
    /// Takes out whoever must stay an administrator.
    pub(super) fn keep_an_administrator(
        &mut self,
        snapshot: &Snapshot,
        own: Option<AccountIndex>,
    ) -> Result<(), PlanError> {
        let Some(kept) = administrators::to_be_kept(snapshot, own, &self.steps)? else { return Ok(()) };
        self.steps.retain(|step| step.account != kept);
        let reason = "nobody else who may sign in would be left to administer the site (the account that Rollcall uses does not count)";
        let shield =
            Shield { kind: ProtectionKind::LastAdministrator, reason: reason.to_owned(), until: None };
        self.protected.push(protection(snapshot.account(kept), shield));
        Ok(())
    }

    /// How many accounts the steps are about.
    pub(super) fn accounts(&self) -> u32 {
        let accounts: roaring::RoaringBitmap = self.steps.iter().map(|step| step.account).collect();
        accounts.len() as u32
    }

    /// The steps as numbered items.
    pub(super) fn items(
        &self,
        snapshot: &Snapshot,
        now: Timestamp,
        why: impl Fn(&Step) -> String,
    ) -> Result<Vec<PlanItem>, PlanError> {
        if u32::try_from(self.steps.len()).is_err() {
            return Err(PlanError::TooLarge);
        }
        let mut items: Vec<PlanItem> = Vec::with_capacity(self.steps.len());
        let mut previous: Option<AccountIndex> = None;
        for (seq, step) in (1..).zip(&self.steps) {
            // What is known of an account is said by each of its items, and found out once.
            let evidence = match items.last() {
                Some(last) if previous == Some(step.account) => last.evidence.clone(),
                _ => evidence(snapshot, snapshot.account(step.account), now),
            };
            previous = Some(step.account);
            let account = snapshot.account(step.account);
            items.push(PlanItem {
                seq,
                account: account.reference(),
                name: account.name().to_owned(),
                email: account.email().map(ToOwned::to_owned),
                change: step.change.clone(),
                before: step.before.clone(),
                after: step.after.clone(),
                why: why(step),
                evidence,
                undo: step.can_be_undone(),
            });
        }
        Ok(items)
    }
}

pub(super) fn signed(mut plan: Plan, basis: &Basis<'_>) -> Plan {
    plan.fingerprint = fingerprint(&plan, basis);
    plan
}

pub(super) fn expiry(now: Timestamp, after: SignedDuration) -> Timestamp {
    now.checked_add(after).unwrap_or(Timestamp::MAX)
}

/// Whether and why one account is left alone (I5), for whoever asks outside of a plan. That nobody else would be left to administer the site
/// depends on a whole plan, and only a plan tells it.
pub fn protection_of(
    snapshot: &Snapshot,
    facts: &Facts,
    protections: &Protections,
    account: AccountIndex,
    now: Timestamp,
) -> Result<Option<Protection>, PlanError> {
    let account = snapshot.account(account);
    Ok(Guard::new(snapshot, facts, protections, now)?
        .shield(account)
        .map(|shield| protection(account, shield)))
}

pub(super) fn protection(account: Account<'_>, shield: Shield) -> Protection {
    Protection {
        account: account.reference(),
        name: account.name().to_owned(),
        email: account.email().map(ToOwned::to_owned),
        kind: shield.kind,
        reason: shield.reason,
        until: shield.until,
    }
}

pub(super) fn refusal(account: Account<'_>, obstacle: Obstacle) -> Refusal {
    Refusal {
        account: account.reference(),
        name: account.name().to_owned(),
        email: account.email().map(ToOwned::to_owned),
        action: obstacle.action,
        code: obstacle.code,
        problem: obstacle.problem,
        remedy: obstacle.remedy,
    }
}

/// The newest activity of any kind.
fn evidence(snapshot: &Snapshot, account: Account<'_>, now: Timestamp) -> Option<ItemEvidence> {
    let (source, at, at_least) = match account.last(None) {
        Activity::At { at, source } => (source, Some(at), false),
        Activity::AtLeast { at, source } => (source, Some(at), true),
        Activity::Never { source } => (source, None, false),
        Activity::Unknown => return None,
    };
    let source = snapshot.sources().get(usize::from(source))?;
    Some(ItemEvidence {
        source: source.name.clone(),
        kind: source.kind,
        at,
        at_least,
        age_days: at.map(|at| now.duration_since(at).as_hours() / 24),
    })
}

pub(super) fn seat_effect(snapshot: &Snapshot, steps: &[Step]) -> SeatEffect {
    let seats = Giving::seats(snapshot);
    let counts = snapshot.seat_counts();
    let mut effect = SeatEffect { freed: 0, taken: 0, used: counts.used, max: counts.max };
    for of_one in Step::by_account(steps).chunk_by(|a, b| a.account == b.account) {
        let changes: Vec<_> = of_one.iter().map(|step| &step.change).collect();
        match seat_before_and_after(&seats, snapshot, of_one[0].account, &changes) {
            (true, false) => effect.freed += 1,
            (false, true) => effect.taken += 1,
            _ => {}
        }
    }
    effect
}

/// What a part of a plan's items does to the licence: of a run that did not carry out all of them.
pub fn seat_effect_of(snapshot: &Snapshot, items: &[PlanItem]) -> SeatEffect {
    let step = |item: &PlanItem| {
        let account = snapshot.find_key(&item.account.key)?;
        let (change, before, after) = (item.change.clone(), item.before.clone(), item.after.clone());
        Some(Step { account, change, before, after })
    };
    seat_effect(snapshot, &items.iter().filter_map(step).collect::<Vec<_>>())
}

/// What is no reason to refuse and yet worth knowing before somebody approves.
pub(super) fn warnings(snapshot: &Snapshot, steps: &[Step], actions: &[Action]) -> Vec<String> {
    let mut warnings = Vec::new();
    let profile = snapshot.profile();
    if profile.access_mode == AccessMode::ReadOnly {
        warnings.push(
            "the site was in read-only mode when it was read: while it is, it takes no changes".to_owned(),
        );
    }
    for kind in actions.iter().map(Action::kind) {
        if let Support::Expected { doubt } = profile.support(kind) {
            warnings.push(format!("`{kind}`: {doubt}"));
        }
    }
    let effect = seat_effect(snapshot, steps);
    if let (Some(used), Some(max)) = (effect.used, effect.max) {
        let wanted = (used + u64::from(effect.taken)).saturating_sub(u64::from(effect.freed));
        if effect.taken > 0 && wanted > max {
            warnings.push(format!("the plan would need {wanted} seats; the licence has {max}"));
        }
    }
    warnings.extend(left_inside(snapshot, steps));
    if steps.iter().any(|step| !step.can_be_undone()) {
        let count = steps.iter().filter(|step| !step.can_be_undone()).count();
        warnings.push(format!("{count} of {} changes cannot be undone", steps.len()));
    }
    warnings
}

/// Groups that somebody is taken out of and stays in all the same, because another group is inside of them.
fn left_inside(snapshot: &Snapshot, steps: &[Step]) -> Vec<String> {
    let mut staying: BTreeMap<&str, u32> = BTreeMap::new();
    for of_one in Step::by_account(steps).chunk_by(|a, b| a.account == b.account) {
        let account = of_one[0].account;
        let leaves = |name: &GroupName| {
            of_one.iter().any(|s| matches!(&s.change, Change::RemoveFromGroup { group } if group == name))
        };
        for step in of_one {
            let Change::RemoveFromGroup { group } = &step.change else { continue };
            let Some(index) = snapshot.find_group(group.as_str()) else { continue };
            if snapshot.group(index).children().is_empty() {
                continue;
            }
            let stays = snapshot
                .member_paths(index, account)
                .iter()
                .filter_map(|path| path.last())
                .any(|direct| !leaves(snapshot.group(*direct).name()));
            if stays {
                *staying.entry(snapshot.group(index).name().as_str()).or_default() += 1;
            }
        }
    }
    let words = |(group, count): (&str, u32)| {
        let (accounts, remain) = if count == 1 { ("account", "remains") } else { ("accounts", "remain") };
        format!("{count} {accounts} {remain} in \"{group}\" through groups inside of it")
    };
    staying.into_iter().map(words).collect()
}
