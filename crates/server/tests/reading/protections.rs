//! Why an account is left alone although a policy selects it.

use crate::stage::Stage;
use rollcall_planner::{Period, Policy};
use rollcall_testkit::both_databases;
use serde_json::{Value, json};

fn policy(change: impl FnOnce(&mut Policy)) -> Value {
    let mut policy = Policy {
        name: "all-of-them".to_owned(),
        select: "status = enabled".to_owned(),
        schedule: None,
        ..Policy::sample()
    };
    change(&mut policy);
    serde_json::to_value(policy).unwrap()
}

both_databases! {
    async fn a_policy_tells_whom_it_leaves_alone_and_until_when(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let kept = stage.send_json("POST", "/api/v1/policies", &[], &policy(|policy| policy.grace = Period::hours(0))).await;
        assert_eq!(kept.status.as_u16(), 201, "{}", kept.text);
        let key_of = async |name: &str| {
            let found = stage.get(&format!("/api/v1/sites/wiki/accounts?criterion=username%20%3D%20%22{name}%22")).await.json();
            found["items"][0]["key"].as_str().unwrap().to_owned()
        };
        let explain = async |key: &str, by: &str| stage.get(&format!("/api/v1/sites/wiki/accounts/{key}/explanation?{by}")).await;
        let formula = key_of("formula").await;
        let free = explain(&formula, "policy=all-of-them").await.json();
        assert_eq!((&free["verdict"], &free["protection"]), (&"true".into(), &Value::Null), "{free}");
        assert_eq!(free["step"]["text"], "status = enabled");

        let own = key_of(stage.simulator.username()).await;
        let ours = explain(&own, "policy=all-of-them").await.json();
        assert_eq!((&ours["protection"]["code"], &ours["protection"]["until"]), (&"own-account".into(), &Value::Null), "{ours}");

        let exemption = json!({ "kind": "account", "name": "formula", "reason": "on <b>leave</b>", "until": "2026-12-24T00:00:00Z" });
        let exempted = stage.send_json("POST", "/api/v1/sites/wiki/exemptions", &[], &exemption).await;
        assert!(exempted.status.is_success(), "{}", exempted.text);
        for by in ["policy=all-of-them", "criterion=all"] {
            let exempt = explain(&formula, by).await.json();
            assert_eq!(exempt["verdict"], "true");
            let protection = &exempt["protection"];
            assert_eq!((&protection["code"], &protection["until"]), (&"exempt".into(), &"2026-12-24T00:00:00Z".into()), "{by}");
            assert!(protection["why"].as_str().unwrap().contains("on <b>leave</b>"), "{protection}");
        }

        // Both, none, one that is not there, one of another site.
        for (by, expected) in [
            ("policy=all-of-them&criterion=all", (400, "bad-parameter", "query criterion")),
            ("", (400, "bad-parameter", "query criterion")),
            ("policy=none", (404, "not-found", "")),
            ("policy=", (400, "bad-parameter", "query policy")),
        ] {
            let (status, code, at) = explain(&formula, by).await.problem();
            assert_eq!((status, code.as_str(), at.as_str()), expected, "{by}");
        }
        assert_eq!(explain("nobody", "policy=all-of-them").await.problem().0, 404);
    }
}
