//! `/plans` and `/audit`

use crate::stage::{Stage, request};
use rollcall_engine::{Operator, PolicyState};
use rollcall_model::Action;
use rollcall_planner::{Approval, Limits, Mode, Percent, Period, Policy};
use rollcall_testkit::both_databases;
use serde_json::json;

fn policy() -> Policy {
    Policy {
        select: "status = enabled AND idle >= 90d".to_owned(),
        actions: vec![Action::Disable],
        limits: Limits { percent: Percent::ALL, minimum_idle: Period::hours(0), ..Limits::default() },
        approval: Approval { above: Some(0), second_person: true },
        ..Policy::sample()
    }
}

both_databases! {
    async fn a_plan_is_looked_at_and_decided_upon(database: TestDatabase) {
        let stage = Stage::set_up(&database, 80).await;
        let maker = Operator::remote("the-operator", rollcall_engine::Role::Operator);
        stage.engine.load_policies(&maker, &[policy()]).await.unwrap();
        let (root, wiki) = (Operator::local("root"), "wiki".parse().unwrap());
        stage.engine.switch_policy(&root, &policy().name, PolicyState::Test, None).await.unwrap();
        stage.engine.run_policy(&root, &policy().name, &wiki, &|_| (), Box::new(|_, _, _| ())).await.unwrap();
        stage.engine.switch_policy(&root, &policy().name, PolicyState::Live, None).await.unwrap();
        let made = stage.engine.plan_policy(&maker, &policy().name, None, Some(Mode::Live), None, &|_| ()).await.unwrap();
        let plan = &made[0].plan;
        let path = format!("/api/v1/plans/{}", plan.id);
        let listed = stage.get("/api/v1/plans?state=awaiting").await.json();
        assert_eq!(listed["items"][0]["id"], plan.id.as_str());
        let shown = stage.get(&path).await.json();
        assert_eq!((&shown["state"], &shown["needsApproval"]), (&"awaiting".into(), &true.into()));
        assert_eq!(shown["origin"], json!({ "kind": "policy", "name": policy().name, "version": policy().version() }));
        let lines = stage.get(&format!("{path}/items?limit=2")).await.json();
        assert_eq!((lines["items"].as_array().unwrap().len(), &lines["total"]), (2, &plan.items.len().into()));
        let second = stage.get(&format!("{path}/items?limit=2&cursor={}", lines["next"].as_str().unwrap())).await.json();
        assert_eq!(second["items"][0]["seq"], 3);
        assert_eq!(stage.get(&format!("{path}/items?tab=protected")).await.json()["total"], plan.protected.len());
        let decide = async |decision: &str, fingerprint: &str, role: &str| {
            let body = json!({ "decision": decision, "fingerprint": fingerprint, "comment": "looked at each" });
            stage.send_json("POST", &format!("{path}/approvals"), &[("x-test-role", role)], &body).await
        };
        assert_eq!(decide("approve", "another", "approver").await.problem().2, "body /fingerprint");
        assert_eq!(decide("approve", &plan.fingerprint, "operator").await.problem().0, 403);
        assert_eq!(decide("perhaps", &plan.fingerprint, "approver").await.problem().2, "body /decision");
        let approved = decide("approve", &plan.fingerprint, "approver").await.json();
        assert_eq!(approved["state"], "ready");
        let decided = stage.get(&path).await.json()["decisions"].clone();
        assert_eq!((&decided[0]["by"], &decided[0]["isApproval"]), (&json!("the-approver"), &json!(true)), "{decided}");
        assert_eq!(decided.as_array().unwrap().len(), 1);
        assert_eq!(decide("reject", &plan.fingerprint, "approver").await.problem().0, 409);
        assert_eq!(stage.get("/api/v1/plans/none").await.problem().0, 404);
        assert_eq!(stage.get("/api/v1/plans?state=well").await.problem().2, "query state");
    }

    async fn the_audit_log_is_read_verified_and_exported(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let local = Operator::local("tester");
        for number in 0..5 {
            stage.engine.set_list(&local, &format!("l{number}"), vec!["somebody".to_owned()], rollcall_engine::Replaces::Nothing).await.unwrap();
        }
        let first = stage.get("/api/v1/audit?kind=list&limit=2").await.json();
        let second = stage.get(&format!("/api/v1/audit?kind=list&limit=2&cursor={}", first["next"].as_str().unwrap())).await.json();
        let name = |page: &serde_json::Value, place: usize| page["items"][place]["details"]["list"].clone();
        assert_eq!((name(&first, 0), name(&second, 0)), ("l4".into(), "l2".into()));
        let site = stage.get("/api/v1/audit?site=wiki").await.json();
        assert_eq!(site["items"][0]["kind"], "snapshot.taken");
        assert_eq!(stage.get("/api/v1/audit?since=yesterday").await.problem().2, "query since");
        let head = stage.get("/api/v1/audit/head").await.json();
        let verify = async |heads: serde_json::Value| {
            stage.send_json("POST", "/api/v1/audit/verify", &[], &json!({ "heads": heads })).await
        };
        let whole = verify(json!([head["head"]])).await.json();
        assert_eq!((&whole["isWhole"], &whole["head"]["seq"]), (&true.into(), &head["seq"]));
        let forged = format!("{}:{}", head["seq"], "0".repeat(64));
        assert_eq!(verify(json!([forged])).await.json()["isWhole"], false);
        assert_eq!(verify(json!(["no head"])).await.problem().2, "body /heads/0");
        let export = stage.get("/api/v1/audit/export").await;
        assert_eq!(export.header("content-type"), "application/x-ndjson");
        let verified = rollcall_engine::verify_lines(export.text.as_bytes(), []).unwrap();
        assert_eq!(head["seq"], verified.head.seq);
        let nobody = stage.send(request("GET", "/api/v1/audit/export", &[("x-test-role", "none")], "")).await;
        assert_eq!(nobody.problem().0, 401);
    }
}
