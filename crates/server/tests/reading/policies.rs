//! `/policies`

use crate::stage::{Stage, request};
use rollcall_planner::{Policy, read_policies, write_policies};
use rollcall_testkit::both_databases;
use serde_json::{Value, json};

const POLICIES: &str = "/api/v1/policies";

fn sample() -> Value {
    serde_json::to_value(Policy { select: "status = enabled AND idle >= 90d".to_owned(), ..Policy::sample() })
        .unwrap()
}

both_databases! {
    async fn a_policy_is_kept_changed_switched_and_removed(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let made = stage.send_json("POST", POLICIES, &[], &sample()).await;
        assert_eq!((made.status.as_u16(), made.header("location")), (201, "/api/v1/policies/reclaim-idle-seats"));
        assert_eq!(stage.send_json("POST", POLICIES, &[], &sample()).await.problem().0, 409);
        let path = format!("{POLICIES}/reclaim-idle-seats");
        let tag = made.header("etag").to_owned();
        assert_eq!((made.json()["state"].as_str(), stage.get(&path).await.header("etag")), (Some("off"), tag.as_str()));
        // As YAML, and back.
        let yaml = stage.get_as(&path, "application/yaml").await;
        assert_eq!((yaml.header("content-type"), yaml.header("etag")), ("application/yaml", tag.as_str()));
        let mut policy = read_policies(&yaml.text).unwrap().remove(0);
        policy.description = String::from("Another");
        let put = async |tag: Option<&str>, policy: &Policy| {
            let text = write_policies(std::slice::from_ref(policy));
            let mut headers = vec![("content-type", "application/yaml")];
            headers.extend(tag.map(|tag| ("if-match", tag)));
            stage.send(request("PUT", &path, &headers, &text)).await
        };
        stage.clock.tick(jiff::SignedDuration::from_mins(1));
        assert_eq!(put(None, &policy).await.problem().0, 428);
        let changed = put(Some(&tag), &policy).await;
        assert_eq!(changed.json()["policy"]["description"], "Another");
        assert_eq!(put(Some(&tag), &policy).await.problem().0, 412, "the tag is of the version before");
        let renamed = Policy { name: "other".to_owned(), ..policy.clone() };
        let tag = changed.header("etag").to_owned();
        assert_eq!(put(Some(&tag), &renamed).await.problem().2, "body /name");
        let versions = stage.get(&format!("{path}/versions")).await.json();
        let version = |place: usize| versions["items"][place]["version"].as_str().unwrap()[..10].to_owned();
        let difference = stage.get(&format!("{path}/versions/difference?from={}&to={}", version(1), version(0))).await.json();
        assert_eq!(difference["fields"][0]["path"], "description");
        assert!(difference["lines"].as_array().unwrap().iter().any(|line| line["mark"] == "+"));
        let switch = async |state: &str, tag: &str| {
            stage.send_json("PUT", &format!("{path}/state"), &[("if-match", tag)], &json!({ "state": state })).await
        };
        assert_eq!(switch("live", &tag).await.problem().0, 409, "it had no test run");
        let on = switch("test", &tag).await;
        assert_eq!(on.json()["state"], "test");
        let tag = on.header("etag").to_owned();
        let delete = async |tag: &str| stage.send(request("DELETE", &path, &[("if-match", tag)], "")).await;
        assert_eq!(delete(&tag).await.problem().0, 409, "it is on");
        let off = switch("off", &tag).await.header("etag").to_owned();
        assert_eq!(delete(&off).await.status.as_u16(), 204);
        assert_eq!(stage.get(&path).await.problem().0, 404);
    }

    async fn every_fault_of_a_policy_is_told_with_its_place(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let mut wrong = sample();
        wrong["limits"]["percent"] = json!("many");
        wrong["selects"] = json!("all");
        let refused = stage.send_json("POST", POLICIES, &[], &wrong).await;
        let body: Value = serde_json::from_str(&refused.text).unwrap();
        let places: Vec<&str> = body["errors"].as_array().unwrap().iter().filter_map(|e| e["at"].as_str()).collect();
        assert_eq!(refused.status.as_u16(), 422);
        assert!(places.contains(&"/limits/percent") && places.contains(&"/selects"), "{places:?}");
        let text = stage.send(request("POST", POLICIES, &[("content-type", "text/plain")], "x")).await;
        assert_eq!(text.problem().0, 415);
        let check = async |yaml: &str| {
            let headers = [("content-type", "application/yaml")];
            stage.send(request("POST", &format!("{POLICIES}/check"), &headers, yaml)).await.json()
        };
        let faulty = check("policies:\n  - name: x\n    sites: [wiki]\n    select: idle > 9\n    actions: [vanish]\n").await;
        assert_eq!(faulty["isSound"], false);
        let at: Vec<&str> = faulty["faults"].as_array().unwrap().iter().filter_map(|f| f["at"].as_str()).collect();
        assert!(at.iter().any(|at| at.starts_with("/policies/0/actions")), "{faulty}");
        let elsewhere = check("policies:\n  - name: x\n    sites: [wiki]\n    select: group = \"none\"\n    actions: [disable]\n").await;
        assert_eq!((&elsewhere["faults"], &elsewhere["siteProblems"][0]["site"]), (&json!([]), &"wiki".into()));
        let nothing = stage.get(POLICIES).await.json();
        assert_eq!(nothing["items"], json!([]), "nothing was kept");
    }

    async fn words_for_notices_that_do_not_render_are_told_with_their_place(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        for message in ["{{ nope }}", "{% if %}", "{% include 'text' %}", "{{ \"%99999999999999d\"|format(1) }}"] {
            let mut policy = sample();
            policy["actions"] = json!(["notify"]);
            policy["notice"] = json!({ "before": "14d", "subject": "{{ no }}", "message": message });
            let refused = stage.send_json("POST", POLICIES, &[], &policy).await;
            let body: Value = serde_json::from_str(&refused.text).unwrap();
            let places: Vec<&str> = body["errors"].as_array().unwrap().iter().filter_map(|e| e["at"].as_str()).collect();
            assert_eq!((refused.status.as_u16(), &*places), (422, &["/notice/message", "/notice/subject"][..]), "{message}: {body}");
            let file = json!({ "policies": [policy] });
            let checked = stage.send_json("POST", &format!("{POLICIES}/check"), &[], &file).await.json();
            let at: Vec<&str> = checked["faults"].as_array().unwrap().iter().filter_map(|f| f["at"].as_str()).collect();
            assert_eq!((&checked["isSound"], &*at), (&json!(false), &["/policies/0/notice/message", "/policies/0/notice/subject"][..]), "{checked}");
        }
    }

    async fn a_policy_is_tried_on_an_older_snapshot(database: TestDatabase) {
        let stage = Stage::set_up(&database, 80).await;
        stage.send_json("POST", POLICIES, &[], &sample()).await;
        let path = format!("{POLICIES}/reclaim-idle-seats/preview");
        let now = stage.get(&format!("{path}?fields=username&sample=3")).await.json();
        assert_eq!(now["sample"].as_array().unwrap().len(), 3);
        let snapshot = now["snapshot"].as_str().unwrap();
        stage.clock.tick(jiff::SignedDuration::from_hours(24 * 300));
        let local = rollcall_engine::Operator::local("tester");
        stage.engine.sync(&local, &stage.site, &|_| ()).await.unwrap();
        let later = stage.get(&path).await.json();
        let then = stage.get(&format!("{path}?snapshot={snapshot}")).await.json();
        assert!(later["selected"].as_u64() > then["selected"].as_u64());
        assert_eq!(then["selected"], now["selected"]);
        assert_eq!(stage.get(&format!("{path}?site=elsewhere")).await.problem().0, 409);
        assert_eq!(stage.get(&format!("{path}?sample=101")).await.problem().2, "query sample");
        // The same of a criterion that nobody has kept.
        let select = sample()["select"].clone();
        let try_it = async |body: Value| stage.send_json("POST", "/api/v1/criteria/preview", &[], &body).await;
        let mut tried = try_it(json!({ "site": "wiki", "criterion": select, "snapshot": snapshot })).await.json();
        assert!(tried["cameBack"].is_u64(), "{tried}");
        assert_eq!((&tried["selected"], &tried["cameBack"], &tried["of"]), (&then["selected"], &then["cameBack"], &then["of"]));
        tried = try_it(json!({ "site": "wiki", "criterion": select, "sample": 0 })).await.json();
        assert_eq!((&tried["selected"], &tried["cameBack"], &tried["sample"]), (&later["selected"], &Value::Null, &json!([])));
        for (body, expected) in [
            (json!({ "site": "wiki", "criterion": "idle > " }), (422, "bad-criterion", "body /criterion")),
            (json!({ "site": "wiki", "criterion": "group = \"none of that name\"" }), (422, "bad-criterion", "body /criterion")),
            (json!({ "site": "wiki", "criterion": "" }), (422, "bad-body", "body /criterion")),
            (json!({ "site": "wiki", "criterion": "all", "sample": 101 }), (422, "bad-body", "body /sample")),
            (json!({ "site": "wiki", "criterion": "all", "snapshot": "none" }), (404, "not-found", "")),
            (json!({ "site": "elsewhere", "criterion": "all" }), (404, "not-found", "")),
            (json!({ "criterion": "all" }), (422, "bad-body", "body /site")),
        ] {
            let (status, code, at) = try_it(body.clone()).await.problem();
            assert_eq!((status, code.as_str(), at.as_str()), expected, "{body}");
        }
        let figures = stage.get("/api/v1/overview").await.json();
        assert!(figures["sum"]["idle"]["total"].as_u64() > Some(0));
        drop(stage.simulator);
    }
}
