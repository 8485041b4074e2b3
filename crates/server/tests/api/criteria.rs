//! `/criteria` and exemptions

use crate::stage::{Stage, json as with_json, request};
use axum::body::Body;
use axum::http::header;
use rollcall_engine::Operator;
use serde_json::{Value, json};

#[tokio::test]
async fn a_criterion_is_checked_described_and_completed() {
    let stage = Stage::new().await;
    let good = json!({ "criterion": "status=enabled and idle>=90d" });
    let answer = stage.send_json("POST", "/criteria/check", &good).await.json();
    assert_eq!(answer["canonical"], "status = enabled AND idle >= 90d");
    assert_eq!(stage.send_json("POST", "/criteria/describe", &good).await.json(), answer);

    let wrong = stage
        .send_json("POST", "/criteria/check", &json!({ "criterion": "name = \"😀\" AND stats = enabled" }))
        .await;
    assert_eq!(wrong.problem(), (422, "bad-criterion".to_owned(), "body /criterion".to_owned()));
    let place = &wrong.json()["errors"][0];
    assert_eq!(
        (&place["position"], &place["suggestion"]),
        (&json!({ "start": 16, "end": 21 }), &json!("status"))
    );

    let begun = json!({ "criterion": "name = \"😀\" AND sta", "at": 19 });
    let completion = stage.send_json("POST", "/criteria/complete", &begun).await.json();
    assert_eq!(completion["replaces"], json!({ "start": 16, "end": 19 }));
    assert_eq!(completion["proposals"][0]["text"], "status");
}

#[tokio::test]
async fn an_exemption_is_added_listed_and_ended_by_whoever_knows_it() {
    let stage = Stage::new().await;
    let _simulator = stage.with_site("wiki").await;
    stage.engine.sync(&Operator::local("tester"), &"wiki".parse().unwrap(), &|_| ()).await.unwrap();
    let group = stage.get("/sites/wiki/groups?limit=1").await.json()["items"][0]["name"].clone();
    let body = json!({ "kind": "group", "name": group, "reason": "they audit us" });
    let made = stage.send_json("POST", "/sites/wiki/exemptions", &body).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let listed = stage.get("/sites/wiki/exemptions").await.json();
    assert_eq!(listed["items"], json!([made.json()]));
    let past = json!({ "kind": "group", "name": group, "reason": "x", "until": "2020-01-01T00:00:00Z" });
    assert_eq!(stage.send_json("POST", "/sites/wiki/exemptions", &past).await.problem().2, "body /until");
    let nobody = json!({ "kind": "account", "name": "nobody-of-that-name", "reason": "x" });
    assert_eq!(stage.send_json("POST", "/sites/wiki/exemptions", &nobody).await.problem().1, "not-found");
    let path = format!("/sites/wiki/exemptions/group/{}", group.as_str().unwrap().replace(' ', "%20"));
    let with = |tag: &str| {
        request("DELETE", &path).header(header::IF_MATCH, tag.to_owned()).body(Body::empty()).unwrap()
    };
    assert_eq!(stage.send(with("\"stale\"")).await.problem().0, 412);
    assert_eq!(stage.send(with(made.json()["etag"].as_str().unwrap())).await.status, 204);
    assert_eq!(stage.send(with("*")).await.problem().1, "not-found");
}

#[tokio::test]
async fn an_exemption_takes_the_place_of_another_only_where_the_caller_says_which() {
    let stage = Stage::new().await;
    let _simulator = stage.with_site("wiki").await;
    stage.engine.sync(&Operator::local("tester"), &"wiki".parse().unwrap(), &|_| ()).await.unwrap();
    let group = stage.get("/sites/wiki/groups?limit=1").await.json()["items"][0]["name"].clone();
    let for_good = json!({ "kind": "group", "name": group, "reason": "they audit us" });
    let for_a_day =
        json!({ "kind": "group", "name": group, "reason": "a test", "until": "2026-11-23T06:00:00Z" });
    let meaning = |tag: &str| {
        with_json(request("POST", "/sites/wiki/exemptions").header(header::IF_MATCH, tag), &for_a_day)
    };
    assert_eq!(stage.send(meaning("*")).await.problem().0, 412, "there is none yet");
    assert_eq!(stage.send_json("POST", "/sites/wiki/exemptions", &for_good).await.status, 201);
    let refused = stage.send_json("POST", "/sites/wiki/exemptions", &for_a_day).await;
    assert_eq!(refused.problem().1, "conflict");
    let words = refused.json()["detail"].as_str().unwrap().to_owned();
    for part in [group.as_str().unwrap(), "for good", "they audit us", "the-admin", "If-Match"] {
        assert!(words.contains(part), "{part} is not in: {words}");
    }
    let path = format!("/sites/wiki/exemptions/group/{}", group.as_str().unwrap().replace(' ', "%20"));
    let there = stage.get(&path).await;
    assert_eq!((&there.json()["reason"], &there.json()["until"]), (&json!("they audit us"), &Value::Null));
    stage.clock.tick(jiff::SignedDuration::from_secs(1));
    let tag = there.header("etag").unwrap().to_owned();
    assert_eq!(stage.send(meaning(&tag)).await.status, 201);
    assert_eq!(stage.get(&path).await.json()["reason"], "a test");
    assert_eq!(stage.send(meaning(&tag)).await.problem().0, 412, "that one is gone");
    stage.clock.tick(jiff::SignedDuration::from_hours(25));
    let again = stage.send_json("POST", "/sites/wiki/exemptions", &for_good).await;
    assert_eq!(again.status, 201, "one that has ended exempts nobody: {}", again.text());
}

#[tokio::test]
async fn snapshots_are_listed_and_one_of_another_id_is_not_there() {
    let stage = Stage::new().await;
    let _simulator = stage.with_site("wiki").await;
    assert_eq!(stage.get("/sites/wiki/snapshots").await.json()["total"], 0);
    stage.engine.sync(&Operator::local("tester"), &"wiki".parse().unwrap(), &|_| ()).await.unwrap();
    let listed = stage.get("/sites/wiki/snapshots").await.json();
    let id = listed["items"][0]["id"].as_str().unwrap();
    assert_eq!(stage.get(&format!("/snapshots/{id}")).await.json(), listed["items"][0]);
    assert_eq!(stage.get("/snapshots/another").await.problem().1, "not-found");
    assert_eq!(stage.get("/sites/other/snapshots").await.problem().1, "not-found");
}
