//! What an item of a run asked of its site can be read afterwards, from the run and from the audit log.

use crate::doing::OPERATOR;
use crate::stage::{Stage, THE_IDLE};
use rollcall_simulator::{Fault, Faults, Rule};
use rollcall_testkit::both_databases;
use serde_json::{Value, json};

both_databases! {
    async fn each_item_tells_what_was_sent_and_what_came_back(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let working = stage.at_work().await;
        let plan = stage.planned(OPERATOR).await;
        let cut = Rule { writes: Some(true), path: Some("/formula/".to_owned()), ..Rule::new(Fault::CutBefore) };
        let busy = Rule { writes: Some(true), path: Some("/leila/".to_owned()), times: Some(1), ..Rule::new(Fault::TooMany { retry_after: Some(1) }) };
        stage.simulator.set_faults(Faults { rules: vec![cut, busy], ..Faults::default() });
        let job = stage.job(&format!("/api/v1/plans/{plan}/runs"), OPERATOR, &json!({})).await;
        let run = job["result"]["run"].as_str().unwrap();
        let items = stage.get(&format!("/api/v1/runs/{run}/items")).await.json();
        let requests = |name: &str| {
            let items = items["items"].as_array().unwrap();
            items.iter().find(|item| item["account"] == name).unwrap()["requests"].clone()
        };
        let lines = |requests: &Value| -> Vec<String> {
            let each = requests.as_array().unwrap().iter();
            each.map(|r| format!("{}x {} {} {}", r["times"], r["method"].as_str().unwrap(), r["path"].as_str().unwrap(), r["status"])).collect()
        };
        let put = |name: &str, end: &str| format!("PUT /rest/api/admin/user/{name}/disable {end}");
        assert_eq!(lines(&requests("bold")), [format!("1x {}", put("bold", "204"))]);
        assert_eq!(lines(&requests("leila")), [format!("1x {}", put("leila", "429")), format!("1x {}", put("leila", "204"))]);
        let failed = requests("formula");
        assert_eq!(lines(&failed), [format!("2x {}", put("formula", "null"))], "sent, looked at, sent once more");
        assert!(failed[0]["error"].as_str().unwrap().contains("connection"), "{failed}");

        // The same in the audit log, whose chain holds.
        let entries = stage.get(&format!("/api/v1/audit?run={run}&kind=run.item.outcome")).await.json();
        let entries = entries["items"].as_array().unwrap();
        assert_eq!(entries.len(), 5);
        for entry in entries {
            let sent = &entry["details"]["detail"]["requests"][0];
            assert_eq!(sent["method"], "PUT", "{entry}");
            assert!(sent["path"].as_str().unwrap().ends_with("/disable"), "{entry}");
        }
        let verified = stage.send_json("POST", "/api/v1/audit/verify", &[], &json!({})).await.json();
        assert_eq!(verified["isWhole"], true, "{verified}");
        working.end().await;
    }

    async fn a_test_run_has_sent_nothing(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let working = stage.at_work().await;
        let body = json!({ "kind": "selection", "site": "wiki", "criterion": THE_IDLE, "actions": ["disable"], "mode": "test" });
        let job = stage.job("/api/v1/plans", OPERATOR, &body).await;
        let plan = job["result"]["plans"][0].as_str().unwrap();
        let job = stage.job(&format!("/api/v1/plans/{plan}/runs"), OPERATOR, &json!({})).await;
        let items = stage.get(&format!("/api/v1/runs/{}/items", job["result"]["run"].as_str().unwrap())).await.json();
        let items = items["items"].as_array().unwrap();
        assert_eq!(items.len(), 5);
        assert!(items.iter().all(|item| item["code"] == "would" && item["requests"] == json!([])), "{items:?}");
        working.end().await;
    }
}
