//! Workers in trouble: a database that is away, work that panics. Nothing stays where it is, and the doctor sees it.

use crate::stage::{Serving, Stage, hours, wiki};
use jiff::SignedDuration;
use rollcall_engine::{Duty, JobState, JobView, Task, Worker};
use rollcall_simulator::{Fault, Faults, Rule};
use rollcall_testkit::both_databases;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const BEGIN: &str = "2026-11-01T05:00:00Z";

/// A job that a worker has begun, and whose end cannot be written.
async fn ends_without_a_database(stage: &Stage) -> (JobView, Serving) {
    stage.site.set_faults(Faults { rules: vec![Rule::new(Fault::Hold)], ..Faults::default() });
    let job = stage.engine.enqueue(&stage.ada, Task::Sync { site: wiki() }).await.expect("it is queued");
    let serving = Serving::start(Arc::clone(&stage.engine));
    stage.job_is(&job, |job| job.state == JobState::Running).await;
    stage.execute("ALTER TABLE jobs RENAME TO jobs_away");
    stage.site.set_faults(Faults::default());
    (job, serving)
}

fn database_is_back(stage: &Stage) {
    stage.execute("ALTER TABLE jobs_away RENAME TO jobs");
}

both_databases! {
    async fn what_a_job_came_to_is_written_however_long_the_database_was_away(database: TestDatabase) {
        let stage = Stage::on(database, BEGIN).await;
        let (job, serving) = ends_without_a_database(&stage).await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        stage.clock.tick(hours(1));
        database_is_back(&stage);
        let ended = stage.ended(&job).await;
        assert_eq!((ended.state, ended.error), (JobState::Done, None));
        serving.end().await;
    }

    async fn a_job_whose_end_could_not_be_written_until_the_program_ended_is_seen_and_taken_up_again(database: TestDatabase) {
        let mut stage = Stage::on(database, BEGIN).await;
        let (job, serving) = ends_without_a_database(&stage).await;
        serving.end().await;
        database_is_back(&stage);
        stage.engine = stage.another().await;
        stage.clock.tick(SignedDuration::from_mins(1));
        let complaints = stage.complaints().await;
        assert!(complaints.iter().any(|c| c.starts_with(&format!("job {}: is running, but", job.id))), "{complaints:#?}");
        assert_eq!(stage.work_off().await, 1);
        assert_eq!(stage.ended(&job).await.state, JobState::Done);
        let complaints = stage.complaints().await;
        assert!(complaints.iter().all(|complaint| !complaint.starts_with("job ")), "{complaints:#?}");
    }

    async fn a_duty_that_panics_has_failed_and_is_done_again(database: TestDatabase) {
        let stage = Stage::on(database, BEGIN).await;
        let done = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&done);
        let duty = Duty::new("panicking", SignedDuration::from_mins(5), move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            async { panic!("a fault of the duty") }
        });
        let worker = Worker::new(stage.another().await).looking_every(Duration::from_millis(20)).with_duty(duty);
        let serving = Serving::of(worker);
        for times in 1..=2 {
            let trouble = stage.duty_is("panicking", |duty| duty.last_at == Some(stage.clock.now())).await.last_error;
            assert_eq!(done.load(Ordering::SeqCst), times);
            assert!(trouble.as_deref().is_some_and(|error| error.contains("fault of its own")), "{trouble:?}");
            stage.clock.tick(SignedDuration::from_mins(5));
        }
        serving.end().await;
    }

    async fn a_schedule_that_cannot_be_taken_holds_up_no_other_and_is_told_of(database: TestDatabase) {
        let stage = Stage::on(database, BEGIN).await;
        for name in ["first", "second"] {
            stage.policy(name, "    schedule: { cron: \"0 6 * * *\" }\n").await;
        }
        stage.engine.run_now(&stage.ada, "first", None).await.expect("it is queued");
        stage.work_off().await;
        stage.execute("UPDATE runs SET report = '{'");
        stage.clock.tick(hours(1));
        let error = stage.engine.tick().await.expect_err("one cannot be taken").to_string();
        assert!(error.contains("policy \"first\": ") && !error.contains("second"), "{error}");
        let ticks = stage.ticks().await;
        assert_eq!(ticks.iter().filter_map(|job| job.policy.as_deref()).collect::<Vec<_>>(), ["second"]);
        stage.clock.tick(hours(1));
        let complaints = stage.complaints().await;
        assert!(complaints.iter().any(|complaint| complaint.starts_with("schedule first: ")), "{complaints:#?}");
        stage.execute("UPDATE runs SET report = NULL");
        assert_eq!(stage.engine.tick().await.expect("it is mended"), 1);
    }

    async fn the_doctor_examines_on_where_a_policy_cannot_be_read(database: TestDatabase) {
        let stage = Stage::on(database, BEGIN).await;
        for name in ["first", "second"] {
            stage.policy(name, "    schedule: { cron: \"0 6 * * *\" }\n").await;
        }
        stage.execute("UPDATE policy_versions SET document = '{' WHERE policy = 'first'");
        let complaints = stage.complaints().await;
        assert!(complaints.iter().any(|complaint| complaint.contains("policy \"first\" in the database cannot be read")), "{complaints:#?}");
        assert!(complaints.iter().all(|complaint| !complaint.contains("second")), "{complaints:#?}");
    }

    async fn duties_that_nobody_does_are_named_by_the_doctor(database: TestDatabase) {
        let stage = Stage::on(database, BEGIN).await;
        stage.work_off().await;
        stage.clock.tick(SignedDuration::from_mins(10));
        let complains = async || stage.complaints().await.into_iter().find(|complaint| complaint.starts_with("duties: "));
        assert_eq!(complains().await, None);
        stage.clock.tick(SignedDuration::from_mins(10));
        let found = complains().await.expect("they are overdue");
        assert!(found.contains("\"events\"") && found.contains("\"webhooks\"") && !found.contains("retention"), "{found}");
        stage.work_off().await;
        assert_eq!(complains().await, None);
    }
}
