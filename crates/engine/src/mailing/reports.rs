//! Which reports are mailed: those of runs as they end, and of plans that are held up.
//!
//! Runs are found in the audit log, with a cursor of their own: a process that dies between the end of a run and its report leaves the
//! report to whoever comes next.

use super::Letter;
use crate::{Engine, EngineError};
use jiff::SignedDuration;
use rollcall_audit::{Draft, Entry, EntryKind};
use rollcall_planner::{Attachment as Attach, ReportWish};
use rollcall_report::{FileForm, PlanReport, Report, ReportFile, TemplateName, report_file};
use rollcall_store::Told;
use serde_json::json;

/// Under which name it is kept how far the audit log was read for reports.
pub(crate) const REPORTS: &str = "reports";
/// While one process queues reports, another leaves it alone for so long.
const BUSY: SignedDuration = SignedDuration::from_mins(5);
const PAGE: u32 = 50;
/// How a run ends.
const ENDS: [EntryKind; 3] = [EntryKind::RUN_FINISHED, EntryKind::RUN_STOPPED, EntryKind::RUN_FAILED];

impl Engine {
    /// Queues the reports of runs that ended since it was last done.
    pub(crate) async fn queue_run_reports(&self) -> Result<(), EngineError> {
        loop {
            let busy_until = self.now() + BUSY;
            let taken = self.store.take_audit_outlet(REPORTS, self.now(), busy_until).await?;
            let Some(row) = taken else { return Ok(()) };
            let (entries, through) = self.store.audit_after(row.told_through, &ENDS, PAGE).await?;
            for entry in &entries {
                if let Err(error) = self.report_ending(entry).await {
                    if matches!(&error, EngineError::Store(error) if error.is_passing()) {
                        return Err(error);
                    }
                    self.tell_unreported(entry, &error).await?;
                }
            }
            self.store.settle_audit_outlet(REPORTS, busy_until, &Told::Through(through), self.now()).await?;
            if entries.is_empty() {
                return Ok(());
            }
        }
    }

    /// Queues the mail of a run that ended, if its policy wants one. The same ending, the same mail: a run that is stopped and resumed
    /// is reported twice, and one whose reporter died is not.
    async fn report_ending(&self, entry: &Entry) -> Result<(), EngineError> {
        let Some(run) = entry.subject.run.clone().filter(|_| self.mail.is_some()) else { return Ok(()) };
        let made = self.stored_plan(&self.store.run(&run).await?.plan).await?;
        let Some(policy) = self.policy_of_plan(&made.plan).await? else { return Ok(()) };
        if policy.report.to.is_empty() {
            return Ok(());
        }
        let report = self.report_of(&run).await?;
        let key = format!("run-{run}.{}", entry.seq);
        self.queue_report(&policy.report, Report::Run(&report), key).await.map(drop)
    }

    async fn tell_unreported(&self, entry: &Entry, error: &EngineError) -> Result<(), EngineError> {
        tracing::error!(%error, seq = entry.seq, "a run cannot be reported by mail");
        let draft = Draft::new(self.now(), "rollcall", EntryKind::MAIL_FAILED, entry.subject.clone())
            .because("its report could not be made")
            .details(json!({ "error": error.to_string() }));
        Ok(self.store.append_audit(vec![draft]).await?)
    }

    /// Queues the mail of a plan that is held up: by a limit, or for want of an approval.
    pub(crate) async fn queue_plan_report(
        &self,
        wish: &ReportWish,
        report: &PlanReport,
    ) -> Result<bool, EngineError> {
        self.queue_report(wish, Report::Plan(report), format!("plan-{}", report.basis.plan.id)).await
    }

    async fn queue_report(
        &self,
        wish: &ReportWish,
        report: Report<'_>,
        key: String,
    ) -> Result<bool, EngineError> {
        let (changed, troubled) = crate::reports::news(report);
        if self.mail.is_none() || !wish.when.is_wanted(changed, troubled) {
            return Ok(false);
        }
        let file = attachment(wish.attach, report)?;
        let attached = file.as_ref().map(|file| file.name.as_str());
        let (name, run) = match report {
            Report::Run(run) => (TemplateName::RunReport, Some(run.run.id.clone())),
            Report::Plan(_) => (TemplateName::PlanHeld, None),
        };
        let body = self.render_report(name, report, attached).await?;
        self.queue_letter(Letter { key, to: wish.to.clone(), body, file, run }).await
    }
}

fn attachment(wish: Attach, report: Report<'_>) -> Result<Option<ReportFile>, EngineError> {
    let form = match wish {
        Attach::None => return Ok(None),
        Attach::Csv => FileForm::Csv,
        Attach::Xlsx => FileForm::Xlsx,
    };
    Ok(Some(report_file(report, form)?))
}
