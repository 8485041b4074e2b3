//! Filling in reports: what a plan and a run are told as, everywhere.

use crate::{Engine, EngineError, MadePlan, Operator, UseCase};
use rollcall_model::{ItemState, RunId, Status};
use rollcall_planner::{LimitCheck, LimitKind, Mode, Origin, Plan, PlanItem, Policy};
use rollcall_report::{
    ApprovalState, Basis, CriterionWords, EvidenceRow, Installation, ItemResult, ItemRow, LimitRow, NextStep,
    PlanFacts, PlanReport, ProtectedRow, RefusedRow, Report, RunFacts, RunReport, RunState, Seats, SiteFacts,
    Verdict,
};
use rollcall_store::RunRow;
use std::collections::HashMap;

/// Whether a run changed something, or a plan would, and whether something went wrong.
pub(crate) fn news(report: Report<'_>) -> (bool, bool) {
    let any = |states: &[ItemState]| report.items().iter().any(|item| states.contains(&item.state()));
    let exceeded = report.basis().limits.iter().any(|limit| limit.verdict == Verdict::Exceeded);
    match report {
        Report::Plan(plan) => (!plan.items.is_empty(), exceeded),
        Report::Run(run) => (
            any(&[ItemState::Done]),
            exceeded
                || run.run.stopped_because.is_some()
                || any(&[ItemState::Failed, ItemState::Unknown, ItemState::Refused]),
        ),
    }
}

impl Engine {
    /// A plan as a report.
    pub async fn plan_report(&self, operator: &Operator, made: &MadePlan) -> Result<PlanReport, EngineError> {
        operator.check(UseCase::SeePlans)?;
        self.report_of_plan(made).await
    }

    pub(crate) async fn report_of_plan(&self, made: &MadePlan) -> Result<PlanReport, EngineError> {
        let mut basis = self.basis(made).await?;
        let approval = approval(made);
        basis.next = next_for_plan(made, &approval);
        Ok(PlanReport {
            basis,
            approval,
            items: made.plan.items.iter().map(|item| row(item, None)).collect(),
        })
    }

    /// A run as a report, as it stands now.
    pub async fn run_report(&self, operator: &Operator, id: &RunId) -> Result<RunReport, EngineError> {
        operator.check(UseCase::SeeRuns)?;
        self.report_of(id).await
    }

    pub(crate) async fn report_of(&self, id: &RunId) -> Result<RunReport, EngineError> {
        let run = self.store.run(id).await?;
        let made = self.stored_plan(&run.plan).await?;
        let mut results = HashMap::new();
        for item in self.all_items(id, &[]).await? {
            let result = ItemResult {
                state: item.state,
                reason: item.reason,
                attempts: item.attempts,
                finished_at: item.finished_at,
            };
            results.insert(item.seq, result);
        }
        let mut basis = self.basis(&made).await?;
        basis.next = next_for_run(&run, &made.plan);
        if run.mode == rollcall_store::Mode::Live {
            basis.seats = self.seats_after(&made.plan, &results).await?;
        }
        let stopped_because = stopped_because(&run);
        Ok(RunReport {
            basis,
            run: RunFacts {
                id: run.id.clone(),
                state: state(&run),
                started_at: run.started_at,
                finished_at: run.finished_at,
                stopped_because,
                approved_by: made.approved_by.first().cloned(),
            },
            items: made.plan.items.iter().map(|item| row(item, results.remove(&item.seq))).collect(),
            audit_head: self.store.audit_head().await?.to_string(),
        })
    }

    async fn basis(&self, made: &MadePlan) -> Result<Basis, EngineError> {
        let plan = &made.plan;
        let site = self.store.site(&plan.site).await?;
        let snapshot = self.load_snapshot(&plan.snapshot).await;
        // A snapshot may have been thinned out since; the version is then not known, and that is all.
        let version = snapshot.ok().and_then(|s| s.profile().version.clone());
        let words = rollcall_criteria::parse(&plan.criterion).map(|c| rollcall_criteria::describe(&c));
        Ok(Basis {
            installation: Installation {
                name: self.name.clone(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
            },
            site: SiteFacts {
                product: crate::sites::product(&site)?,
                name: site.name,
                url: site.url,
                version,
            },
            origin: self.origin(plan).await?,
            criterion: words.ok().map(|words| CriterionWords { text: plan.criterion.clone(), words }),
            only: plan.only.as_ref().map(rollcall_planner::Only::words),
            mode: match plan.mode {
                Mode::Test => rollcall_report::Mode::Test,
                Mode::Live => rollcall_report::Mode::Live,
            },
            plan: PlanFacts {
                id: plan.id.clone(),
                fingerprint: plan.fingerprint.clone(),
                snapshot: plan.snapshot.clone(),
                snapshot_taken_at: plan.snapshot_taken_at,
                made_at: plan.made_at,
                expires_at: plan.expires_at,
            },
            seats: seats(plan, u64::from(plan.seats.freed), u64::from(plan.seats.taken)),
            limits: limits(plan),
            refused: refused(plan),
            protected: protected(plan),
            warnings: plan.warnings.clone(),
            next: Vec::new(),
            link: None,
            reported_at: self.now(),
        })
    }

    async fn origin(&self, plan: &Plan) -> Result<rollcall_report::Origin, EngineError> {
        Ok(match &plan.origin {
            Origin::Policy { name, version } => {
                let versions = self.store.policy_versions(name).await?;
                let document = versions.into_iter().find(|v| v.version == *version).map(|v| v.document);
                let policy = document.and_then(|text| serde_json::from_str::<Policy>(&text).ok());
                rollcall_report::Origin::Policy {
                    name: name.clone(),
                    version: version.clone(),
                    description: policy.map(|p| p.description).unwrap_or_default(),
                }
            }
            Origin::Bulk { operator } => rollcall_report::Origin::Bulk { operator: operator.clone() },
            Origin::Undo { run, operator } => {
                rollcall_report::Origin::Undo { run: run.clone(), operator: operator.clone() }
            }
        })
    }

    /// Seats as the outcomes leave them: only accounts whose every item went well have freed (or taken) what the plan said.
    async fn seats_after(
        &self,
        plan: &Plan,
        results: &HashMap<u32, ItemResult>,
    ) -> Result<Seats, EngineError> {
        let is_well = |item: &PlanItem| {
            results.get(&item.seq).is_some_and(|r| matches!(r.state, ItemState::Done | ItemState::Already))
        };
        let total = plan.items.len();
        let well = plan.items.iter().filter(|item| is_well(item)).count();
        if well == total {
            return Ok(seats(plan, u64::from(plan.seats.freed), u64::from(plan.seats.taken)));
        }
        let Ok(snapshot) = self.load_snapshot(&plan.snapshot).await else {
            return Ok(Seats { freed: None, after: None, ..seats(plan, 0, 0) });
        };
        let done: Vec<PlanItem> = plan.items.iter().filter(|item| is_well(item)).cloned().collect();
        let effect = rollcall_planner::seat_effect_of(&snapshot, &done);
        Ok(seats(plan, u64::from(effect.freed), u64::from(effect.taken)))
    }
}

fn seats(plan: &Plan, freed: u64, taken: u64) -> Seats {
    Seats {
        before: plan.seats.used,
        freed: Some(freed),
        after: plan.seats.used.map(|used| (used + taken).saturating_sub(freed)),
        max: plan.seats.max,
        is_unlimited: false,
    }
}

fn limits(plan: &Plan) -> Vec<LimitRow> {
    let row = |check: &LimitCheck| {
        let (name, allowed) = match check.limit {
            LimitKind::Accounts => ("accounts", check.setting.clone()),
            LimitKind::Percent => ("percent", format!("{} % = {}", check.setting, check.allowed)),
            LimitKind::Growth => ("growth", format!("{} = {}", check.setting, check.allowed)),
            LimitKind::MinimumIdle => ("minimum idle", check.setting.clone()),
        };
        let found = match check.limit {
            _ if !check.is_kept => check.words.clone(),
            LimitKind::MinimumIdle => "nobody was active more recently".to_owned(),
            LimitKind::Accounts | LimitKind::Percent | LimitKind::Growth => {
                format!("{} accounts", check.found)
            }
        };
        let verdict = if check.is_kept { Verdict::Within } else { Verdict::Exceeded };
        LimitRow { name: name.to_owned(), allowed, found, verdict }
    };
    plan.limits.checks.iter().map(row).collect()
}

fn refused(plan: &Plan) -> Vec<RefusedRow> {
    let rows = plan.refused.iter().map(|refusal| RefusedRow {
        account: refusal.account.clone(),
        name: refusal.name.clone(),
        email: refusal.email.clone(),
        action: refusal.action,
        reason: refusal.reason(),
    });
    rows.collect()
}

fn protected(plan: &Plan) -> Vec<ProtectedRow> {
    let rows = plan.protected.iter().map(|protection| ProtectedRow {
        account: protection.account.clone(),
        name: protection.name.clone(),
        email: protection.email.clone(),
        rule: serde_json::to_value(protection.kind)
            .ok()
            .and_then(|v| v.as_str().map(str::to_owned))
            .unwrap_or_default(),
        reason: protection.reason.clone(),
    });
    rows.collect()
}

fn row(item: &PlanItem, result: Option<ItemResult>) -> ItemRow {
    ItemRow {
        seq: item.seq,
        account: item.account.clone(),
        name: item.name.clone(),
        email: item.email.clone(),
        change: item.change.clone(),
        before: item.before.to_string(),
        after: item.after.to_string(),
        why: item.why.clone(),
        evidence: item.evidence.as_ref().map(|e| EvidenceRow {
            source: e.source.clone(),
            kind: e.kind,
            at: e.at,
            at_least: e.at_least,
        }),
        can_undo: item.undo,
        result,
    }
}

fn approval(made: &MadePlan) -> ApprovalState {
    let need = made.plan.approval;
    if made.plan.is_blocked() {
        let exceeded: Vec<_> = made.plan.limits.exceeded().map(|c| c.words.clone()).collect();
        return ApprovalState::Forbidden { because: exceeded.join("; ") };
    }
    if made.is_awaiting {
        let above = need.above.unwrap_or_default();
        let whom = if need.second_person { " by a second person" } else { "" };
        return ApprovalState::Needed { because: format!("more than {above} accounts need approval{whom}") };
    }
    match made.approved_by.first() {
        Some(by) => ApprovalState::Given { by: by.clone() },
        None => ApprovalState::NotNeeded,
    }
}

fn next_for_plan(made: &MadePlan, approval: &ApprovalState) -> Vec<NextStep> {
    let id = &made.plan.id;
    let step =
        |words: &str, command: String| vec![NextStep { words: words.to_owned(), command: Some(command) }];
    match approval {
        _ if made.plan.items.is_empty() => Vec::new(),
        ApprovalState::Forbidden { .. } => Vec::new(),
        ApprovalState::Needed { .. } => step("have it approved", format!("rollcall approve {id}")),
        ApprovalState::NotNeeded | ApprovalState::Given { .. } => {
            step("apply it", format!("rollcall apply {id}"))
        }
    }
}

fn next_for_run(run: &RunRow, plan: &Plan) -> Vec<NextStep> {
    let id = &run.id;
    let step = |words: &str, command: String| NextStep { words: words.to_owned(), command: Some(command) };
    let mut steps = Vec::new();
    if matches!(run.state, rollcall_store::RunState::Stopped | rollcall_store::RunState::Failed) {
        steps.push(step("go on with it", format!("rollcall runs resume {id}")));
    }
    let can_be_undone = plan.items.iter().any(|item| item.change.undo().is_some());
    if run.mode == rollcall_store::Mode::Live && run.counts.of(ItemState::Done) > 0 && can_be_undone {
        steps.push(step("take it back", format!("rollcall runs undo {id}")));
    }
    if run.mode == rollcall_store::Mode::Test
        && let Some(policy) = &run.policy
        && run.state == rollcall_store::RunState::Done
        // Live it would change nobody: the report says which limit is in the way.
        && !plan.is_blocked()
    {
        steps.push(step("let it change accounts", format!("rollcall policy enable {policy} --live")));
    }
    steps
}

pub(crate) fn state(run: &RunRow) -> RunState {
    match run.state {
        rollcall_store::RunState::Pending => RunState::Pending,
        rollcall_store::RunState::Running | rollcall_store::RunState::Stopping => RunState::Running,
        rollcall_store::RunState::Stopped => RunState::Stopped,
        rollcall_store::RunState::Done => RunState::Done,
        rollcall_store::RunState::Failed => RunState::Failed,
    }
}

/// Why a run ended before its last item: kept in its report, or the reason somebody gave for stopping it.
pub(crate) fn stopped_because(run: &RunRow) -> Option<String> {
    let kept = run.report.as_ref().and_then(|r| r.get("stoppedBecause")).and_then(|v| v.as_str());
    kept.map(str::to_owned).or_else(|| run.stop_reason.clone())
}

/// The status an account must still have for its item to be carried out: what the snapshot said, moved along by the items before it.
pub(crate) fn expected_status(was: Option<Status>, earlier: &[&PlanItem]) -> Option<Status> {
    earlier.iter().rev().find_map(|item| item.change.wanted_status()).or(was)
}
