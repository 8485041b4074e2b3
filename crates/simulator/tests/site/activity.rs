//! Evidence of activity: searches by CQL, the audit log, spellings of dates, directories.

use rollcall_simulator::{AccountPatch, DateSpelling, DirectoriesKey, Options, Switches};
use serde_json::{Value, json};

use crate::visitor::Visitor;

fn switched(switches: Switches) -> Options {
    Options { switches, ..Options::small().version("10.2") }
}

async fn found(visitor: &Visitor, cql: &str) -> Vec<Value> {
    let path =
        format!("/rest/api/search?limit=200&excerpt=none&cql={}", cql.replace(' ', "+").replace('"', "%22"));
    let answer = visitor.get(&path).await;
    assert_eq!(answer.status, 200, "{cql}: {}", answer.text);
    answer.json()["results"].as_array().expect("results").clone()
}

#[tokio::test]
async fn the_last_contribution_of_someone_is_found() {
    let visitor = Visitor::small().await;
    let at: jiff::Timestamp = "2026-11-03T10:00:00Z".parse().expect("an instant");
    visitor.site.with_state(|state| {
        let patch = AccountPatch { last_contribution: Some(at), ..AccountPatch::default() };
        state.patch_account("svc-backup", &patch).expect("patched");
    });
    let mine = found(
        &visitor,
        "contributor = \"svc-backup\" and lastmodified >= \"2026-05-01\" order by lastmodified desc",
    )
    .await;
    assert_eq!(mine.len(), 1);
    let shown = mine[0]["lastModified"].as_str().expect("a date").parse::<jiff::Timestamp>().expect("a date");
    assert_eq!((shown, &mine[0]["entityType"]), (at, &json!("content")));
    for (cql, count) in [
        ("contributor = \"svc-backup\" and lastmodified > \"2026-11-03\"", 0),
        ("contributor = \"svc-backup\" and lastmodified > \"2026-11-03 09:59\"", 1),
        ("creator in (\"svc-backup\", \"nobody\") and type = page", 1),
        ("contributor = \"svc-backup\" and type = blogpost", 0),
        ("contributor = \"svc-backup\" and lastmodified > now(\"-4w\")", 1),
        ("contributor = \"nobody.at.all\"", 0),
    ] {
        assert_eq!(found(&visitor, cql).await.len(), count, "{cql}");
    }
    let all = found(&visitor, "type in (page, blogpost, comment, attachment) order by created asc").await;
    assert_eq!(all.len(), found(&visitor, "not type = user").await.len());
}

#[tokio::test]
async fn contributions_are_never_later_than_the_last_login_of_whoever_made_them() {
    let visitor = Visitor::small().await;
    let views = visitor.site.with_state(|state| state.account_views().collect::<Vec<_>>());
    let contributors: Vec<_> = views.iter().filter(|view| view.last_contribution.is_some()).collect();
    assert!(contributors.len() > 30);
    assert!(contributors.iter().all(|view| view.last_contribution <= view.last_login));
}

#[tokio::test]
async fn bad_cql_answers_400_and_404() {
    let visitor = Visitor::small().await;
    for cql in ["", "colour%20=%20red", "type%20=%20%22page"] {
        assert_eq!(visitor.get(&format!("/rest/api/search?cql={cql}")).await.status, 400);
        assert_eq!(visitor.get(&format!("/rest/api/content/search?cql={cql}")).await.status, 404);
    }
    let page = visitor.get("/rest/api/content/search?cql=type=page").await.json();
    assert_eq!((&page["limit"], &page["results"][0]["type"]), (&json!(25), &json!("page")));
    assert!(page["results"][0]["version"]["when"].is_string());
    let id = page["results"][0]["id"].as_str().expect("an id");
    assert_eq!(visitor.get(&format!("/rest/api/content/{id}")).await.json()["id"], id);
}

#[tokio::test]
async fn the_audit_log_tells_of_writes_and_of_logins_when_it_covers_them() {
    for logins in [false, true] {
        let visitor = Visitor::of(switched(Switches { audit_logins: logins, ..Switches::default() })).await;
        visitor.put("/rest/api/admin/user/mkoval/disable").await;
        visitor.put("/rest/api/user/tbeck/group/Docs%20Editors").await;
        let now = visitor.site.now();
        visitor.site.with_state(|state| state.log_in("alee", now).expect("logged in"));
        let newest = visitor.get("/rest/auditing/1.0/events?limit=3").await.json();
        let actions: Vec<&str> = newest["entities"]
            .as_array()
            .expect("events")
            .iter()
            .filter_map(|e| e["type"]["action"].as_str())
            .collect();
        if logins {
            assert_eq!(actions, ["User login successful", "User added to group", "User deactivated"]);
            assert_eq!(newest["entities"][0]["affectedObjects"][0]["name"], "Ada Lee");
        } else {
            assert_eq!(actions[..2], ["User added to group", "User deactivated"]);
        }
        let at = usize::from(logins) + 1;
        assert_eq!(
            newest["entities"][at]["changedValues"][0],
            json!({"key": "Active", "i18nKey": "Active", "from": "Yes", "to": "No"})
        );
        assert_eq!(newest["entities"][at]["affectedObjects"][0]["name"], "Mira Koval");
        let all = visitor.get("/rest/auditing/1.0/events?limit=100000").await.text;
        assert_eq!(all.contains("audit.logging.summary.login.success"), logins);
        assert!(all.contains("audit.logging.summary.user.reactivated"));
    }
    let plain = Visitor::of(switched(Switches { audit_keys: false, ..Switches::default() })).await;
    assert!(!plain.get("/rest/auditing/1.0/events").await.text.contains("18nKey"));
    let password = plain.site.password_of("mkoval");
    assert_eq!(plain.get_as("mkoval", &password, "/rest/auditing/1.0/events").await.status, 403);
    assert_eq!(plain.get("/rest/auditing/1.0/events?from=yesterday").await.status, 400);
}

#[tokio::test]
async fn paging_through_the_audit_log_by_cursor_gives_every_event_once() {
    let visitor = Visitor::of(switched(Switches { audit_logins: true, ..Switches::default() })).await;
    let all = visitor.get("/rest/auditing/1.0/events?limit=100000").await.json();
    let all = all["entities"].as_array().expect("events").clone();
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page =
            visitor.get(&format!("/rest/auditing/1.0/events?limit=7&pageCursor={cursor}")).await.json();
        paged.extend(page["entities"].as_array().expect("events").clone());
        match page["pagingInfo"]["nextPageCursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    assert_eq!(paged, all);
}

#[tokio::test]
async fn last_logins_are_spelled_as_switched() {
    let path = "/rest/api/admin/users/list/active?expand=lastLogin,status&limit=200";
    for (spelling, sample) in [
        (DateSpelling::Zulu, json!("2026-10-01T08:15:30.123Z")),
        (DateSpelling::OffsetColon, json!("2026-10-01T18:15:30.123+10:00")),
        (DateSpelling::OffsetPlain, json!("2026-10-01T18:15:30.123+1000")),
        (DateSpelling::EpochMillis, json!(1_790_842_530_123_i64)),
    ] {
        let visitor =
            Visitor::of(switched(Switches { date_spelling: spelling, ..Switches::default() })).await;
        let at = "2026-10-01T08:15:30.123Z".parse().expect("an instant");
        visitor.site.with_state(|state| state.set_last_login("mkoval", Some(at)).expect("set"));
        let rows = visitor.get(path).await.json()["results"].as_array().expect("rows").clone();
        let row = rows.iter().find(|row| row["username"] == "mkoval").expect("mkoval");
        assert_eq!((&row["lastLogin"], &row["status"]), (&sample, &json!("current")));
    }
    let silent = Visitor::of(switched(Switches { records_last_login: false, ..Switches::default() })).await;
    assert!(!silent.get(path).await.text.contains("\"lastLogin\""));
}

#[tokio::test]
async fn directories_are_listed_for_system_administrators_in_order() {
    let visitor = Visitor::of(switched(Switches::default())).await;
    let token = format!("Bearer {}", visitor.site.token());
    let path = "/rest/crowd/latest/directory";
    let json = [("accept", "application/json"), ("authorization", token.as_str())];
    let list = visitor.send_with("GET", path, None, &json).await.json();
    let names: Vec<&str> = list["directory"]
        .as_array()
        .expect("directories")
        .iter()
        .filter_map(|d| d["name"].as_str())
        .collect();
    assert_eq!(names, rollcall_simulator::DIRECTORIES);
    assert_eq!(list["directory"][1]["type"], "CONNECTOR");
    assert!(visitor.get(path).await.text.starts_with("<?xml"));
    let switches = Switches { directories_key: DirectoriesKey::Directories, ..Switches::default() };
    let other = Visitor::of(switched(switches)).await;
    let token = format!("Bearer {}", other.site.token());
    let json = [("accept", "application/json"), ("authorization", token.as_str())];
    assert!(other.send_with("GET", path, None, &json).await.json()["directories"].is_array());
}
