//! `Idempotency-Key`

use crate::stage::{Stage, json, request};
use axum::body::Body;
use axum::http::Request;
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

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
async fn what_a_process_began_that_died_is_not_done_again_with_the_same_key() {
    let stage = Stage::new().await;
    let _simulator = stage.with_site("wiki").await;
    dies_during(&stage, "k1", "/api/v1/sites/wiki/groups", r#"{"name":"one"}"#).await;
    let soon = stage.send(group("k1", "one")).await;
    assert_eq!(
        (soon.problem().1.as_str(), soon.header("retry-after")),
        ("idempotency-key-in-use", Some("1"))
    );
    for wait in [SignedDuration::from_mins(6), SignedDuration::from_hours(23)] {
        stage.clock.tick(wait);
        let answer = stage.send(group("k1", "one")).await;
        assert_eq!(
            answer.problem(),
            (409, "idempotency-key-unsettled".to_owned(), "header idempotency-key".to_owned())
        );
        let words = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(words.contains("look at GET /api/v1/sites/wiki/groups, then"), "{words}");
        assert_eq!(stage.send(group("k1", "two")).await.problem().1, "idempotency-key-reused");
    }
    assert_eq!(made(&stage).await, 0);
    assert_eq!(stage.send(group("k2", "one")).await.status, 201);
    stage.clock.tick(SignedDuration::from_hours(1));
    assert_eq!(stage.send(group("k1", "two")).await.status, 201, "the day is over");
}

#[tokio::test]
async fn whoever_has_to_look_is_told_the_nearest_place_that_can_be_read() {
    let stage = Stage::new().await;
    for (path, place) in
        [("/api/v1/plans/p1/approvals", "GET /api/v1/plans/p1"), ("/api/v1/criteria/check", "what there is")]
    {
        dies_during(&stage, path, path, "{}").await;
        stage.clock.tick(SignedDuration::from_mins(6));
        let request = request("POST", path.trim_start_matches("/api/v1")).header("idempotency-key", path);
        let answer = stage.send(json(request, &json!({}))).await;
        let words = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(
            words.contains(&format!("look at {place},")) || words.contains(&format!("look {place},")),
            "{words}"
        );
    }
}

/// A process of this server claims a key for a request and is killed before it has answered.
async fn dies_during(stage: &Stage, key: &str, path: &str, body: &str) {
    let mut hash = Sha256::new();
    for piece in ["POST", path, body] {
        hash.update((piece.len() as u64).to_be_bytes());
        hash.update(piece);
    }
    let claim = stage.engine.claim_key("the-admin\nadmin\nsession", key, &hex::encode(hash.finalize())).await;
    assert!(matches!(claim, Ok(rollcall_engine::KeyClaim::Claimed(_))));
}

#[tokio::test]
async fn an_answer_that_is_too_large_to_keep_is_given_whole() {
    let stage = Stage::new().await;
    // A part of a mail is 1 MiB at most, and there are two.
    let long = format!("{{% for i in [{}] %}}{}{{% endfor %}}", ["1"; 40].join(", "), "x".repeat(20_000));
    let texts = json!({ "texts": { "text": long, "html": long } });
    let ask =
        || json(request("POST", "/templates/run-report/preview").header("idempotency-key", "k1"), &texts);
    for _ in 0..2 {
        let answer = stage.send(ask()).await;
        assert_eq!((answer.status.as_u16(), answer.header("idempotency-replayed")), (200, None));
        assert!(answer.json()["html"].as_str().unwrap().len() >= 40 * 20_000);
    }
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
