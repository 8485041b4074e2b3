//! `/criteria` and exemptions

use crate::stage::{Stage, request};
use axum::body::Body;
use axum::http::header;
use rollcall_engine::Operator;
use serde_json::json;

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
