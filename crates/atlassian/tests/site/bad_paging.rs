//! Listings are read whole whatever is wrong with their pages, or not at all.

use crate::stage::{connection, read, staged};
use axum::Router;
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use axum::routing::get;
use proptest::prelude::*;
use rollcall_simulator::{Fault, Faults, Options, Rule};
use rollcall_site::SiteError;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is wrong with the pages of a user list.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "independent faults")]
struct Pages {
    people: u64,
    cap: u64,
    /// The page tells the limit that was asked, not the one in force.
    hides_cap: bool,
    has_next: bool,
    has_total: bool,
    /// Every n-th row is not shown, though it counts for `start`.
    hides_every: Option<u64>,
    /// The last page links to itself.
    endless_next: bool,
}

struct Server {
    pages: Pages,
    requests: AtomicU64,
}

fn person(number: u64) -> Value {
    json!({"type": "known", "username": format!("u{number}"), "userKey": format!("{number:032x}"), "displayName": "x", "status": "current"})
}

async fn user_list(
    State(server): State<Arc<Server>>,
    Query(query): Query<HashMap<String, String>>,
) -> impl IntoResponse {
    server.requests.fetch_add(1, Ordering::Relaxed);
    let pages = &server.pages;
    let number = |name: &str| query.get(name).map_or(0, |n| n.parse::<u64>().unwrap());
    let (start, asked) = (number("start"), number("limit"));
    let limit = asked.min(pages.cap);
    let end = (start + limit).min(pages.people);
    let shown: Vec<Value> =
        (start..end).filter(|n| pages.hides_every.is_none_or(|every| n % every != 0)).map(person).collect();
    let mut links = json!({"base": "x"});
    if pages.has_next && end < pages.people {
        links["next"] = json!(format!("/rest/api/user/list?limit={limit}&start={}", start + limit));
    } else if pages.endless_next {
        links["next"] = json!(format!("/rest/api/user/list?limit={limit}&start={start}"));
    }
    let mut page = json!({"size": shown.len(), "results": shown, "start": start, "_links": links});
    page["limit"] = json!(if pages.hides_cap { asked } else { limit });
    if pages.has_total {
        page["totalCount"] = json!(pages.people);
    }
    axum::Json(page)
}

/// A site that has nothing but people. Gives the keys that were read, and how many pages were asked for.
async fn read_people(pages: Pages) -> Result<(BTreeSet<String>, u64), SiteError> {
    let server = Arc::new(Server { pages, requests: AtomicU64::new(0) });
    let empty =
        || async { axum::Json(json!({"results": [], "start": 0, "limit": 200, "size": 0, "_links": {}})) };
    let router = Router::new()
        .route(
            "/rest/applinks/1.0/manifest",
            get(|| async { axum::Json(json!({"typeId": "confluence", "version": "8.9.1"})) }),
        )
        .route("/rest/api/user/current", get(|| async { axum::Json(person(1)) }))
        .route("/rest/api/user/memberof", get(empty))
        .route("/rest/api/group", get(empty))
        .route("/rest/api/user/list", get(user_list))
        .with_state(Arc::clone(&server));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let mut connection = connection(&url, "t");
    connection.settings.admin_groups.clear();
    let client = rollcall_atlassian::connect(&connection).unwrap();
    let observation = read(&client).await?;
    let keys = observation.accounts.iter().map(|a| a.key.as_str().to_owned()).collect();
    Ok((keys, server.requests.load(Ordering::Relaxed)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn everybody_is_read_once_however_the_pages_are_cut(
        people in 1_u64..1400,
        cap in prop_oneof![Just(1_000_u64), Just(200), Just(100), Just(50), Just(25)],
        hides_cap: bool, has_next: bool, has_total: bool, endless_next: bool,
        hides_every in prop_oneof![3 => Just(None), 1 => (2_u64..40).prop_map(Some)],
    ) {
        // Without any hint (no `next`, no total), rows that are hidden cannot be told from the end.
        let hides_every = hides_every.filter(|_| has_next && !has_total);
        let pages = Pages { people, cap, hides_cap, has_next, has_total, hides_every, endless_next };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (keys, requests) = runtime.block_on(read_people(pages.clone())).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let expected: BTreeSet<_> = (0..people).filter(|n| hides_every.is_none_or(|e| n % e != 0)).map(|n| format!("{n:032x}")).collect();
        prop_assert_eq!(keys.len(), expected.len());
        prop_assert_eq!(keys, expected);
        // Not endless, and not much more than needed.
        let needed = people.div_ceil(cap.min(500));
        let bound = if hides_every.is_some() { 4 * needed + 16 } else { needed + needed / 8 + 8 };
        prop_assert!(requests <= bound, "{} requests for {} pages", requests, needed);
    }
}

#[tokio::test]
async fn a_page_that_never_changes_is_an_error_and_no_endless_loop() {
    let mut options = Options::small();
    options.accounts = 1000;
    options.faults.start_ignored = true;
    let stage = staged(options, |_| {}).await;
    let error = read(&stage.client).await.unwrap_err();
    assert!(matches!(error, SiteError::Incomplete { .. }), "{error}");
    assert!(error.to_string().contains("first page"), "{error}");
}

#[tokio::test]
async fn missing_links_lost_rows_and_repeated_rows_are_survived() {
    let everywhere = |fault: Fault| Rule { path: Some("user/list".into()), ..Rule::new(fault) };
    let once = |fault: Fault| Rule { after: 3, times: Some(1), ..everywhere(fault) };
    for faults in [
        Faults { next_missing: true, ..Faults::default() },
        Faults { rules: vec![once(Fault::LoseRows { rows: 5 })], ..Faults::default() },
        Faults { rules: vec![once(Fault::RepeatRows { rows: 7 })], ..Faults::default() },
        Faults { rules: vec![everywhere(Fault::RepeatRows { rows: 3 })], ..Faults::default() },
    ] {
        let mut options = Options::small();
        options.accounts = 2500;
        options.faults = faults.clone();
        let stage = staged(options, |_| {}).await;
        let observation = read(&stage.client).await.unwrap_or_else(|e| panic!("{faults:?}: {e}"));
        let expected = stage.site.with_state(|s| s.counts().0);
        assert_eq!(observation.accounts.len(), expected, "{faults:?}");
    }
}

#[tokio::test]
async fn somebody_who_joins_or_leaves_while_the_list_is_read_costs_nobody_else() {
    let mut options = Options::small();
    options.accounts = 3000;
    options.faults.latency_ms = 5;
    let stage = staged(options, |_| {}).await;
    let leaving: BTreeSet<String> = stage.changeable(60).into_iter().map(|a| a.username).collect();
    let before: BTreeSet<String> = stage.site.with_state(|s| {
        s.account_views()
            .filter(|v| matches!(v.status.as_str(), "enabled" | "disabled"))
            .map(|v| v.user_key)
            .collect()
    });
    let client = Arc::clone(&stage.client);
    let reading = tokio::spawn(async move { read(&client).await });
    for name in &leaving {
        tokio::time::sleep(std::time::Duration::from_millis(4)).await;
        let patch = rollcall_simulator::AccountPatch { unsynced: true, ..Default::default() };
        stage.site.with_state(|s| s.patch_account(name, &patch)).unwrap();
    }
    let observation = reading.await.unwrap().unwrap();
    let seen: BTreeSet<String> = observation.accounts.iter().map(|a| a.key.as_str().to_owned()).collect();
    let gone: BTreeSet<String> =
        stage.site.with_state(|s| leaving.iter().map(|n| s.account_view(n).unwrap().user_key).collect());
    let missed: Vec<_> = before.difference(&seen).filter(|key| !gone.contains(*key)).collect();
    assert!(missed.is_empty(), "{} people who never left were not seen", missed.len());
}
