//! The worker sees to events by itself: what happened is run for, once, by whichever node.

use crate::stage::{Stage, outcomes, quiet};
use rollcall_engine::{EngineError, JobQuery, JobState, PolicyState, Worker};
use rollcall_planner::Mode;
use rollcall_simulator::Faults;
use rollcall_testkit::both_databases;
use std::sync::Arc;
use std::time::Duration;

const WELCOME: &str = r#"
policies:
  - name: welcome
    sites: [wiki]
    on: [account-created]
    select: NOT group = "confluence-users"
    actions:
      - add-groups: [confluence-users]
    grace: 0d
    limits: { percent: 50 }
"#;

both_databases! {
    async fn a_worker_runs_the_policy_for_who_arrived_and_for_nobody_twice(database: TestDatabase) {
        let stage = Stage::with(&database).await;
        stage.sync().await;
        stage.load(WELCOME).await;
        stage.run("welcome").await;
        stage.engine.switch_policy(&stage.ada, "welcome", PolicyState::Live, None).await.unwrap();
        stage.tick(1);
        stage.arrive("zoe");
        stage.tick(20);
        // Two nodes, one after the other: what one has done the other finds done.
        let beside = Arc::new(stage.beside(true, true).await);
        for engine in [&stage.engine, &beside, &stage.engine] {
            Worker::new(Arc::clone(engine)).work_off().await.unwrap();
            stage.tick(1);
        }
        let jobs = stage.engine.jobs(&stage.ada, &JobQuery::default()).await.unwrap();
        assert_eq!(jobs.len(), 1, "{jobs:#?}");
        let run = jobs[0].result.as_ref().and_then(|result| result.run.clone()).expect("a run");
        let report = stage.engine.run_report(&stage.ada, &run).await.unwrap();
        assert_eq!(outcomes(&report), ["zoe: add-groups=confluence-users done"]);
        assert_eq!(stage.poll().await, [] as [String; 0]);
        let added = stage.site.writes();
        assert_eq!(added.len(), 1, "{added:?}");
    }

    async fn a_run_by_hand_that_comes_in_between_costs_nobody_their_event(database: TestDatabase) {
        let stage = Stage::with(&database).await;
        stage.sync().await;
        stage.load(WELCOME).await;
        stage.go_live("welcome").await;
        stage.tick(1);
        stage.arrive("zoe");
        stage.tick(20);
        assert_eq!(stage.poll().await, ["welcome: 1"]);
        stage.sync().await;
        // Two plans of the policy, made side by side: while one is carried out the other cannot begin.
        let by_hand = stage.engine.plan_policy(&stage.ada, "welcome", None, Some(Mode::Live), None, &|_| ()).await.unwrap().remove(0);
        let other = stage.engine.plan_policy(&stage.ada, "welcome", None, Some(Mode::Live), None, &|_| ()).await.unwrap().remove(0);
        stage.site.set_faults(Faults::hold_writes_after(0));
        // Another process: what waits for the site there keeps nobody here from asking it.
        let (engine, ada, id) = (stage.beside(true, true).await, stage.ada.clone(), by_hand.plan.id.clone());
        let running = tokio::spawn(async move { engine.apply(&ada, &id, quiet()).await });
        while stage.site.writes().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let refused = stage.engine.apply(&stage.ada, &other.plan.id, quiet()).await.unwrap_err();
        assert!(matches!(refused, EngineError::PolicyRuns { .. }), "{refused}");
        Worker::new(Arc::clone(&stage.engine)).work_off().await.unwrap();
        let waiting = stage.engine.jobs(&stage.ada, &JobQuery::default()).await.unwrap().remove(0);
        assert_eq!((waiting.state, waiting.attempts), (JobState::Queued, 0), "it waits, and that is no attempt: {waiting:#?}");
        stage.site.set_faults(Faults::default());
        running.await.unwrap().unwrap();
        stage.tick(1);
        Worker::new(Arc::clone(&stage.engine)).work_off().await.unwrap();
        let ended = stage.engine.jobs(&stage.ada, &JobQuery::default()).await.unwrap().remove(0);
        assert!(matches!(ended.state, JobState::Done | JobState::Skipped), "{ended:#?}");
        assert!(stage.is_member("zoe", "confluence-users"));
        assert_eq!(stage.poll().await, [] as [String; 0]);
    }

    async fn events_of_a_paused_policy_wait(database: TestDatabase) {
        let stage = Stage::with(&database).await;
        stage.sync().await;
        stage.load(WELCOME).await;
        stage.go_live("welcome").await;
        stage.engine.pause_schedule(&stage.ada, "welcome", "the wiki moves").await.unwrap();
        stage.tick(1);
        stage.arrive("zoe");
        stage.tick(20);
        Worker::new(Arc::clone(&stage.engine)).work_off().await.unwrap();
        assert_eq!(stage.engine.jobs(&stage.ada, &JobQuery::default()).await.unwrap().len(), 0);
        let twice = stage.engine.pause_schedule(&stage.ada, "welcome", "").await.unwrap_err().to_string();
        assert_eq!(twice, "policy \"welcome\" is paused already");
        stage.engine.resume_schedule(&stage.ada, "welcome", "it has moved").await.unwrap();
        stage.tick(20);
        Worker::new(Arc::clone(&stage.engine)).work_off().await.unwrap();
        assert!(stage.is_member("zoe", "confluence-users"));
    }
}
