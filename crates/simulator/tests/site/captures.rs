//! Answers of real servers: ours have the same members with the same types.

use rollcall_simulator::{Options, Switches};
use serde_json::{Value, json};

use crate::visitor::{Visitor, shared_json};

/// Every member of the capture is there with its type; `ours` may not have members beyond those named.
fn same_shape(capture: &Value, ours: &Value, more: &[&str], place: &str) {
    match (capture, ours) {
        (Value::Object(theirs), Value::Object(own)) => {
            for (name, value) in theirs {
                let found = own.get(name).unwrap_or_else(|| panic!("{place}.{name} is missing in {ours}"));
                same_shape(value, found, more, &format!("{place}.{name}"));
            }
            for name in own.keys() {
                assert!(
                    theirs.contains_key(name) || more.contains(&name.as_str()),
                    "{place}.{name} is not in the capture"
                );
            }
        }
        (Value::Array(theirs), Value::Array(own)) => {
            if let (Some(first), Some(mine)) = (theirs.first(), own.first()) {
                same_shape(first, mine, more, &format!("{place}[0]"));
            }
        }
        _ => assert_eq!(kind(capture), kind(ours), "{place}"),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Keys in the order of the body.
fn has(text: &str, capture: &str) {
    assert!(text.contains(capture), "{capture} is not in {text}");
}

#[tokio::test]
async fn the_page_of_user_list_is_the_captured_one() {
    let visitor = Visitor::version("8.6").await;
    let page = visitor.get("/rest/api/user/list/?limit=200").await;
    has(&page.text, "\"_expandable\":{\"status\":\"\"}");
    has(
        &page.text,
        "\"profilePicture\":{\"path\":\"/images/icons/profilepics/default.svg\",\"width\":48,\"height\":48,\"isDefault\":true}",
    );
    for file in ["user-list-page.json", "user-list-limit0.json"] {
        let Some(capture) = shared_json(&format!("fixtures/confluence-dc/{file}")) else { return };
        let limit = capture["limit"].as_u64().expect("a limit");
        let ours = visitor.get(&format!("/rest/api/user/list/?limit={limit}")).await.json();
        same_shape(&capture, &ours, &["next"], file);
        let this = ours["_links"]["self"].as_str().expect("self");
        assert_eq!(this, format!("{}/rest/api/user/list/", visitor.site.url()));
    }
}

#[tokio::test]
async fn one_account_is_the_captured_one() {
    let Some(capture) = shared_json("fixtures/confluence-dc/user-list-element.json") else { return };
    let visitor = Visitor::version("8.6").await;
    same_shape(&capture, &visitor.get("/rest/api/user?username=mkoval").await.json(), &[], "user");
    let Some(capture) = shared_json("fixtures/confluence-dc/user-anonymised.json") else { return };
    let key = visitor.site.with_state(|state| {
        state.delete_account("tbeck").expect("deleted");
        state.account_views().find(|view| view.status == "deleted").expect("one").user_key
    });
    same_shape(&capture, &visitor.get(&format!("/rest/api/user?key={key}")).await.json(), &[], "anonymised");
}

#[tokio::test]
async fn a_created_account_is_answered_as_sampled() {
    let Some(capture) = shared_json("fixtures/confluence-dc/admin-user-created.json") else { return };
    let visitor = Visitor::small().await;
    let body = json!({"userName": "fresh", "fullName": "Fresh", "email": "f@example.com", "password": "p"});
    same_shape(
        &capture,
        &visitor.send("POST", "/rest/api/admin/user", Some(body)).await.json(),
        &[],
        "created",
    );
}

#[tokio::test]
async fn the_envelope_of_9_4_is_the_sampled_one() {
    let Some(capture) = shared_json("fixtures/confluence-dc/page-envelope-v940.json") else { return };
    let visitor = Visitor::version("9.4").await;
    let ours = visitor.get("/rest/api/user/list?limit=25&start=25").await.json();
    same_shape(&capture, &ours, &[], "envelope");
}

#[tokio::test]
async fn audit_pages_are_the_captured_ones() {
    let Some(first) = shared_json("fixtures/confluence-dc/auditing-events-page1.json") else { return };
    let Some(last) = shared_json("fixtures/confluence-dc/auditing-events-page2.json") else { return };
    let switches = Switches { audit_logins: true, ..Switches::default() };
    let visitor = Visitor::of(Options { switches, ..Options::small() }).await;
    let ours = visitor.get("/rest/auditing/1.0/events?limit=2").await.json();
    let more = ["affectedObjects", "changedValues"];
    same_shape(&first, &ours, &more, "page1");
    let all = visitor.get("/rest/auditing/1.0/events?limit=100000").await.json();
    assert_eq!(all["pagingInfo"]["lastPage"], true);
    same_shape(&last, &all, &more, "page2");
}

#[tokio::test]
async fn the_captcha_answer_has_the_captured_headers() {
    let Some(capture) = shared_json("fixtures/confluence-dc/error-401-captcha-lockout-headers.json") else {
        return;
    };
    let visitor = Visitor::small().await;
    for _ in 0..3 {
        visitor.get_as("mkoval", "wrong", "/rest/api/user/current").await;
    }
    let locked = visitor.get_as("mkoval", "wrong", "/rest/api/user/current").await;
    assert_eq!(u64::from(locked.status), capture["status"].as_u64().expect("a status"));
    assert_eq!(locked.header("x-seraph-loginreason"), capture["headers"]["X-Seraph-LoginReason"]);
    assert_eq!(locked.header("content-type").to_lowercase(), capture["headers"]["Content-Type"]);
}
