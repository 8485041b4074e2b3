//! No event is lost and none counts twice; a policy that is off collects nothing.

use crate::stage::{Stage, options, outcomes, quiet};
use rollcall_engine::PolicyState;
use rollcall_planner::{Policy, read_policies};
use rollcall_simulator::{AuditLog, Faults};
use rollcall_testkit::both_databases;

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

/// Whom something happened to, as the newest run names them.
fn nobody() -> Vec<String> {
    Vec::new()
}

fn version(yaml: &str) -> Policy {
    read_policies(yaml).unwrap().remove(0)
}

both_databases! {
    async fn whoever_arrives_is_seen_in_the_audit_log_without_reading_the_whole_site(database: TestDatabase) {
        let stage = Stage::with(&database).await;
        stage.sync().await;
        stage.load(WELCOME).await;
        assert_eq!(stage.poll().await, nobody());
        stage.tick(15);
        stage.arrive("zoe");
        stage.tick(15);
        stage.site.clear_journal();
        assert_eq!(stage.poll().await, ["welcome: 1"]);
        assert!(stage.site.journal().len() <= 4, "{} requests", stage.site.journal().len());
        // Only then is the site read, so that the plan shows the account.
        let report = stage.run_for_events("welcome").await.unwrap();
        assert_eq!(outcomes(&report), ["zoe: add-groups=confluence-users done"]);
        assert!(stage.site.writes().is_empty(), "it is in test mode");
        stage.tick(15);
        assert_eq!(stage.poll().await, nobody(), "an account is created once");
    }

    async fn where_the_site_tells_nothing_two_snapshots_do(database: TestDatabase) {
        let mut silent = options();
        silent.switches.audit_log = AuditLog::Forbidden;
        let stage = Stage::on(&database, silent).await;
        stage.sync().await;
        stage.load(WELCOME).await;
        assert_eq!(stage.poll().await, nobody());
        stage.tick(5);
        stage.arrive("zoe");
        stage.tick(5);
        assert_eq!(stage.poll().await, nobody(), "the site is read anew only as often as the policy says");
        stage.tick(10);
        assert_eq!(stage.poll().await, ["welcome: 1"]);
        stage.site.clear_journal();
        let report = stage.run_for_events("welcome").await.unwrap();
        assert_eq!(outcomes(&report), ["zoe: add-groups=confluence-users done"]);
        // A snapshot that somebody else takes shows events just as well.
        stage.tick(3);
        stage.arrive("noor");
        stage.tick(3);
        stage.sync().await;
        stage.tick(9);
        assert_eq!(stage.poll().await, ["welcome: 1"]);
    }

    async fn a_policy_collects_from_when_it_is_switched_on_and_nothing_while_it_is_off(database: TestDatabase) {
        let stage = Stage::with(&database).await;
        stage.arrive("early");
        stage.tick(1);
        stage.sync().await;
        stage.load(WELCOME).await;
        stage.tick(1);
        stage.arrive("first");
        stage.tick(20);
        // Going from test to live in between loses nothing.
        stage.run("welcome").await;
        stage.engine.switch_policy(&stage.ada, "welcome", PolicyState::Live, None).await.unwrap();
        assert_eq!(stage.poll().await, ["welcome: 1"], "first, and not early");
        stage.engine.switch_policy(&stage.ada, "welcome", PolicyState::Off, None).await.unwrap();
        assert_eq!(stage.poll().await, nobody(), "what had been collected is forgotten");
        stage.tick(1);
        stage.arrive("second");
        stage.tick(1);
        stage.engine.switch_policy(&stage.ada, "welcome", PolicyState::Live, None).await.unwrap();
        stage.tick(1);
        stage.arrive("third");
        stage.tick(20);
        assert_eq!(stage.poll().await, ["welcome: 1"]);
        let report = stage.run_for_events("welcome").await.unwrap();
        assert_eq!(outcomes(&report), ["third: add-groups=confluence-users done"]);
        assert!(stage.is_member("third", "confluence-users") && !stage.is_member("second", "confluence-users"));
        // A new version is off, and begins anew.
        let changed = version(&WELCOME.replace("percent: 50", "percent: 60"));
        stage.arrive("fourth");
        stage.tick(20);
        assert_eq!(stage.poll().await, ["welcome: 1"]);
        stage.engine.load_policies(&stage.ada, &[changed]).await.unwrap();
        stage.engine.switch_policy(&stage.ada, "welcome", PolicyState::Test, None).await.unwrap();
        stage.tick(20);
        assert_eq!(stage.poll().await, nobody());
    }

    async fn events_that_a_plan_has_not_taken_wait_whatever_happens_to_the_process(database: TestDatabase) {
        let stage = Stage::with(&database).await;
        stage.sync().await;
        stage.load(WELCOME).await;
        stage.poll().await;
        stage.arrive("zoe");
        stage.tick(20);
        assert_eq!(stage.poll().await, ["welcome: 1"]);
        // Another process goes on, with no look at the site in between: what was seen is in the database.
        let beside = stage.beside(true, true).await;
        let due = beside.poll_triggers(&stage.ada).await.unwrap().due;
        assert_eq!((due.len(), due[0].accounts), (1, 1));
        stage.arrive("noor");
        stage.tick(20);
        let due = beside.poll_triggers(&stage.ada).await.unwrap().due;
        assert_eq!(due[0].accounts, 2, "one waits with the other");
        let ran = beside.run_policy_for_events(&stage.ada, "welcome", &stage.wiki, None, &|_| (), quiet()).await;
        let report = crate::stage::report(ran.unwrap().unwrap());
        let mut told = outcomes(&report);
        told.sort();
        assert_eq!(told, ["noor: add-groups=confluence-users done", "zoe: add-groups=confluence-users done"]);
        assert_eq!(stage.poll().await, nobody());
        assert!(stage.run_for_events("welcome").await.is_none());
    }

    async fn a_site_that_is_away_is_asked_again_for_the_same_time(database: TestDatabase) {
        let stage = Stage::with(&database).await;
        stage.sync().await;
        stage.load(WELCOME).await;
        stage.poll().await;
        stage.arrive("zoe");
        stage.tick(20);
        stage.fail_everything();
        assert!(stage.engine.poll_triggers(&stage.ada).await.unwrap().trouble.is_some());
        stage.site.set_faults(Faults::default());
        stage.tick(20);
        assert_eq!(stage.poll().await, ["welcome: 1"]);
    }
}
