//! Policies over time: their versions, what differs between two, and whether a new one fits its sites.

use super::text_difference::{DifferentLine, lines};
use crate::{Engine, EngineError, Freshness, Loaded, Operator, PolicyState, PolicyView, UseCase};
use jiff::Timestamp;
use rollcall_audit::{EntryKind, Subject};
use rollcall_planner::{Policy, write_policies};
use rollcall_store::{PolicyDraft, PolicyVersion};
use serde_json::{Value, json};

/// A version of a policy.
#[derive(Debug, Clone)]
pub struct PolicyVersionView {
    /// The hash of its content.
    pub version: String,
    /// The policy as it was.
    pub policy: Policy,
    /// When it was first loaded.
    pub loaded_at: Timestamp,
    /// By whom.
    pub loaded_by: String,
    /// When a test run of it was completed.
    pub tested_at: Option<Timestamp>,
    /// Whether it is the one in use.
    pub is_current: bool,
}

/// What differs between two versions of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyDifference {
    /// The fields that differ.
    pub fields: Vec<FieldChange>,
    /// Both as one text, in the form of a policy file.
    pub lines: Vec<DifferentLine>,
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// The way to it: `limits.percent`.
    pub path: String,
    /// Its value before; `None` = it was not there.
    pub before: Option<Value>,
    /// Its value now; `None` = it is not there.
    pub after: Option<Value>,
}

/// Something about a policy that does not fit one of its sites as it is now.
#[derive(Debug)]
pub struct SiteProblem {
    /// The policy.
    pub policy: String,
    /// The site, as the policy names it.
    pub site: String,
    /// What is wrong.
    pub error: EngineError,
}

impl Engine {
    /// One policy as it is listed.
    pub async fn policy_view(&self, operator: &Operator, name: &str) -> Result<PolicyView, EngineError> {
        operator.check(UseCase::SeePolicies)?;
        crate::policies::view(&self.policy_row(name).await?)
    }

    /// Every version of a policy, newest first.
    pub async fn policy_versions(
        &self,
        operator: &Operator,
        name: &str,
    ) -> Result<Vec<PolicyVersionView>, EngineError> {
        operator.check(UseCase::SeePolicies)?;
        let row = self.policy_row(name).await?;
        let versions = self.store.policy_versions(&row.name).await?;
        versions.into_iter().map(|version| version_view(&row.name, &row.version, version)).collect()
    }

    /// What differs between two versions of a policy. Versions may be named by their beginning.
    pub async fn policy_difference(
        &self,
        operator: &Operator,
        name: &str,
        before: &str,
        after: &str,
    ) -> Result<PolicyDifference, EngineError> {
        let versions = self.policy_versions(operator, name).await?;
        let find = |wanted: &str| {
            let named = |version: &&PolicyVersionView| version.version.starts_with(wanted);
            versions.iter().find(named).filter(|_| !wanted.is_empty()).ok_or_else(|| EngineError::NotFound {
                what: "version",
                name: wanted.to_owned(),
                remedy: format!(" of policy \"{name}\""),
            })
        };
        Ok(difference(&find(before)?.policy, &find(after)?.policy))
    }

    /// Changes a policy: the new text takes the place of the version that the operator looked at. It is off until it is switched on again.
    pub async fn replace_policy(
        &self,
        operator: &Operator,
        seen: &PolicyView,
        policy: &Policy,
    ) -> Result<Loaded, EngineError> {
        operator.check(UseCase::LoadPolicy)?;
        for site in &policy.sites {
            self.site_row(site).await?;
        }
        let draft = PolicyDraft {
            name: seen.policy.name.clone(),
            version: policy.version(),
            document: serde_json::to_string(policy).map_err(EngineError::document("a policy"))?,
            loaded_by: operator.name().to_owned(),
        };
        let why = format!("policy \"{}\" was changed", policy.name);
        let mut entry = self.draft(operator, EntryKind::POLICY_LOADED, Subject::policy(&draft.name), why);
        entry.before = Some(json!({ "version": seen.policy.version() }));
        entry.after =
            Some(json!({ "version": draft.version, "select": policy.select, "actions": policy.actions }));
        let version = seen.policy.version();
        Ok(self.store.replace_policy(&draft, (&version, seen.changed_at), self.now(), entry).await?)
    }

    /// Removes a policy that is off. What it was stays known to plans and runs made by it. `seen` as in [`Self::switch_policy`].
    pub async fn remove_policy(
        &self,
        operator: &Operator,
        name: &str,
        seen: Option<&PolicyView>,
    ) -> Result<(), EngineError> {
        operator.check(UseCase::RemovePolicy)?;
        let row = self.policy_row_as_seen(name, seen).await?;
        if row.state != PolicyState::Off {
            return Err(EngineError::NotNow(format!(
                "policy \"{name}\" is switched on ({}); switch it off before it is removed",
                row.state
            )));
        }
        let why = format!("policy \"{}\" was removed", row.name);
        let mut entry = self.draft(operator, EntryKind::POLICY_REMOVED, Subject::policy(&row.name), why);
        entry.before = Some(json!({ "version": row.version }));
        Ok(self.store.remove_policy(&row.name, (&row.version, row.changed_at), entry).await?)
    }

    /// Whether policies fit their sites as they are now: the sites are there, and so is whatever the criteria name. A site that was never
    /// read cannot be asked.
    pub async fn check_policies(
        &self,
        operator: &Operator,
        policies: &[Policy],
    ) -> Result<Vec<SiteProblem>, EngineError> {
        operator.check(UseCase::SeePolicies)?;
        let mut problems = Vec::new();
        for policy in policies {
            for site in &policy.sites {
                let problem =
                    |error| SiteProblem { policy: policy.name.clone(), site: site.to_string(), error };
                let picture = match self.picture(operator, site, Freshness::Any, &|_| ()).await {
                    Ok(picture) => picture,
                    Err(EngineError::NotNow(_)) => continue,
                    Err(error @ EngineError::NotFound { .. }) => {
                        problems.push(problem(error));
                        continue;
                    }
                    Err(error) => return Err(error),
                };
                let Ok(criterion) = rollcall_criteria::parse(&policy.select) else { continue };
                let checked = rollcall_criteria::check(&criterion, &picture.snapshot, &picture.facts);
                if let Err(error) = checked.map_err(EngineError::criterion(&policy.select)) {
                    problems.push(problem(error));
                }
            }
        }
        Ok(problems)
    }
}

fn version_view(name: &str, current: &str, row: PolicyVersion) -> Result<PolicyVersionView, EngineError> {
    Ok(PolicyVersionView {
        policy: serde_json::from_str(&row.document)
            .map_err(EngineError::document(format!("policy \"{name}\"")))?,
        is_current: row.version == current,
        version: row.version,
        loaded_at: row.loaded_at,
        loaded_by: row.loaded_by,
        tested_at: row.tested_at,
    })
}

fn difference(before: &Policy, after: &Policy) -> PolicyDifference {
    let value = |policy: &Policy| serde_json::to_value(policy).unwrap_or_default();
    let text = |policy: &Policy| write_policies(std::slice::from_ref(policy));
    let mut fields = Vec::new();
    compare("", Some(&value(before)), Some(&value(after)), &mut fields);
    PolicyDifference { fields, lines: lines(&text(before), &text(after)) }
}

/// Goes into sections; lists are compared as a whole, because their order counts.
fn compare(path: &str, before: Option<&Value>, after: Option<&Value>, changes: &mut Vec<FieldChange>) {
    if before == after {
        return;
    }
    if let (Some(Value::Object(old)), Some(Value::Object(new))) = (before, after) {
        let added = new.keys().filter(|key| !old.contains_key(*key));
        for key in old.keys().chain(added) {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            compare(&path, old.get(key), new.get(key), changes);
        }
        return;
    }
    changes.push(FieldChange { path: path.to_owned(), before: before.cloned(), after: after.cloned() });
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_planner::{Limits, Percent};

    #[test]
    fn two_versions_differ_in_the_fields_that_were_changed() {
        let before = Policy::sample();
        let limits = Limits { percent: Percent::ALL, ..before.limits.clone() };
        let after = Policy { description: String::new(), limits, ..before.clone() };
        let changes = difference(&before, &after);
        let paths: Vec<&str> = changes.fields.iter().map(|change| change.path.as_str()).collect();
        assert_eq!(paths, ["description", "limits.percent"]);
        assert_eq!(changes.fields[0].before, Some(json!("Seats of people idle for a quarter")));
        assert_eq!(changes.fields[0].after, None);
        assert!(changes.lines.iter().any(|line| line.text.contains("percent")));
        assert_eq!(difference(&before, &before).fields, []);
    }
}
