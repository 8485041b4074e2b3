//! The rows of a report: one for each account and change, refusal, protection.

use jiff::Timestamp;
use rollcall_model::{AccountRef, ActionKind, Change, EvidenceKind, ItemState};
use serde::{Deserialize, Serialize};

/// The evidence that decided, as it was when the plan was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceRow {
    /// The source: `list-active`, `audit-events`, …
    pub source: String,
    /// What it observes.
    pub kind: EvidenceKind,
    /// When the account was last seen; `None` = never, and the source would know.
    pub at: Option<Timestamp>,
    /// It was seen then, and may have been active later: the source cannot tell.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_least: bool,
}

/// What became of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemResult {
    /// Its state (product.md §5). In test mode an item that would have been changed is `pending` or `done`: the forms say
    /// "would be …" for both.
    pub state: ItemState,
    /// Why, where there is something to say.
    pub reason: Option<String>,
    /// How often it was begun.
    pub attempts: u32,
    /// When its state was reached, for final states.
    pub finished_at: Option<Timestamp>,
}

/// One change of one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemRow {
    /// Position in the plan, from 1; each once.
    pub seq: u32,
    /// The account.
    pub account: AccountRef,
    /// Full name.
    pub name: String,
    /// E-mail address, where the site says.
    pub email: Option<String>,
    /// The change.
    pub change: Change,
    /// What was so before: `enabled`, `member of confluence-users`.
    pub before: String,
    /// What is to be so afterwards.
    pub after: String,
    /// The rule that selected it, in words.
    pub why: String,
    /// The evidence that decided.
    pub evidence: Option<EvidenceRow>,
    /// Whether it can be taken back.
    pub can_undo: bool,
    /// What became of it; `None` in a plan.
    pub result: Option<ItemResult>,
}

/// A change that the plan refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRow {
    /// The account.
    pub account: AccountRef,
    /// Full name.
    pub name: String,
    /// E-mail address, where the site says.
    pub email: Option<String>,
    /// What was wanted.
    pub action: ActionKind,
    /// Why it cannot be, and what to do instead.
    pub reason: String,
}

/// An account that was selected and is left alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProtectedRow {
    /// The account.
    pub account: AccountRef,
    /// Full name.
    pub name: String,
    /// E-mail address, where the site says.
    pub email: Option<String>,
    /// The protection, short: `own-account`, `last-administrator`, `protected-group`, `exemption`, `grace`.
    pub rule: String,
    /// Why, in words.
    pub reason: String,
}

impl ItemRow {
    /// Its state; `pending` while there is no result.
    pub fn state(&self) -> ItemState {
        self.result.as_ref().map_or(ItemState::Pending, |r| r.state)
    }
}
