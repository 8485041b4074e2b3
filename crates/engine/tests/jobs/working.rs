//! Workers: a few jobs at once, nothing lost when one stops or dies, tried again where that may help.

use crate::stage::{Serving, Stage, hours, states, wiki};
use jiff::SignedDuration;
use rollcall_engine::{
    Duty, Ending, Engine, JobState, JobView, NewOperator, Operator, OperatorEdit, Role, Task, Worker,
};
use rollcall_model::Action;
use rollcall_planner::{Limits, Mode, Percent};
use rollcall_simulator::{Fault, Faults, Rule};
use rollcall_testkit::both_databases;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const BEGIN: &str = "2026-11-01T05:00:00Z";

fn everybody() -> Limits {
    Limits { percent: Percent::ALL, ..Limits::default() }
}

async fn ask(stage: &Stage, task: Task) -> JobView {
    stage.later();
    stage.engine.enqueue(&stage.ada, task).await.expect("it is queued")
}

/// A live plan for the idle, made by a job.
async fn planned(stage: &Stage, action: Action) -> rollcall_model::PlanId {
    let select = crate::stage::THE_IDLE.to_owned();
    let task = Task::PlanSelection {
        site: wiki(),
        select,
        accounts: None,
        actions: vec![action],
        mode: Mode::Live,
        limits: Some(Box::new(everybody())),
        max_age: None,
    };
    let job = ask(stage, task).await;
    stage.work_off().await;
    let result = stage.ended(&job).await.result.expect("a plan");
    assert_eq!(result.ended, Ending::Planned);
    result.plans[0].clone()
}

fn apply(plan: rollcall_model::PlanId) -> Task {
    Task::Apply { plan, during_freeze: false }
}

fn every_answer(stage: &Stage, fault: Fault) {
    stage.site.set_faults(Faults { rules: vec![Rule::new(fault)], ..Faults::default() });
}

both_databases! {
    async fn each_kind_of_job_comes_to_what_was_asked_for(database: TestDatabase) {
        let stage = Stage::on(database, BEGIN).await;
        let sync = ask(&stage, Task::Sync { site: wiki() }).await;
        assert_eq!((sync.state, sync.site.clone(), sync.asked_by.as_str()), (JobState::Queued, Some(wiki()), "ada"));
        stage.work_off().await;
        assert!(stage.ended(&sync).await.result.is_some_and(|r| r.ended == Ending::Read && r.snapshot.is_some()));
        let plan = planned(&stage, Action::Disable).await;
        let applied = ask(&stage, apply(plan.clone())).await;
        let twice = ask(&stage, apply(plan)).await;
        assert_eq!(stage.work_off().await, 2);
        let result = stage.ended(&applied).await.result.expect("a result");
        assert_eq!(result.ended, Ending::Done);
        let twice = stage.ended(&twice).await;
        assert_eq!(twice.state, JobState::Skipped, "a plan is executed once: {twice:#?}");
        stage.assert_done_once().await;
        let run = result.run.expect("a run");
        let undo = ask(&stage, Task::Undo { run, apply: true, during_freeze: false }).await;
        stage.work_off().await;
        assert_eq!(stage.ended(&undo).await.result.map(|r| r.ended), Some(Ending::Done));
        assert_eq!(stage.effects().len(), 10);
        assert!(stage.jobs().await.iter().all(|job| job.error.is_none() && job.started_at.is_some()));
    }

    async fn whoever_may_not_do_it_may_not_ask_for_it(database: TestDatabase) {
        let stage = Stage::on(database, BEGIN).await;
        let viewer = Operator::remote("vic", Role::Viewer);
        assert!(stage.engine.enqueue(&viewer, Task::Sync { site: wiki() }).await.is_err());
        let job = ask(&stage, Task::Sync { site: wiki() }).await;
        assert!(stage.engine.cancel_job(&viewer, &job.id, "").await.is_err());
        assert_eq!(stage.engine.job(&viewer, &job.id).await.expect("a job").state, JobState::Queued);
        assert!(stage.engine.enqueue(&stage.ada, Task::Sync { site: "docs".parse().expect("a name") }).await.is_err());
    }

    async fn an_asker_who_may_not_any_more_gets_nothing_done(database: TestDatabase) {
        let stage = Stage::on(database, BEGIN).await;
        let (engine, ada) = (&stage.engine, &stage.ada);
        let rita = NewOperator { name: "rita".to_owned(), display_name: None, email: None, role: Role::Operator, password: None };
        engine.add_operator(ada, rita).await.expect("she is added");
        stage.site.clear_journal();
        let ask = async || engine.enqueue(&Operator::remote("Rita", Role::Operator), Task::Sync { site: wiki() }).await.expect("it is queued");
        for edit in [OperatorEdit { role: Some(Role::Viewer), ..OperatorEdit::default() }, OperatorEdit { is_active: Some(false), ..OperatorEdit::default() }] {
            let job = ask().await;
            engine.change_operator(ada, "rita", &edit, None).await.expect("she is changed");
            stage.work_off().await;
            let ended = stage.ended(&job).await;
            assert_eq!((ended.state, ended.error.map(|e| e.code).as_deref()), (JobState::Failed, Some("not-allowed")));
        }
        assert!(stage.site.journal().is_empty(), "the site was asked nothing");
    }

    async fn a_site_that_is_away_is_asked_again_and_again_with_growing_pauses_and_then_no_more(database: TestDatabase) {
        let stage = Stage::on(database, BEGIN).await;
        let job = ask(&stage, Task::Sync { site: wiki() }).await;
        every_answer(&stage, Fault::CutBefore);
        stage.work_off().await;
        let waiting = stage.engine.job(&stage.ada, &job.id).await.expect("a job");
        assert_eq!((waiting.state, waiting.attempts), (JobState::Queued, 1), "{waiting:#?}");
        assert!(waiting.error.is_some() && waiting.due_at == stage.clock.now() + SignedDuration::from_secs(30));
        assert_eq!(stage.work_off().await, 0, "not before its pause is over");
        stage.set(waiting.due_at);
        stage.work_off().await;
        let waiting = stage.engine.job(&stage.ada, &job.id).await.expect("a job");
        assert_eq!((waiting.attempts, waiting.due_at), (2, stage.clock.now() + SignedDuration::from_mins(1)));
        stage.site.set_faults(Faults::default());
        stage.set(waiting.due_at);
        stage.work_off().await;
        let done = stage.ended(&job).await;
        assert_eq!((done.state, done.attempts, done.error), (JobState::Done, 2, None));
    }

    async fn refused_credentials_are_not_tried_again(database: TestDatabase) {
        let stage = Stage::on(database, BEGIN).await;
        stage.site.set_faults(Faults { tokens_expired: true, ..Faults::default() });
        stage.site.clear_journal();
        let job = ask(&stage, Task::Sync { site: wiki() }).await;
        stage.work_off().await;
        let failed = stage.ended(&job).await;
        assert_eq!((failed.state, failed.error.map(|e| e.code).as_deref()), (JobState::Failed, Some("unauthorized")));
        // What the site is, is asked without them; one request shows them.
        let journal = stage.site.journal();
        let asked: Vec<_> = journal.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(asked, ["/rest/applinks/1.0/manifest", "/rest/api/user/current"]);
        stage.clock.tick(hours(100));
        assert_eq!(stage.work_off().await, 0);
        assert_eq!(stage.site.journal().len(), 2);
        assert_eq!(stage.told("job.failed").await.len(), 1);
    }

    async fn what_runs_by_itself_tries_refused_credentials_no_more_until_somebody_saw_them_accepted(database: TestDatabase) {
        let stage = Stage::on(database, BEGIN).await;
        let scheduler = Operator::scheduler();
        stage.site.set_faults(Faults { tokens_expired: true, ..Faults::default() });
        stage.site.clear_journal();
        assert!(stage.engine.sync(&scheduler, &wiki(), &|_| ()).await.is_err());
        let asked = stage.site.journal().len();
        assert!(asked > 0);
        for _ in 0..4 {
            stage.clock.tick(hours(1));
            let Err(error) = stage.engine.sync(&scheduler, &wiki(), &|_| ()).await else { panic!("it went through") };
            assert!(error.to_string().contains("rollcall site test wiki"), "{error}");
        }
        assert_eq!(stage.site.journal().len(), asked, "nothing was sent");
        stage.site.set_faults(Faults::default());
        stage.engine.test_site(&stage.ada, &wiki()).await.expect("a person may try");
        stage.engine.sync(&scheduler, &wiki(), &|_| ()).await.expect("and then it goes on");
    }

    async fn a_worker_that_is_told_to_stop_finishes_its_item_and_another_goes_on(database: TestDatabase) {
        let stage = Stage::on(database, BEGIN).await;
        let plan = planned(&stage, Action::Disable).await;
        stage.site.set_faults(Faults::hold_writes_after(1));
        let job = ask(&stage, apply(plan)).await;
        let serving = Serving::start(stage.another().await);
        stage.effects_come_to(1).await;
        // The item under way is still under way when the word comes.
        stage.site.set_faults(Faults::delay_writes(500));
        serving.end().await;
        let left = stage.engine.job(&stage.ada, &job.id).await.expect("a job");
        assert_eq!((left.state, left.attempts), (JobState::Queued, 0), "{left:#?}");
        let made = stage.effects().len();
        assert!(made <= 2, "it finished its item and began no other: {made}");
        stage.site.set_faults(Faults::default());
        assert_eq!(stage.work_off().await, 1);
        assert_eq!(stage.ended(&job).await.result.map(|r| r.ended), Some(Ending::Done));
        stage.assert_done_once().await;
        let report = stage.engine.runs(&stage.ada, 9).await.expect("runs");
        assert_eq!(report.len(), 1, "it was resumed, not begun anew");
    }

    async fn what_a_worker_that_died_had_in_hand_is_taken_over_at_once_on_the_same_folder(database: TestDatabase) {
        let stage = Stage::on(database, BEGIN).await;
        stage.live_policy("idle", "    limits: { percent: 100 }\n").await;
        stage.site.set_faults(Faults::hold_writes_after(1));
        let job = stage.engine.run_now(&stage.ada, "idle", None).await.expect("it is queued").remove(0);
        let doomed = stage.another().await;
        // A runtime of its own, so that all of its tasks die with it.
        let (tell, told) = tokio::sync::oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
            runtime.spawn(Worker::new(doomed).looking_every(Duration::from_millis(20)).serve(std::future::pending()));
            runtime.block_on(async { told.await.expect("told to die") });
            runtime.shutdown_background();
        });
        stage.effects_come_to(1).await;
        tell.send(()).expect("it lives");
        tokio::task::spawn_blocking(|| thread.join().expect("it is dead")).await.expect("it is joined");
        stage.site.set_faults(Faults::default());
        // Its locks are gone with it; nobody waits for a lease to run out.
        let ended = async {
            while !stage.engine.job(&stage.ada, &job.id).await.expect("a job").state.is_over() {
                stage.work_off().await;
                tokio::time::sleep(Duration::from_millis(50)).await;
                stage.clock.tick(SignedDuration::from_secs(10));
            }
        };
        tokio::time::timeout(Duration::from_secs(20), ended).await.expect("it ends");
        assert_eq!(stage.ended(&job).await.result.map(|r| r.ended), Some(Ending::Done));
        stage.assert_done_once().await;
        assert_eq!(stage.engine.runs(&stage.ada, 9).await.expect("runs").len(), 2, "the test run and one live run");
    }

    async fn two_workers_share_the_work_and_one_at_a_time_writes_at_a_site(database: TestDatabase) {
        let stage = Stage::on(database, BEGIN).await;
        let disable = planned(&stage, Action::Disable).await;

        let remove = planned(&stage, Action::RemoveGroups(vec!["confluence-users".into()])).await;
        stage.site.set_faults(Faults { latency_ms: 10, ..Faults::default() });
        let jobs = [ask(&stage, apply(remove)).await, ask(&stage, apply(disable)).await];
        let syncs = [ask(&stage, Task::Sync { site: wiki() }).await, ask(&stage, Task::Sync { site: wiki() }).await];
        let serving = [Serving::start(stage.another().await), Serving::start(stage.another().await)];
        let first = stage.ended(&jobs[0]).await;
        let second = stage.ended(&jobs[1]).await;
        assert!(second.started_at >= first.finished_at, "{first:#?} {second:#?}");
        for job in syncs {
            assert_eq!(stage.ended(&job).await.state, JobState::Done);
        }
        for worker in serving {
            worker.end().await;
        }
        assert_eq!(states(&[first, second]), [JobState::Done, JobState::Done]);
        let effects = stage.effects();
        assert_eq!(effects.len(), 10, "{effects:#?}");
        let (first, second) = effects.split_at(5);
        assert!(first.iter().all(|e| !e.contains("disable")) && second.iter().all(|e| e.contains("disable")), "{effects:#?}");
        stage.assert_audit_is_whole().await;
    }

    async fn a_job_that_waits_is_cancelled_and_one_that_runs_stops_before_its_next_item(database: TestDatabase) {
        let stage = Stage::on(database, BEGIN).await;
        let plan = planned(&stage, Action::Disable).await;
        let waiting = ask(&stage, Task::Sync { site: wiki() }).await;
        stage.engine.cancel_job(&stage.ada, &waiting.id, "not needed").await.expect("it is cancelled");
        assert_eq!(stage.work_off().await, 0);
        stage.site.set_faults(Faults::hold_writes_after(1));
        let running = ask(&stage, apply(plan)).await;
        let serving = Serving::start(stage.another().await);
        stage.effects_come_to(1).await;
        let view = stage.engine.cancel_job(&stage.ada, &running.id, "wrong list").await.expect("it is asked to end");
        assert!(view.is_cancel_wanted && view.state == JobState::Running);
        stage.run_has_heard().await;
        stage.site.set_faults(Faults::default());
        let ended = stage.ended(&running).await;
        assert_eq!((ended.state, ended.result.map(|r| r.ended)), (JobState::Cancelled, Some(Ending::Stopped)));
        assert!(ended.note.is_some_and(|note| note.contains("ada") && note.contains("wrong list")));
        serving.end().await;
        assert!(stage.effects().len() <= 2, "no other item was begun");
        assert!(stage.engine.cancel_job(&stage.ada, &running.id, "again").await.is_err());
        assert_eq!(stage.told("job.cancelled").await, ["wrong list", "not needed"]);
    }

    async fn a_duty_is_done_once_in_its_time_by_whichever_node(database: TestDatabase) {
        let stage = Stage::on(database, BEGIN).await;
        let done = Arc::new(AtomicU32::new(0));
        let duty = |fails: bool| {
            let done = Arc::clone(&done);
            Duty::new("counting", SignedDuration::from_mins(5), move |engine: Arc<Engine>| {
                let done = Arc::clone(&done);
                async move {
                    done.fetch_add(1, Ordering::SeqCst);
                    if fails { engine.job(&Operator::scheduler(), &"none".into()).await.map(drop) } else { Ok(()) }
                }
            })
        };
        let nodes = [stage.another().await, stage.another().await];
        let round = async |fails: bool| {
            for engine in &nodes {
                Worker::new(Arc::clone(engine)).with_duty(duty(fails)).work_off().await.expect("the work is done");
            }
        };
        round(false).await;
        assert_eq!(done.load(Ordering::SeqCst), 1);
        stage.clock.tick(SignedDuration::from_mins(5));
        round(true).await;
        assert_eq!(done.load(Ordering::SeqCst), 2);
        let duties = stage.engine.duties(&stage.ada).await.expect("duties");
        let counting = duties.iter().find(|duty| duty.name == "counting").expect("it was done");
        assert!(counting.last_error.as_deref().is_some_and(|error| error.contains("none")), "{counting:?}");
        stage.clock.tick(SignedDuration::from_mins(5));
        round(false).await;
        assert_eq!(done.load(Ordering::SeqCst), 3, "a duty that failed is done again");
    }
}
