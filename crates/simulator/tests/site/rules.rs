//! The rules of `confluence-data-center.md §12` about versions, accounts, pages and writes.

use rollcall_simulator::{
    AccountPatch, EncodedSlash, Fault, Faults, ForbiddenWrite, MemberOfUnknown, Options, Place, Rule,
    Switches,
};
use serde_json::json;

use crate::visitor::Visitor;

fn switched(switches: Switches) -> Options {
    Options { switches, ..Options::small() }
}

#[tokio::test]
async fn rule_1_each_version_exposes_exactly_its_rows_of_the_matrix() {
    // (path, from which versions on; each version is asked).
    let served: [(&str, &[&str]); 9] = [
        ("/rest/api/user?username=admin", &["8.2", "8.4", "9.1", "9.2.18", "9.3", "10.0", "10.1", "10.2.14"]),
        ("/rest/api/user/list", &["8.4", "9.1", "9.2.18", "9.3", "10.0", "10.1", "10.2.14"]),
        ("/rest/api/server-information", &["9.1", "9.2.18", "9.3", "10.0", "10.1", "10.2.14"]),
        ("/rest/api/admin/users/list/active", &["9.3", "10.0", "10.1", "10.2.14"]),
        ("/rest/api/cluster/nodes", &["9.3", "10.0", "10.1", "10.2.14"]),
        ("/rest/api/permissions", &["9.2.18", "9.3", "10.0", "10.1", "10.2.14"]),
        ("/rest/api/group/eng-core/groupancestor", &["9.2.18", "10.0", "10.1", "10.2.14"]),
        ("/rest/api/group/member?groupName=confluence-users", &["9.2.18", "10.2.14"]),
        ("/rest/api/index/reindex", &["10.1", "10.2.14"]),
    ];
    for version in ["8.2", "8.4", "9.1", "9.2.18", "9.3", "10.0", "10.1", "10.2.14"] {
        let visitor = Visitor::version(version).await;
        for (path, versions) in served {
            let expected = if versions.contains(&version) { 200 } else { 404 };
            assert_eq!(visitor.get(path).await.status, expected, "{path} at {version}");
        }
        let manifest = visitor
            .send_with("GET", "/rest/applinks/1.0/manifest", None, &[("accept", "application/json")])
            .await;
        assert!(manifest.json()["version"].as_str().expect("a version").starts_with(version));
    }
}

#[tokio::test]
async fn rule_1_unknown_paths_answer_json_under_rest_and_html_elsewhere() {
    let visitor = Visitor::small().await;
    let rest = visitor.get("/rest/api/nothing").await;
    assert_eq!((rest.status, rest.header("content-type")), (404, "application/json"));
    let page = visitor.get("/nothing").await;
    assert_eq!(page.status, 404);
    assert!(page.header("content-type").starts_with("text/html"));
}

#[tokio::test]
async fn rule_2_an_account_shows_what_the_state_holds() {
    let visitor = Visitor::version("10.2").await;
    let view = visitor.site.with_state(|state| state.account_view("mkoval").expect("mkoval"));
    let shown = visitor.get("/rest/api/user?username=MKOVAL&expand=status").await.json();
    assert_eq!(shown["userKey"], view.user_key);
    assert_eq!((&shown["displayName"], &shown["status"]), (&json!("Mira Koval"), &json!("current")));
    let by_key = visitor.get(&format!("/rest/api/user?key={}", view.user_key)).await.json();
    assert_eq!(by_key["username"], "mkoval");
    assert_eq!(visitor.get("/rest/api/user?username=nobody.here").await.status, 404);
    assert_eq!(visitor.get("/rest/api/user?username=a&key=b").await.status, 400);
    assert_eq!(visitor.get("/rest/api/user").await.status, 400);
}

#[tokio::test]
async fn rule_3_what_a_directory_forbids_answers_as_configured_and_changes_nothing() {
    for (answer, status) in [
        (ForbiddenWrite::Silent204, 204),
        (ForbiddenWrite::Status400, 400),
        (ForbiddenWrite::Status403, 403),
        (ForbiddenWrite::Status500, 500),
    ] {
        let visitor =
            Visitor::of(switched(Switches { forbidden_write: answer, ..Switches::default() })).await;
        assert_eq!(visitor.put("/rest/api/admin/user/j.doe/disable").await, status);
        assert_eq!(visitor.status_of("j.doe"), "enabled");
        let write = visitor.site.writes().pop().expect("a write");
        assert_eq!((write.effect, write.status), (Some(false), status));
    }
}

#[tokio::test]
async fn rule_3_local_groups_of_a_read_only_directory_may_be_changed_synced_ones_not() {
    let visitor = Visitor::small().await;
    assert_eq!(visitor.put("/rest/api/user/J.Doe/group/confluence-inactive").await, 204);
    assert!(visitor.groups_of("j.doe").contains(&"confluence-inactive".to_owned()));
    assert_eq!(visitor.put("/rest/api/user/J.Doe/group/ldap-managers").await, 403);
    let partner = |state: &mut rollcall_simulator::State| {
        let patch = AccountPatch { directory: Some("Partner LDAP".into()), ..AccountPatch::default() };
        state.patch_account("formula", &patch).expect("patched");
    };
    visitor.site.with_state(partner);
    assert_eq!(visitor.delete("/rest/api/user/formula/group/confluence-users").await, 403);
    assert_eq!(visitor.groups_of("formula"), ["confluence-users"]);
}

#[tokio::test]
async fn rule_4_list_active_holds_seats_only_by_last_login_oldest_first() {
    for (place, first) in [(Place::First, true), (Place::Last, false)] {
        let switches = Switches { never_logged_in: place, ..Switches::default() };
        let visitor = Visitor::of(switched(switches).version("10.2")).await;
        let page = visitor.get("/rest/api/admin/users/list/active?expand=lastLogin&limit=200").await.json();
        let rows = page["results"].as_array().expect("rows");
        let seats = visitor.site.with_state(|state| state.counts().1);
        assert_eq!(rows.len(), seats);
        let logins: Vec<&str> = rows.iter().filter_map(|row| row["lastLogin"].as_str()).collect();
        assert!(logins.is_sorted() && logins.len() < rows.len() && logins.len() > 50);
        assert_eq!(rows[0].get("lastLogin").is_none(), first);
        for row in rows {
            let view = visitor
                .site
                .with_state(|state| state.account_view(row["username"].as_str().expect("a name")));
            assert!(view.expect("known").seat, "{row}");
        }
    }
}

#[tokio::test]
async fn rule_4_last_login_is_expanded_from_10_2_on_unless_a_switch_says_otherwise() {
    let path = "/rest/api/admin/users/list/active?expand=lastLogin&limit=200";
    for (version, switch, expected) in [
        ("9.3", None, false),
        ("10.1", None, false),
        ("10.2", None, true),
        ("9.3", Some(true), true),
        ("10.2", Some(false), false),
    ] {
        let switches = Switches { last_login: switch, ..Switches::default() };
        let visitor = Visitor::of(switched(switches).version(version)).await;
        assert_eq!(
            visitor.get(path).await.text.contains("\"lastLogin\":\""),
            expected,
            "{version} {switch:?}"
        );
    }
}

#[tokio::test]
async fn rule_4_a_stale_index_omits_or_repeats_accounts() {
    let visitor = Visitor::version("10.2").await;
    let path = "/rest/api/admin/users/list/active";
    let whole = visitor.all(path, "username").await;
    visitor.site.set_faults(Faults { index_omits_every: 10, ..Faults::default() });
    assert_eq!(visitor.all(path, "username").await.len(), whole.len() - whole.len() / 10);
    visitor.site.set_faults(Faults { index_repeats_every: 10, ..Faults::default() });
    assert_eq!(visitor.all(path, "username").await.len(), whole.len() + whole.len() / 10);
    visitor.site.set_faults(Faults { reindexing: true, ..Faults::default() });
    assert_eq!(visitor.all(path, "username").await.len(), whole.len() / 2);
    assert_eq!(visitor.get("/rest/api/index/reindex").await.json()["completed"], false);
    visitor.site.set_faults(Faults::default());
    assert_eq!(visitor.all(path, "username").await, whole);
}

#[tokio::test]
async fn rule_5_a_large_limit_is_lowered_and_echoed_next_is_relative_and_missing_on_the_last_page() {
    let options =
        Options { context_path: "/confluence".into(), ..Options::new("9.3", 450, 3, Options::small().now) };
    let visitor = Visitor::of(options).await;
    let first = visitor.get("/rest/api/user/list?limit=5000&expand=status").await.json();
    assert_eq!((&first["limit"], &first["size"]), (&json!(200), &json!(200)));
    assert_eq!(first["_links"]["next"], "/rest/api/user/list?expand=status&limit=200&start=200");
    assert_eq!(
        (&first["_links"]["base"], &first["_links"]["context"]),
        (&json!(visitor.site.url()), &json!("/confluence"))
    );
    let last = visitor.get("/rest/api/user/list?limit=200&start=400").await.json();
    assert!(last["_links"].get("next").is_none());
    assert_eq!(visitor.get("/rest/api/user/list?limit=-1").await.status, 400);
    let names = visitor.all("/rest/api/user/list", "username").await;
    assert_eq!(names.len(), visitor.site.with_state(|state| state.counts().0));
    let distinct: std::collections::BTreeSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), names.len());
}

#[tokio::test]
async fn rule_6_ensuring_writes_answer_204_twice_and_take_effect_once() {
    let visitor = Visitor::small().await;
    for path in ["/rest/api/admin/user/mkoval/disable", "/rest/api/admin/user/mkoval/enable"] {
        assert_eq!((visitor.put(path).await, visitor.put(path).await), (204, 204));
    }
    let membership = "/rest/api/user/mkoval/group/confluence-inactive";
    assert_eq!((visitor.put(membership).await, visitor.put(membership).await), (204, 204));
    assert_eq!((visitor.delete(membership).await, visitor.delete(membership).await), (204, 204));
    let effects: Vec<_> = visitor.site.writes().iter().map(|write| write.effect == Some(true)).collect();
    assert_eq!(effects, [true, false, true, false, true, false, true, false]);
    assert_eq!(visitor.put("/rest/api/admin/user/nobody/disable").await, 404);
    assert_eq!(visitor.put("/rest/api/user/nobody/group/confluence-users").await, 404);
    assert_eq!(visitor.put("/rest/api/user/mkoval/group/no-such-group").await, 404);
}

#[tokio::test]
async fn rule_6_creating_checks_names_seats_and_duplicates() {
    let visitor = Visitor::small().await;
    let new = |name: &str| json!({"userName": name, "fullName": "New Person", "email": "new@example.com", "password": "secret"});
    let create = async |body| visitor.send("POST", "/rest/api/admin/user", Some(body)).await;
    let created = create(new("new.person")).await;
    assert_eq!(created.status, 201, "{}", created.text);
    assert_eq!(create(new("new.person")).await.status, 409);
    assert_eq!(
        visitor.get_as("new.person", "secret", "/rest/api/user/current").await.json()["username"],
        "new.person"
    );
    for bad in ["", "New", "a b", "a+b", "a,b", "o'brien", "anonymous"] {
        assert_eq!(create(new(bad)).await.status, 400, "{bad:?}");
    }
    let mut neither = new("other");
    neither.as_object_mut().expect("an object").remove("password");
    assert_eq!(create(neither).await.status, 400);
    visitor.site.with_state(|state| state.set_seat_limit(10));
    assert_eq!(create(new("late")).await.status, 402);
    let update =
        visitor.send("PUT", "/rest/api/admin/user/new.person", Some(json!({"fullName": "Renamed"}))).await;
    assert_eq!(update.status, 204);
    assert_eq!(visitor.get("/rest/api/user?username=new.person").await.json()["displayName"], "Renamed");
}

#[tokio::test]
async fn rule_6_groups_are_created_with_201_and_from_10_on_with_200() {
    for (version, expected) in [("9.3", 201), ("10.0", 200)] {
        let visitor = Visitor::version(version).await;
        let body = json!({"type": "group", "name": "fresh"});
        assert_eq!(visitor.send("POST", "/rest/api/admin/group", Some(body.clone())).await.status, expected);
        assert_eq!(visitor.send("POST", "/rest/api/admin/group", Some(body)).await.status, 409);
        assert_eq!(visitor.delete("/rest/api/admin/group/fresh").await, 204);
        assert_eq!(visitor.delete("/rest/api/admin/group/fresh").await, 404);
        assert_eq!(visitor.delete("/rest/api/admin/group/confluence-administrators").await, 400);
    }
}

#[tokio::test]
async fn rule_7_deleting_takes_polls_and_leaves_an_unknown_name() {
    let visitor = Visitor::small().await;
    let key = visitor.site.with_state(|state| state.account_view("mkoval").expect("mkoval").user_key);
    let submitted = visitor.send("DELETE", "/rest/api/admin/user/mkoval", None).await;
    assert_eq!(submitted.status, 202);
    let submitted = submitted.json();
    let path = submitted["links"]["status"].as_str().expect("a status link").to_owned();
    assert!(path.ends_with(submitted["id"].as_str().expect("an id")));
    let first = visitor.get(&path).await.json();
    assert_eq!((&first["percentageComplete"], &first["successful"]), (&json!(50), &json!(true)));
    assert_eq!(visitor.status_of("mkoval"), "enabled");
    assert_eq!(visitor.get(&path).await.json()["percentageComplete"], 100);
    assert_eq!(visitor.get("/rest/api/user?username=mkoval").await.status, 404);
    assert_eq!(visitor.get(&format!("/rest/api/user?key={key}")).await.json()["username"], key);
    for _ in 0..3 {
        visitor.get(&path).await;
    }
    assert_eq!(visitor.get(&path).await.status, 404, "the task is forgotten some time after");
    assert_eq!(visitor.delete("/rest/api/admin/user/mkoval").await, 404);
}

#[tokio::test]
async fn rule_7_a_deletion_may_fail_or_its_task_may_vanish() {
    let visitor = Visitor::small().await;
    visitor.site.set_faults(Faults { task_fails: true, task_polls: Some(1), ..Faults::default() });
    let id = visitor.send("DELETE", "/rest/api/admin/user/tbeck", None).await.json()["id"].clone();
    let look = visitor.get(&format!("/rest/api/longtask/{}", id.as_str().expect("an id"))).await.json();
    assert_eq!((&look["percentageComplete"], &look["successful"]), (&json!(100), &json!(false)));
    assert_eq!(visitor.status_of("tbeck"), "enabled");
    visitor.site.set_faults(Faults { task_vanishes: true, ..Faults::default() });
    let id = visitor.send("DELETE", "/rest/api/admin/user/alee", None).await.json()["id"].clone();
    assert_eq!(visitor.get(&format!("/rest/api/longtask/{}", id.as_str().expect("an id"))).await.status, 404);
    assert_eq!(visitor.get("/rest/api/user?username=alee").await.status, 404);
}

#[tokio::test]
async fn odd_names_travel_in_paths_and_queries() {
    let visitor = Visitor::version("10.2.14").await;
    for (segment, query, name) in [
        ("jan%20novak", "jan+novak", "jan novak"),
        ("c%23dev", "c%23dev", "c#dev"),
        ("50%25off", "50%25off", "50%off"),
        ("a+b", "a%2Bb", "a+b"),
        ("%E7%94%A8%E6%88%B7%E4%B8%80", "%E7%94%A8%E6%88%B7%E4%B8%80", "用户一"),
    ] {
        assert_eq!(
            visitor.put(&format!("/rest/api/user/{segment}/group/100%25%20remote")).await,
            204,
            "{name}"
        );
        assert!(visitor.groups_of(name).contains(&"100% remote".to_owned()), "{name}");
        assert_eq!(visitor.get(&format!("/rest/api/user?username={query}")).await.json()["username"], name);
    }
    assert_eq!(visitor.put("/rest/api/user/ops%2Fnight/group/r+d").await, 400);
    assert_eq!(visitor.get("/rest/api/group/member?groupName=ops%2Fnight+shift").await.status, 200);
    let lenient =
        Visitor::of(switched(Switches { encoded_slash: EncodedSlash::Status404, ..Switches::default() }))
            .await;
    assert_eq!(lenient.get("/rest/api/group/ops%2Fnight%20shift/member").await.status, 404);
}

#[tokio::test]
async fn nesting_is_resolved_where_switches_say_so_and_cycles_end() {
    let open = Switches { member_of_nested: true, members_nested: true, ..Switches::default() };
    for (switches, nested) in [(Switches::default(), false), (open, true)] {
        let visitor = Visitor::of(switched(switches).version("10.0")).await;
        visitor.site.with_state(|state| {
            state.remove_from_group("mkoval", "confluence-users").expect("removed");
            state.add_to_group("mkoval", "wiki-staff").expect("added");
            state.add_to_group("mkoval", "eng-tools").expect("added");
            assert!(state.account_view("mkoval").expect("mkoval").seat, "a nested group gives the seat");
        });
        let groups = visitor.all("/rest/api/user/memberof?username=mkoval", "name").await;
        assert_eq!(groups.contains(&"confluence-users".to_owned()), nested);
        let members = visitor.all("/rest/api/group/confluence-users/member", "username").await;
        assert_eq!(members.contains(&"mkoval".to_owned()), nested);
        let above = visitor.get("/rest/api/group/eng-tools/groupancestor").await.column("name");
        assert_eq!(above, ["eng-platform", "eng-core"]);
        assert_eq!(
            visitor.get("/rest/api/group/confluence-users/groupmember").await.column("name"),
            ["wiki-staff"]
        );
        assert_eq!(
            visitor.get("/rest/api/group/wiki-staff/groupparent").await.column("name"),
            ["confluence-users"]
        );
    }
}

#[tokio::test]
async fn shadowed_names_are_listed_once_or_twice() {
    for twice in [false, true] {
        let visitor = Visitor::of(switched(Switches { shadowed_twice: twice, ..Switches::default() })).await;
        let names = visitor.all("/rest/api/user/list", "username").await;
        let count = names.iter().filter(|name| *name == "tbeck").count();
        assert_eq!(count, if twice { 2 } else { 1 });
    }
}

#[tokio::test]
async fn memberof_of_an_unknown_account_answers_as_configured() {
    let strict = Visitor::small().await;
    assert_eq!(strict.get("/rest/api/user/memberof?username=nobody").await.status, 404);
    let switches = Switches { member_of_unknown: MemberOfUnknown::EmptyPage, ..Switches::default() };
    let lenient = Visitor::of(switched(switches)).await;
    assert_eq!(lenient.get("/rest/api/user/memberof?username=nobody").await.json()["size"], 0);
}

#[tokio::test]
async fn a_rule_cuts_the_connection_before_or_after_the_effect() {
    let visitor = Visitor::small().await;
    let path = "/rest/api/admin/user/mkoval/disable";
    let once = |fault| Faults {
        rules: vec![Rule { writes: Some(true), times: Some(1), ..Rule::new(fault) }],
        ..Faults::default()
    };
    visitor.site.set_faults(once(Fault::CutBefore));
    assert_eq!(visitor.try_put(path).await, None);
    assert_eq!(visitor.status_of("mkoval"), "enabled");
    visitor.site.set_faults(once(Fault::CutAfter));
    assert_eq!(visitor.try_put(path).await, None);
    assert_eq!(visitor.status_of("mkoval"), "disabled");
    assert_eq!(visitor.try_put(path).await, Some(204));
    let writes: Vec<_> =
        visitor.site.writes().iter().map(|w| (w.status, w.effect, w.caller.clone())).collect();
    let admin = || "admin".to_owned();
    assert_eq!(writes, [(0, Some(false), admin()), (0, Some(true), admin()), (204, Some(false), admin())]);
}
