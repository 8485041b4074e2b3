//! The plan that takes a run back (I13): the before-state of everything it did, newest first.

use super::expand::{Expander, Obstacle, membership, status};
use super::fingerprint::Basis;
use super::gauge::{ApprovalNeed, measure};
use super::guard::Guard;
use super::item::{Refusal, RefusalCode, Standing};
use super::make::{Draft, expiry, protection, refusal, seat_effect, signed, warnings};
use super::steps::Step;
use super::{Already, Origin, Plan, PlanError, Protections};
use crate::policy::{Approval, Limits, Mode};
use jiff::{SignedDuration, Timestamp};
use roaring::RoaringBitmap;
use rollcall_model::{AccountRef, ActionKind, Change, PlanId, RunId};
use rollcall_snapshot::{Account, Facts, Snapshot};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// What a run did: one of its items whose outcome is `done`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoneItem {
    /// Its position in the run.
    pub seq: u32,
    /// Who.
    pub account: AccountRef,
    /// Full name.
    pub name: String,
    /// E-mail address, where known.
    pub email: Option<String>,
    /// What was done.
    pub change: Change,
    /// How it stood before, as the run recorded it.
    pub before: Standing,
    /// When it was done, where recorded. A snapshot older than this says nothing about who changed it since.
    pub at: Option<Timestamp>,
}

/// Everything the plan of an undo depends on.
pub struct UndoInput<'a> {
    /// The id of the plan to be.
    pub id: PlanId,
    /// The run to be taken back.
    pub run: RunId,
    /// Who asks for it.
    pub operator: &'a str,
    /// What it did, in any order.
    pub done: &'a [DoneItem],
    /// The newest snapshot of the site.
    pub snapshot: &'a Snapshot,
    /// What Rollcall itself knows.
    pub facts: &'a Facts,
    /// What no order overrides; the grace is not used.
    pub protections: &'a Protections,
    /// Whether somebody must agree.
    pub approval: &'a Approval,
    /// Whether the run will write.
    pub mode: Mode,
    /// The instant of planning.
    pub now: Timestamp,
    /// How long the plan may be applied.
    pub expires_after: SignedDuration,
}

/// Plans to put back what a run changed. Every done item is in it once: as an item, as refused (it cannot be undone, or was changed
/// since by someone else), or with its account as protected. Limits of size and idleness do not apply: what was done within
/// them may be taken back whole; the grace does not, since everybody here was changed a moment ago.
pub fn plan_undo(input: &UndoInput<'_>) -> Result<Plan, PlanError> {
    let UndoInput { snapshot, facts, protections, now, .. } = *input;
    let guard = Guard::new(snapshot, facts, protections, now)?;
    let expander = Expander::new(snapshot, facts);
    let mut done: Vec<&DoneItem> = input.done.iter().collect();
    done.sort_by_key(|item| Reverse(item.seq));

    let mut draft = Draft::default();
    let mut origins: BTreeMap<(u32, Change), u32> = BTreeMap::new();
    let (mut shielded, mut selected) = (RoaringBitmap::new(), BTreeSet::new());
    for item in done {
        selected.insert(&item.account.key);
        let Some(index) = snapshot.find_key(&item.account.key).filter(|_| !item.account.key.is_empty())
        else {
            draft.refused.push(refused_by_name(item));
            continue;
        };
        let account = snapshot.account(index);
        if shielded.contains(index) {
            continue;
        }
        if let Some(shield) = guard.standing_shield(account) {
            shielded.insert(index);
            draft.protected.push(protection(account, shield));
            continue;
        }
        match turned_round(&expander, snapshot, account, item) {
            Ok(step) => {
                origins.insert((index, step.change.clone()), item.seq);
                draft.steps.push(step);
            }
            Err(obstacle) => draft.refused.push(refusal(account, obstacle)),
        }
    }
    draft.keep_an_administrator(snapshot, guard.own())?;

    let accounts = draft.accounts();
    let limits = Limits::of_an_undo();
    let why = |step: &Step| {
        let seq = origins.get(&(step.account, step.change.clone())).copied().unwrap_or_default();
        format!("takes back item {seq} of run {}", input.run)
    };
    let plan = Plan {
        id: input.id.clone(),
        fingerprint: String::new(),
        site: snapshot.site().clone(),
        snapshot: snapshot.id().clone(),
        snapshot_hash: snapshot.hash().to_owned(),
        snapshot_taken_at: snapshot.taken_at(),
        origin: Origin::Undo { run: input.run.clone(), operator: input.operator.to_owned() },
        criterion: String::new(),
        actions: Vec::new(),
        only: None,
        mode: input.mode,
        made_at: now,
        expires_at: expiry(now, input.expires_after),
        selected: selected.len() as u32,
        accounts,
        items: draft.items(snapshot, now, why)?,
        limits: measure(snapshot, &draft.steps, accounts, &limits, None, now),
        approval: ApprovalNeed::of(input.approval, accounts),
        seats: seat_effect(snapshot, &draft.steps),
        warnings: warnings(snapshot, &draft.steps, &[]),
        refused: draft.refused,
        protected: draft.protected,
        already: Already::default(),
    };
    let basis = Basis { facts, limits: &limits, approval: input.approval, protections, previous: None };
    Ok(signed(plan, &basis))
}

/// The step that takes one item back.
fn turned_round(
    expander: &Expander<'_>,
    snapshot: &Snapshot,
    account: Account<'_>,
    item: &DoneItem,
) -> Result<Step, Obstacle> {
    let obstacle = |code, problem: String, remedy: &str| Obstacle {
        action: item.change.kind(),
        code,
        problem,
        remedy: remedy.to_owned(),
    };
    let Some(change) = item.change.undo().filter(|_| item.before != Standing::Unrecorded) else {
        return Err(irreversible(&item.change));
    };
    let left = left_by(&item.change);
    // A snapshot from before the change shows the state before it, which proves nothing: the look before each item will tell.
    let is_newer = item.at.is_none_or(|at| snapshot.started_at() > at);
    let now = match &item.change {
        Change::AddToGroup { group } | Change::RemoveFromGroup { group } => {
            let Some(index) = snapshot.find_group(group.as_str()) else {
                return Err(obstacle(
                    RefusalCode::Gone,
                    format!("the group \"{group}\" is no longer there"),
                    "Create it again, take a new snapshot and plan the undo again",
                ));
            };
            Some(membership(snapshot.group(index).direct_members().contains(account.index())))
        }
        Change::Disable | Change::Enable => status(account),
        _ => Some(left.clone()),
    };
    if is_newer {
        match now {
            Some(now) if now == left => {}
            Some(now) => {
                return Err(obstacle(
                    RefusalCode::ChangedSince,
                    format!("changed since by someone else: it is \"{now}\" and the run left it \"{left}\""),
                    "Nothing is done; see who changed it, and decide by hand",
                ));
            }
            None => {
                return Err(obstacle(
                    RefusalCode::Unknown,
                    "how it stands now is not known".to_owned(),
                    "Take a new snapshot with more rights, or change it by hand",
                ));
            }
        }
    }
    expander.permit(account, change.kind(), &change)?;
    Ok(Step { account: account.index(), change, before: left, after: item.before.clone() })
}

/// How a change leaves an account.
fn left_by(change: &Change) -> Standing {
    match change {
        Change::Disable => Standing::Disabled,
        Change::Enable => Standing::Enabled,
        Change::AddToGroup { .. } => Standing::Member,
        Change::RemoveFromGroup { .. } => Standing::NotMember,
        Change::ChangeDirectory { to, .. } => Standing::Directory(to.clone()),
        Change::Delete | Change::RemoveFromDirectory => Standing::Absent,
        Change::Suspend => Standing::Suspended,
        Change::Restore => Standing::Restored,
        Change::ResetPassword => Standing::PasswordReset,
        Change::Notify => Standing::Told,
    }
}

fn irreversible(change: &Change) -> Obstacle {
    let kind = change.kind();
    let (problem, remedy) = match kind {
        ActionKind::Delete => {
            ("a deletion cannot be undone", "Make a new account; what it wrote stays under its alias")
        }
        ActionKind::ChangeDirectory => {
            ("a change of directory cannot be undone", "Move the account back by hand")
        }
        ActionKind::ResetPassword => {
            ("a password that was replaced cannot be brought back", "Nothing is left to be done")
        }
        ActionKind::Notify => ("a mail that was sent cannot be called back", "Nothing is left to be done"),
        ActionKind::RemoveFromDirectory => {
            ("a removal from the directory cannot be undone", "Invite the person again")
        }
        _ => ("how it stood before was not recorded", "Change it by hand"),
    };
    Obstacle {
        action: kind,
        code: RefusalCode::Irreversible,
        problem: problem.to_owned(),
        remedy: remedy.to_owned(),
    }
}

/// An account that the site no longer shows.
fn refused_by_name(item: &DoneItem) -> Refusal {
    let gone = if matches!(item.change, Change::Delete | Change::RemoveFromDirectory) {
        irreversible(&item.change)
    } else {
        Obstacle {
            action: item.change.kind(),
            code: RefusalCode::Gone,
            problem: "the account is no longer there".to_owned(),
            remedy: "Nothing is left to be put back".to_owned(),
        }
    };
    Refusal {
        account: item.account.clone(),
        name: item.name.clone(),
        email: item.email.clone(),
        action: gone.action,
        code: gone.code,
        problem: gone.problem,
        remedy: gone.remedy,
    }
}
