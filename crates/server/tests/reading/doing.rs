//! What is asked for over HTTP is done by a job: from the request to its effect at the site, once.

use crate::stage::{Stage, THE_IDLE, Working, request};
use rollcall_engine::Role;
use rollcall_model::Action;
use rollcall_planner::{Approval, Limits, Percent, Period, Policy};
use rollcall_simulator::Faults;
use rollcall_testkit::both_databases;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const POLICY: &str = "/api/v1/policies/reclaim-idle-seats";

/// Longer than any job of these tests takes.
const WAIT: (&str, &str) = ("prefer", "wait=30");

fn policy() -> Policy {
    Policy {
        select: THE_IDLE.to_owned(),
        actions: vec![Action::Disable],
        limits: Limits { percent: Percent::ALL, minimum_idle: Period::hours(0), ..Limits::default() },
        approval: Approval { above: Some(0), second_person: true },
        schedule: None,
        ..Policy::sample()
    }
}

/// What is asked for, and by whom: `("x-test-role", …)`.
pub(crate) const OPERATOR: (&str, &str) = ("x-test-role", "operator");
const APPROVER: (&str, &str) = ("x-test-role", "approver");
const ADMIN: (&str, &str) = ("x-test-role", "admin");

impl Stage {
    /// The same, with everybody who asks in it, and a worker.
    pub(crate) async fn at_work(&self) -> Working {
        for role in [Role::Operator, Role::Approver, Role::Admin] {
            self.add_operator(role).await;
        }
        Working::start(self.engine.clone())
    }

    /// A job that was asked for, once it is over.
    pub(crate) async fn job(&self, path: &str, who: (&str, &str), body: &Value) -> Value {
        let answer = self.send_json("POST", path, &[who, WAIT], body).await;
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
        let job = answer.json()["job"].clone();
        assert_eq!(answer.header("location"), format!("/api/v1/jobs/{}", text(&job["id"])));
        job
    }

    /// A live plan for the idle, made by a job.
    pub(crate) async fn planned(&self, who: (&str, &str)) -> String {
        let body = json!({
            "kind": "selection", "site": "wiki", "criterion": THE_IDLE, "actions": ["disable"], "mode": "live",
            "limits": { "percent": 100 },
        });
        let job = self.job("/api/v1/plans", who, &body).await;
        assert_eq!((&job["state"], &job["result"]["ended"]), (&"done".into(), &"planned".into()), "{job}");
        text(&job["result"]["plans"][0]).to_owned()
    }

    /// The changes that were made at the site.
    fn effects(&self) -> Vec<String> {
        let made = self.simulator.writes().into_iter().filter(|write| write.effect == Some(true));
        made.map(|write| format!("{} {}", write.method, write.path)).collect()
    }

    /// So many changes were made, none of them twice.
    fn assert_made_once(&self, count: usize) {
        let effects = self.effects();
        assert_eq!(effects.len(), count, "{effects:#?}");
        assert_eq!(effects.iter().collect::<BTreeSet<_>>().len(), count, "{effects:#?}");
    }

    /// Everybody with their standing at the site.
    fn standings(&self) -> BTreeSet<String> {
        self.simulator.with_state(|state| {
            state
                .account_views()
                .map(|view| format!("{} {} {:?}", view.username, view.status, view.groups))
                .collect()
        })
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

both_databases! {
    async fn a_policy_goes_from_its_test_run_to_its_undo(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let working = stage.at_work().await;
        let before = stage.standings();
        let kept = stage.send_json("POST", "/api/v1/policies", &[OPERATOR], &serde_json::to_value(policy()).unwrap()).await;
        let switch = async |state: &str, tag: &str, who| {
            let answer = stage.send_json("PUT", &format!("{POLICY}/state"), &[who, ("if-match", tag)], &json!({ "state": state })).await;
            assert_eq!(answer.json()["state"], state);
            answer.header("etag").to_owned()
        };
        let tag = switch("test", kept.header("etag"), OPERATOR).await;

        // Now, in test mode: a run that writes nothing.
        let ran = stage.send_json("POST", &format!("{POLICY}/runs"), &[OPERATOR, WAIT], &json!({})).await;
        let job = ran.json()["jobs"][0].clone();
        assert_eq!((ran.status.as_u16(), &job["state"], &job["result"]["ended"]), (200, &"done".into(), &"done".into()), "{job}");
        let run = stage.get(&format!("/api/v1/runs/{}", text(&job["result"]["run"]))).await.json();
        assert_eq!((&run["mode"], &run["state"], &run["counts"]["done"]), (&"test".into(), &"done".into(), &5.into()));
        assert!(stage.simulator.writes().is_empty(), "a test run asks for no change");
        switch("live", &tag, APPROVER).await;

        // Live: planned by one, approved by another.
        let job = stage.job("/api/v1/plans", APPROVER, &json!({ "kind": "policy", "policy": "reclaim-idle-seats" })).await;
        assert_eq!((&job["result"]["ended"], &job["askedBy"]), (&"awaiting-approval".into(), &"the-approver".into()), "{job}");
        let plan = format!("/api/v1/plans/{}", text(&job["result"]["plans"][0]));
        let decide = async |plan: &str, who| {
            let fingerprint = stage.get(plan).await.json()["fingerprint"].clone();
            stage.send_json("POST", &format!("{plan}/approvals"), &[who], &json!({ "decision": "approve", "fingerprint": fingerprint })).await
        };
        let early = stage.job(&format!("{plan}/runs"), OPERATOR, &json!({})).await;
        assert_eq!((&early["state"], &early["result"]), (&"failed".into(), &Value::Null), "it awaits approval: {early}");
        assert_eq!(decide(&plan, OPERATOR).await.problem().0, 403);
        let (status, code, _) = decide(&plan, APPROVER).await.problem();
        assert_eq!((status, code.as_str()), (409, "not-now"), "whoever made it is no second person");
        assert_eq!(decide(&plan, ADMIN).await.json()["state"], "ready");
        assert!(stage.simulator.writes().is_empty());

        let job = stage.job(&format!("{plan}/runs"), OPERATOR, &json!({})).await;
        assert_eq!((&job["state"], &job["result"]["ended"]), (&"done".into(), &"done".into()), "{job}");
        let run = format!("/api/v1/runs/{}", text(&job["result"]["run"]));
        let shown = stage.get(&run).await.json();
        assert_eq!((&shown["mode"], &shown["state"], &shown["counts"]["done"]), (&"live".into(), &"done".into(), &5.into()));
        assert_eq!(shown["startedBy"], "the-operator");
        stage.assert_made_once(5);
        assert_eq!(before.difference(&stage.standings()).count(), 5);
        let again = stage.job(&format!("{plan}/runs"), OPERATOR, &json!({})).await;
        assert_eq!(again["state"], "skipped", "a plan is executed once: {again}");

        // Back again: that plan, too, takes somebody else's word.
        let job = stage.job(&format!("{run}/undo"), OPERATOR, &json!({ "apply": true })).await;
        assert_eq!((&job["result"]["ended"], &job["result"]["run"]), (&"awaiting-approval".into(), &Value::Null), "{job}");
        let undo = format!("/api/v1/plans/{}", text(&job["result"]["plans"][0]));
        assert_eq!(stage.get(&undo).await.json()["origin"]["kind"], "undo");
        stage.assert_made_once(5);
        decide(&undo, APPROVER).await.json();
        let job = stage.job(&format!("{undo}/runs"), OPERATOR, &json!({})).await;
        assert_eq!(job["result"]["ended"], "done", "{job}");
        assert_eq!(stage.standings(), before);
        stage.assert_made_once(10);
        assert_eq!(stage.get(&format!("/api/v1/runs/{}", text(&job["result"]["run"]))).await.json()["undoOf"], shown["id"]);
        working.end().await;
    }

    async fn a_run_is_stopped_between_two_items_and_resumed_where_it_was(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let working = stage.at_work().await;
        let one_at_a_time = json!({ "settings": { "concurrency": 1 } });
        let changed = stage.send_json("PATCH", "/api/v1/sites/wiki", &[ADMIN, ("if-match", "*")], &one_at_a_time).await;
        assert_eq!(changed.json()["settings"]["concurrency"], 1);
        let plan = stage.planned(OPERATOR).await;
        stage.simulator.set_faults(Faults::hold_writes_after(1));
        let asked = stage.send_json("POST", &format!("/api/v1/plans/{plan}/runs"), &[OPERATOR], &json!({})).await;
        assert_eq!((asked.status.as_u16(), &asked.json()["job"]["result"]), (202, &Value::Null));
        let job = asked.header("location").to_owned();
        working.until(|| !stage.effects().is_empty()).await;
        let run = format!("/api/v1/runs/{}", text(&stage.get("/api/v1/runs").await.json()["items"][0]["id"]));
        assert_eq!(stage.send_json("POST", &format!("{run}/stop"), &[OPERATOR], &json!({})).await.problem().2, "body /reason");
        let stopping = stage.send_json("POST", &format!("{run}/stop"), &[OPERATOR], &json!({ "reason": "the wrong ones" })).await.json();
        assert_eq!(stopping["state"], "stopping", "{stopping}");
        stage.simulator.set_faults(Faults::default());
        let over = stage.send(request("GET", &job, &[OPERATOR, WAIT], "")).await.json();
        assert_eq!((&over["state"], &over["result"]["ended"]), (&"done".into(), &"stopped".into()), "{over}");
        let stopped = stage.get(&run).await.json();
        assert_eq!((&stopped["state"], &stopped["isOver"]), (&"stopped".into(), &true.into()));
        assert!(text(&stopped["stoppedBecause"]).contains("the wrong ones"), "{stopped}");
        let made = stage.effects().len();
        assert!((1..=2).contains(&made), "the item under way is finished, and no more: {made}");
        stage.clock.tick(jiff::SignedDuration::from_secs(1));
        let resumed = stage.job(&format!("{run}/resume"), OPERATOR, &Value::Null).await;
        assert_eq!((&resumed["result"]["ended"], &resumed["kind"]), (&"done".into(), &"resume".into()), "{resumed}");
        assert_eq!(format!("/api/v1/runs/{}", text(&resumed["result"]["run"])), run, "it is the same run");
        stage.assert_made_once(5);
        assert_eq!(stage.get(&run).await.json()["counts"]["done"], 5);
        working.end().await;
    }

    async fn a_request_that_is_sent_again_with_its_key_is_one_job_and_one_effect(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let working = stage.at_work().await;
        let plan = stage.planned(OPERATOR).await;
        let path = format!("/api/v1/plans/{plan}/runs");
        let send = async |headers: &[(&str, &str)]| {
            let headers: Vec<_> = headers.iter().copied().chain([OPERATOR, ("idempotency-key", "the key")]).collect();
            stage.send_json("POST", &path, &headers, &json!({})).await
        };
        let first = send(&[]).await;
        let again = send(&[]).await;
        let waited = send(&[WAIT]).await;
        assert_eq!((first.status.as_u16(), first.header("idempotency-replayed")), (202, ""));
        for answer in [&again, &waited] {
            assert_eq!((answer.status.as_u16(), answer.header("idempotency-replayed")), (202, "true"), "{}", answer.text);
            assert_eq!((&answer.text, answer.header("location")), (&first.text, first.header("location")));
        }
        let job = stage.send(request("GET", first.header("location"), &[WAIT], "")).await.json();
        assert_eq!(job["result"]["ended"], "done", "{job}");
        let jobs = stage.get("/api/v1/jobs?kind=apply").await.json();
        assert_eq!(jobs["items"].as_array().unwrap().len(), 1, "{jobs}");
        stage.assert_made_once(5);
        working.end().await;
    }

    async fn whoever_waits_gets_what_there_is_when_the_time_is_over(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        // Nobody works.
        stage.add_operator(Role::Operator).await;
        let body = json!({ "kind": "selection", "site": "wiki", "criterion": THE_IDLE, "actions": ["disable"], "mode": "test" });
        let answer = stage.send_json("POST", "/api/v1/plans", &[OPERATOR, ("prefer", "wait=1")], &body).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["job"]["state"]), (202, &"queued".into()));
        let wrong = json!({ "kind": "selection", "site": "wiki", "criterion": "idle > ", "actions": ["disable"], "mode": "test" });
        assert_eq!(stage.send_json("POST", "/api/v1/plans", &[OPERATOR], &wrong).await.problem().2, "body /criterion");
        assert_eq!(stage.get("/api/v1/jobs").await.json()["items"].as_array().unwrap().len(), 1, "what cannot be read is no job");
    }
}
