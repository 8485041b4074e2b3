//! Undo: a plan that restores what a run changed, from the recorded state before (I13). It is applied like any other plan.

use crate::plans::ShowProgress;
use crate::{Engine, EngineError, Freshness, MadePlan, Operator, UseCase};
use jiff::SignedDuration;
use rollcall_model::{ItemState, PlanId, RunId};
use rollcall_planner::{Approval, DoneItem, Mode, UndoInput, plan_undo};
use std::collections::HashMap;

impl Engine {
    /// Plans the undo of a live run on a snapshot taken now.
    pub async fn plan_undo(
        &self,
        operator: &Operator,
        run: &RunId,
        progress: ShowProgress<'_>,
    ) -> Result<MadePlan, EngineError> {
        operator.check(UseCase::Undo)?;
        let row = self.store.run(run).await?;
        if row.mode == rollcall_store::Mode::Test {
            return Err(EngineError::NotNow(format!(
                "run {run} was a test run: it changed nothing, so there is nothing to undo"
            )));
        }
        if !row.state.is_over() {
            return Err(EngineError::NotNow(format!(
                "run {run} is still {}; stop it first: rollcall runs stop {run}",
                row.state
            )));
        }
        let made = self.stored_plan(&row.plan).await?;
        let results: HashMap<u32, _> = self
            .all_items(run, &[ItemState::Done])
            .await?
            .into_iter()
            .map(|i| (i.seq, i.finished_at))
            .collect();
        let done: Vec<DoneItem> = made
            .plan
            .items
            .iter()
            .filter_map(|item| {
                let at = results.get(&item.seq)?;
                Some(DoneItem {
                    seq: item.seq,
                    account: item.account.clone(),
                    name: item.name.clone(),
                    email: item.email.clone(),
                    change: item.change.clone(),
                    before: item.before.clone(),
                    at: *at,
                })
            })
            .collect();
        if done.is_empty() {
            return Err(EngineError::NotNow(format!(
                "run {run} changed nothing, so there is nothing to undo"
            )));
        }
        let site = self.site_row(&made.site).await?;
        let picture =
            self.picture(operator, &made.site, Freshness::AtMost(SignedDuration::ZERO), progress).await?;
        let policy = self.policy_of_plan(&made.plan).await?;
        let mut protections = crate::plans::protections(&picture, &crate::sites::settings(&site)?);
        protections.groups.extend(policy.iter().flat_map(|p| p.protected_groups.iter().cloned()));
        let approval = policy.map_or(Approval::NEVER, |p| p.approval);
        let plan = plan_undo(&UndoInput {
            id: PlanId::new(self.new_id()),
            run: run.clone(),
            operator: operator.name(),
            done: &done,
            snapshot: &picture.snapshot,
            facts: &picture.facts,
            protections: &protections,
            approval: &approval,
            mode: Mode::Live,
            now: self.now(),
            expires_after: SignedDuration::from_hours(24),
        })?;
        self.store_plan(operator, &site, plan).await
    }
}
