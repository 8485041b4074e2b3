//! What else is told of plans, runs, snapshots and the audit log.

use crate::stage::{Stage, THE_IDLE};
use rollcall_engine::Operator;
use rollcall_testkit::both_databases;
use serde_json::json;

both_databases! {
    async fn an_entry_of_the_audit_log_has_an_address_and_names_its_site(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let newest = stage.get("/api/v1/audit?limit=1&site=wiki").await.json()["items"][0].clone();
        assert_eq!(newest["subject"]["siteName"], "wiki", "{newest}");
        let one = stage.get(&format!("/api/v1/audit/{}", newest["seq"])).await.json();
        assert_eq!(one, newest);
        assert_eq!(stage.get("/api/v1/audit/999999").await.problem().1, "not-found");
        assert_eq!(stage.get("/api/v1/audit/18446744073709551615").await.problem().1, "not-found");
        assert_eq!(stage.get("/api/v1/audit/first").await.problem().0, 400);
    }

    async fn two_snapshots_are_compared_line_by_line(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let older = stage.get("/api/v1/sites/wiki/snapshots").await.json()["items"][0]["id"].clone();
        stage.simulator.with_state(|state| {
            let patch = rollcall_simulator::AccountPatch { display_name: Some("Leila Renamed".to_owned()), ..Default::default() };
            state.patch_account("leila", &patch).unwrap();
        });
        stage.clock.tick(jiff::SignedDuration::from_hours(1));
        stage.engine.sync(&Operator::local("tester"), &stage.site, &|_| ()).await.unwrap();
        let newer = stage.get("/api/v1/sites/wiki/snapshots").await.json()["items"][0]["id"].clone();
        assert_ne!(older, newer);
        let (older, newer) = (older.as_str().unwrap(), newer.as_str().unwrap());
        let lines = stage.get(&format!("/api/v1/snapshots/{newer}/difference?with={older}")).await.json();
        let line = lines["items"].as_array().unwrap().iter().find(|line| line["account"] == "leila").unwrap();
        assert_eq!((&line["kind"], &line["field"]), (&json!("account-changed"), &json!("name")), "{lines}");
        // Whichever is named where.
        let same = stage.get(&format!("/api/v1/snapshots/{older}/difference?with={newer}")).await.json();
        assert_eq!(same, lines);
        let none = stage.get(&format!("/api/v1/snapshots/{newer}/difference?with={newer}")).await.json();
        assert_eq!((&none["items"], &none["total"]), (&json!([]), &json!(0)));
    }

    async fn an_older_snapshot_is_asked_as_of_then_and_tells_who_came_back(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let then = stage.get("/api/v1/sites/wiki/snapshots").await.json()["items"][0]["id"].clone();
        let then = then.as_str().unwrap();
        let policy = json!({
            "name": "idle", "sites": ["wiki"], "mode": "test", "select": THE_IDLE, "actions": ["disable"]
        });
        stage.send_json("POST", "/api/v1/policies", &[("x-test-role", "operator")], &policy).await.json();
        let before = stage.get("/api/v1/policies/idle/preview").await.json();
        assert_eq!(before["cameBack"], json!(null), "{before}");
        let seen = stage.get("/api/v1/policies").await.json()["items"][0].clone();
        assert_eq!((&seen["schedule"]["words"], &seen["lastRun"]), (&json!(null), &json!(null)));

        stage.clock.tick(jiff::SignedDuration::from_hours(24 * 30));
        stage.simulator.set_now(stage.clock.now());
        stage.simulator.with_state(|state| {
            let at = stage.clock.now() - jiff::SignedDuration::from_hours(24);
            let patch = rollcall_simulator::AccountPatch { last_login: Some(Some(at)), ..Default::default() };
            state.patch_account("leila", &patch).unwrap();
        });
        stage.engine.sync(&Operator::local("tester"), &stage.site, &|_| ()).await.unwrap();
        let now = stage.get("/api/v1/policies/idle/preview").await.json();
        let past = stage.get(&format!("/api/v1/policies/idle/preview?snapshot={then}")).await.json();
        assert_eq!(past["selected"], before["selected"], "as of then");
        assert_eq!(past["cameBack"], 1, "{past}");
        assert_eq!(now["selected"].as_u64().unwrap() + 1, past["selected"].as_u64().unwrap());
        // The listing reckons alike.
        let query = format!("criterion={}&snapshot={then}", THE_IDLE.replace(' ', "%20").replace('"', "%22").replace('>', "%3E"));
        let listed = stage.get(&format!("/api/v1/sites/wiki/accounts?{query}")).await.json();
        assert_eq!(listed["total"], past["selected"]);
    }
}
