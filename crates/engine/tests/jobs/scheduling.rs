//! Schedules over months: nothing twice, nothing lost, never a backlog.

use crate::stage::{Stage, at, hours, states, wiki};
use rollcall_engine::{Ending, JobState, Operator, PolicyState, Role, Task};
use rollcall_planner::Schedule;
use rollcall_simulator::Faults;
use rollcall_testkit::both_databases;
use std::collections::BTreeMap;

const WEEKLY: &str = "    schedule: { cron: \"0 6 * * SAT\", timezone: Pacific/Auckland }\n";
const DAILY: &str = "    schedule: { cron: \"0 6 * * *\" }\n";

both_databases! {
    async fn seven_months_of_a_weekly_policy_bring_one_run_a_week(database: TestDatabase) {
        let begin = "2026-03-02T00:00:00Z";
        let stage = Stage::on(database, begin).await;
        stage.policy("weekly", WEEKLY).await;
        let end = at("2026-10-01T00:00:00Z");
        // Retention forgets jobs that were over long ago.
        let mut seen = BTreeMap::new();
        while stage.clock.now() < end {
            stage.clock.tick(hours(34));
            stage.work_off().await;
            seen.extend(stage.ticks().await.into_iter().map(|job| (job.id.clone(), job)));
        }
        let schedule = Schedule::new("0 6 * * SAT", "Pacific/Auckland").expect("a schedule");
        let expected: Vec<_> = schedule.upcoming(at(begin), 60).into_iter().take_while(|t| *t <= stage.clock.now()).collect();
        let mut ticks: Vec<_> = seen.into_values().collect();
        ticks.sort_by_key(|job| job.tick);
        assert_eq!(ticks.iter().filter_map(|job| job.tick).collect::<Vec<_>>(), expected);
        assert!(expected.len() > 28, "over both changes of the clocks there");
        assert!(ticks.iter().all(|job| job.state == JobState::Done && job.result.as_ref().is_some_and(|r| r.ended == Ending::Done)), "{ticks:#?}");
        assert_eq!(stage.engine.runs(&stage.ada, 100).await.expect("runs").len(), expected.len());
        assert!(stage.effects().is_empty());
        stage.assert_audit_is_whole().await;
    }

    async fn what_was_missed_comes_once_and_late_and_says_so(database: TestDatabase) {
        let stage = Stage::on(database, "2026-11-01T05:00:00Z").await;
        stage.policy("daily", DAILY).await;
        stage.set(at("2026-11-04T12:00:00Z"));
        stage.work_off().await;
        stage.work_off().await;
        let ticks = stage.ticks().await;
        assert_eq!(states(&ticks), [JobState::Done]);
        assert_eq!(ticks[0].note.as_deref(), Some("late: 4 missed occurrences since 2026-11-01T06:00:00Z"));
        assert_eq!(ticks[0].tick, Some(at("2026-11-04T06:00:00Z")));
        assert!(stage.told("job.queued").await[0].contains("4 missed occurrences"));
        // From then on it is on time again.
        stage.set(at("2026-11-05T06:00:01Z"));
        stage.work_off().await;
        let ticks = stage.ticks().await;
        assert_eq!((ticks.len(), ticks[1].note.as_deref()), (2, None));
    }

    async fn a_clock_that_goes_back_brings_nothing_twice(database: TestDatabase) {
        let stage = Stage::on(database, "2026-11-01T05:00:00Z").await;
        stage.policy("daily", DAILY).await;
        for now in ["2026-11-01T06:00:10Z", "2026-11-01T05:59:00Z", "2026-11-01T06:00:00Z", "2026-10-31T05:00:00Z", "2026-11-01T07:00:00Z"] {
            stage.set(at(now));
            stage.work_off().await;
        }
        // Not even where somebody switches it off and on in between.
        stage.set(at("2026-11-01T05:30:00Z"));
        for state in [PolicyState::Off, PolicyState::Test] {
            stage.engine.switch_policy(&stage.ada, "daily", state, None).await.expect("it is switched");
        }
        stage.set(at("2026-11-01T06:30:00Z"));
        stage.work_off().await;
        assert_eq!(states(&stage.ticks().await), [JobState::Done]);
        assert_eq!(stage.engine.runs(&stage.ada, 100).await.expect("runs").len(), 1);
        stage.set(at("2026-11-02T06:00:00Z"));
        stage.work_off().await;
        assert_eq!(stage.ticks().await.len(), 2);
    }

    async fn a_schedule_goes_on_when_a_clock_that_was_ahead_is_put_right(database: TestDatabase) {
        let stage = Stage::on(database, "2026-11-01T05:00:00Z").await;
        stage.policy("daily", DAILY).await;
        stage.set(at("2026-11-11T07:00:00Z"));
        stage.work_off().await;
        assert_eq!(stage.ticks().await.len(), 1, "late, as after a long rest");
        stage.set(at("2026-11-01T07:00:00Z"));
        stage.work_off().await;
        let next = stage.engine.schedule(&stage.ada, "daily").await.expect("a schedule").next_at;
        assert_eq!(next, Some(at("2026-11-02T06:00:00Z")));
        stage.set(at("2026-11-02T06:00:00Z"));
        stage.work_off().await;
        assert_eq!(stage.ticks().await.len(), 2);
    }

    async fn many_nodes_that_tick_at_once_make_one_job(database: TestDatabase) {
        let stage = Stage::on(database, "2026-11-01T05:00:00Z").await;
        stage.policy("daily", DAILY).await;
        stage.set(at("2026-11-01T06:00:00Z"));
        let mut nodes = Vec::new();
        for _ in 0..4 {
            let engine = stage.another().await;
            nodes.push(tokio::spawn(async move { engine.tick().await.expect("it ticks") }));
        }
        let mut taken = 0;
        for node in nodes {
            taken += node.await.expect("it does not panic");
        }
        assert_eq!((taken, stage.ticks().await.len()), (1, 1));
    }

    async fn a_paused_schedule_passes_its_occurrences_over_and_goes_on_with_the_next(database: TestDatabase) {
        let stage = Stage::on(database, "2026-11-01T05:00:00Z").await;
        stage.policy("daily", DAILY).await;
        let (engine, ada) = (&stage.engine, &stage.ada);
        engine.pause_schedule(ada, "Daily", "the wiki is being upgraded").await.expect("it is paused");
        assert!(engine.pause_schedule(ada, "daily", "").await.is_err(), "it is paused already");
        assert_eq!(engine.schedule(ada, "daily").await.expect("a schedule").next_at, None);
        stage.set(at("2026-11-03T12:00:00Z"));
        stage.work_off().await;
        assert!(stage.ticks().await.is_empty());
        // By hand it still runs.
        engine.run_now(ada, "daily", None).await.expect("it is queued");
        stage.work_off().await;
        engine.resume_schedule(ada, "daily", "done").await.expect("it goes on");
        assert_eq!(engine.schedule(ada, "daily").await.expect("a schedule").next_at, Some(at("2026-11-04T06:00:00Z")));
        stage.work_off().await;
        assert!(stage.ticks().await.is_empty(), "what was passed over is not made up for");
        stage.set(at("2026-11-04T06:00:00Z"));
        stage.work_off().await;
        let ticks = stage.ticks().await;
        assert_eq!((ticks.len(), ticks[0].note.as_deref()), (1, None));
        assert_eq!(stage.told("schedule").await, ["done", "the wiki is being upgraded"]);
        let viewer = Operator::remote("vic", Role::Viewer);
        assert!(engine.pause_schedule(&viewer, "daily", "").await.is_err());
    }

    async fn a_policy_that_is_switched_off_before_its_turn_is_not_run(database: TestDatabase) {
        let stage = Stage::on(database, "2026-11-01T05:00:00Z").await;
        stage.policy("daily", DAILY).await;
        stage.set(at("2026-11-01T06:00:00Z"));
        assert_eq!(stage.engine.tick().await.expect("it ticks"), 1);
        stage.engine.switch_policy(&stage.ada, "daily", PolicyState::Off, None).await.expect("it is switched off");
        stage.work_off().await;
        let ticks = stage.ticks().await;
        assert_eq!(states(&ticks), [JobState::Skipped]);
        assert!(ticks[0].note.as_deref().is_some_and(|note| note.contains("switched off")), "{ticks:#?}");
        stage.set(at("2026-11-09T06:00:00Z"));
        stage.work_off().await;
        assert_eq!(stage.ticks().await.len(), 1);
    }

    async fn an_occurrence_that_meets_one_that_still_waits_is_skipped_and_told(database: TestDatabase) {
        let stage = Stage::on(database, "2026-11-01T05:00:00Z").await;
        stage.policy("daily", DAILY).await;
        for now in ["2026-11-01T06:00:00Z", "2026-11-02T06:00:00Z"] {
            stage.set(at(now));
            assert_eq!(stage.engine.tick().await.expect("it ticks"), 1);
        }
        let ticks = stage.ticks().await;
        assert_eq!(states(&ticks), [JobState::Queued, JobState::Skipped]);
        assert!(ticks[1].note.as_deref().is_some_and(|note| note.contains("never runs twice")), "{ticks:#?}");
        assert_eq!(stage.told("job.skipped").await.len(), 1);
        // Nor does it run by hand beside itself.
        let task = Task::RunPolicy { policy: "daily".to_owned(), site: wiki() };
        let error = stage.engine.enqueue(&stage.ada, task).await.expect_err("it waits already").to_string();
        assert!(error.contains(ticks[0].id.as_str()), "{error}");
    }

    async fn an_occurrence_that_meets_a_run_from_the_command_line_is_skipped(database: TestDatabase) {
        let stage = Stage::on(database, "2026-11-01T05:00:00Z").await;
        stage.live_policy("daily", "    schedule: { cron: \"0 6 * * *\" }\n    limits: { percent: 100 }\n").await;
        stage.site.set_faults(Faults::hold_writes_after(1));
        let (shell, ada) = (stage.another().await, stage.ada.clone());
        let running = tokio::spawn(async move { shell.run_policy(&ada, "daily", &wiki(), &|_| {}, Box::new(|_, _, _| {})).await.map(drop) });
        stage.effects_come_to(1).await;
        stage.set(at("2026-11-01T06:00:00Z"));
        // To the run an hour has passed in a moment: its lease is over until it renews it.
        stage.run_has_heard().await;
        stage.work_off().await;
        let ticks = stage.ticks().await;
        assert_eq!(states(&ticks), [JobState::Skipped], "{ticks:#?}");
        assert!(ticks[0].note.as_deref().is_some_and(|note| note.contains("running on wiki already")), "{ticks:#?}");
        assert_eq!(stage.told("job.skipped").await.len(), 1);
        stage.site.set_faults(Faults::default());
        running.await.expect("it does not panic").expect("it runs");
        stage.assert_done_once().await;
    }

    async fn a_schedule_is_shown_with_its_next_occurrences_and_in_words(database: TestDatabase) {
        let stage = Stage::on(database, "2026-11-01T05:00:00Z").await;
        stage.policy("weekly", WEEKLY).await;
        stage.policy("by-hand", "").await;
        let view = stage.engine.schedule(&stage.ada, "weekly").await.expect("a schedule");
        let next = view.upcoming(stage.clock.now(), 10);
        assert_eq!((next.len(), next.first().copied()), (10, view.next_at));
        assert_eq!(view.schedule.expect("a schedule").describe(), "every Saturday at 06:00, Pacific/Auckland");
        let all = stage.engine.schedules(&stage.ada).await.expect("schedules");
        assert_eq!(all.iter().map(|view| (view.policy.as_str(), view.schedule.is_some())).collect::<Vec<_>>(), [("by-hand", false), ("weekly", true)]);
        assert!(stage.engine.pause_schedule(&stage.ada, "by-hand", "").await.is_err(), "there is nothing to pause");
    }
}
