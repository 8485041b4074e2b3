//! Policies: load, list, export, switch on and off (I14).

use crate::{Engine, EngineError, Operator, UseCase};
use jiff::Timestamp;
use rollcall_audit::{Draft, EntryKind, Subject};
use rollcall_planner::{Mode, Policy};
use rollcall_store::{PolicyDraft, PolicyRow, StoreError};
use serde_json::json;

pub use rollcall_store::{Loaded, PolicyState};

/// What loading came to for one policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedPolicy {
    /// Its name.
    pub name: String,
    /// New, changed or unchanged.
    pub loaded: Loaded,
    /// Where it stands now.
    pub state: PolicyState,
}

/// A policy as it is listed.
#[derive(Debug, Clone)]
pub struct PolicyView {
    /// The policy.
    pub policy: Policy,
    /// Off, test or live.
    pub state: PolicyState,
    /// When this very version finished a test run.
    pub tested_at: Option<Timestamp>,
    /// When it was loaded or switched last.
    pub changed_at: Timestamp,
}

impl Engine {
    /// Keeps policies. New and changed ones are off until somebody switches them on; unchanged ones stay as they are.
    pub async fn load_policies(
        &self,
        operator: &Operator,
        policies: &[Policy],
    ) -> Result<Vec<LoadedPolicy>, EngineError> {
        operator.check(UseCase::LoadPolicy)?;
        let mut drafts = Vec::new();
        for policy in policies {
            drafts.push(self.policy_draft(operator, policy).await?);
        }
        let loaded = self.store.load_policies(drafts, self.now()).await?;
        let mut result = Vec::new();
        for (policy, loaded) in policies.iter().zip(loaded) {
            let state = self.store.policy(&policy.name).await?.state;
            result.push(LoadedPolicy { name: policy.name.clone(), loaded, state });
        }
        Ok(result)
    }

    /// Keeps a policy that is new, off until somebody switches it on. A conflict where there is one of its name.
    pub async fn add_policy(&self, operator: &Operator, policy: &Policy) -> Result<(), EngineError> {
        operator.check(UseCase::LoadPolicy)?;
        let (draft, entry) = self.policy_draft(operator, policy).await?;
        Ok(self.store.add_policy(&draft, self.now(), entry).await?)
    }

    /// A policy to be kept, if its sites are connected and its notice can be written, with the entry that says so.
    async fn policy_draft(
        &self,
        operator: &Operator,
        policy: &Policy,
    ) -> Result<(PolicyDraft, Draft), EngineError> {
        for site in &policy.sites {
            self.site_row(site).await?;
        }
        let given = policy.clone();
        crate::templates::beside(move || crate::notices::check_notice(&given)).await?;
        let draft = PolicyDraft {
            name: policy.name.clone(),
            version: policy.version(),
            document: serde_json::to_string(policy).map_err(EngineError::document("a policy"))?,
            loaded_by: operator.name().to_owned(),
        };
        let why = format!("policy \"{}\" was loaded", policy.name);
        let mut entry = self.draft(operator, EntryKind::POLICY_LOADED, Subject::policy(&policy.name), why);
        entry.after =
            Some(json!({ "version": draft.version, "select": policy.select, "actions": policy.actions }));
        Ok((draft, entry))
    }

    /// The policies, by name.
    pub async fn policies(&self, operator: &Operator) -> Result<Vec<PolicyView>, EngineError> {
        operator.check(UseCase::SeePolicies)?;
        self.store.policies().await?.iter().map(view).collect()
    }

    /// One policy and where it stands. `mode` in it says so too.
    pub async fn policy(
        &self,
        operator: &Operator,
        name: &str,
    ) -> Result<(Policy, PolicyState), EngineError> {
        operator.check(UseCase::SeePolicies)?;
        self.stored_policy(name).await
    }

    pub(crate) async fn stored_policy(&self, name: &str) -> Result<(Policy, PolicyState), EngineError> {
        let row = self.policy_row(name).await?;
        let view = view(&row)?;
        Ok((view.policy, view.state))
    }

    /// Switches a policy on or off. Live needs a finished test run of the very version that is loaded. `seen`: the policy as the operator looked
    /// at it; absent: whatever it is.
    pub async fn switch_policy(
        &self,
        operator: &Operator,
        name: &str,
        to: PolicyState,
        seen: Option<&PolicyView>,
    ) -> Result<(), EngineError> {
        operator.check(if to == PolicyState::Live { UseCase::GoLive } else { UseCase::EnablePolicy })?;
        let row = self.policy_row_as_seen(name, seen).await?;
        if to == PolicyState::Live && row.tested_at.is_none() {
            return Err(EngineError::NotNow(format!(
                "policy \"{name}\" has not had a test run of this very version: `rollcall run {name}`, read the report, then enable it live"
            )));
        }
        let next = self.first_due(&view(&row)?.policy, to);
        let (kind, words) = match to {
            PolicyState::Off => (EntryKind::POLICY_DISABLED, "switched off"),
            PolicyState::Test => (EntryKind::POLICY_ENABLED, "switched on in test mode"),
            PolicyState::Live => (EntryKind::POLICY_LIVE, "switched live"),
        };
        let mut entry = self.draft(
            operator,
            kind,
            Subject::policy(&row.name),
            format!("policy \"{}\" was {words}", row.name),
        );
        entry.before = Some(json!(row.state));
        entry.after = Some(json!(to));
        entry.details = json!({ "version": row.version });
        Ok(self
            .store
            .switch_policy(&row.name, (&row.version, row.changed_at), to, next, self.now(), entry)
            .await?)
    }

    /// The policy, if it still is what the operator looked at.
    pub(crate) async fn policy_row_as_seen(
        &self,
        name: &str,
        seen: Option<&PolicyView>,
    ) -> Result<PolicyRow, EngineError> {
        let row = self.policy_row(name).await?;
        let is_as_seen = |seen: &PolicyView| {
            (seen.policy.version(), seen.changed_at) == (row.version.clone(), row.changed_at)
        };
        if seen.is_none_or(is_as_seen) {
            return Ok(row);
        }
        Err(StoreError::Stale { what: "policy", name: row.name }.into())
    }

    pub(crate) async fn policy_row(&self, name: &str) -> Result<PolicyRow, EngineError> {
        match self.store.policy(name).await {
            Err(StoreError::NotFound { .. }) => {
                let known: Vec<_> = self.store.policies().await?.into_iter().map(|p| p.name).collect();
                let remedy = if known.is_empty() {
                    "; load some with `rollcall policy load FILE`".to_owned()
                } else {
                    format!("; known: {}", known.join(", "))
                };
                Err(EngineError::NotFound { what: "policy", name: name.to_owned(), remedy })
            }
            found => Ok(found?),
        }
    }
}

pub(crate) fn view(row: &PolicyRow) -> Result<PolicyView, EngineError> {
    let mut policy: Policy = serde_json::from_str(&row.document)
        .map_err(EngineError::document(format!("policy \"{}\"", row.name)))?;
    policy.mode = if row.state == PolicyState::Live { Mode::Live } else { Mode::Test };
    Ok(PolicyView { policy, state: row.state, tested_at: row.tested_at, changed_at: row.changed_at })
}
