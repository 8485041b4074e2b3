//! `Idempotency-Key`

use crate::stage::{Stage, json, request};
use axum::body::Body;
use axum::http::Request;
use jiff::SignedDuration;
use serde_json::{Value, json};

fn group(key: &str, name: &str) -> Request<Body> {
    json(request("POST", "/sites/wiki/groups").header("idempotency-key", key), &json!({ "name": name }))
}

async fn made(stage: &Stage) -> usize {
    let entries = stage
        .engine
        .audit(
            &rollcall_engine::Operator::local("t"),
            &rollcall_engine::AuditQuery { limit: 100, ..Default::default() },
        )
        .await
        .unwrap();
    entries.iter().filter(|entry| entry.kind.as_str() == "site.group.intent").count()
}

#[tokio::test]
async fn a_request_that_is_sent_twice_is_carried_out_once() {
    let stage = Stage::new().await;
    let _simulator = stage.with_site("wiki").await;
    let first = stage.send(group("k1", "leavers")).await;
    assert_eq!((first.status.as_u16(), first.header("idempotency-replayed")), (201, None));
    let again = stage.send(group("k1", "leavers")).await;
    assert_eq!(
        (again.status, &again.bytes, again.header("idempotency-replayed")),
        (first.status, &first.bytes, Some("true"))
    );
    assert_eq!(again.header("content-type"), Some("application/json"));
    assert_eq!(made(&stage).await, 1);
    // Without the key it is another request, and the site refuses it.
    assert_eq!(
        stage.send_json("POST", "/sites/wiki/groups", &json!({ "name": "leavers" })).await.problem().1,
        "conflict"
    );
}

#[tokio::test]
async fn a_key_is_for_one_request_of_one_operator_for_a_day() {
    let stage = Stage::new().await;
    let _simulator = stage.with_site("wiki").await;
    assert_eq!(stage.send(group("k1", "one")).await.status, 201);
    let other = stage.send(group("k1", "two")).await;
    assert_eq!(
        other.problem(),
        (422, "idempotency-key-reused".to_owned(), "header idempotency-key".to_owned())
    );
    let elsewhere = json(request("POST", "/sites/wiki/test").header("idempotency-key", "k1"), &Value::Null);
    assert_eq!(stage.send(elsewhere).await.problem().1, "idempotency-key-reused");
    stage.clock.tick(SignedDuration::from_hours(25));
    assert_eq!(stage.send(group("k1", "two")).await.status, 201);
    assert_eq!(made(&stage).await, 2);
}

#[tokio::test]
async fn what_changed_nothing_may_be_tried_again_with_the_same_key() {
    let stage = Stage::new().await;
    assert_eq!(stage.send(group("k1", "one")).await.problem().1, "not-found");
    let _simulator = stage.with_site("wiki").await;
    assert_eq!(stage.send(group("k1", "one")).await.status, 201);
}

#[tokio::test]
async fn two_at_once_are_carried_out_once() {
    let stage = Stage::new().await;
    let claim = stage.engine.claim_key("the-admin", "k1", "some request").await.unwrap();
    assert!(matches!(claim, rollcall_engine::KeyClaim::Claimed(_)));
    let answer = stage.engine.claim_key("the-admin", "k1", "some request").await.unwrap();
    assert!(matches!(answer, rollcall_engine::KeyClaim::InUse));
    let _simulator = stage.with_site("wiki").await;
    let (one, two) = tokio::join!(stage.send(group("k2", "both")), stage.send(group("k2", "both")));
    let statuses = [one.status.as_u16(), two.status.as_u16()];
    assert!(statuses.contains(&201) && statuses.iter().all(|s| [201, 409].contains(s)), "{statuses:?}");
    assert_eq!(made(&stage).await, 1);
}

#[tokio::test]
async fn the_key_of_a_process_that_died_is_free_again_after_a_while() {
    let stage = Stage::new().await;
    let _simulator = stage.with_site("wiki").await;
    stage.engine.claim_key("the-admin", "k1", "a request that never ended").await.unwrap();
    assert_eq!(stage.send(group("k1", "one")).await.problem().1, "idempotency-key-reused");
    stage.clock.tick(SignedDuration::from_mins(6));
    assert_eq!(stage.send(group("k1", "one")).await.status, 201);
}

#[tokio::test]
async fn a_key_that_is_none_is_refused() {
    let stage = Stage::new().await;
    for key in ["", "  ", &"k".repeat(129)] {
        assert_eq!(
            stage.send(group(key, "x")).await.problem(),
            (400, "bad-parameter".to_owned(), "header idempotency-key".to_owned())
        );
    }
}
