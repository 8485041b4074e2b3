//! Measured behaviours of real servers, each by its id in `observations.jsonl`.

use rollcall_simulator::{CaptchaAnswer, Fault, Faults, Options, Rule, Simulator, Switches};
use serde_json::{Value, json};

use crate::visitor::{Visitor, shared};

fn switched(switches: Switches) -> Options {
    Options { switches, ..Options::small() }
}

#[tokio::test]
async fn o001_creating_a_group_without_its_type_is_refused() {
    let visitor = Visitor::small().await;
    let refused = visitor.send("POST", "/rest/api/admin/group", Some(json!({"name": "fresh"}))).await;
    assert_eq!(refused.status, 400);
    assert!(
        refused.json()["message"].as_str().expect("a message").contains("missing type id property 'type'")
    );
}

#[tokio::test]
async fn o002_groups_are_not_created_at_the_place_they_are_read() {
    let visitor = Visitor::small().await;
    let body = Some(json!({"type": "group", "name": "fresh"}));
    assert_eq!(visitor.send("POST", "/rest/api/group", body).await.status, 405);
}

#[tokio::test]
async fn o003_o057_the_remote_api_may_be_off() {
    let body = || Some(json!({"jsonrpc": "2.0", "method": "getActiveUsers", "params": [true], "id": 7}));
    let on = Visitor::small().await;
    let answer = on.send("POST", "/rpc/json-rpc/confluenceservice-v2", body()).await;
    assert_eq!((answer.status, answer.json().get("error").is_some()), (200, true));
    assert_eq!(on.get("/rpc/xmlrpc").await.status, 200);
    for status in [404, 405] {
        let switches = Switches { remote_api: false, remote_api_off: status, ..Switches::default() };
        let off = Visitor::of(switched(switches)).await;
        assert_eq!(off.send("POST", "/rpc/json-rpc/confluenceservice-v2", body()).await.status, status);
    }
}

#[tokio::test]
async fn o006_global_permissions_are_granted_and_revoked_and_revoking_twice_is_no_error() {
    let visitor = Visitor::version("10.0").await;
    let path = "/rest/api/permissions/group/wiki-staff";
    assert_eq!(visitor.get(path).await.json(), json!([]));
    let pairs = json!([{"targetType": "application", "operationKey": "use"}, {"targetType": "space", "operationKey": "create"}]);
    let change = async |word: &str, body: &Value| {
        visitor.send("PUT", &format!("{path}/{word}"), Some(body.clone())).await.status
    };
    assert_eq!(change("grant", &pairs).await, 204);
    let first = visitor.get(path).await.json()[0].clone();
    assert_eq!(first["operation"], json!({"targetType": "application", "operationKey": "use"}));
    assert_eq!(first["subject"], json!({"displayName": "wiki-staff", "type": "group"}));
    let just_use = json!([{"targetType": "application", "operationKey": "use"}]);
    assert_eq!((change("revoke", &just_use).await, change("revoke", &just_use).await), (204, 204));
    assert_eq!(visitor.get(path).await.json(), json!([]), "revoking use removes all other grants");
    assert_eq!(change("grant", &json!([{"targetType": "moon", "operationKey": "use"}])).await, 400);
    assert_eq!(visitor.get("/rest/api/permissions/group/nobody").await.status, 404);
}

#[tokio::test]
async fn o006_a_put_replaces_the_grants_of_the_subjects_it_names() {
    let visitor = Visitor::version("10.0").await;
    let seats = || visitor.site.with_state(|state| state.counts().1);
    let before = seats();
    let body = |operations: Value| Some(json!([{"groupName": "confluence-users", "operations": operations}]));
    assert_eq!(visitor.send("PUT", "/rest/api/permissions", body(json!([]))).await.status, 204);
    assert!(seats() < before / 2, "only administrators are left");
    let back = json!([{"targetType": "application", "operationKey": "use"}]);
    assert_eq!(visitor.send("PUT", "/rest/api/permissions", body(back)).await.status, 204);
    assert_eq!(seats(), before);
    let many: Vec<Value> = (0..41).map(|n| json!({"groupName": format!("g{n}"), "operations": []})).collect();
    assert_eq!(visitor.send("PUT", "/rest/api/permissions", Some(Value::Array(many))).await.status, 400);
}

#[tokio::test]
async fn o007_space_permissions_exist_from_9_1_on() {
    let path = "/rest/api/space/ds/permissions";
    assert_eq!(Visitor::version("9.0").await.get(path).await.status, 404);
    let visitor = Visitor::version("9.1").await;
    let body = json!([{"operationKey": "read", "targetType": "space"}]);
    let change = async |word: &str| {
        visitor.send("PUT", &format!("{path}/group/confluence-users/{word}"), Some(body.clone())).await.status
    };
    assert_eq!(change("grant").await, 204);
    assert_eq!(visitor.get(path).await.json()[0]["subject"]["displayName"], "confluence-users");
    assert_eq!((change("revoke").await, change("revoke").await), (204, 204));
    assert_eq!(visitor.get("/rest/api/space/none/permissions").await.status, 404);
}

#[tokio::test]
async fn o008_a_group_name_with_a_slash_cannot_be_asked_in_a_path() {
    let visitor = Visitor::small().await;
    assert_eq!(visitor.get("/rest/api/group/ops%2Fnight%20shift/member").await.status, 400);
    assert_eq!(visitor.get("/rest/api/group/ops/night%20shift/member").await.status, 404);
    let key = visitor.site.with_state(|state| {
        state.add_to_group("mkoval", "ops/night shift").expect("added");
        state.account_view("mkoval").expect("mkoval").user_key
    });
    let groups = visitor.get(&format!("/rest/api/user/memberof?key={key}")).await.column("name");
    assert!(groups.contains(&"ops/night shift".to_owned()));
}

#[tokio::test]
async fn o009_a_limit_of_zero_answers_an_empty_page_whose_next_is_itself() {
    let visitor = Visitor::version("8.6").await;
    let page = visitor.get("/rest/api/user/list/?limit=0").await.json();
    assert_eq!((&page["limit"], &page["size"], &page["results"]), (&json!(0), &json!(0), &json!([])));
    assert_eq!(page["_links"]["next"], "/rest/api/user/list/?limit=0&start=0");
}

#[tokio::test]
async fn o010_list_create_and_password_came_with_8_4() {
    let body = || Some(json!({"password": "another"}));
    let old = Visitor::version("8.3").await;
    assert_eq!(old.get("/rest/api/user/list").await.status, 404);
    assert_eq!(old.send("POST", "/rest/api/admin/user/mkoval/password", body()).await.status, 404);
    assert_eq!(old.put("/rest/api/admin/user/mkoval/disable").await, 204);
    let new = Visitor::version("8.4").await;
    new.site.with_state(|state| state.set_enabled("tbeck", false).expect("disabled"));
    assert!(
        new.all("/rest/api/user/list", "username").await.contains(&"tbeck".to_owned()),
        "disabled ones, too"
    );
    assert_eq!(new.send("POST", "/rest/api/admin/user/mkoval/password", body()).await.status, 204);
    assert_eq!(new.get_as("mkoval", "another", "/rest/api/user/current").await.status, 200);
}

#[tokio::test]
async fn o011_the_active_list_is_where_the_contract_has_it() {
    let visitor = Visitor::small().await;
    assert_eq!(visitor.get("/rest/api/admin/users/list/active").await.status, 200);
    assert_eq!(visitor.get("/rest/api/user/list/active").await.status, 404);
}

#[tokio::test]
async fn o012_o058_licence_figures_add_up() {
    let visitor = Visitor::version("8.2").await;
    let count = async |figure: &str| {
        visitor.get(&format!("/rest/license/1.0/license/{figure}")).await.json()["count"]
            .as_i64()
            .expect("a count")
    };
    let (used, left, all) =
        (count("userCount").await, count("remainingSeats").await, count("maxUsers").await);
    assert_eq!(used, visitor.site.with_state(|state| state.counts().1) as i64);
    assert_eq!(used + left, all);
    let details = visitor.get("/rest/license/1.0/license/details").await.json();
    assert!(details["expiryDate"].as_i64().expect("milliseconds") > visitor.site.now().as_millisecond());
    let endless = Visitor::of(switched(Switches { licence_days: None, ..Switches::default() })).await;
    assert!(endless.get("/rest/license/1.0/license/details").await.json()["expiryDate"].is_null());
    let unlimited = Visitor::of(switched(Switches { unlimited_licence: true, ..Switches::default() })).await;
    assert_eq!(unlimited.get("/rest/license/1.0/license/maxUsers").await.json()["count"], -1);
}

#[tokio::test]
async fn o013_start_may_be_ignored() {
    let visitor = Visitor::of(Options::new("9.3", 450, 1, Options::small().now)).await;
    let path = "/rest/api/group/confluence-users/member?limit=200";
    let first = visitor.get(path).await.column("username");
    visitor.site.set_faults(Faults { start_ignored: true, ..Faults::default() });
    let second = visitor.get(&format!("{path}&start=200")).await;
    assert_eq!((second.column("username"), &second.json()["start"]), (first.clone(), &json!(200)));
    visitor.site.set_faults(Faults { next_missing: true, ..Faults::default() });
    assert!(visitor.get(path).await.json()["_links"].get("next").is_none());
}

#[tokio::test]
async fn o014_a_post_that_looks_like_a_browser_is_refused_before_authentication() {
    let visitor = Visitor::small().await;
    let token = format!("Bearer {}", visitor.site.token());
    let browser =
        [("user-agent", "Mozilla/5.0"), ("x-atlassian-token", "no-check"), ("authorization", token.as_str())];
    let body = || Some(json!({"type": "group", "name": "fresh"}));
    let refused = visitor.send_with("POST", "/rest/api/admin/group", body(), &browser).await;
    assert_eq!((refused.status, refused.header("x-ausername")), (403, ""));
    assert!(refused.text.contains("XSRF check failed"));
    assert_eq!(
        visitor.send_with("PUT", "/rest/api/admin/user/mkoval/disable", None, &browser).await.status,
        204
    );
    assert_eq!(
        visitor
            .send_with("DELETE", "/rest/api/user/mkoval/group/confluence-users", None, &browser)
            .await
            .status,
        204
    );
}

#[tokio::test]
async fn o015_json_without_its_content_type_is_refused() {
    let visitor = Visitor::small().await;
    let answer = visitor
        .client
        .post(format!("{}/rest/api/admin/group", visitor.site.url()))
        .bearer_auth(visitor.site.token())
        .body(r#"{"type": "group", "name": "fresh"}"#)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status().as_u16(), 415);
}

#[tokio::test]
async fn o016_o059_both_ways_to_log_in_give_a_session() {
    for (version, legacy) in [("9.3", true), ("10.0", false)] {
        let visitor = Visitor::version(version).await;
        let page = visitor.anonymously("GET", "/dologin.action").await;
        assert_eq!(page.text.contains("loginform"), legacy, "{version}");
        let (name, password) = ("mkoval", visitor.site.password_of("mkoval"));
        let answer = if legacy {
            let form = format!("os_username={name}&os_password={password}");
            visitor
                .client
                .post(format!("{}/dologin.action", visitor.site.url()))
                .body(form)
                .send()
                .await
                .expect("an answer")
        } else {
            let body = json!({"username": name, "password": password, "rememberMe": true, "targetUrl": ""});
            let request = visitor.client.post(format!("{}/rest/tsv/1.0/authenticate", visitor.site.url()));
            request
                .header("content-type", "application/json")
                .body(body.to_string())
                .send()
                .await
                .expect("an answer")
        };
        let cookies: Vec<&str> =
            answer.headers().get_all("set-cookie").iter().filter_map(|c| c.to_str().ok()).collect();
        let cookie = cookies.iter().find(|c| c.starts_with("seraph.confluence=")).expect("the cookie");
        let cookie = cookie.split(';').next().expect("its value");
        let who = visitor.send_with("GET", "/rest/api/user/current", None, &[("cookie", cookie)]).await;
        assert_eq!(who.json()["username"], name, "{version}");
        let secure = visitor.send_with("POST", "/doauthenticate.action", None, &[("cookie", cookie)]).await;
        assert_eq!(secure.status, 403, "without X-Atlassian-Token");
    }
}

#[tokio::test]
async fn o017_o060_a_locked_account_is_told_in_one_of_two_forms() {
    for (answer, status) in [(CaptchaAnswer::Status401, 401), (CaptchaAnswer::Status403, 403)] {
        let visitor = Visitor::of(switched(Switches { captcha_answer: answer, ..Switches::default() })).await;
        visitor.site.set_faults(Faults { captcha: ["admin".to_owned()].into(), ..Faults::default() });
        let locked = visitor.get_as("admin", visitor.site.password(), "/rest/api/user/current").await;
        assert_eq!(locked.status, status);
        if status == 401 {
            assert_eq!(locked.header("x-seraph-loginreason"), "AUTHENTICATION_DENIED");
            assert!(locked.header("www-authenticate").starts_with("OAuth realm="));
        } else {
            assert!(locked.header("x-authentication-denied-reason").starts_with("CAPTCHA_CHALLENGE"));
        }
        visitor.site.set_faults(Faults::default());
        assert_eq!(
            visitor.get_as("admin", visitor.site.password(), "/rest/api/user/current").await.status,
            200
        );
    }
}

#[tokio::test]
async fn o018_error_bodies_are_those_of_newer_servers() {
    let visitor = Visitor::small().await;
    let body = visitor.get("/rest/api/user?username=nobody").await.json();
    assert_eq!((&body["statusCode"], &body["reason"]), (&json!(404), &json!("Not Found")));
    assert!(body["data"]["allowedInReadOnlyMode"].is_boolean());
    assert!(body["data"].get("notSuccessful").is_none());
}

#[tokio::test]
async fn o019_totals_are_counted_from_9_4_on() {
    for (version, counted) in [("9.2.3", false), ("9.3", false), ("9.4", true), ("10.0.3", true)] {
        let page = Visitor::version(version).await.get("/rest/api/user/list?limit=1").await.json();
        assert_eq!(page.get("totalCount").is_some(), counted, "{version}");
    }
}

#[tokio::test]
async fn o020_the_codes_of_the_contract_are_answered() {
    let visitor = Visitor::version("10.0.3").await;
    assert_eq!(visitor.put("/rest/api/user/mkoval/group/confluence-inactive").await, 204);
    assert_eq!(visitor.delete("/rest/api/user/mkoval/group/confluence-inactive").await, 204);
    assert_eq!(visitor.put("/rest/api/admin/user/mkoval/disable").await, 204);
    assert_eq!(visitor.put("/rest/api/admin/user/mkoval/enable").await, 204);
    assert_eq!(visitor.delete("/rest/api/admin/user/mkoval").await, 202);
    let group = Some(json!({"type": "group", "name": "fresh"}));
    assert_eq!(visitor.send("POST", "/rest/api/admin/group", group).await.status, 200);
    assert_eq!(visitor.delete("/rest/api/admin/group/fresh").await, 204);
}

async fn real_site() -> Option<Visitor> {
    let rows = shared("fixtures/confluence-dc/db-8.6-users-groups.json")?;
    let options = Options::small().version("8.6");
    let site = Simulator::start_from(&rows, options).await.expect("the site starts");
    Some(Visitor { site, client: crate::visitor::client() })
}

#[tokio::test]
async fn o021_a_one_word_full_name_stays_one_word() {
    let Some(visitor) = real_site().await else { return };
    let list = visitor.get("/rest/api/user/list/").await;
    assert_eq!(list.column("username"), ["admin"], "a mapping without a row in a directory is not listed");
    let admin = &list.json()["results"][0];
    assert_eq!(
        (&admin["displayName"], &admin["userKey"]),
        (&json!("admin"), &json!("4028408390705fdc01907061af0d0000"))
    );
}

#[tokio::test]
async fn o022_audit_answers_sort_changed_values_and_leave_out_an_absent_from() {
    let Some(visitor) = real_site().await else { return };
    let events = visitor.get("/rest/auditing/1.0/events").await.json();
    let entities = events["entities"].as_array().expect("entities");
    let stamps: Vec<&str> = entities.iter().map(|e| e["timestamp"].as_str().expect("a timestamp")).collect();
    assert!(stamps.iter().rev().is_sorted(), "newest first");
    let created = entities.iter().find(|e| e["type"]["action"] == "User created").expect("user created");
    let keys: Vec<&str> = created["changedValues"]
        .as_array()
        .expect("values")
        .iter()
        .filter_map(|v| v["key"].as_str())
        .collect();
    assert_eq!(keys, ["Active", "Display name", "Email", "Username"]);
    assert!(
        created["changedValues"].as_array().expect("values").iter().all(|value| value.get("from").is_none())
    );
    assert_eq!((&created["author"]["id"], &created["author"]["name"]), (&json!("-2"), &json!("Anonymous")));
    assert_eq!(created["affectedObjects"][0]["id"], "4028408390705fdc01907061af0d0000");
}

#[tokio::test]
async fn o023_the_next_link_of_the_audit_log_has_no_window() {
    let visitor = Visitor::small().await;
    let (from, to) = ("2026-01-01T00:00:00.000Z", "2026-11-01T00:00:00.000Z");
    let page = visitor.get(&format!("/rest/auditing/1.0/events?from={from}&to={to}&limit=2")).await.json();
    let paging = &page["pagingInfo"];
    assert_eq!(
        (&paging["lastPage"], &paging["size"], &paging["nextPageOffset"]),
        (&json!(false), &json!(2), &json!(0))
    );
    let last = page["entities"][1]["timestamp"]
        .as_str()
        .expect("a timestamp")
        .parse::<jiff::Timestamp>()
        .expect("a date");
    let cursor = paging["nextPageCursor"].as_str().expect("a cursor");
    assert!(cursor.starts_with(&format!("{},", last.as_millisecond())));
    let link = paging["nextPageLink"].as_str().expect("a link");
    assert!(link.ends_with(&format!("?offset=0&limit=2&pageCursor={cursor}")), "{link}");
    let next = visitor.get(link.strip_prefix(&visitor.site.url()).expect("this site")).await.json();
    assert!(next["entities"][0]["timestamp"].as_str() <= page["entities"][1]["timestamp"].as_str());
    assert_ne!(next["entities"][0], page["entities"][1]);
}

#[tokio::test]
async fn o024_a_deleted_account_keeps_its_key_as_username() {
    let visitor = Visitor::small().await;
    let key = visitor.site.with_state(|state| {
        let key = state.account_view("mkoval").expect("mkoval").user_key;
        state.delete_account("mkoval").expect("deleted");
        key
    });
    let shown = visitor.get(&format!("/rest/api/user?key={key}")).await.json();
    assert_eq!((&shown["type"], &shown["username"]), (&json!("known"), &json!(key)));
    let alias = shown["displayName"].as_str().expect("an alias").strip_prefix("user-").expect("user-");
    assert!(alias.len() == 5 && alias.chars().all(|letter| letter.is_ascii_hexdigit()));
    assert!(!visitor.all("/rest/api/user/list", "userKey").await.contains(&key));
}

#[tokio::test]
async fn o025_hidden_content_is_named_in_the_message() {
    let visitor = Visitor::small().await;
    let body = visitor.get("/rest/api/content/007").await.json();
    assert_eq!(body["message"], "No parent or not permitted to view content with id : ContentId{id=007}");
    assert_eq!(body["reason"], "Not Found");
}

#[tokio::test]
async fn o054_creating_as_the_vendor_does_works() {
    let visitor = Visitor::version("8.6").await;
    let body = json!({"userName": "performance_1", "password": "p", "email": "performance_1@example.com",
        "notifyViaEmail": false, "fullName": "performance_1"});
    let created = visitor.send("POST", "/rest/api/admin/user", Some(body)).await;
    assert_eq!((created.status, created.json()["userKey"].as_str().map(str::len)), (201, Some(32)));
}

#[tokio::test]
async fn o055_memberof_answers_names() {
    let visitor = Visitor::small().await;
    let names = visitor.get("/rest/api/user/memberof?username=mkoval-adm").await.column("name");
    assert_eq!(names, ["confluence-administrators", "confluence-users"]);
}

#[tokio::test]
async fn o056_users_are_found_by_prefix() {
    let visitor = Visitor::small().await;
    let found = visitor.get("/rest/api/search?cql=user~mkov&start=0&limit=500").await.json();
    let names: Vec<&str> = found["results"]
        .as_array()
        .expect("results")
        .iter()
        .filter_map(|r| r["user"]["username"].as_str())
        .collect();
    assert_eq!(names, ["mkoval", "mkoval-adm"]);
    assert_eq!((&found["totalSize"], found["results"][0]["user"].get("email")), (&json!(2), None));
}

#[tokio::test]
async fn o058_the_version_is_in_the_manifest_json_or_xml() {
    let visitor = Visitor::version("9.2.18").await;
    let xml = visitor.anonymously("GET", "/rest/applinks/1.0/manifest").await;
    assert!(xml.header("content-type").contains("xml") && xml.text.contains("<version>9.2.18</version>"));
    let accept = [("accept", "application/json")];
    let json = visitor.send_with("GET", "/rest/applinks/1.0/manifest", None, &accept).await.json();
    assert_eq!(json["version"], "9.2.18");
    assert_eq!(visitor.anonymously("GET", "/status").await.json(), json!({"state": "RUNNING"}));
}

#[tokio::test]
async fn o060_a_rule_can_answer_one_request_with_a_captcha() {
    let visitor = Visitor::small().await;
    let rules = vec![Rule { after: 1, times: Some(1), ..Rule::new(Fault::Captcha) }];
    visitor.site.set_faults(Faults { rules, ..Faults::default() });
    let statuses = [
        visitor.get("/rest/api/group").await.status,
        visitor.get("/rest/api/group").await.status,
        visitor.get("/rest/api/group").await.status,
    ];
    assert_eq!(statuses, [200, 401, 200]);
}
