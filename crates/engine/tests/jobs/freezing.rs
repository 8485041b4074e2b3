//! Freezes: no live run begins, those under way stop before their next item, and everything goes on when they end.

use crate::stage::{Serving, Stage, at, states, wiki};
use rollcall_engine::{Ending, EngineError, JobState, Operator, Role, RunEnd, Task};
use rollcall_model::RunId;
use rollcall_planner::Freeze;
use rollcall_simulator::Faults;
use rollcall_testkit::both_databases;

const LIVE: &str = "    schedule: { cron: \"0 6 * * *\" }\n    limits: { percent: 100 }\n";

fn freeze(name: &str, from: &str, until: &str) -> Freeze {
    let days = (from.parse().expect("a day"), until.parse().expect("a day"));
    Freeze::new(name, days, "UTC", false, Vec::new(), "nobody is here to help").expect("a freeze")
}

fn unseen() -> rollcall_engine::ShowItems {
    Box::new(|_, _, _| {})
}

both_databases! {
    async fn what_is_due_in_a_freeze_runs_once_when_it_ends_and_says_so(database: TestDatabase) {
        let stage = Stage::on(database, "2026-12-18T05:00:00Z").await;
        stage.live_policy("daily", LIVE).await;
        stage.engine.add_freeze(&stage.ada, &freeze("year-end", "2026-12-18", "2026-12-20")).await.expect("it is set");
        for now in ["2026-12-18T06:00:00Z", "2026-12-19T06:00:00Z", "2026-12-20T06:00:00Z", "2026-12-20T23:59:59Z"] {
            stage.set(at(now));
            stage.work_off().await;
        }
        assert!(stage.effects().is_empty());
        let ticks = stage.ticks().await;
        assert_eq!(states(&ticks), [JobState::Queued, JobState::Skipped, JobState::Skipped]);
        assert!(ticks[0].is_frozen && ticks[0].due_at == at("2026-12-21T00:00:00Z"), "{:#?}", ticks[0]);
        assert!(ticks[0].note.as_deref().is_some_and(|note| note.contains("year-end")), "{:#?}", ticks[0]);
        stage.set(at("2026-12-21T00:00:00Z"));
        stage.work_off().await;
        let late = &stage.ticks().await[0];
        assert_eq!((late.state, late.result.as_ref().map(|r| r.ended)), (JobState::Done, Some(Ending::Done)));
        let note = late.note.clone().unwrap_or_default();
        assert!(note.contains("late") && note.contains("2026-12-18T06:00:00Z") && note.contains("3 occurrences"), "{note}");
        stage.assert_done_once().await;
    }

    async fn a_test_run_goes_on_in_a_freeze(database: TestDatabase) {
        let stage = Stage::on(database, "2026-12-18T05:00:00Z").await;
        stage.policy("daily", LIVE).await;
        stage.engine.add_freeze(&stage.ada, &freeze("year-end", "2026-12-18", "2026-12-20")).await.expect("it is set");
        stage.set(at("2026-12-18T06:00:00Z"));
        stage.work_off().await;
        assert_eq!(states(&stage.ticks().await), [JobState::Done]);
    }

    async fn a_live_run_stops_before_its_next_item_and_goes_on_when_the_freeze_ends(database: TestDatabase) {
        let stage = Stage::on(database, "2026-12-17T23:59:00Z").await;
        stage.live_policy("daily", LIVE).await;
        stage.engine.add_freeze(&stage.ada, &freeze("year-end", "2026-12-18", "2026-12-20")).await.expect("it is set");
        stage.site.set_faults(Faults::hold_writes_after(1));
        let job = stage.engine.run_now(&stage.ada, "daily", None).await.expect("it is queued").remove(0);
        let serving = Serving::start(stage.another().await);
        stage.effects_come_to(1).await;
        stage.set(at("2026-12-18T00:00:00Z"));
        stage.site.set_faults(Faults::default());
        let waiting = stage.job_is(&job, |job| job.is_frozen).await;
        assert_eq!((waiting.state, waiting.due_at), (JobState::Queued, at("2026-12-21T00:00:00Z")));
        let stopped = stage.effects().len();
        assert!(stopped <= 2, "the item under way is finished, and no more: {stopped}");
        stage.set(at("2026-12-20T23:59:59Z"));
        stage.work_off().await;
        assert_eq!(stage.effects().len(), stopped);
        stage.set(at("2026-12-21T00:00:00Z"));
        let ended = stage.ended(&job).await;
        assert_eq!((ended.state, ended.result.map(|r| r.ended)), (JobState::Done, Some(Ending::Done)));
        serving.end().await;
        stage.assert_done_once().await;
        assert_eq!(stage.engine.runs(&stage.ada, 9).await.expect("runs").len(), 2, "the test run and one live run");
    }

    async fn a_run_of_the_command_line_that_a_new_freeze_stops_is_resumed_by_the_worker(database: TestDatabase) {
        let stage = Stage::on(database, "2026-12-18T12:00:00Z").await;
        stage.live_policy("daily", LIVE).await;
        stage.site.set_faults(Faults::hold_writes_after(1));
        let (shell, ada) = (stage.another().await, stage.ada.clone());
        let running = tokio::spawn(async move { shell.run_policy(&ada, "daily", &wiki(), &|_| {}, unseen()).await });
        stage.effects_come_to(1).await;
        stage.engine.add_freeze(&stage.ada, &freeze("now", "2026-12-18", "2026-12-18")).await.expect("it is set");
        stage.run_has_heard().await;
        stage.site.set_faults(Faults::default());
        let ran = running.await.expect("it does not panic").expect("it runs");
        let rollcall_engine::Ran::Run { end, report } = ran else { panic!("there was a run") };
        assert_eq!(end, RunEnd::Stopped);
        let waiting = stage.jobs().await.remove(0);
        assert_eq!(waiting.task, Task::Resume { run: RunId::from(report.run.id.as_str()) });
        assert!(waiting.is_frozen);
        assert_eq!(stage.work_off().await, 0);
        // Somebody ends the freeze early: what waits for it looks again at once.
        stage.engine.remove_freeze(&stage.ada, "NOW", None).await.expect("it is removed");
        stage.work_off().await;
        assert_eq!(stage.ended(&waiting).await.state, JobState::Done);
        stage.assert_done_once().await;
        assert_eq!((stage.told("freeze.set").await.len(), stage.told("freeze.removed").await.len()), (1, 1));
    }

    async fn by_hand_nothing_is_begun_in_a_freeze_but_an_undo_that_an_administrator_answers_for(database: TestDatabase) {
        let stage = Stage::on(database, "2026-12-17T12:00:00Z").await;
        stage.live_policy("daily", LIVE).await;
        let job = stage.engine.run_now(&stage.ada, "daily", None).await.expect("it is queued").remove(0);
        stage.work_off().await;
        let run = stage.ended(&job).await.result.and_then(|r| r.run).expect("a run");
        stage.set(at("2026-12-18T12:00:00Z"));
        stage.engine.add_freeze(&stage.ada, &freeze("year-end", "2026-12-18", "2026-12-20")).await.expect("it is set");
        let error = stage.engine.run_policy(&stage.ada, "daily", &wiki(), &|_| {}, unseen()).await.err().expect("refused");
        assert!(matches!(error, EngineError::Frozen { .. }) && error.is_held(), "{error}");
        assert!(error.to_string().contains("rollcall freeze remove year-end"), "{error}");

        let asked = stage.engine.run_now(&stage.ada, "daily", None).await;
        assert!(matches!(asked, Err(EngineError::Frozen { .. })), "nor is it queued: {asked:?}");

        let undo = stage.engine.plan_undo(&stage.ada, &run, &|_| {}).await.expect("planning changes nothing").plan;
        let error = stage.engine.apply(&stage.ada, &undo.id, unseen()).await.expect_err("refused").to_string();
        assert!(error.contains("--during-freeze") && error.contains("year-end"), "{error}");
        let ops = Operator::remote("olga", Role::Approver);
        assert!(matches!(stage.engine.apply_during_freeze(&ops, &undo.id, unseen()).await, Err(EngineError::Forbidden { .. })));
        let before = stage.effects().len();
        let (_, end) = stage.engine.apply_during_freeze(&stage.ada, &undo.id, unseen()).await.expect("it is applied");
        assert_eq!((end, stage.effects().len()), (RunEnd::Done, before + 5));
        assert_eq!(stage.told("freeze.overridden").await.len(), 1);
        stage.assert_audit_is_whole().await;
    }

    async fn freezes_are_checked_when_they_are_set(database: TestDatabase) {
        let stage = Stage::on(database, "2026-12-18T12:00:00Z").await;
        let (engine, ada) = (&stage.engine, &stage.ada);
        let past = engine.add_freeze(ada, &freeze("past", "2026-12-01", "2026-12-02")).await.expect_err("it is over");
        assert!(past.to_string().contains("would never be in force"), "{past}");
        engine.add_freeze(ada, &freeze("year-end", "2026-12-20", "2026-12-31")).await.expect("it is set");
        let twice = engine.add_freeze(ada, &freeze("Year-End", "2026-12-20", "2026-12-31")).await.expect_err("it is there");
        assert!(twice.to_string().contains("exists already"), "{twice}");
        let seen = engine.freeze(ada, "year-end").await.expect("a freeze");
        assert!(!seen.is_in_force && seen.changed_by == "ada");
        stage.clock.tick(crate::stage::hours(1));
        engine.change_freeze(ada, &freeze("year-end", "2026-12-18", "2026-12-31"), Some(seen.changed_at)).await.expect("it is changed");
        assert!(engine.freeze(ada, "year-end").await.expect("a freeze").is_in_force);
        let stale = engine.change_freeze(ada, &freeze("year-end", "2026-12-19", "2026-12-31"), Some(seen.changed_at)).await;
        assert!(stale.expect_err("it was changed meanwhile").to_string().contains("meanwhile"));
        let elsewhere = Freeze::new("other", ("2026-12-20".parse().expect("a day"), "2026-12-21".parse().expect("a day")), "UTC", false, vec!["docs".parse().expect("a name")], "why");
        assert!(engine.add_freeze(ada, &elsewhere.expect("a freeze")).await.is_err(), "there is no such site");
        let approver = Operator::remote("olga", Role::Approver);
        assert!(engine.remove_freeze(&approver, "year-end", None).await.is_err());
        assert_eq!(engine.freezes(&approver).await.expect("freezes").len(), 1);
        let unknown = engine.remove_freeze(ada, "easter", None).await.expect_err("there is none").to_string();
        assert!(unknown.contains("known: year-end"), "{unknown}");
    }
}
