//! The audit log: list, verify, export.

use crate::{Engine, EngineError, Operator, UseCase};
use rollcall_audit::{Broken, Entry, Head, Verified};
use rollcall_model::SiteName;
use rollcall_store::AuditFilter;
use std::io::Write;

/// Which entries to list.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// Kinds that begin with these words: `run`, `plan.approved`.
    pub kind: Option<String>,
    /// About a site by name, or a policy, plan, run or account by id.
    pub about: Option<String>,
    /// At most so many.
    pub limit: u32,
}

impl Engine {
    /// Entries, newest first.
    pub async fn audit(&self, operator: &Operator, query: &AuditQuery) -> Result<Vec<Entry>, EngineError> {
        operator.check(UseCase::SeeAudit)?;
        let kind = query.kind.as_ref().map(|kind| kind.trim_end_matches('.').to_owned());
        let base =
            AuditFilter { kind, newest_first: true, limit: Some(query.limit), ..AuditFilter::default() };
        let Some(about) = &query.about else { return Ok(self.store.audit(&base).await?) };
        let mut filters = vec![
            AuditFilter { policy: Some(about.clone()), ..base.clone() },
            AuditFilter { plan: Some(about.as_str().into()), ..base.clone() },
            AuditFilter { run: Some(about.as_str().into()), ..base.clone() },
            AuditFilter { account: Some(about.as_str().into()), ..base.clone() },
        ];
        if let Ok(name) = about.parse::<SiteName>()
            && let Ok(site) = self.store.site_named(&name).await
        {
            filters.push(AuditFilter { site: Some(site.id), ..base });
        }
        let mut found = Vec::new();
        for filter in filters {
            found.extend(self.store.audit(&filter).await?);
        }
        found.sort_by_key(|entry| std::cmp::Reverse(entry.seq));
        found.dedup_by_key(|entry| entry.seq);
        found.truncate(query.limit as usize);
        Ok(found)
    }

    /// Verifies the chain from its first entry; `known` are heads that somebody holds from a report.
    pub async fn verify_audit(
        &self,
        operator: &Operator,
        known: Vec<Head>,
    ) -> Result<Result<Verified, Broken>, EngineError> {
        operator.check(UseCase::VerifyAudit)?;
        Ok(self.store.verify_audit(known).await?)
    }

    /// Writes every entry as a line of JSON, and the head as the last line. Tells how many entries there were.
    pub async fn export_audit(
        &self,
        operator: &Operator,
        out: &mut (dyn Write + Send),
    ) -> Result<u64, EngineError> {
        operator.check(UseCase::ExportAudit)?;
        let (mut count, mut failed) = (0, None);
        let head = self
            .store
            .read_audit(|behind, entry| {
                if failed.is_none() {
                    let begin = if count == 0 && behind != Head::EMPTY {
                        format!("{}\n", rollcall_audit::checkpoint_line(behind))
                    } else {
                        String::new()
                    };
                    failed = writeln!(out, "{begin}{}", rollcall_audit::line(&entry)).err();
                    count += 1;
                }
            })
            .await?;
        let written = failed.map_or(Ok(()), Err).and_then(|()| {
            writeln!(out, "{}", rollcall_audit::head_line(head))?;
            out.flush()
        });
        written.map_err(|error| EngineError::File {
            what: "the export of the audit log".to_owned(),
            reason: error.to_string(),
        })?;
        Ok(count)
    }

    /// The head of the chain.
    pub async fn audit_head(&self, operator: &Operator) -> Result<Head, EngineError> {
        operator.check(UseCase::SeeAudit)?;
        Ok(self.store.audit_head().await?)
    }
}
