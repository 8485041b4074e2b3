//! The fingerprint of a plan: what it does, and what that was decided on.

use super::{Origin, Plan, Protections};
use crate::policy::{Approval, Limits};
use rollcall_snapshot::Facts;
use sha2::{Digest, Sha256};

/// What the fingerprint covers beside the plan itself.
pub(super) struct Basis<'a> {
    pub(super) facts: &'a Facts,
    pub(super) limits: &'a Limits,
    pub(super) approval: &'a Approval,
    pub(super) protections: &'a Protections,
    pub(super) previous: Option<u32>,
}

/// SHA-256 in hexadecimal digits over a canonical form: every part with its length, in a fixed order. Ids, times of making and words for
/// people are left out, so that planning again on the same snapshot shows whether anything would be different.
pub(super) fn fingerprint(plan: &Plan, basis: &Basis<'_>) -> String {
    let mut canon = Canon(Sha256::new());
    canon.text("rollcall plan 1");
    match &plan.origin {
        Origin::Policy { name, version } => canon.texts(&["policy", name, version]),
        Origin::Bulk { .. } => canon.text("bulk"),
        Origin::Undo { run, .. } => canon.texts(&["undo", run.as_str()]),
    }
    canon.texts(&[plan.site.as_str(), &plan.snapshot_hash, &basis.facts.fingerprint()]);
    canon.texts(&[&plan.criterion, plan.mode.as_str()]);
    canon.json(&plan.actions);
    if let Some(only) = &plan.only {
        canon.text("only");
        canon.json(only);
    }
    canon.json(basis.limits);
    canon.json(basis.approval);
    canon.json(basis.protections);
    canon.json(&basis.previous);
    canon.json(&plan.limits);
    canon.number(plan.items.len());
    for item in &plan.items {
        canon.texts(&[item.account.key.as_str(), &item.account.username]);
        canon.json(&(&item.change, &item.before, &item.after, item.undo));
        match &item.evidence {
            Some(evidence) => canon.json(&(&evidence.source, evidence.kind, evidence.at, evidence.at_least)),
            None => canon.text(""),
        }
    }
    canon.number(plan.refused.len());
    for refusal in &plan.refused {
        canon.texts(&[refusal.account.key.as_str(), &refusal.account.username]);
        canon.json(&(refusal.action, refusal.code));
    }
    canon.number(plan.protected.len());
    for protection in &plan.protected {
        canon.texts(&[protection.account.key.as_str(), &protection.account.username]);
        canon.json(&protection.kind);
    }
    hex::encode(canon.0.finalize())
}

struct Canon(Sha256);

impl Canon {
    fn text(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_be_bytes());
        self.0.update(text.as_bytes());
    }

    fn texts(&mut self, texts: &[&str]) {
        for text in texts {
            self.text(text);
        }
    }

    fn number(&mut self, number: usize) {
        self.0.update((number as u64).to_be_bytes());
    }

    /// Plain enums, numbers and texts: there is nothing in them that JSON cannot say.
    fn json(&mut self, value: &impl serde::Serialize) {
        self.text(&serde_json::to_string(value).unwrap_or_default());
    }
}
