//! Policies: every version that was ever loaded, which of them is current, and whether it runs (I14).

use crate::database::{Writing, execute, fetch_all, fetch_optional};
use crate::row::{instant, micros, optional_instant, storable, word};
use crate::words::PolicyState;
use crate::{Store, StoreError, audit, schedules, watches};
use jiff::Timestamp;
use rollcall_audit::Draft;

/// A policy in its current version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRow {
    /// Its name, unique without regard to case.
    pub name: String,
    /// The hash of its content.
    pub version: String,
    /// Off, test or live.
    pub state: PolicyState,
    /// When a test run of this very version was completed.
    pub tested_at: Option<Timestamp>,
    /// The document, as it was loaded.
    pub document: String,
    /// When the policy was first loaded.
    pub created_at: Timestamp,
    /// When its version or state last changed.
    pub changed_at: Timestamp,
}

/// A policy to be loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyDraft {
    /// Its name.
    pub name: String,
    /// The hash of its content.
    pub version: String,
    /// The document.
    pub document: String,
    /// Who loads it.
    pub loaded_by: String,
}

/// One version of a policy, current or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyVersion {
    /// The hash of its content.
    pub version: String,
    /// The document.
    pub document: String,
    /// When it was first loaded.
    pub loaded_at: Timestamp,
    /// By whom.
    pub loaded_by: String,
    /// When a test run of it was completed.
    pub tested_at: Option<Timestamp>,
}

/// What loading a policy led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loaded {
    /// There was none of that name.
    New,
    /// There was an other version; the policy is off now.
    Changed,
    /// It is the current version already; nothing was changed and nothing was written to the audit log.
    Unchanged,
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    version: String,
    state: String,
    tested_at: Option<i64>,
    document: String,
    created_at: i64,
    changed_at: i64,
}

impl Row {
    fn policy(self) -> Result<PolicyRow, StoreError> {
        let what = format!("policy \"{}\"", self.name);
        Ok(PolicyRow {
            state: word(PolicyState::from_name(&self.state), &self.state, &what)?,
            tested_at: optional_instant(self.tested_at, &what)?,
            created_at: instant(self.created_at, &what)?,
            changed_at: instant(self.changed_at, &what)?,
            name: self.name,
            version: self.version,
            document: self.document,
        })
    }
}

#[derive(sqlx::FromRow)]
struct VersionRow {
    version: String,
    document: String,
    loaded_at: i64,
    loaded_by: String,
    tested_at: Option<i64>,
}

fn folded(name: &str) -> String {
    name.to_lowercase()
}

/// Notes that a test run of a version was completed; the first time counts. `false`: there is no such version.
pub(crate) async fn mark_tested(
    writing: &mut Writing,
    policy: &str,
    version: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let marked = execute!(
        writing,
        "UPDATE policy_versions SET tested_at = COALESCE(tested_at, $3) WHERE policy = $1 AND version = $2",
        policy,
        version,
        micros(now),
    )?;
    Ok(marked > 0)
}

impl Store {
    /// Loads a policy. A version other than the current one switches the policy off (I14). Every version is kept.
    pub async fn load_policy(
        &self,
        policy: &PolicyDraft,
        now: Timestamp,
        entry: Draft,
    ) -> Result<Loaded, StoreError> {
        let mut writing = self.database.write().await?;
        let loaded = load(&mut writing, policy, now).await?;
        if loaded != Loaded::Unchanged {
            audit::append(&mut writing, vec![entry]).await?;
        }
        writing.commit().await?;
        Ok(loaded)
    }

    /// Loads several policies together: all, or none where one cannot be.
    pub async fn load_policies(
        &self,
        policies: Vec<(PolicyDraft, Draft)>,
        now: Timestamp,
    ) -> Result<Vec<Loaded>, StoreError> {
        let mut writing = self.database.write().await?;
        let (mut all, mut entries) = (Vec::new(), Vec::new());
        for (policy, entry) in policies {
            let loaded = load(&mut writing, &policy, now).await?;
            if loaded != Loaded::Unchanged {
                entries.push(entry);
            }
            all.push(loaded);
        }
        audit::append(&mut writing, entries).await?;
        writing.commit().await?;
        Ok(all)
    }

    /// Adds a policy that is new: a conflict where there is one of its name.
    pub async fn add_policy(
        &self,
        policy: &PolicyDraft,
        now: Timestamp,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        if load(&mut writing, policy, now).await? != Loaded::New {
            return Err(StoreError::exists("policy", &policy.name));
        }
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    /// Loads a new version of a policy in place of the one that somebody looked at: a conflict if another was loaded or it was switched
    /// meanwhile. `seen`: its version, and when it was last changed.
    pub async fn replace_policy(
        &self,
        policy: &PolicyDraft,
        seen: (&str, Timestamp),
        now: Timestamp,
        entry: Draft,
    ) -> Result<Loaded, StoreError> {
        let mut writing = self.database.write().await?;
        let held = execute!(
            &mut writing,
            "UPDATE policies SET version = version WHERE name = $1 AND version = $2 AND changed_at = $3",
            &policy.name,
            seen.0,
            micros(seen.1),
        )?;
        if held == 0 {
            return Err(StoreError::stale("policy", &policy.name));
        }
        let loaded = load(&mut writing, policy, now).await?;
        if loaded != Loaded::Unchanged {
            audit::append(&mut writing, vec![entry]).await?;
        }
        writing.commit().await?;
        Ok(loaded)
    }

    /// Every policy, by name.
    pub async fn policies(&self) -> Result<Vec<PolicyRow>, StoreError> {
        let rows: Vec<Row> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT name, version, state, tested_at, document, created_at, changed_at
             FROM policies JOIN policy_versions USING (version) WHERE policy = name ORDER BY folded"
        )?;
        rows.into_iter().map(Row::policy).collect()
    }

    /// The policy of that name, without regard to case.
    pub async fn policy(&self, name: &str) -> Result<PolicyRow, StoreError> {
        let row: Option<Row> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT name, version, state, tested_at, document, created_at, changed_at
             FROM policies JOIN policy_versions USING (version) WHERE policy = name AND folded = $1",
            folded(name),
        )?;
        row.ok_or_else(|| StoreError::not_found("policy", name))?.policy()
    }

    /// Every version of a policy that was ever loaded, newest first, also of one that was removed.
    pub async fn policy_versions(&self, name: &str) -> Result<Vec<PolicyVersion>, StoreError> {
        let rows: Vec<VersionRow> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT version, document, loaded_at, loaded_by, tested_at FROM policy_versions
             WHERE policy = $1 ORDER BY loaded_at DESC, version",
            name,
        )?;
        let version = |row: VersionRow| {
            Ok(PolicyVersion {
                loaded_at: instant(row.loaded_at, "a policy version")?,
                tested_at: optional_instant(row.tested_at, "a policy version")?,
                version: row.version,
                document: row.document,
                loaded_by: row.loaded_by,
            })
        };
        rows.into_iter().map(version).collect()
    }

    /// Switches a policy as it was looked at: `seen` is its version, and when it was last changed. Live is refused unless a test run of that very version was completed (I14). `next` is when its schedule is due first.
    pub async fn switch_policy(
        &self,
        name: &str,
        seen: (&str, Timestamp),
        to: PolicyState,
        next: Option<Timestamp>,
        now: Timestamp,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let row: Option<(String, Option<i64>)> = fetch_optional!(
            &mut writing,
            "UPDATE policies SET state = $2, changed_at = $3 WHERE folded = $1 AND version = $4 AND changed_at = $5
             RETURNING name, (SELECT tested_at FROM policy_versions
                                 WHERE policy_versions.policy = policies.name
                                   AND policy_versions.version = policies.version)",
            folded(name),
            to.as_str(),
            micros(now),
            seen.0,
            micros(seen.1),
        )?;
        let (name, tested_at) = row.ok_or_else(|| StoreError::stale("policy", name))?;
        if to == PolicyState::Live && tested_at.is_none() {
            let reason = "has not completed a test run in this version; run it in test mode first".to_owned();
            return Err(StoreError::Conflict { what: "policy", name, reason });
        }
        schedules::follow(&mut writing, &name, seen.0, next).await?;
        match to {
            PolicyState::Off => watches::end(&mut writing, &name).await?,
            PolicyState::Test | PolicyState::Live => watches::begin(&mut writing, &name, now).await?,
        }
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    /// Removes a policy as it was looked at: `seen` is its version, and when it was last changed. Its versions stay, so that old plans can still
    /// be explained; loaded again, it is off.
    pub async fn remove_policy(
        &self,
        name: &str,
        seen: (&str, Timestamp),
        entry: Draft,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let row: Option<(String,)> = fetch_optional!(
            &mut writing,
            "DELETE FROM policies WHERE folded = $1 AND version = $2 AND changed_at = $3 RETURNING name",
            folded(name),
            seen.0,
            micros(seen.1),
        )?;
        let (name,) = row.ok_or_else(|| StoreError::stale("policy", name))?;
        schedules::forget(&mut writing, &name).await?;
        watches::end(&mut writing, &name).await?;
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }
}

async fn load(writing: &mut Writing, policy: &PolicyDraft, now: Timestamp) -> Result<Loaded, StoreError> {
    let added = execute!(
        writing,
        "INSERT INTO policies (name, folded, version, state, created_at, changed_at) VALUES ($1, $2, $3, 'off', $4, $4)
         ON CONFLICT DO NOTHING",
        &policy.name,
        folded(&policy.name),
        &policy.version,
        micros(now),
    )?;
    let loaded = if added > 0 {
        Loaded::New
    } else {
        let other: Option<(String,)> =
            fetch_optional!(writing, "SELECT name FROM policies WHERE folded = $1", folded(&policy.name))?;
        if let Some((name,)) = other.filter(|(name,)| *name != policy.name) {
            let reason = format!("differs from \"{name}\", which exists, only in capital letters");
            return Err(StoreError::Conflict { what: "policy", name: policy.name.clone(), reason });
        }
        let changed = execute!(
            writing,
            "UPDATE policies SET version = $2, state = 'off', changed_at = $3 WHERE name = $1 AND version <> $2",
            &policy.name,
            &policy.version,
            micros(now),
        )?;
        if changed == 0 {
            return Ok(Loaded::Unchanged);
        }
        watches::end(writing, &policy.name).await?;
        Loaded::Changed
    };
    execute!(
        writing,
        "INSERT INTO policy_versions (policy, version, document, loaded_at, loaded_by) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING",
        &policy.name,
        &policy.version,
        &*storable(&policy.document),
        micros(now),
        &*storable(&policy.loaded_by),
    )?;
    schedules::follow(writing, &policy.name, &policy.version, None).await?;
    Ok(loaded)
}
