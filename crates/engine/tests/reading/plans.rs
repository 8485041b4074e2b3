//! Plans as they are listed, looked at and rejected.

use crate::stage::{Stage, admin, viewer};
use rollcall_engine::{EngineError, PlanLine, PlanListQuery, PlanTab, PolicyState};
use rollcall_model::{Action, Role};
use rollcall_planner::{Approval, Limits, Mode, Percent, Period, Policy};
use rollcall_testkit::both_databases;

fn policy() -> Policy {
    Policy {
        select: "status = enabled AND idle >= 90d".to_owned(),
        actions: vec![Action::Disable],
        limits: Limits { percent: Percent::ALL, minimum_idle: Period::hours(0), ..Limits::default() },
        approval: Approval { above: Some(0), second_person: true },
        ..Policy::sample()
    }
}

async fn standing(stage: &Stage, standing: &str) -> Vec<String> {
    let query = PlanListQuery { standing: Some(standing.to_owned()), ..PlanListQuery::default() };
    let plans = stage.engine.plan_list(&viewer(), &query, 50).await.unwrap();
    plans.into_iter().map(|plan| plan.id.to_string()).collect()
}

both_databases! {
    async fn a_plan_is_listed_where_it_stands(database: TestDatabase) {
        let stage = Stage::set_up(&database, 80).await;
        let engine = &stage.engine;
        engine.load_policies(&admin(), &[policy()]).await.unwrap();
        let name = &policy().name;
        engine.switch_policy(&admin(), name, PolicyState::Test, None).await.unwrap();
        engine.run_policy(&admin(), name, &stage.site, &|_| (), Box::new(|_, _, _| ())).await.unwrap();
        engine.switch_policy(&admin(), name, PolicyState::Live, None).await.unwrap();
        let plan = async || {
            let made = engine.plan_policy(&admin(), name, None, Some(Mode::Live), None, &|_| ()).await.unwrap();
            made.into_iter().next().unwrap().plan
        };
        let first = plan().await;
        stage.clock.tick(jiff::SignedDuration::from_mins(1));
        let second = plan().await;
        let awaiting = engine.overview(&viewer()).await.unwrap();
        assert_eq!((awaiting.awaiting_count, awaiting.awaiting.len()), (2, 2));
        assert_eq!(awaiting.awaiting[1].summary.accounts, first.accounts);
        assert_eq!(standing(&stage, "awaiting").await, [second.id.to_string(), first.id.to_string()]);
        let operator = rollcall_engine::Operator::remote("otto", Role::Operator);
        let refused = engine.reject(&operator, &first.id, "no").await;
        assert!(matches!(refused, Err(EngineError::Forbidden { .. })));
        engine.reject(&admin(), &first.id, "too many").await.unwrap();
        assert_eq!(standing(&stage, "rejected").await, [first.id.to_string()]);
        let again = engine.reject(&admin(), &first.id, "still").await;
        assert!(matches!(again, Err(EngineError::NotNow(_))), "{again:?}");
        let approver = rollcall_engine::Operator::remote("anna", Role::Approver);
        engine.approve(&approver, &second.id, "fine").await.unwrap();
        assert_eq!(standing(&stage, "ready").await, [second.id.to_string()]);
        let (listing, plan) = engine.show_plan(&viewer(), &second.id).await.unwrap();
        assert_eq!((listing.standing, plan.items.len() as u64), ("ready", listing.items));
        stage.clock.tick(jiff::SignedDuration::from_hours(25));
        assert_eq!(standing(&stage, "expired").await, [second.id.to_string()]);
        let unknown = PlanListQuery { standing: Some("nowhere".to_owned()), ..PlanListQuery::default() };
        assert!(matches!(engine.plan_list(&viewer(), &unknown, 5).await, Err(EngineError::NotFound { .. })));
    }

    async fn the_lines_of_a_plan_are_paged(database: TestDatabase) {
        let stage = Stage::set_up(&database, 80).await;
        let made = stage.plan("status = enabled AND idle >= 60d", Action::Disable, Mode::Test).await;
        let lines = async |tab, text: Option<&str>, skip, limit| {
            stage.engine.plan_lines(&viewer(), &made.plan.id, tab, text, skip, limit).await.unwrap()
        };
        let seqs = |lines: &[PlanLine]| {
            let seq = |line: &PlanLine| if let PlanLine::Item(item) = line { item.seq } else { 0 };
            lines.iter().map(seq).collect::<Vec<_>>()
        };
        let all: Vec<u32> = made.plan.items.iter().map(|item| item.seq).collect();
        let (mut walked, mut skip) = (Vec::new(), 0);
        loop {
            let page = lines(PlanTab::Items, None, skip, 3).await;
            skip += page.lines.len() as u64;
            walked.extend(seqs(&page.lines));
            assert_eq!((page.total, page.more), (all.len() as u64, all.len() as u64 - skip));
            if page.more == 0 {
                break;
            }
        }
        assert_eq!(walked, all);
        let wanted = &made.plan.items[1];
        assert!(seqs(&lines(PlanTab::Items, Some(&wanted.account.username), 0, 50).await.lines).contains(&wanted.seq));
        assert_eq!(lines(PlanTab::Protected, None, 0, 500).await.total, made.plan.protected.len() as u64);
        assert_eq!(lines(PlanTab::Refused, None, 0, 500).await.total, made.plan.refused.len() as u64);
        assert_eq!(lines(PlanTab::Items, None, 10_000, 5).await.lines.len(), 0);
    }
}
