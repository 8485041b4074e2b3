//! Accounts chosen one by one: a plan for exactly these, by key.

use crate::doing::OPERATOR;
use crate::stage::{Stage, THE_IDLE};
use rollcall_testkit::both_databases;
use serde_json::{Value, json};

const PLANS: &str = "/api/v1/plans";

fn selection(who: &Value) -> Value {
    let mut body = json!({ "kind": "selection", "site": "wiki", "actions": ["disable"], "mode": "live", "limits": { "percent": 100 } });
    body.as_object_mut().unwrap().extend(who.as_object().unwrap().clone());
    body
}

/// The keys of accounts that were idle for long.
async fn idle_keys(stage: &Stage) -> Vec<String> {
    let criterion: String = url::form_urlencoded::byte_serialize(THE_IDLE.as_bytes()).collect();
    let found = stage.get(&format!("/api/v1/sites/wiki/accounts?criterion={criterion}")).await.json();
    found["items"].as_array().unwrap().iter().map(|row| row["key"].as_str().unwrap().to_owned()).collect()
}

both_databases! {
    async fn a_plan_is_made_for_exactly_those_who_were_chosen(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let working = stage.at_work().await;
        let keys = idle_keys(&stage).await;
        let chosen = &keys[..2];
        let planned = async |who: Value| {
            let job = stage.job(PLANS, OPERATOR, &selection(&who)).await;
            stage.get(&format!("{PLANS}/{}", job["result"]["plans"][0].as_str().unwrap_or_else(|| panic!("{job}")))).await.json()
        };
        let plan = planned(json!({ "accounts": chosen })).await;
        assert_eq!((&plan["selected"], &plan["accounts"]), (&2.into(), &2.into()));
        assert_eq!((&plan["only"], &plan["criterion"]), (&"only 2 accounts chosen by hand".into(), &"all".into()));
        let id = plan["id"].as_str().unwrap();
        let items = stage.get(&format!("{PLANS}/{id}/items")).await.json();
        let mut of: Vec<&str> = items["items"].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap()).collect();
        of.sort_unstable();
        let mut expected: Vec<&str> = chosen.iter().map(String::as_str).collect();
        expected.sort_unstable();
        assert_eq!(of, expected);
        assert_eq!(items["items"][0]["why"], "chosen by hand");

        // With a criterion: whoever is both.
        let name = items["items"][0]["account"].as_str().unwrap();
        let both = planned(json!({ "accounts": chosen, "criterion": format!("username = \"{name}\"") })).await;
        assert_eq!((&both["selected"], &both["only"]), (&1.into(), &"only 2 accounts chosen by hand".into()));

        // It is a plan as any other: protections and limits hold, it is applied and taken back.
        let own = stage.simulator.username().to_owned();
        let found = stage.get(&format!("/api/v1/sites/wiki/accounts?criterion=username%20%3D%20%22{own}%22")).await.json();
        let protected = planned(json!({ "accounts": [found["items"][0]["key"]] })).await;
        assert_eq!((&protected["accounts"], &protected["protected"]), (&0.into(), &1.into()));
        let job = stage.job(&format!("{PLANS}/{id}/runs"), OPERATOR, &json!({})).await;
        assert_eq!(job["result"]["ended"], "done", "{job}");
        let run = job["result"]["run"].as_str().unwrap();
        let undone = stage.job(&format!("/api/v1/runs/{run}/undo"), OPERATOR, &json!({ "apply": true })).await;
        assert_eq!(undone["result"]["ended"], "done", "{undone}");
        let log = stage.get("/api/v1/audit?kind=plan.made").await.json();
        assert!(log["items"].to_string().contains("only 2 accounts chosen by hand"), "{log}");
        let queued = stage.get("/api/v1/audit?kind=job.queued").await.json();
        assert!(queued["items"].to_string().contains("\"accounts\":2"), "the log counts them: {queued}");
        working.end().await;
    }

    async fn whoever_is_not_there_is_named_and_nothing_is_planned(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let keys = idle_keys(&stage).await;
        let wrong = async |who: Value| {
            let answer = stage.send_json("POST", PLANS, &[OPERATOR], &selection(&who)).await;
            let (status, code, at) = answer.problem();
            assert_eq!((status, code.as_str()), (422, "bad-body"), "{}", answer.text);
            (at, answer.text)
        };
        let (at, text) = wrong(json!({ "accounts": [keys[0], "nobody", keys[1], "none"] })).await;
        assert_eq!(at, "body /accounts/1");
        assert!(text.contains("/accounts/3") && !text.contains("nobody"), "places alone: {text}");
        for (who, place) in [
            (json!({}), "body /criterion"),
            (json!({ "accounts": [] }), "body /accounts"),
            (json!({ "accounts": "all" }), "body /accounts"),
            (json!({ "accounts": [keys[0], 7] }), "body /accounts/1"),
            (json!({ "accounts": [""] }), "body /accounts/0"),
            (json!({ "accounts": vec!["k"; 10_001] }), "body /accounts"),
            (json!({ "accounts": [keys[0]], "criterion": "" }), "body /criterion"),
            (json!({ "kind": "everybody" }), "body /kind"),
            (json!({ "kind": "policy" }), "body /actions"),
            (json!({ "kind": 7 }), "body /kind"),
            (json!({ "accounts": [keys[0]], "mode": "dry" }), "body /mode"),
            (json!({ "accounts": [keys[0]], "actions": [{ "add-group": [] }] }), "body /actions/0"),
            (json!({ "accounts": [keys[0]], "limits": { "percent": "many" } }), "body /limits/percent"),
            (json!({ "accounts": [keys[0]], "policy": "idle" }), "body /policy"),
        ] {
            assert_eq!(wrong(who.clone()).await.0, place, "{who}");
        }
        assert_eq!(stage.get("/api/v1/jobs").await.json()["items"], json!([]));
    }

    async fn whoever_leaves_before_the_plan_is_made_stops_it(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let keys = idle_keys(&stage).await;
        for role in [rollcall_engine::Role::Operator, rollcall_engine::Role::Admin] {
            stage.add_operator(role).await;
        }
        let mut body = selection(&json!({ "accounts": keys }));
        body["maxAge"] = json!("1h");
        let asked = stage.send_json("POST", PLANS, &[OPERATOR], &body).await;
        assert_eq!(asked.status.as_u16(), 202, "{}", asked.text);
        let gone = stage.simulator.with_state(|state| {
            let view = state.account_views().find(|view| view.user_key.as_str() == keys[0]).unwrap();
            state.delete_account(&view.username).unwrap();
            view.user_key.clone()
        });
        stage.clock.tick(jiff::SignedDuration::from_hours(2));
        let working = crate::stage::Working::start(stage.engine.clone());
        let job = stage.send(crate::stage::request("GET", asked.header("location"), &[("prefer", "wait=30")], "")).await.json();
        assert_eq!(job["state"], "failed", "{job}");
        assert!(job["error"].to_string().contains(&gone) && job["error"].to_string().contains("choose again"), "{job}");
        assert_eq!(stage.get(PLANS).await.json()["items"], json!([]));
        working.end().await;
    }
}
