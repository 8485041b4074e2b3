//! Machines that share a database, and the sealing key that each of them has.

use crate::stage::{Stage, states, wiki};
use jiff::SignedDuration;
use rollcall_engine::{Engine, Health, JobState, SealingKey, Task, Worker};
use rollcall_testkit::both_databases;
use std::sync::Arc;

async fn worked_off(engine: &Arc<Engine>) -> u32 {
    Worker::new(Arc::clone(engine)).work_off().await.expect("the work is done")
}

async fn health_of_the_key(stage: &Stage, engine: &Engine) -> (Health, String) {
    let findings = engine.examine(&stage.ada).await.expect("findings");
    let key = findings.into_iter().find(|finding| finding.what == "sealing key").expect("a word on the key");
    (key.health, key.found)
}

async fn ask_to_read(stage: &Stage) {
    stage.engine.enqueue(&stage.ada, Task::Sync { site: wiki() }).await.expect("it is queued");
}

both_databases! {
    async fn a_machine_without_the_new_key_leaves_the_jobs_to_one_that_has_it(database: TestDatabase) {
        let stage = Stage::on(database, "2026-11-22T06:00:00Z").await;
        let folder = tempfile::tempdir().unwrap();
        let copied = folder.path().join("sealing.key");
        std::fs::copy(stage.key_file(), &copied).unwrap();
        let there = stage.elsewhere(folder.path()).await;
        ask_to_read(&stage).await;
        assert_eq!(worked_off(&there).await, 1, "with the same key both machines work");

        let rotated = stage.engine.rotate_key(&stage.ada).await.expect("a new key");
        stage.later();
        ask_to_read(&stage).await;
        assert_eq!(worked_off(&there).await, 0, "it takes nothing that it could only fail at");
        assert_eq!(states(&stage.jobs().await), [JobState::Queued, JobState::Done]);
        let why = there.ready().await.unwrap_err();
        assert!(why.contains(&rotated.new) && why.contains("copied here"), "{why}");
        let (health, found) = health_of_the_key(&stage, &there).await;
        assert!(health == Health::Bad && found.contains(&copied.display().to_string()), "{found}");
        stage.engine.ready().await.expect("the other machine has the key");
        assert_eq!(stage.work_off().await, 1);
        assert_eq!(states(&stage.jobs().await), [JobState::Done, JobState::Done]);

        // The file is copied: it is read without a restart.
        std::fs::copy(stage.key_file(), &copied).unwrap();
        stage.later();
        ask_to_read(&stage).await;
        there.ready().await.expect("it has the key");
        assert_eq!(worked_off(&there).await, 1);
        assert_eq!(health_of_the_key(&stage, &there).await.0, Health::Good);
        assert_eq!(states(&stage.jobs().await), [JobState::Done, JobState::Done, JobState::Done]);
    }

    /// The other secrets were given again after the key was lost; this one was forgotten.
    async fn a_secret_of_a_lost_key_fails_its_jobs_after_some_tries_only(database: TestDatabase) {
        let stage = Stage::on(database, "2026-11-22T06:00:00Z").await;
        let folder = tempfile::tempdir().unwrap();
        SealingKey::create_file(&folder.path().join("sealing.key")).unwrap();
        let there = stage.elsewhere(folder.path()).await;
        there.ready().await.unwrap_err();
        let name = "office".parse().unwrap();
        there.add_site(&stage.ada, rollcall_engine::NewSite { name, connection: stage.connection() }).await.unwrap();
        there.ready().await.expect("its key seals here");
        ask_to_read(&stage).await;
        assert_eq!(worked_off(&there).await, 1);
        let job = stage.jobs().await.remove(0);
        assert_eq!((job.state, job.attempts), (JobState::Queued, 1));
        assert!(job.error.is_some_and(|error| error.message.contains("was encrypted with key")));
        // Whoever has its key does it.
        stage.clock.tick(SignedDuration::from_mins(1));
        assert_eq!(stage.work_off().await, 1);
        assert_eq!(states(&stage.jobs().await), [JobState::Done]);
    }
}
