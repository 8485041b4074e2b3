//! `rollcall serve` in real processes: wherever one dies, nothing that was due is lost, and nothing is done twice.

use crate::inside;
use crate::stage::{Stage, now};
use crate::witness::{IDLE, THE_IDLE, python, text};
use rollcall_engine::{Operator, Task};
use rollcall_simulator::{Faults, Mix, Options};
use rollcall_testkit::TestDatabase;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Comes true once a year: in a test it is due only when it is made so.
const YEARLY: &str =
    "    actions: [disable]\n    limits: { percent: 100 }\n    schedule: { cron: \"0 0 1 1 *\" }\n";

/// Makes every schedule due an hour ago, behind the program's back.
const DUE: &str = r"
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
assert db.execute('UPDATE schedules SET next_at = ?', [int(sys.argv[2])]).rowcount > 0
db.commit()
";

/// A process that serves; it is killed when the test is over, however it ends.
struct Serving(Child);

/// SIGTERM.
pub(crate) fn ask_to_end(process: &Child) {
    let told = Command::new("kill").args(["-TERM", &process.id().to_string()]).status().expect("kill runs");
    assert!(told.success());
}

impl Serving {
    fn start(mut command: Command) -> Self {
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().expect("the program starts"))
    }

    /// SIGKILL.
    fn kill(mut self) {
        self.0.kill().expect("it is killed");
        self.0.wait().expect("it is dead");
    }

    /// SIGTERM, after which it ends in order.
    fn end(mut self) {
        ask_to_end(&self.0);
        let began = Instant::now();
        let code = loop {
            if let Some(status) = self.0.try_wait().expect("it can be asked") {
                break status.code();
            }
            // Longer than the farewell to callers and an item that is under way take together.
            assert!(began.elapsed() < Duration::from_secs(20), "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        };
        assert_eq!(code, Some(0), "it ends in order");
    }

    /// It kills itself at its kill point.
    fn dies(mut self) {
        let began = Instant::now();
        while self.0.try_wait().expect("it can be asked").is_none() {
            assert!(began.elapsed() < Duration::from_secs(30), "the kill point was never reached");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const SERVE: &[&str] = &["serve", "--listen", "127.0.0.1:0"];

impl Stage {
    fn serve(&self) -> Serving {
        Serving::start(self.command(SERVE))
    }

    /// Another machine, which has another folder, but the same key.
    fn serve_elsewhere(&self) -> Serving {
        let folder: PathBuf = self.folder.path().join("elsewhere");
        let mut command = self.command(SERVE);
        command
            .env("ROLLCALL_DATA", &folder)
            .env("ROLLCALL_KEY_FILE", self.folder.path().join("data/sealing.key"));
        Serving::start(command)
    }

    fn serve_until(&self, kill_point: &str) -> Serving {
        let mut command = self.command(SERVE);
        command.env("ROLLCALL_KILL_AT", kill_point);
        Serving::start(command)
    }

    /// Jobs that come from a schedule, once so many of them are over.
    fn ticks_that_are_over(&self, wanted: usize) -> Vec<Value> {
        let began = Instant::now();
        loop {
            let jobs = self.json(&["jobs", "list"]);
            let jobs = jobs.as_array().expect("an array");
            let is_over = |job: &&Value| !matches!(job["state"].as_str(), Some("queued" | "running"));
            if jobs.iter().filter(is_over).count() >= wanted && jobs.iter().all(|job| is_over(&job)) {
                return jobs.clone();
            }
            assert!(began.elapsed() < Duration::from_mins(1), "the jobs do not end: {jobs:#?}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Each of the five idle people was disabled, once, by one job and one live run; and the audit log is whole.
    #[track_caller]
    fn assert_served_once(&self, jobs: &[Value], wanted: usize) {
        assert_eq!(jobs.len(), wanted, "{jobs:#?}");
        assert!(jobs.iter().all(|job| job["state"] == "done" && job["ended"] == "done"), "{jobs:#?}");
        let effects = self.effects();
        assert_eq!(
            effects.iter().collect::<BTreeSet<_>>().len(),
            effects.len(),
            "an effect was repeated: {effects:#?}"
        );
        assert_eq!(effects.len(), IDLE.len(), "{effects:#?}");
        let runs = self.json(&["runs", "list"]);
        let live = runs.as_array().expect("an array").iter().filter(|run| run["mode"] == "live").count();
        assert_eq!(live, wanted, "{runs:#}");
        self.run(&["audit", "verify"]).ends(0);
    }
}

/// A stage with a live policy that is due.
fn due() -> Stage {
    let stage = Stage::with(60);
    stage.run(&["site", "set", "wiki", "--concurrency", "1"]).ends(0);
    stage.live_policy("idle", &format!("    select: {THE_IDLE}\n{YEARLY}"));
    let file = stage.folder.path().join("data/rollcall.db").display().to_string();
    python(DUE, &[&file, &an_hour_ago().to_string()]).expect("python3, which the tests install");
    stage
}

fn killed_at(point: &str) {
    let stage = due();
    stage.serve_until(&format!("{point}:1")).dies();
    let second = stage.serve();
    let jobs = stage.ticks_that_are_over(1);
    second.end();
    stage.assert_served_once(&jobs, 1);
    assert!(text(&jobs[0]["note"]).starts_with("late"), "{jobs:#?}");
}

macro_rules! killed_at {
    ($($name:ident: $point:literal;)*) => {
        $(#[test] fn $name() { killed_at($point); })*

        #[test]
        fn every_kill_point_of_jobs_has_its_test() {
            let tested = [$($point),*];
            assert!(rollcall_engine::killpoint::OF_JOBS.iter().all(|point| tested.contains(point)));
        }
    };
}

killed_at! {
    killed_before_the_tick_is_taken: "tick-due";
    killed_when_the_tick_is_taken: "tick-taken";
    killed_when_the_job_is_taken: "job-taken";
    killed_when_the_plan_is_made: "plan-made";
    killed_when_the_run_is_created: "run-created";
    killed_when_an_item_is_claimed: "claimed";
    killed_when_a_change_was_sent: "acted";
    killed_when_the_report_is_stored: "report-stored";
    killed_before_the_end_of_the_job_is_written: "job-ended";
}

#[test]
fn killed_before_the_end_of_a_planning_job_is_written_it_plans_once() {
    let stage = Stage::with(60);
    let task = Task::PlanSelection {
        site: "wiki".parse().expect("a name"),
        select: THE_IDLE.to_owned(),
        accounts: None,
        actions: vec!["disable".parse().expect("an action")],
        mode: rollcall_planner::Mode::Live,
        limits: None,
        max_age: None,
    };
    inside::now_do(async {
        let engine = inside::engine(&stage.folder.path().join("data"), now()).await;
        engine.enqueue(&Operator::local("ada"), task).await.expect("it is queued");
    });
    stage.serve_until("job-ended:1").dies();
    let second = stage.serve();
    let jobs = stage.ticks_that_are_over(1);
    second.end();
    assert_eq!(jobs[0]["state"], "done", "{jobs:#?}");
    assert_eq!(stage.audit("plan.made").len(), 1, "the second process took the plan that was there");
}

#[test]
fn told_to_end_it_finishes_its_item_and_the_next_one_goes_on() {
    let stage = due();
    stage.site.set_faults(Faults::hold_writes_after(1));
    let first = stage.serve();
    crate::stopping::wait_for_effects(&stage, 1);
    // The item under way is still under way when the signal comes.
    stage.site.set_faults(Faults::delay_writes(2000));
    first.end();
    let made = stage.effects().len();
    assert!(made <= 2, "it finished its item and began no other: {made}");
    let waiting = stage.json(&["jobs", "list"]);
    assert_eq!(waiting[0]["state"], "queued", "{waiting:#}");
    stage.site.set_faults(Faults::default());
    let second = stage.serve();
    let jobs = stage.ticks_that_are_over(1);
    second.end();
    stage.assert_served_once(&jobs, 1);
}

/// A stage on PostgreSQL; `None`, aloud, without it.
fn on_postgresql() -> Option<(Stage, TestDatabase)> {
    let database = TestDatabase::postgres()?;
    let mut options = Options::new("10.2.0", 60, 7, now());
    options.mix = Mix::all_writable();
    let stage = Stage::on(options, Some(database.location().to_owned())).writable();
    stage.run(&["site", "set", "wiki", "--concurrency", "1"]).ends(0);
    Some((stage, database))
}

/// An hour ago, in microseconds.
fn an_hour_ago() -> i64 {
    (now() - jiff::SignedDuration::from_hours(1)).as_microsecond()
}

/// Makes every schedule due an hour ago.
fn make_due(database: &TestDatabase) {
    database.execute(&format!("UPDATE schedules SET next_at = {}", an_hour_ago()));
}

/// A process that serves is in the middle of the one live run that is due, and gets no further before the site is let go of.
fn serves_half_of_what_is_due(stage: &Stage, database: &TestDatabase) -> Serving {
    stage.live_policy("idle", &format!("    select: {THE_IDLE}\n{YEARLY}"));
    make_due(database);
    stage.site.set_faults(Faults::hold_writes_after(2));
    let serving = stage.serve();
    crate::stopping::wait_for_effects(stage, 2);
    serving
}

#[test]
fn of_two_processes_on_one_postgresql_one_is_killed_in_the_middle_of_a_run_and_the_other_goes_on() {
    let Some((stage, database)) = on_postgresql() else { return };
    let first = serves_half_of_what_is_due(&stage, &database);
    let second = stage.serve();
    first.kill();
    assert!(stage.effects().len() < IDLE.len(), "it was killed in the middle");
    stage.site.set_faults(Faults::default());
    let jobs = stage.ticks_that_are_over(1);
    second.end();
    stage.assert_served_once(&jobs, 1);
    let taken = stage.audit("run.taken");
    let live: BTreeSet<_> = taken.iter().map(|entry| entry["subject"]["run"].to_string()).collect();
    assert_eq!((taken.len(), live.len()), (3, 2), "the test run once, the live run by both: {taken:#?}");
}

#[test]
fn of_two_machines_one_is_killed_in_the_middle_of_a_run_and_the_other_goes_on_when_its_leases_are_over() {
    let Some((stage, database)) = on_postgresql() else { return };
    let first = serves_half_of_what_is_due(&stage, &database);
    first.kill();
    assert!(stage.effects().len() < IDLE.len(), "it was killed in the middle");
    stage.site.set_faults(Faults::default());
    // No lock of a file tells the other that the first is gone: its leases have to run out, which here they do at once.
    let over = an_hour_ago();
    database.execute(&format!("UPDATE jobs SET lease_until = {over}; UPDATE runs SET lease_until = {over}"));
    let second = stage.serve_elsewhere();
    let jobs = stage.ticks_that_are_over(1);
    second.end();
    stage.assert_served_once(&jobs, 1);
    let taken = stage.audit("run.taken");
    assert_eq!(taken.len(), 3, "the test run once, the live run by both: {taken:#?}");
}

#[test]
fn two_processes_with_folders_of_their_own_share_what_is_due_and_double_nothing() {
    let Some((stage, database)) = on_postgresql() else { return };
    let names: Vec<String> = (0..IDLE.len()).map(|n| format!("idle-{n}")).collect();
    for (name, person) in names.iter().zip(IDLE) {
        let select = format!("username = \"{person}\" AND status = enabled AND idle >= 90d");
        stage.live_policy(name, &format!("    select: {select}\n{YEARLY}"));
    }
    make_due(&database);
    let nodes = [stage.serve(), stage.serve_elsewhere()];
    let jobs = stage.ticks_that_are_over(names.len());
    for node in nodes {
        node.end();
    }
    stage.assert_served_once(&jobs, names.len());
    let policies: BTreeSet<String> = jobs.iter().map(|job| text(&job["policy"])).collect();
    assert_eq!(policies, names.into_iter().collect());
}
