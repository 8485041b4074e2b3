//! `/freezes` and `/schedules/describe`

use crate::stage::{Stage, json, request};
use axum::body::Body;
use axum::http::header;
use serde_json::{Value, json};

fn year_end() -> Value {
    json!({
        "name": "year-end", "from": "2026-12-20", "until": "2027-01-05", "timezone": "Europe/Berlin", "yearly": true,
        "reason": "the year-end accounts"
    })
}

#[tokio::test]
async fn a_freeze_is_set_shown_changed_and_removed() {
    let stage = Stage::new().await;
    let made = stage.send_json("POST", "/freezes", &year_end()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let tag = made.header("etag").unwrap().to_owned();
    let shown = stage.get("/freezes/YEAR-END").await;
    assert_eq!((shown.header("etag"), shown.json()), (Some(tag.as_str()), made.json()));
    let freeze = shown.json();
    assert_eq!((&freeze["isInForce"], &freeze["etag"]), (&json!(false), &json!(tag)));
    // Midnight in Berlin.
    assert_eq!(freeze["nextFrom"], "2026-12-19T23:00:00Z");
    assert_eq!(freeze["nextUntil"], "2027-01-05T23:00:00Z");

    let mut change = year_end();
    change.as_object_mut().unwrap().remove("name");
    change["until"] = json!("2027-01-10");
    let put = |tag: &str| json(request("PUT", "/freezes/year-end").header(header::IF_MATCH, tag), &change);
    stage.clock.tick(jiff::SignedDuration::from_secs(1));
    let changed = stage.send(put(&tag)).await;
    assert_eq!((changed.status.as_u16(), &changed.json()["until"]), (200, &json!("2027-01-10")));
    assert_eq!(stage.send(put(&tag)).await.problem().1, "precondition-failed");
    assert_eq!(stage.send_json("PUT", "/freezes/year-end", &change).await.problem().0, 428);

    let remove = |tag: &str| {
        request("DELETE", "/freezes/year-end").header(header::IF_MATCH, tag).body(Body::empty()).unwrap()
    };
    assert_eq!(stage.send(remove(&tag)).await.problem().0, 412);
    assert_eq!(stage.send(remove(changed.header("etag").unwrap())).await.status, 204);
    assert_eq!(stage.get("/freezes").await.json()["items"], json!([]));
    assert_eq!(stage.get("/freezes/year-end").await.problem().1, "not-found");
}

#[tokio::test]
async fn a_freeze_that_cannot_be_is_told_with_its_place_and_changes_nothing() {
    let stage = Stage::new().await;
    for (field, value, at) in [
        ("until", json!("2026-12-01"), "body /until"),
        ("until", json!("2028-01-05"), "body /until"),
        ("timezone", json!("Europe/Berlinn"), "body /timezone"),
        ("from", json!("20 December"), "body /from"),
        ("name", json!("no spaces"), "body /name"),
        ("reason", json!(" "), "body /reason"),
        ("yearly", json!("yes"), "body /yearly"),
        ("forever", json!(true), "body /forever"),
    ] {
        let mut body = year_end();
        body[field] = value;
        let problem = stage.send_json("POST", "/freezes", &body).await.problem();
        assert_eq!((problem.0, problem.2.as_str()), (422, at), "{body}");
    }
    let mut elsewhere = year_end();
    elsewhere["sites"] = json!(["nowhere"]);
    assert_eq!(stage.send_json("POST", "/freezes", &elsewhere).await.problem().1, "not-found");
    assert_eq!(stage.get("/freezes").await.json()["items"], json!([]));
    assert_eq!(stage.send_json("POST", "/freezes", &year_end()).await.status, 201);
    assert_eq!(stage.send_json("POST", "/freezes", &year_end()).await.problem().0, 409);
}

#[tokio::test]
async fn a_schedule_is_described_before_it_is_kept() {
    let stage = Stage::new().await;
    let body = json!({ "cron": "0 6 * * SAT", "timezone": "Pacific/Auckland" });
    let told = stage.send_json("POST", "/schedules/describe", &body).await.json();
    assert!(told["words"].as_str().unwrap().contains("Saturday"), "{told}");
    assert_eq!(told["upcoming"].as_array().unwrap().len(), 10);
    for (body, at) in [
        (json!({ "cron": "61 6 * * *" }), "body /cron"),
        (json!({ "cron": "0 0 30 2 *" }), "body /cron"),
        (json!({ "cron": "0 6 * * *", "timezone": "Mars/Olympus" }), "body /timezone"),
    ] {
        let problem = stage.send_json("POST", "/schedules/describe", &body).await.problem();
        assert_eq!((problem.0, problem.2.as_str()), (422, at), "{body}");
    }
}
