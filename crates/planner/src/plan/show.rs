//! A plan as others read it: the JSON of product.md §7, rows for a table or a CSV file, refusals summed up.

use super::Plan;
use super::item::ItemEvidence;
use rollcall_model::AccountRef;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One line of a plan: an item, a refusal or a protection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRow<'p> {
    /// `planned`, `refused` or `protected`.
    pub outcome: &'static str,
    /// Who.
    pub account: &'p AccountRef,
    /// Full name. Text of the site: hostile.
    pub name: &'p str,
    /// E-mail address; empty where it is not known. Text of the site: hostile.
    pub email: &'p str,
    /// What, as the command line writes it; empty for a protection.
    pub action: String,
    /// How it stands.
    pub before: String,
    /// How it will stand.
    pub after: String,
    /// Why it was selected, is refused or protected.
    pub why: String,
    /// Newest activity, for items.
    pub evidence: Option<&'p ItemEvidence>,
    /// Whether an undo can restore it.
    pub undo: bool,
}

impl PlanRow<'_> {
    /// Names of the columns of [`PlanRow::cells`].
    pub const COLUMNS: [&'static str; 13] = [
        "outcome",
        "account",
        "key",
        "name",
        "email",
        "action",
        "before",
        "after",
        "why",
        "evidenceSource",
        "evidenceKind",
        "evidenceAt",
        "undo",
    ];

    /// The row as text, cell by cell; `never` for evidence that there never was any activity.
    pub fn cells(&self) -> [String; 13] {
        let evidence = self.evidence;
        [
            self.outcome.to_owned(),
            self.account.username.clone(),
            self.account.key.to_string(),
            self.name.to_owned(),
            self.email.to_owned(),
            self.action.clone(),
            self.before.clone(),
            self.after.clone(),
            self.why.clone(),
            evidence.map(|e| e.source.clone()).unwrap_or_default(),
            evidence.map(|e| e.kind.as_str().to_owned()).unwrap_or_default(),
            evidence.map(|e| e.at.map_or("never".to_owned(), |at| at.to_string())).unwrap_or_default(),
            self.undo.to_string(),
        ]
    }
}

impl Plan {
    /// Every line, items first.
    pub fn rows(&self) -> impl Iterator<Item = PlanRow<'_>> {
        let items = self.items.iter().map(|item| PlanRow {
            outcome: "planned",
            account: &item.account,
            name: &item.name,
            email: item.email.as_deref().unwrap_or_default(),
            action: item.change.to_string(),
            before: item.before.to_string(),
            after: item.after.to_string(),
            why: item.why.clone(),
            evidence: item.evidence.as_ref(),
            undo: item.undo,
        });
        let refused = self.refused.iter().map(|refusal| PlanRow {
            outcome: "refused",
            account: &refusal.account,
            name: &refusal.name,
            email: refusal.email.as_deref().unwrap_or_default(),
            action: refusal.action.to_string(),
            before: String::new(),
            after: String::new(),
            why: refusal.reason(),
            evidence: None,
            undo: false,
        });
        let protected = self.protected.iter().map(|protection| PlanRow {
            outcome: "protected",
            account: &protection.account,
            name: &protection.name,
            email: protection.email.as_deref().unwrap_or_default(),
            action: String::new(),
            before: String::new(),
            after: String::new(),
            why: protection.reason.clone(),
            evidence: None,
            undo: false,
        });
        items.chain(refused).chain(protected)
    }

    /// Each kind of refusal once, with the number of accounts: «directory "Corporate LDAP" is read-only: `disable` was refused for 14
    /// accounts. Use …»
    pub fn refusals_in_words(&self) -> Vec<String> {
        let mut kinds: BTreeMap<_, u32> = BTreeMap::new();
        for refusal in &self.refused {
            *kinds.entry((refusal.action, &refusal.problem, &refusal.remedy)).or_default() += 1;
        }
        let words = |((action, problem, remedy), count)| {
            let accounts = if count == 1 { "account" } else { "accounts" };
            format!("{problem}: `{action}` was refused for {count} {accounts}. {remedy}.")
        };
        kinds.into_iter().map(words).collect()
    }

    /// The plan in the stable form of product.md §7, and what else there is to tell.
    pub fn to_json(&self) -> Value {
        let items: Vec<Value> = self
            .items
            .iter()
            .map(|item| {
                json!({
                    "seq": item.seq, "account": item.account.username, "key": item.account.key,
                    "name": item.name, "email": item.email,
                    "action": item.change.to_string(), "before": item.before.to_string(),
                    "after": item.after.to_string(), "why": item.why,
                    "evidence": item.evidence.as_ref().map(|e| json!({
                        "source": e.source, "kind": e.kind, "at": e.at, "atLeast": e.at_least, "ageDays": e.age_days,
                    })),
                    "undo": item.undo,
                })
            })
            .collect();
        let refused: Vec<Value> = self
            .refused
            .iter()
            .map(|r| {
                json!({
                    "account": r.account.username, "key": r.account.key, "name": r.name, "email": r.email,
                    "action": r.action, "code": r.code, "reason": r.reason(),
                })
            })
            .collect();
        let protected: Vec<Value> = self
            .protected
            .iter()
            .map(|p| {
                json!({
                    "account": p.account.username, "key": p.account.key, "name": p.name, "email": p.email,
                    "kind": p.kind, "reason": p.reason, "until": p.until,
                })
            })
            .collect();
        json!({
            "id": self.id, "fingerprint": self.fingerprint, "site": self.site, "snapshot": self.snapshot,
            "snapshotTakenAt": self.snapshot_taken_at, "origin": self.origin, "criterion": self.criterion,
            "actions": self.actions.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "only": self.only.as_ref().map(|only| json!({ "words": only.words(), "accounts": only.accounts })),
            "mode": self.mode, "madeAt": self.made_at, "expiresAt": self.expires_at,
            "selected": self.selected, "accounts": self.accounts,
            "items": items, "refused": refused, "protected": protected,
            "already": { "accounts": self.already.accounts, "changes": self.already.changes },
            "seats": { "freed": self.seats.freed, "taken": self.seats.taken, "used": self.seats.used, "max": self.seats.max },
            "limits": {
                "blocked": self.limits.is_blocked(),
                "checks": self.limits.checks.iter().map(|c| json!({
                    "limit": c.limit, "setting": c.setting, "allowed": c.allowed, "found": c.found,
                    "kept": c.is_kept, "words": c.words,
                })).collect::<Vec<_>>(),
                "canary": self.limits.canary, "failures": self.limits.failures,
            },
            "approval": {
                "needed": self.approval.is_needed, "above": self.approval.above,
                "secondPerson": self.approval.second_person,
            },
            "warnings": self.warnings,
        })
    }
}
