//! Plans, which never change, and their approvals, which do.

use crate::database::{execute, fetch_all, fetch_one, fetch_optional};
use crate::row::{column, instant, json, micros, number, parse_optional_json, storable, word};
use crate::watches::WatchEvent;
use crate::words::{ApprovalState, Mode};
use crate::{JobDraft, Store, StoreError, audit, jobs, watches};
use jiff::Timestamp;
use rollcall_audit::Draft;
use rollcall_model::{ApprovalId, JobId, PlanId, SiteId, SnapshotId};
use serde_json::Value;

/// zstd: a plan repeats itself much, and is written once.
const LEVEL: i32 = 3;
/// A body that claims to unpack to more than this was not written by us.
const LARGEST_BODY: usize = 1 << 30;

/// The header of a plan: what is known of it without its items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRow {
    /// Its id.
    pub id: PlanId,
    /// The site.
    pub site: SiteId,
    /// The snapshot it was made on.
    pub snapshot: SnapshotId,
    /// The policy, where one made it.
    pub policy: Option<String>,
    /// The version of that policy.
    pub version: Option<String>,
    /// The fingerprint of its content.
    pub fingerprint: String,
    /// Test or live.
    pub mode: Mode,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// From when on it is no longer applied.
    pub expires_at: Timestamp,
    /// How many items it has.
    pub items: u64,
    /// Where its approval stands; the only part that changes.
    pub approval: ApprovalState,
    /// Whether a limit forbids applying it.
    pub is_blocked: bool,
    /// Whether it is for those alone that something happened to.
    pub is_restricted: bool,
    /// What it comes to, for listings: the engine's document.
    pub summary: Option<Value>,
    /// The job that made it.
    pub job: Option<JobId>,
}

/// What an operator said to a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalRow {
    /// Its id.
    pub id: ApprovalId,
    /// The plan.
    pub plan: PlanId,
    /// Who.
    pub operator: String,
    /// Yes, or no.
    pub is_consent: bool,
    /// In their own words.
    pub comment: String,
    /// When.
    pub given_at: Timestamp,
}

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    id: String,
    site: String,
    snapshot: String,
    policy: Option<String>,
    version: Option<String>,
    fingerprint: String,
    mode: String,
    made_by: String,
    made_at: i64,
    expires_at: i64,
    items: i64,
    approval: String,
    is_blocked: bool,
    is_restricted: bool,
    summary: Option<String>,
    job: Option<String>,
}

impl Row {
    pub(crate) fn plan(self) -> Result<PlanRow, StoreError> {
        let what = format!("plan {}", self.id);
        Ok(PlanRow {
            mode: word(Mode::from_name(&self.mode), &self.mode, &what)?,
            made_at: instant(self.made_at, &what)?,
            expires_at: instant(self.expires_at, &what)?,
            items: number(self.items, &what)?,
            approval: word(ApprovalState::from_name(&self.approval), &self.approval, &what)?,
            is_blocked: self.is_blocked,
            is_restricted: self.is_restricted,
            summary: parse_optional_json(self.summary.as_deref(), &what)?,
            id: self.id.into(),
            site: self.site.into(),
            snapshot: self.snapshot.into(),
            policy: self.policy,
            version: self.version,
            fingerprint: self.fingerprint,
            made_by: self.made_by,
            job: self.job.map(Into::into),
        })
    }
}

#[derive(sqlx::FromRow)]
struct ApprovalColumns {
    id: String,
    plan: String,
    operator: String,
    is_consent: bool,
    comment: String,
    given_at: i64,
}

impl Store {
    /// Stores a plan. A plan is immutable: an id that exists is [`StoreError::Conflict`], whatever it holds.
    pub async fn add_plan(
        &self,
        plan: &PlanRow,
        body: &[u8],
        entries: impl Into<Vec<Draft>>,
    ) -> Result<(), StoreError> {
        self.add_plan_taking(plan, body, entries, &[]).await
    }

    /// The same for a plan that is about events, which wait no longer from then on.
    pub async fn add_plan_taking(
        &self,
        plan: &PlanRow,
        body: &[u8],
        entries: impl Into<Vec<Draft>>,
        events: &[WatchEvent],
    ) -> Result<(), StoreError> {
        let packed = zstd::bulk::compress(body, LEVEL)
            .map_err(|error| StoreError::corrupt(format!("plan {}", plan.id), &error))?;
        let mut writing = self.database.write().await?;
        let added = execute!(
            &mut writing,
            "INSERT INTO plans (id, site, snapshot, policy, version, fingerprint, mode, made_by, made_at, expires_at,
                                items, approval, is_blocked, is_restricted, summary, body, job)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
             ON CONFLICT DO NOTHING",
            plan.id.as_str(),
            plan.site.as_str(),
            plan.snapshot.as_str(),
            plan.policy.as_deref(),
            plan.version.as_deref(),
            &plan.fingerprint,
            plan.mode.as_str(),
            &*storable(&plan.made_by),
            micros(plan.made_at),
            micros(plan.expires_at),
            column(plan.items),
            plan.approval.as_str(),
            plan.is_blocked,
            plan.is_restricted,
            plan.summary.as_ref().map(json),
            packed,
            plan.job.as_ref().map(AsRef::<str>::as_ref),
        )?;
        if added == 0 {
            return Err(StoreError::exists("plan", &plan.id));
        }
        if let Some(policy) = &plan.policy {
            watches::take_for_plan(&mut writing, policy, &plan.site, events, &plan.id).await?;
        }
        audit::append(&mut writing, entries.into()).await?;
        writing.commit().await
    }

    /// The header of a plan.
    pub async fn plan(&self, id: &PlanId) -> Result<PlanRow, StoreError> {
        let row: Option<Row> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT id, site, snapshot, policy, version, fingerprint, mode, made_by, made_at, expires_at, items, approval,
                    is_blocked, is_restricted, summary, job
             FROM plans WHERE id = $1",
            id.as_str(),
        )?;
        row.ok_or_else(|| StoreError::not_found("plan", id))?.plan()
    }

    /// The plan of the newest live run of a policy at a site that is over and was for everybody: what the growth of the next is measured by.
    pub async fn last_plan_run(&self, policy: &str, site: &SiteId) -> Result<Option<PlanRow>, StoreError> {
        let row: Option<Row> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT p.id, p.site, p.snapshot, p.policy, p.version, p.fingerprint, p.mode, p.made_by, p.made_at, p.expires_at,
                    p.items, p.approval, p.is_blocked, p.is_restricted, p.summary, p.job
             FROM runs r JOIN plans p ON p.id = r.plan
             WHERE r.policy = $1 AND r.site = $2 AND r.mode = 'live' AND r.state IN ('done', 'stopped', 'failed')
               AND NOT p.is_restricted
             ORDER BY r.created_at DESC, r.id DESC LIMIT 1",
            policy,
            site.as_str(),
        )?;
        row.map(Row::plan).transpose()
    }

    /// The body of a plan, exactly as it was stored; [`StoreError::Dropped`] where retention took it.
    pub async fn plan_body(&self, id: &PlanId) -> Result<Vec<u8>, StoreError> {
        let row: Option<(Vec<u8>, Option<i64>)> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT body, dropped_at FROM plans WHERE id = $1",
            id.as_str(),
        )?;
        let (packed, dropped_at) = row.ok_or_else(|| StoreError::not_found("plan", id))?;
        if let Some(at) = dropped_at {
            let at = instant(at, "a plan")?;
            return Err(StoreError::Dropped { what: "plan", name: id.to_string(), at });
        }
        let damaged = |reason: String| StoreError::corrupt(format!("plan {id}"), &reason);
        let size = zstd::zstd_safe::get_frame_content_size(&packed).ok().flatten();
        let size = size.and_then(|size| usize::try_from(size).ok()).filter(|size| *size <= LARGEST_BODY);
        let size = size.ok_or_else(|| damaged("its body is not compressed as it should be".to_owned()))?;
        zstd::bulk::decompress(&packed, size).map_err(|error| damaged(error.to_string()))
    }

    /// Records what an operator says to a plan that awaits approval. It is approved once `needed` operators agreed, rejected
    /// at the first no. Each operator speaks once. Gives the state the plan is in afterwards. `then` is queued when it is approved.
    pub async fn decide_plan(
        &self,
        approval: &ApprovalRow,
        needed: u32,
        entry: Draft,
        then: Option<(JobDraft, Draft)>,
    ) -> Result<ApprovalState, StoreError> {
        let plan = approval.plan.as_str();
        let conflict = |reason: &str| StoreError::Conflict {
            what: "plan",
            name: plan.to_owned(),
            reason: reason.to_owned(),
        };
        let mut writing = self.database.write().await?;
        // Locks the row, so that of two who approve at once the second counts the first.
        let state: Option<(String,)> = fetch_optional!(
            &mut writing,
            "UPDATE plans SET approval = approval WHERE id = $1 RETURNING approval",
            plan
        )?;
        let (state,) = state.ok_or_else(|| StoreError::not_found("plan", plan))?;
        match word(ApprovalState::from_name(&state), &state, "a plan")? {
            ApprovalState::Awaited => {}
            ApprovalState::NotNeeded => return Err(conflict("needs no approval")),
            ApprovalState::Approved => return Err(conflict("was approved already")),
            ApprovalState::Rejected => return Err(conflict("was rejected; make a new one")),
        }
        let added = execute!(
            &mut writing,
            "INSERT INTO approvals (id, plan, operator, is_consent, comment, given_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT DO NOTHING",
            approval.id.as_str(),
            plan,
            &*storable(&approval.operator),
            approval.is_consent,
            &*storable(&approval.comment),
            micros(approval.given_at),
        )?;
        if added == 0 {
            return Err(conflict(&format!(
                "was decided upon by {} already; it needs another person",
                approval.operator
            )));
        }
        let consents: (i64,) =
            fetch_one!(&mut writing, "SELECT COUNT(*) FROM approvals WHERE plan = $1 AND is_consent", plan)?;
        let state = if !approval.is_consent {
            ApprovalState::Rejected
        } else if consents.0 >= i64::from(needed) {
            ApprovalState::Approved
        } else {
            ApprovalState::Awaited
        };
        execute!(&mut writing, "UPDATE plans SET approval = $2 WHERE id = $1", plan, state.as_str())?;
        let mut entries = vec![entry];
        if let Some((job, queued)) = then.filter(|_| state == ApprovalState::Approved)
            && jobs::insert(&mut writing, &job, approval.given_at).await?
        {
            entries.push(queued);
        }
        audit::append(&mut writing, entries).await?;
        writing.commit().await?;
        Ok(state)
    }

    /// What was said to a plan, in the order it was said.
    pub async fn approvals(&self, plan: &PlanId) -> Result<Vec<ApprovalRow>, StoreError> {
        let rows: Vec<ApprovalColumns> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT id, plan, operator, is_consent, comment, given_at FROM approvals
             WHERE plan = $1 ORDER BY given_at, id",
            plan.as_str(),
        )?;
        let approval = |row: ApprovalColumns| {
            Ok(ApprovalRow {
                given_at: instant(row.given_at, "an approval")?,
                id: row.id.into(),
                plan: row.plan.into(),
                operator: row.operator,
                is_consent: row.is_consent,
                comment: row.comment,
            })
        };
        rows.into_iter().map(approval).collect()
    }
}
