//! The rules of `confluence-data-center.md §12` about who may ask, and how often.

use rollcall_simulator::{Faults, Options, RateLimit, Switches};
use serde_json::json;

use crate::visitor::Visitor;

fn switched(switches: Switches) -> Options {
    Options { switches, ..Options::small() }
}

#[tokio::test]
async fn rule_8_a_bad_token_is_anonymous_where_anonymous_access_is_on_and_refused_elsewhere() {
    let bad = [("authorization", "Bearer not-a-token")];
    let visitor = Visitor::small().await;
    let current = visitor.send_with("GET", "/rest/api/user/current", None, &bad).await;
    assert_eq!((current.status, current.json()["type"].as_str()), (200, Some("anonymous")));
    assert_eq!(current.header("x-ausername"), "");
    assert_eq!(visitor.send_with("GET", "/rest/api/user/list", None, &bad).await.status, 403);
    assert_eq!(visitor.send_with("PUT", "/rest/api/admin/user/mkoval/disable", None, &bad).await.status, 401);
    let good = visitor.get("/rest/api/user/current").await;
    assert_eq!((good.header("x-ausername"), good.header("x-seraph-loginreason")), ("admin", "OK"));

    let closed = Visitor::of(switched(Switches { anonymous_access: false, ..Switches::default() })).await;
    assert_eq!(closed.send_with("GET", "/rest/api/user/current", None, &bad).await.status, 401);
}

#[tokio::test]
async fn rule_8_tokens_expire_and_are_revoked() {
    let visitor = Visitor::small().await;
    let token = visitor.site.token().to_owned();
    let current = async || visitor.get("/rest/api/user/current").await.json()["type"].clone();
    assert_eq!(current().await, "known");
    let soon = visitor.site.now() + jiff::SignedDuration::from_hours(24);
    visitor.site.with_state(|state| assert!(state.expire_token(&token, soon)));
    assert_eq!(current().await, "known");
    visitor.site.set_now(soon);
    assert_eq!(current().await, "anonymous");

    let body = json!({"name": "mine", "expirationDuration": 90});
    let (name, password) = ("mkoval", visitor.site.password_of("mkoval"));
    let made = visitor.send_as(name, &password, "POST", "/rest/pat/latest/tokens", Some(body)).await;
    assert_eq!(made.status, 201);
    let made = made.json();
    let own = format!("Bearer {}", made["rawToken"].as_str().expect("a token"));
    let who = async || {
        visitor.send_with("GET", "/rest/api/user/current", None, &[("authorization", &own)]).await.json()["username"].clone()
    };
    assert_eq!(who().await, "mkoval");
    let listed = visitor.get_as(name, &password, "/rest/pat/latest/tokens").await.json();
    assert_eq!((&listed[0]["id"], listed[0].get("rawToken")), (&made["id"], None));
    assert_eq!(
        visitor
            .send_as(name, &password, "DELETE", &format!("/rest/pat/latest/tokens/{}", made["id"]), None)
            .await
            .status,
        204
    );
    assert!(who().await.is_null());
}

#[tokio::test]
async fn rule_8_three_wrong_passwords_lock_the_account_until_a_human_comes() {
    let visitor = Visitor::small().await;
    for _ in 0..3 {
        let refused = visitor.get_as("mkoval", "wrong", "/rest/api/user/current").await;
        assert_eq!((refused.status, refused.header("x-seraph-loginreason")), (401, "AUTHENTICATED_FAILED"));
    }
    let right = visitor.site.password_of("mkoval");
    let locked = visitor.get_as("mkoval", &right, "/rest/api/user/current").await;
    assert_eq!((locked.status, locked.header("x-seraph-loginreason")), (401, "AUTHENTICATION_DENIED"));
    assert!(locked.header("content-type").starts_with("text/html"));
    visitor.site.with_state(|state| state.solve_captcha("mkoval").expect("an account"));
    assert_eq!(visitor.get_as("mkoval", &right, "/rest/api/user/current").await.status, 200);
}

#[tokio::test]
async fn rule_9_requests_are_limited_by_account_and_told_so() {
    let visitor = Visitor::small().await;
    let limit = RateLimit { capacity: 3, fill_rate: 1, interval_ms: 60_000 };
    visitor.site.set_faults(Faults { rate_limit: Some(limit), ..Faults::default() });
    let first = visitor.get("/rest/api/user/current").await;
    assert_eq!(
        (first.status, first.header("x-ratelimit-limit"), first.header("x-ratelimit-remaining")),
        (200, "3", "2")
    );
    assert_eq!(
        (first.header("x-ratelimit-fillrate"), first.header("x-ratelimit-interval-seconds")),
        ("1", "60")
    );
    assert_eq!(first.header("retry-after"), "0");
    visitor.get("/rest/api/user/current").await;
    visitor.get("/rest/api/user/current").await;
    let refused = visitor.put("/rest/api/admin/user/mkoval/disable").await;
    assert_eq!((refused, visitor.status_of("mkoval").as_str()), (429, "enabled"));
    let anonymous = visitor.anonymously("GET", "/rest/applinks/1.0/manifest").await;
    assert_eq!((anonymous.status, anonymous.header("x-ratelimit-limit")), (200, ""));
    visitor.site.set_faults(Faults { blocked_accounts: ["admin".to_owned()].into(), ..Faults::default() });
    let blocked = visitor.get("/rest/api/user/current").await;
    assert_eq!((blocked.status, blocked.header("retry-after")), (429, "9223372036854775807"));
    assert_eq!(blocked.header("x-ratelimit-limit"), "0");
}

#[tokio::test]
async fn rule_11_each_call_needs_its_permission() {
    let visitor = Visitor::version("10.0").await;
    visitor.site.with_state(|state| {
        state.remove_from_group("tbeck", "confluence-users").expect("removed");
    });
    let asked = async |name: &str, method: &str, path: &str| {
        let password = visitor.site.password_of(name);
        visitor.send_as(name, &password, method, path, None).await.status
    };
    assert_eq!(asked("mkoval", "GET", "/rest/api/user/list").await, 200);
    assert_eq!(asked("tbeck", "GET", "/rest/api/user/list").await, 403, "not licensed");
    assert_eq!(asked("mkoval", "PUT", "/rest/api/admin/user/alee/disable").await, 403);
    assert_eq!(asked("tbeck", "PUT", "/rest/api/admin/user/alee/disable").await, 401);
    assert_eq!(
        asked("mkoval", "GET", "/rest/api/group/confluence-users/member").await,
        403,
        "10.x: administrators only"
    );
    assert_eq!(asked("mkoval-adm", "GET", "/rest/api/group/confluence-users/member").await, 200);
    assert_eq!(asked("mkoval", "GET", "/rest/crowd/latest/directory").await, 403);
    assert_eq!(asked("mkoval", "GET", "/rest/license/1.0/license/userCount").await, 403);
    // An administrator who does not administer the system may disable, but not delete.
    let use_and_administer = json!([{"targetType": "application", "operationKey": "use"},
        {"targetType": "application", "operationKey": "administer"}]);
    let granted =
        visitor.send("PUT", "/rest/api/permissions/user/mkoval/grant", Some(use_and_administer)).await;
    assert_eq!(granted.status, 204);
    assert_eq!(asked("mkoval", "PUT", "/rest/api/admin/user/alee/disable").await, 204);
    assert_eq!(asked("mkoval", "DELETE", "/rest/api/admin/user/alee").await, 403);
    assert_eq!(visitor.anonymously("DELETE", "/rest/api/admin/user/alee").await.status, 401);
    assert_eq!(visitor.anonymously("GET", "/rest/api/server-information").await.status, 401);
    let older = Visitor::version("9.3").await;
    let password = older.site.password_of("mkoval");
    assert_eq!(
        older.get_as("mkoval", &password, "/rest/api/group/confluence-users/member").await.status,
        200
    );
}

#[tokio::test]
async fn rule_12_in_read_only_mode_every_write_fails_and_reads_work() {
    let visitor = Visitor::small().await;
    assert_eq!(visitor.get("/rest/api/accessmode").await.json(), "READ_WRITE");
    visitor.site.set_faults(Faults { read_only_mode: true, ..Faults::default() });
    assert_eq!(visitor.get("/rest/api/accessmode").await.json(), "READ_ONLY");
    assert_eq!(visitor.put("/rest/api/admin/user/mkoval/disable").await, 405);
    assert_eq!(visitor.delete("/rest/api/user/mkoval/group/confluence-users").await, 405);
    assert_eq!(visitor.status_of("mkoval"), "enabled");
    assert_eq!(visitor.get("/rest/api/user/list").await.status, 200);
}
