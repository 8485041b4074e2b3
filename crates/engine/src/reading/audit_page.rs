//! The audit log, page by page, and as a whole without ever holding it.

use crate::{AuditEntry, Engine, EngineError, Operator, UseCase};
use jiff::Timestamp;
use rollcall_audit::Head;
use rollcall_model::{AccountKey, PlanId, RunId, SiteId, SiteName};
use rollcall_store::{AuditFilter, Store};
use std::collections::BTreeMap;

/// Entries that an export reads at once.
const AT_ONCE: u32 = 1_000;

/// Which entries to list.
#[derive(Debug, Clone, Default)]
pub struct AuditPageQuery {
    /// Of this kind, or of kinds that begin with it: `run.item` finds `run.item.intent`.
    pub kind: Option<String>,
    /// About this site.
    pub site: Option<SiteName>,
    /// About this account, by key.
    pub account: Option<AccountKey>,
    /// About this policy.
    pub policy: Option<String>,
    /// About this plan.
    pub plan: Option<PlanId>,
    /// About this run.
    pub run: Option<RunId>,
    /// By this operator, program or scheduler.
    pub actor: Option<String>,
    /// At or after.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// Older than this entry, by its number.
    pub before: Option<u64>,
}

impl Engine {
    /// Entries of the audit log, newest first, `limit` at most.
    pub async fn audit_page(
        &self,
        operator: &Operator,
        query: &AuditPageQuery,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, EngineError> {
        operator.check(UseCase::SeeAudit)?;
        let site = match &query.site {
            Some(name) => Some(self.site_row(name).await?.id),
            None => None,
        };
        let filter = AuditFilter {
            kind: query.kind.as_ref().map(|kind| kind.trim_end_matches('.').to_owned()),
            site,
            account: query.account.clone(),
            policy: query.policy.clone(),
            plan: query.plan.clone(),
            run: query.run.clone(),
            actor: query.actor.clone(),
            since: query.since,
            until: query.until,
            before: query.before,
            newest_first: true,
            limit: Some(limit),
            ..AuditFilter::default()
        };
        Ok(self.store.audit(&filter).await?)
    }

    /// One entry, by its number.
    pub async fn audit_entry(&self, operator: &Operator, seq: u64) -> Result<AuditEntry, EngineError> {
        let query = AuditPageQuery { before: seq.checked_add(1), ..AuditPageQuery::default() };
        let found = self.audit_page(operator, &query, 1).await?.into_iter().next();
        found.filter(|entry| entry.seq == seq).ok_or_else(|| EngineError::NotFound {
            what: "audit entry",
            name: seq.to_string(),
            remedy: String::new(),
        })
    }

    /// The names of the sites there are, by id: entries name sites by id, because a name may be given to another one.
    pub async fn site_names(&self, operator: &Operator) -> Result<BTreeMap<SiteId, SiteName>, EngineError> {
        operator.check(UseCase::SeeSites)?;
        Ok(self.store.sites().await?.into_iter().map(|row| (row.id, row.name)).collect())
    }

    /// The whole log as lines of JSON, the head as the last: as much at a time as is asked for, so that it can be as long as it likes.
    pub async fn stream_audit(&self, operator: &Operator) -> Result<AuditExport, EngineError> {
        operator.check(UseCase::ExportAudit)?;
        let head = self.store.audit_head().await?;
        Ok(AuditExport { store: self.store.clone(), head, after: 0, is_ended: false })
    }
}

/// An export under way: the log as it was when it began.
pub struct AuditExport {
    store: Store,
    head: Head,
    after: u64,
    is_ended: bool,
}

impl AuditExport {
    /// The next lines, each with its line break; `None` = that was all.
    pub async fn next(&mut self) -> Option<Result<String, EngineError>> {
        if self.is_ended {
            return None;
        }
        let filter = AuditFilter {
            after: Some(self.after),
            before: Some(self.head.seq + 1),
            limit: Some(AT_ONCE),
            ..AuditFilter::default()
        };
        let entries = match self.store.audit(&filter).await {
            Ok(entries) => entries,
            Err(error) => {
                self.is_ended = true;
                return Some(Err(error.into()));
            }
        };
        let mut lines = String::new();
        for entry in &entries {
            lines.push_str(&rollcall_audit::line(entry));
            lines.push('\n');
        }
        if let Some(last) = entries.last() {
            self.after = last.seq;
        } else {
            lines.push_str(&rollcall_audit::head_line(self.head));
            lines.push('\n');
            self.is_ended = true;
        }
        Some(Ok(lines))
    }
}
