//! What goes wrong with one site or one policy that waits for events: the others go on, and nothing is tried without end.

use crate::stage::Stage;
use jiff::SignedDuration;
use rollcall_engine::{JobQuery, JobState, JobView, PolicyState, Worker};
use rollcall_testkit::{TestDatabase, both_databases};
use std::sync::Arc;

fn policy(name: &str, sites: &str, group: &str) -> String {
    format!(
        "policies:\n  - name: {name}\n    sites: {sites}\n    on: [account-created]\n    select: NOT group = \"{group}\"\n    actions:\n      - add-groups: [confluence-users]\n    grace: 0d\n    limits: {{ percent: 50 }}\n"
    )
}

/// Somebody arrives, and it is time to look.
fn somebody_arrives(stage: &Stage) {
    stage.tick(1);
    stage.arrive("zoe");
    stage.tick(20);
}

async fn work(stage: &Stage) {
    Worker::new(Arc::clone(&stage.engine)).work_off().await.unwrap();
}

/// The jobs of a policy, newest first.
async fn jobs(stage: &Stage, policy: &str) -> Vec<JobView> {
    let query = JobQuery { policy: Some(policy.to_owned()), ..JobQuery::default() };
    stage.engine.jobs(&stage.ada, &query).await.unwrap()
}

/// What went wrong with the duty the last time.
async fn trouble(stage: &Stage) -> Option<String> {
    let duties = stage.engine.duties(&stage.ada).await.unwrap();
    duties.into_iter().find(|duty| duty.name == "events").expect("it was done").last_error
}

/// A policy whose criterion names a group that is not there, and for which something has happened.
async fn fails(database: &TestDatabase) -> Stage {
    let stage = Stage::with(database).await;
    stage.sync().await;
    stage.load(&policy("welcome", "[wiki]", "newcomers")).await;
    somebody_arrives(&stage);
    work(&stage).await;
    assert_eq!(jobs(&stage, "welcome").await[0].state, JobState::Failed);
    stage
}

both_databases! {
    async fn a_policy_that_names_a_removed_site_hinders_nobody_and_is_told_of(database: TestDatabase) {
        let stage = Stage::with(&database).await;
        let old = stage.connect("old").await;
        stage.sync().await;
        stage.load(&policy("welcome", "[old, wiki]", "confluence-users")).await;
        stage.engine.remove_site(&stage.ada, &old, None).await.unwrap();
        somebody_arrives(&stage);
        work(&stage).await;
        assert_eq!(jobs(&stage, "welcome").await.len(), 1);
        let trouble = trouble(&stage).await.expect("it is told");
        assert_eq!(trouble, "there is no site \"old\" any more; load policy \"welcome\" without it");
    }

    async fn a_policy_that_cannot_be_read_hinders_no_other(database: TestDatabase) {
        let stage = Stage::with(&database).await;
        stage.sync().await;
        for name in ["first", "second"] {
            stage.load(&policy(name, "[wiki]", "confluence-users")).await;
        }
        database.execute("UPDATE policy_versions SET document = '{' WHERE policy = 'first'");
        somebody_arrives(&stage);
        work(&stage).await;
        assert_eq!(jobs(&stage, "second").await.len(), 1);
        let trouble = trouble(&stage).await.expect("it is told");
        assert!(trouble.contains("policy \"first\" in the database cannot be read"), "{trouble}");
    }

    async fn a_policy_that_fails_for_its_events_is_run_again_ever_more_rarely(database: TestDatabase) {
        let stage = fails(&database).await;
        let failed = jobs(&stage, "welcome").await.remove(0);
        let again_at = failed.finished_at.expect("it is over") + SignedDuration::from_mins(1);
        let note = failed.note.expect("it says when it is tried again");
        assert!(note.contains(&format!("{again_at:.0}")) && note.contains("policy \"welcome\""), "{note}");
        for minute in 1..=120 {
            stage.tick(1);
            work(&stage).await;
            let expected = [1, 3, 7, 15, 31, 63].iter().filter(|at| **at <= minute).count() + 1;
            assert_eq!(jobs(&stage, "welcome").await.len(), expected, "after {minute} minutes");
        }
        assert_eq!(trouble(&stage).await, None);
    }

    async fn a_policy_that_was_changed_is_run_at_once_and_no_event_was_lost(database: TestDatabase) {
        let stage = fails(&database).await;
        for _ in 0..8 {
            stage.tick(1);
            work(&stage).await;
        }
        assert_eq!(jobs(&stage, "welcome").await.len(), 4, "it rests for eight minutes");
        stage.site.with_state(|state| state.add_group("newcomers")).unwrap();
        stage.sync().await;
        stage.engine.switch_policy(&stage.ada, "welcome", PolicyState::Test, None).await.unwrap();
        stage.tick(1);
        work(&stage).await;
        let jobs = jobs(&stage, "welcome").await;
        assert_eq!((jobs.len(), jobs[0].state), (5, JobState::Done), "{:#?}", jobs[0]);
        assert_eq!(stage.poll().await, [] as [String; 0]);
    }
}
