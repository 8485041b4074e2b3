//! `GET /plans/{id}`

use super::shape::{Listed, PlanPath};
use crate::auth::SignedIn;
use crate::extract::InPath;
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use rollcall_engine::{Decision, Permission, PlanPermissions};
use rollcall_model::{AccountKey, Change};
use rollcall_planner::{LimitCheck, Plan};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A plan, but for its lines.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanDetail)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Detail {
    /// What listings show.
    #[serde(flatten)]
    listed: Listed,
    /// The snapshot it was made on.
    snapshot: String,
    /// When that was taken.
    snapshot_taken_at: Timestamp,
    /// Selected accounts of which everything is so already.
    already: u32,
    /// The limits, and whether they are kept.
    limits: Vec<Bound>,
    /// So many accounts are worked first, alone.
    canary: Option<u32>,
    /// The run stops when so many items have failed.
    failures: u32,
    /// Whether somebody must agree.
    needs_approval: bool,
    /// The number of accounts above which an approval is asked for.
    approval_above: Option<u32>,
    /// Who has approved or rejected it, in the order in which they did.
    decisions: Vec<Decided>,
    /// What of it cannot be taken back.
    irreversible: Irreversible,
    /// Each kind of refusal once, with the number of accounts.
    refusals: Vec<String>,
    /// What whoever approves should know.
    warnings: Vec<String>,
    /// Whether whoever asks may approve it now.
    may_approve: May,
    /// Whether whoever asks may apply it now.
    may_apply: May,
}

/// Whether somebody may do something now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Permission)]
#[serde(rename_all = "camelCase")]
struct May {
    /// Whether they may.
    is_allowed: bool,
    /// Why not; `null` where they may.
    why: Option<String>,
}

/// What somebody decided about a plan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanDecided)]
#[serde(rename_all = "camelCase")]
struct Decided {
    /// Who.
    by: String,
    /// Yes, or no.
    is_approval: bool,
    /// In their own words; may be empty.
    comment: String,
    /// When.
    at: Timestamp,
}

/// What of a plan cannot be taken back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanIrreversible)]
struct Irreversible {
    /// How many changes.
    items: u64,
    /// How many accounts they are about.
    accounts: u64,
    /// How many accounts are deleted.
    deletions: u64,
}

/// A limit and what the plan comes to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanLimit)]
#[serde(rename_all = "camelCase")]
struct Bound {
    /// `accounts`, `percent`, `growth` or `minimum-idle`.
    #[schema(value_type = String)]
    limit: serde_json::Value,
    /// As the policy writes it.
    setting: String,
    /// How many accounts it allows here.
    allowed: u32,
    /// How many there are.
    found: u32,
    /// Whether it is kept.
    is_kept: bool,
    /// In words, with the remedy where it is not kept.
    words: String,
}

/// One plan; its lines are at `/plans/{id}/items`.
#[utoipa::path(get, path = "/plans/{id}", tag = "plans", params(PlanPath),
    responses((status = 200, description = "The plan.", body = Detail)))]
pub(crate) async fn get_plan(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<PlanPath>,
) -> Result<Json<Detail>, Problem> {
    let (listing, plan) = api.engine().show_plan(&operator, &path.id).await?;
    let decisions = api.engine().decisions_on(&operator, &path.id).await?;
    let may = api.engine().plan_permissions(&operator, &listing, &plan).await?;
    Ok(Json(Detail::of(Listed::of(listing), &plan, decisions, may)))
}

impl Detail {
    fn of(listed: Listed, plan: &Plan, decisions: Vec<Decision>, may: PlanPermissions) -> Self {
        Self {
            listed,
            snapshot: plan.snapshot.to_string(),
            snapshot_taken_at: plan.snapshot_taken_at,
            already: plan.already.accounts,
            limits: plan.limits.checks.iter().map(Bound::of).collect(),
            canary: plan.limits.canary,
            failures: plan.limits.failures,
            needs_approval: plan.approval.is_needed,
            approval_above: plan.approval.above,
            decisions: decisions.into_iter().map(Decided::of).collect(),
            irreversible: Irreversible::of(plan),
            refusals: plan.refusals_in_words(),
            warnings: plan.warnings.clone(),
            may_approve: May::of(may.approve),
            may_apply: May::of(may.apply),
        }
    }
}

impl May {
    fn of(permission: Permission) -> Self {
        Self { is_allowed: permission.obstacle.is_none(), why: permission.obstacle }
    }
}

impl Decided {
    fn of(decision: Decision) -> Self {
        let Decision { by, is_consent, comment, at } = decision;
        Self { by, is_approval: is_consent, comment, at }
    }
}

impl Irreversible {
    fn of(plan: &Plan) -> Self {
        let lasting = || plan.items.iter().filter(|item| !item.undo);
        let accounts: BTreeSet<&AccountKey> = lasting().map(|item| &item.account.key).collect();
        Self {
            items: lasting().count() as u64,
            accounts: accounts.len() as u64,
            deletions: lasting().filter(|item| item.change == Change::Delete).count() as u64,
        }
    }
}

impl Bound {
    fn of(check: &LimitCheck) -> Self {
        Self {
            limit: serde_json::to_value(check.limit).unwrap_or_default(),
            setting: check.setting.clone(),
            allowed: check.allowed,
            found: check.found,
            is_kept: check.is_kept,
            words: check.words.clone(),
        }
    }
}
