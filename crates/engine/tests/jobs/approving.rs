//! A plan that a schedule made and somebody approves is applied by itself.

use crate::stage::{Stage, at, hours, states};
use rollcall_engine::{Ending, JobKind, JobState, Operator, PolicyState, Role};
use rollcall_model::PlanId;
use rollcall_planner::Mode;
use rollcall_testkit::{TestDatabase, both_databases};

const HELD: &str = "    schedule: { cron: \"0 6 * * *\" }\n    limits: { percent: 100 }\n    approval: { second-person: true }\n    plan-expiry: 12h\n";

/// A plan that a schedule made at six, and that awaits a second person.
async fn held(database: TestDatabase) -> (Stage, PlanId) {
    let stage = Stage::on(database, "2026-11-01T05:00:00Z").await;
    stage.live_policy("daily", HELD).await;
    stage.set(at("2026-11-01T06:00:00Z"));
    stage.work_off().await;
    stage.later();
    let plan = stage.ticks().await.remove(0).result.expect("a result").plans.remove(0);
    (stage, plan)
}

both_databases! {
    async fn an_approved_plan_of_a_schedule_is_applied_without_anybody_asking(database: TestDatabase) {
        let stage = Stage::on(database, "2026-11-01T05:00:00Z").await;
        stage.live_policy("daily", HELD).await;
        stage.set(at("2026-11-01T06:00:00Z"));
        stage.work_off().await;
        stage.later();
        let tick = stage.ticks().await.remove(0);
        let result = tick.result.expect("a result");
        assert_eq!((tick.state, result.ended, result.run), (JobState::Done, Ending::AwaitingApproval, None));
        assert!(stage.effects().is_empty());
        let olga = Operator::remote("olga", Role::Approver);
        stage.engine.approve(&olga, &result.plans[0], "looks right").await.expect("it is approved");
        let queued = stage.jobs().await.remove(0);
        assert_eq!((queued.task.kind(), queued.state), (JobKind::Apply, JobState::Queued));
        assert!(stage.told("job.queued").await[0].contains("olga has approved it"), "{:?}", stage.told("job.queued").await);
        stage.work_off().await;
        assert_eq!(stage.ended(&queued).await.result.map(|r| r.ended), Some(Ending::Done));
        stage.assert_done_once().await;
    }

    async fn a_plan_that_has_expired_by_then_is_not_applied(database: TestDatabase) {
        let (stage, plan) = held(database).await;
        stage.engine.approve(&Operator::remote("olga", Role::Approver), &plan, "").await.expect("it is approved");
        let queued = stage.jobs().await.remove(0);
        // Nobody works until the evening.
        stage.clock.tick(hours(13));
        stage.work_off().await;
        let ended = stage.ended(&queued).await;
        assert_eq!(ended.state, JobState::Failed);
        assert!(ended.error.is_some_and(|error| error.message.contains("expired")));
        assert!(stage.effects().is_empty());
        assert_eq!(stage.told("job.failed").await.len(), 1);
    }

    async fn a_policy_that_is_off_changed_or_removed_changes_nobody_any_more(database: TestDatabase) {
        let (stage, plan) = held(database).await;
        let olga = Operator::remote("olga", Role::Approver);
        let refusal = async || stage.engine.approve(&olga, &plan, "").await.expect_err("it does not stand").to_string();
        for (state, words) in [(PolicyState::Off, "is off"), (PolicyState::Test, "is in test mode")] {
            stage.engine.switch_policy(&stage.ada, "daily", state, None).await.expect("it is switched");
            assert!(refusal().await.contains(words), "{}", refusal().await);
        }
        stage.policy("daily", &format!("{HELD}    grace: 8d\n")).await;
        assert!(refusal().await.contains("was changed since"), "{}", refusal().await);
        stage.engine.switch_policy(&stage.ada, "daily", PolicyState::Off, None).await.expect("it is switched off");
        stage.engine.remove_policy(&stage.ada, "daily", None).await.expect("it is removed");
        assert!(refusal().await.contains("was removed since"), "{}", refusal().await);
        let applied = stage.engine.apply(&stage.ada, &plan, Box::new(|_, _, _| {})).await;
        assert!(applied.is_err_and(|error| error.to_string().contains("was removed since")));
        stage.work_off().await;
        assert!(stage.effects().is_empty());
    }

    async fn a_policy_is_planned_live_only_while_it_is_live(database: TestDatabase) {
        let stage = Stage::on(database, "2026-11-01T05:00:00Z").await;
        stage.policy("daily", HELD).await;
        let plan = async |mode| stage.engine.plan_policy(&stage.ada, "daily", None, Some(mode), None, &|_| ()).await;
        let refused = plan(Mode::Live).await.map(drop).expect_err("it had no test run").to_string();
        assert!(refused.contains("is in test mode") && refused.contains("policy enable daily --live"), "{refused}");
        assert!(plan(Mode::Test).await.is_ok());
    }

    async fn whoever_loaded_a_policy_is_no_second_person_for_what_its_schedule_plans(database: TestDatabase) {
        let (stage, plan) = held(database).await;
        let ada = Operator::remote("Ada", Role::Admin);
        let refused = stage.engine.approve(&ada, &plan, "").await.expect_err("she loaded it").to_string();
        assert!(refused.contains("the policy that ada loaded"), "{refused}");
        stage.engine.approve(&Operator::remote("olga", Role::Approver), &plan, "").await.expect("she did not");
    }

    async fn a_plan_made_by_hand_waits_for_whoever_applies_it(database: TestDatabase) {
        let stage = Stage::on(database, "2026-11-01T05:00:00Z").await;
        stage.live_policy("daily", HELD).await;
        stage.engine.run_now(&stage.ada, "daily", None).await.expect("it is queued");
        stage.work_off().await;
        let made = stage.jobs().await.remove(0).result.expect("a result");
        stage.engine.approve(&Operator::remote("olga", Role::Approver), &made.plans[0], "").await.expect("it is approved");
        assert!(states(&stage.jobs().await).iter().all(|state| *state == JobState::Done), "nothing was queued");
    }
}
