//! The worker sees to events by itself: what happened is run for, once, by whichever node.

use crate::stage::{Stage, outcomes};
use rollcall_engine::{JobQuery, PolicyState, Worker};
use rollcall_testkit::both_databases;
use std::sync::Arc;

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
}
