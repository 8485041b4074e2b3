//! `/runs/{id}/events` and what else there is of a run.

use crate::stage::{Event, Stage, request};
use axum::http::StatusCode;
use futures::StreamExt as _;
use rollcall_engine::{NewToken, Operator, Role, RunEnd};
use rollcall_planner::Mode;
use rollcall_server::{Api, Doorkeeper, ServerSettings, router};
use rollcall_simulator::Faults;
use rollcall_testkit::both_databases;
use secrecy::ExposeSecret as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tower::ServiceExt as _;

fn outcomes(events: &[Event]) -> Vec<u64> {
    let outcomes = events.iter().filter(|event| event.name == "outcome");
    outcomes.map(|event| event.data["item"].as_u64().unwrap()).collect()
}

fn last_id(events: &[Event]) -> Option<String> {
    events.iter().rev().find_map(|event| event.id.clone())
}

/// The id of the run, as soon as there is one.
async fn begun(stage: &Stage) -> String {
    loop {
        let runs = stage.get("/api/v1/runs").await.json();
        match runs["items"][0]["id"].as_str() {
            Some(id) => return id.to_owned(),
            None => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}

both_databases! {
    async fn a_connection_that_is_cut_goes_on_where_it_was(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let made = stage.plan("status = enabled AND idle >= 60d", Mode::Live).await;
        let planned = made.plan.items.len() as u64;
        let other = stage.another(&database).await;
        let local = Operator::local("tester");
        let working = stage.engine.apply(&local, &made.plan.id, Box::new(|_, _, _| ()));
        let watching = async {
            let id = begun(&stage).await;
            let path = format!("/api/v1/runs/{id}/events");
            let (mut all, mut last) = (Vec::new(), None::<String>);
            loop {
                // Every connection is cut after some events; each is answered by another process than the one that works.
                let mut seen = 0;
                let (status, events) = stage.events(&other, &path, last.as_deref(), |events| {
                    seen = events.len();
                    seen >= 7
                }).await;
                if status == StatusCode::NO_CONTENT {
                    return (id, all);
                }
                let is_over = events.last().is_some_and(|event| event.name == "end");
                last = last_id(&events).or(last);
                all.extend(events);
                if is_over {
                    return (id, all);
                }
            }
        };
        let (applied, (id, events)) = futures::future::join(working, watching).await;
        assert_eq!(applied.unwrap().1, RunEnd::Done);
        let mut seen = outcomes(&events);
        seen.sort_unstable();
        assert_eq!(seen, (1..=planned).collect::<Vec<_>>(), "each outcome exactly once");
        let path = format!("/api/v1/runs/{id}/events");
        let (_, again) = stage.events(&stage.engine, &path, None, |_| false).await;
        let end = again.last().unwrap();
        assert_eq!((end.name.as_str(), &end.data["counts"]["done"]), ("end", &planned.into()));
        assert!(end.id.is_none(), "the end is no entry: whoever comes back with its id would miss nothing");
        let (status, none) = stage.events(&stage.engine, &path, last_id(&again).as_deref(), |_| false).await;
        assert_eq!((status, none.len()), (StatusCode::NO_CONTENT, 0));
        assert_eq!(stage.events(&stage.engine, &path, Some("x"), |_| false).await.0, StatusCode::BAD_REQUEST);
        assert_eq!(stage.get("/api/v1/runs/none/events").await.problem().0, 404);
    }

    async fn a_run_is_shown_item_by_item_and_reported_in_every_form(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let made = stage.plan("status = enabled AND idle >= 60d", Mode::Test).await;
        let local = Operator::local("tester");
        let (report, _) = stage.engine.apply(&local, &made.plan.id, Box::new(|_, _, _| ())).await.unwrap();
        let run = format!("/api/v1/runs/{}", report.run.id);
        let shown = stage.get(&run).await.json();
        assert_eq!((&shown["state"], &shown["mode"], &shown["isOver"]), (&"done".into(), &"test".into(), &true.into()));
        let items = stage.get(&format!("{run}/items?limit=3&outcome=done")).await.json();
        assert_eq!((items["items"].as_array().unwrap().len(), &items["total"]), (3, &made.plan.items.len().into()));
        assert_eq!(items["items"][0]["action"], "disable");
        let wanted = &made.plan.items[1].account;
        let found = stage.get(&format!("{run}/items?account={}", wanted.key)).await.json();
        assert_eq!((&found["total"], &found["items"][0]["account"]), (&1.into(), &wanted.username.as_str().into()));
        assert_eq!(stage.get(&format!("{run}/items?outcome=well")).await.problem().2, "query outcome");
        for (form, kind) in [
            ("json", "application/json"), ("csv", "text/csv; charset=utf-8"), ("html", "text/html; charset=utf-8"),
            ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), ("text", "text/plain; charset=utf-8"),
        ] {
            let answer = stage.get(&format!("{run}/report?form={form}")).await;
            assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, kind));
            let accepted = stage.get_as(&format!("{run}/report"), kind.split(';').next().unwrap()).await;
            assert_eq!(accepted.header("content-type"), kind);
        }
        assert_eq!(stage.get(&format!("{run}/report?form=pdf")).await.problem().2, "query form");
        let stopped = stage.send_json("POST", &format!("{run}/stop"), &[], &serde_json::json!({ "reason": "enough" })).await;
        assert_eq!(stopped.problem().0, 409, "it is done already");
        assert_eq!(stage.get("/api/v1/runs?mode=live").await.json()["items"], serde_json::json!([]));
        assert_eq!(stage.get("/api/v1/runs?state=well").await.problem().2, "query state");
        let overview = stage.get("/api/v1/overview").await.json();
        assert_eq!(overview["lastRuns"][0]["id"], report.run.id.as_str());
        assert_eq!(overview["sites"][0]["accounts"], overview["sum"]["accounts"]);
    }

    async fn whoever_may_no_longer_sign_in_sees_no_more_of_a_run(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let local = Operator::local("tester");
        stage.add_operator(Role::Viewer).await;
        let new = NewToken { name: "watches".to_owned(), owner: Some("the-viewer".to_owned()), role: None, expires_at: None };
        let (_, token) = stage.engine.create_token(&local, new).await.unwrap();
        let bearer = format!("Bearer {}", token.expose_secret());
        let door = Arc::new(Doorkeeper::new(Arc::clone(&stage.engine)));
        let router = router(Api::new(Arc::clone(&stage.engine), door, ServerSettings::default())).unwrap();
        let made = stage.plan("status = enabled AND idle >= 60d", Mode::Live).await;
        stage.simulator.set_faults(Faults::hold_writes_after(0));
        let working = stage.engine.apply(&local, &made.plan.id, Box::new(|_, _, _| ()));
        let watching = async {
            let id = begun(&stage).await;
            let headers = [("authorization", bearer.as_str())];
            let answer = router.oneshot(request("GET", &format!("/api/v1/runs/{id}/events"), &headers, "")).await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK);
            let mut pieces = answer.into_body().into_data_stream();
            let (mut seen, mut is_removed) = (String::new(), false);
            while let Some(piece) = pieces.next().await {
                seen.push_str(std::str::from_utf8(&piece.unwrap()).unwrap());
                if !is_removed {
                    stage.engine.remove_operator(&local, "the-viewer", None).await.unwrap();
                    is_removed = true;
                    stage.simulator.set_faults(Faults::default());
                }
            }
            seen
        };
        let (applied, seen) = futures::future::join(working, watching).await;
        assert_eq!(applied.unwrap().1, RunEnd::Done);
        assert!(seen.contains("event:") && !seen.contains("outcome"), "nothing that happened afterwards: {seen}");
        assert!(!seen.contains("event: end") && !seen.contains("event:end"), "{seen}");
    }

    async fn the_end_of_the_server_ends_what_follows_a_run_before_its_farewell_is_over(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let made = stage.plan("status = enabled AND idle >= 60d", Mode::Live).await;
        stage.simulator.set_faults(Faults::hold_writes_after(0));
        let local = Operator::local("tester");
        let (address, end, ended) = stage.listen().await;
        let working = stage.engine.apply(&local, &made.plan.id, Box::new(|_, _, _| ()));
        let watching = async {
            let id = begun(&stage).await;
            let mut stream = TcpStream::connect(address).await.unwrap();
            let head = format!("GET /api/v1/runs/{id}/events HTTP/1.1\r\nHost: localhost\r\nx-test-role: viewer\r\n\r\n");
            stream.write_all(head.as_bytes()).await.unwrap();
            let mut seen = String::new();
            let mut piece = [0; 4096];
            while !seen.contains("event:") {
                let count = stream.read(&mut piece).await.unwrap();
                assert!(count > 0, "{seen}");
                seen.push_str(&String::from_utf8_lossy(&piece[..count]));
            }
            end.send(()).unwrap();
            let mut rest = Vec::new();
            let closed = async {
                stream.read_to_end(&mut rest).await.unwrap();
                ended.await.unwrap();
            };
            tokio::time::timeout(Duration::from_secs(8), closed).await.expect("sooner than the farewell of ten seconds");
            assert!(String::from_utf8_lossy(&rest).ends_with("0\r\n\r\n"), "it ends in order, and is not cut");
            stage.simulator.set_faults(Faults::default());
        };
        let (applied, ()) = futures::future::join(working, watching).await;
        assert_eq!(applied.unwrap().1, RunEnd::Done, "whoever works is not stopped by it");
    }
}
