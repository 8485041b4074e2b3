//! `/sites`

use crate::stage::{Stage, json, request};
use axum::body::Body;
use axum::http::header;
use rollcall_engine::Operator;
use serde_json::json;

#[tokio::test]
async fn a_site_is_connected_shown_changed_and_forgotten() {
    let stage = Stage::new().await;
    let simulator = stage.with_site("first").await;
    let body = json!({ "name": "wiki", "kind": "confluence-dc", "url": simulator.url(), "credentials": { "token": simulator.token() } });
    let answer = stage.send_json("POST", "/sites", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.header("location"), Some("/api/v1/sites/wiki"));
    let tag = answer.header("etag").unwrap().to_owned();
    let made = answer.json();
    assert_eq!(
        (&made["site"]["isVouched"], &made["profile"]["product"]),
        (&json!(false), &json!("confluence-dc"))
    );
    assert!(!answer.text().contains(simulator.token()), "credentials are never shown");

    let listed = stage.get("/sites").await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    assert_eq!((&listed["total"], &listed["next"]), (&json!(2), &json!(null)));
    let shown = stage.get("/sites/WIKI").await;
    assert_eq!((shown.header("etag"), shown.json()), (Some(tag.as_str()), made["site"].clone()));

    let change = json!({ "settings": { "auditDays": 7, "perSecond": 9 } });
    let changed =
        stage.send(json(request("PATCH", "/sites/wiki").header(header::IF_MATCH, &tag), &change)).await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    assert_eq!(
        (&changed.json()["settings"]["auditDays"], &changed.json()["settings"]["perSecond"]),
        (&json!(7), &json!(9))
    );

    // What a change leaves out stays, of the settings too.
    let more = json!({ "settings": { "protectedGroups": ["confluence-administrators", "service-accounts"], "perSecond": null } });
    let kept =
        stage.send(json(request("PATCH", "/sites/wiki").header(header::IF_MATCH, "*"), &more)).await.json();
    assert_eq!(
        (&kept["settings"]["auditDays"], &kept["settings"]["perSecond"]),
        (&json!(7), &json!(null)),
        "{kept}"
    );
    let days = json!({ "settings": { "auditDays": 8 } });
    let changed =
        stage.send(json(request("PATCH", "/sites/wiki").header(header::IF_MATCH, "*"), &days)).await;
    assert_eq!(
        changed.json()["settings"]["protectedGroups"],
        json!(["confluence-administrators", "service-accounts"])
    );
    let taken = json!({ "name": "WIKI", "kind": "confluence-dc", "url": simulator.url(), "credentials": { "token": simulator.token() } });
    let twice = stage.send_json("POST", "/sites", &taken).await;
    assert_eq!(twice.problem().1, "conflict");
    assert!(twice.text().contains("\\\"wiki\\\""), "{}", twice.text());

    // The tag of before is stale now; nothing is forgotten with it.
    let refused = stage
        .send(request("DELETE", "/sites/wiki").header(header::IF_MATCH, &tag).body(Body::empty()).unwrap())
        .await;
    assert_eq!(refused.problem(), (412, "precondition-failed".to_owned(), "header if-match".to_owned()));
    let missing = stage.send(request("DELETE", "/sites/wiki").body(Body::empty()).unwrap()).await;
    assert_eq!(missing.problem().0, 428);
    let fresh = changed.header("etag").unwrap();
    let removed = stage
        .send(request("DELETE", "/sites/wiki").header(header::IF_MATCH, fresh).body(Body::empty()).unwrap())
        .await;
    assert_eq!(removed.status, 204);
    assert_eq!(stage.get("/sites/wiki").await.problem().1, "not-found");
}

#[tokio::test]
async fn a_site_is_tested_and_its_groups_and_directories_are_listed() {
    let stage = Stage::new().await;
    let _simulator = stage.with_site("wiki").await;
    assert_eq!(stage.get("/sites/wiki/groups").await.problem().1, "not-now");
    let profile = stage.send(request("POST", "/sites/wiki/test").body(Body::empty()).unwrap()).await.json();
    assert!(
        profile["capabilities"].as_array().unwrap().iter().any(|c| c["action"] == "disable"),
        "{profile}"
    );
    stage.engine.sync(&Operator::local("tester"), &"wiki".parse().unwrap(), &|_| ()).await.unwrap();
    let groups = stage.get("/sites/wiki/groups?limit=1").await.json();
    assert_eq!(groups["items"].as_array().unwrap().len(), 1);
    assert!(groups["next"].is_string());
    assert!(stage.get("/sites/wiki/directories").await.json()["items"].is_array());
    let made = stage.send_json("POST", "/sites/wiki/groups", &json!({ "name": "leavers" })).await;
    assert_eq!((made.status.as_u16(), made.json()), (201, json!({ "name": "leavers" })));
    assert_eq!(
        stage.send_json("POST", "/sites/wiki/groups", &json!({ "name": "leavers" })).await.problem().1,
        "conflict"
    );
    let slash = stage.send_json("POST", "/sites/wiki/groups", &json!({ "name": "a/b" })).await;
    assert_eq!(slash.problem(), (422, "bad-body".to_owned(), "body /name".to_owned()));
}

#[tokio::test]
async fn an_address_that_only_this_machine_reaches_is_not_gone_to_for_somebody_elsewhere() {
    let stage = Stage::new().await;
    let attempt = |url: &str| json!({ "name": "x", "kind": "confluence-dc", "url": url, "credentials": { "token": "t" } });
    for url in [
        "https://169.254.169.254/latest",
        "https://10.0.0.5",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://0x0a000001/",
    ] {
        let answer = stage.send_json("POST", "/sites", &attempt(url)).await;
        assert_eq!(answer.problem(), (422, "bad-body".to_owned(), "body /url".to_owned()), "{url}");
    }
    for url in ["ftp://wiki.example", "https://me:secret@wiki.example", "https://wiki.example/?a=b", "wiki"] {
        let answer = stage.send_json("POST", "/sites", &attempt(url)).await;
        assert_eq!(answer.problem().2, "body /url", "{url}");
        assert!(!answer.text().contains("secret"));
    }
    assert_eq!(stage.get("/sites").await.json()["total"], 0);
}

#[tokio::test]
async fn a_name_that_leads_to_such_an_address_is_not_gone_to_either() {
    let simulator = rollcall_simulator::Simulator::start(rollcall_simulator::Options::small()).await.unwrap();
    let url = simulator.url().replace("127.0.0.1", "localhost");
    assert!(url.contains("localhost"), "{url}");
    let attempt = json!({ "name": "x", "kind": "confluence-dc", "url": url, "credentials": { "token": simulator.token() } });
    let strict = Stage::reaching(rollcall_model::AddressRule::public_only()).await;
    let answer = strict.send_json("POST", "/sites", &attempt).await;
    assert_eq!(answer.problem().1, "site-failed", "{}", answer.text());
    assert!(answer.text().contains("127.0.0.1") || answer.text().contains("::1"), "{}", answer.text());
    assert!(simulator.journal().is_empty(), "nobody knocked");
    assert_eq!(strict.get("/sites").await.json()["total"], 0);
    // Where such addresses are permitted the same name is gone to.
    let lenient = Stage::new().await;
    assert_eq!(lenient.send_json("POST", "/sites", &attempt).await.status, 201);
}

#[tokio::test]
async fn a_site_is_tried_before_it_is_connected_and_nothing_is_kept() {
    let stage = Stage::new().await;
    let simulator = stage.with_site("first").await;
    let body = json!({ "kind": "confluence-dc", "url": simulator.url(), "credentials": { "token": simulator.token() } });
    let tried = stage.send_json("POST", "/sites/try", &body).await;
    assert_eq!((tried.status.as_u16(), &tried.json()["product"]), (200, &json!("confluence-dc")));
    assert!(!tried.text().contains(simulator.token()), "credentials are never shown");
    let wrong =
        json!({ "kind": "confluence-dc", "url": simulator.url(), "credentials": { "token": "wrong" } });
    let refused = stage.send_json("POST", "/sites/try", &wrong).await;
    assert_eq!(refused.problem().0, 502, "{}", refused.text());
    // It has no name yet, and the remedy is one for whoever has the pages before them.
    assert!(
        !refused.text().contains("site \\\"") && refused.text().contains("Replace credentials"),
        "{}",
        refused.text()
    );
    assert_eq!(stage.get("/sites").await.json()["total"], 1);
    let outside =
        json!({ "kind": "confluence-dc", "url": "https://10.1.2.3", "credentials": { "token": "t" } });
    assert!((400..=422).contains(&stage.send_json("POST", "/sites/try", &outside).await.problem().0));
}

#[tokio::test]
async fn what_a_site_said_when_it_was_read_is_known_without_asking_it() {
    let stage = Stage::new().await;
    let simulator = stage.with_site("wiki").await;
    assert_eq!(stage.get("/sites/wiki/profile").await.problem().1, "not-found");
    stage.engine.sync(&Operator::local("tester"), &"wiki".parse().unwrap(), &|_| ()).await.unwrap();
    let asked = simulator.journal().len();
    let known = stage.get("/sites/wiki/profile").await.json();
    assert_eq!(known["profile"]["product"], "confluence-dc");
    assert!(known["at"].is_string(), "{known}");
    assert_eq!(simulator.journal().len(), asked, "nobody was asked");
    let reach = stage.get("/sites/wiki").await.json()["reach"].clone();
    assert!(reach.is_null() || reach["answers"] == true, "{reach}");
}
