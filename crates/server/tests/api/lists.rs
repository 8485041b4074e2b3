//! `/lists`, and with them paging, streams and large bodies.

use crate::stage::{Stage, json, request};
use axum::body::Body;
use axum::http::header;
use serde_json::{Value, json};

async fn put_csv(stage: &Stage, name: &str, csv: &str) -> crate::stage::Answer {
    let request = request("PUT", &format!("/lists/{name}")).header(header::CONTENT_TYPE, "text/csv");
    stage.send(request.body(Body::from(csv.to_owned())).unwrap()).await
}

#[tokio::test]
async fn a_list_comes_in_as_csv_and_goes_out_in_pages_and_whole() {
    let stage = Stage::new().await;
    let csv: String = std::iter::once("name,email\n".to_owned())
        .chain((0..1200).map(|n| format!("P,p{n:04}@x.org\n")))
        .collect();
    let made = put_csv(&stage, "leavers", &csv).await;
    assert_eq!((made.status.as_u16(), &made.json()["entries"]), (200, &json!(1200)), "{}", made.text());
    let mut seen = Vec::new();
    let mut path = "/lists/leavers/entries?limit=500".to_owned();
    loop {
        let page = stage.get(&path).await.json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|e| e.as_str().unwrap().to_owned()));
        let Value::String(next) = &page["next"] else { break };
        path = format!("/lists/leavers/entries?limit=500&cursor={next}");
    }
    assert_eq!(seen.len(), 1200);
    assert!(seen.is_sorted());
    for (accept, first, lines) in
        [("text/csv", "entry", 1201), ("application/x-ndjson", "{\"entry\":\"p0000@x.org\"}", 1200)]
    {
        let answer = stage
            .send(
                request("GET", "/lists/leavers/entries")
                    .header(header::ACCEPT, accept)
                    .body(Body::empty())
                    .unwrap(),
            )
            .await;
        assert!(answer.header("content-type").unwrap().starts_with(accept));
        let text = answer.text();
        assert_eq!((text.lines().next(), text.lines().count()), (Some(first), lines), "{accept}");
    }
}

#[tokio::test]
async fn a_cursor_of_another_query_is_refused() {
    let stage = Stage::new().await;
    for name in ["a", "b"] {
        put_csv(&stage, name, "one\ntwo\nthree\n").await;
    }
    let next = stage.get("/lists/a/entries?limit=1").await.json()["next"].as_str().unwrap().to_owned();
    assert_eq!(
        stage.get(&format!("/lists/a/entries?limit=2&cursor={next}")).await.status,
        200,
        "the size of a page is no other query"
    );
    let answer = stage.get(&format!("/lists/b/entries?limit=1&cursor={next}")).await;
    assert_eq!(answer.problem(), (400, "cursor-mismatch".to_owned(), "query cursor".to_owned()));
    assert_eq!(stage.get("/lists/a/entries?cursor=xyz").await.problem().1, "bad-parameter");
}

#[tokio::test]
async fn a_list_is_replaced_only_by_whoever_knows_it() {
    let stage = Stage::new().await;
    let body = json!({ "entries": ["mira"] });
    let first = stage.send_json("PUT", "/lists/x", &body).await;
    assert_eq!(first.status, 200, "a new one needs no tag");
    assert_eq!(stage.send_json("PUT", "/lists/x", &body).await.problem().0, 428);
    stage.clock.tick(jiff::SignedDuration::from_secs(1));
    let with = |tag: &str| {
        json(
            request("PUT", "/lists/x").header(header::IF_MATCH, tag.to_owned()),
            &json!({ "entries": ["theo"] }),
        )
    };
    let tag = first.header("etag").unwrap();
    assert_eq!(stage.send(with(tag)).await.status, 200);
    assert_eq!(stage.send(with(tag)).await.problem().0, 412);
    let gone = stage.send(json(request("PUT", "/lists/y").header(header::IF_MATCH, tag), &body)).await;
    assert_eq!(gone.problem().0, 412);
}

#[tokio::test]
async fn a_file_that_is_no_list_keeps_nothing() {
    let stage = Stage::new().await;
    assert_eq!(put_csv(&stage, "x", "\n\n").await.problem().1, "bad-body");
    let latin = request("PUT", "/lists/x")
        .header(header::CONTENT_TYPE, "text/csv")
        .body(Body::from(b"m\xFCller\n".to_vec()))
        .unwrap();
    assert_eq!(stage.send(latin).await.problem().1, "malformed");
    let large = request("PUT", "/lists/x")
        .header(header::CONTENT_TYPE, "text/csv")
        .body(Body::from(vec![b'a'; (20 << 20) + 1]))
        .unwrap();
    assert_eq!(stage.send(large).await.problem().1, "too-large");
    assert_eq!(stage.get("/lists").await.json()["total"], 0);
}
