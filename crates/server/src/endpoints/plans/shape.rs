//! A plan as the API shows it.

use crate::endpoints::runs::Evidence;
use jiff::Timestamp;
use rollcall_engine::{PlanLine, PlanListing};
use rollcall_model::{AccountRef, PlanId};
use rollcall_planner::Origin;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The plan in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct PlanPath {
    /// The plan's id.
    #[param(value_type = String, min_length = 1, max_length = 64)]
    pub(crate) id: PlanId,
}

/// A plan as it is listed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Plan)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Listed {
    /// Its id.
    id: String,
    /// The site.
    site: String,
    /// Where it comes from.
    origin: From,
    /// `test` or `live`.
    mode: &'static str,
    /// Where it stands: `awaiting` an approval, `ready` to be applied, `blocked` by a limit, `expired`, `rejected`, `applied`.
    state: &'static str,
    /// The hash of what it does and what that was decided on.
    fingerprint: String,
    /// The criterion; empty for an undo.
    criterion: String,
    /// To whom of those it selects it is restricted, in words: `only 3 accounts chosen by hand`; `null`: it is not.
    only: Option<String>,
    /// The actions, in order; none for an undo.
    actions: Vec<String>,
    /// How many accounts were selected.
    selected: u32,
    /// How many accounts are changed.
    accounts: u32,
    /// How many changes that are.
    items: u64,
    /// How many accounts are left as they are because an action cannot be done.
    refused: u32,
    /// How many accounts are left as they are because of a protection.
    protected: u32,
    /// Seats it frees.
    seats_freed: u32,
    /// Seats it takes.
    seats_taken: u32,
    /// Whether somebody other than its maker has to agree.
    second_person: bool,
    /// Who made it.
    made_by: String,
    /// When.
    made_at: Timestamp,
    /// From when on it is not applied any more.
    expires_at: Timestamp,
    /// The run of it, if there is one.
    run: Option<String>,
}

/// Where a plan comes from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanOrigin)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub(crate) enum From {
    /// A policy in one of its versions.
    Policy {
        /// Its name.
        name: String,
        /// The version.
        version: String,
    },
    /// A selection made by hand.
    Bulk {
        /// Who made it.
        operator: String,
    },
    /// A run is to be taken back.
    Undo {
        /// The run.
        run: String,
        /// Who asked for it.
        operator: String,
    },
}

impl From {
    fn of(origin: Origin) -> Self {
        match origin {
            Origin::Policy { name, version } => Self::Policy { name, version },
            Origin::Bulk { operator } => Self::Bulk { operator },
            Origin::Undo { run, operator } => Self::Undo { run: run.to_string(), operator },
        }
    }
}

impl Listed {
    pub(crate) fn of(plan: PlanListing) -> Self {
        let summary = plan.summary;
        Self {
            id: plan.id.to_string(),
            site: plan.site.to_string(),
            origin: From::of(summary.origin),
            mode: plan.mode.as_str(),
            state: plan.standing,
            fingerprint: plan.fingerprint,
            criterion: summary.criterion,
            only: summary.only,
            actions: summary.actions,
            selected: summary.selected,
            accounts: summary.accounts,
            items: plan.items,
            refused: summary.refused,
            protected: summary.protected,
            seats_freed: summary.seats_freed,
            seats_taken: summary.seats_taken,
            second_person: summary.second_person,
            made_by: plan.made_by,
            made_at: plan.made_at,
            expires_at: plan.expires_at,
            run: plan.run.map(|run| run.to_string()),
        }
    }
}

/// A line of a plan: a change, a refusal or a protection.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanLine)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Line {
    /// The account's sign-in name.
    account: String,
    /// The account's key.
    key: String,
    /// Full name.
    name: String,
    /// E-mail address, where known.
    email: Option<String>,
    /// Its place in the plan; only of a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<u32>,
    /// What is to be made true, or was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    /// How it stands; only of a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    /// How it will stand; only of a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<String>,
    /// A word for programs: why it is refused, or by what it is protected.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    code: Option<serde_json::Value>,
    /// Why it was selected, is refused, or is protected.
    why: String,
    /// The evidence that decided; only of a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<Evidence>,
    /// Whether it can be taken back; only of a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    undo: Option<bool>,
    /// When the protection ends by itself, where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
}

impl Line {
    fn about(account: AccountRef, name: String, email: Option<String>, why: String) -> Self {
        Self {
            account: account.username,
            key: account.key.to_string(),
            name,
            email,
            seq: None,
            action: None,
            before: None,
            after: None,
            code: None,
            why,
            evidence: None,
            undo: None,
            until: None,
        }
    }

    pub(crate) fn of(line: PlanLine) -> Self {
        match line {
            PlanLine::Item(item) => Self {
                seq: Some(item.seq),
                action: Some(item.change.to_string()),
                before: Some(item.before.to_string()),
                after: Some(item.after.to_string()),
                evidence: item.evidence.map(Evidence::of),
                undo: Some(item.undo),
                ..Self::about(item.account, item.name, item.email, item.why)
            },
            PlanLine::Refused(refusal) => {
                let why = refusal.reason();
                Self {
                    action: Some(refusal.action.to_string()),
                    code: serde_json::to_value(refusal.code).ok(),
                    ..Self::about(refusal.account, refusal.name, refusal.email, why)
                }
            }
            PlanLine::Protected(protection) => Self {
                code: serde_json::to_value(protection.kind).ok(),
                until: protection.until,
                ..Self::about(protection.account, protection.name, protection.email, protection.reason)
            },
        }
    }
}
