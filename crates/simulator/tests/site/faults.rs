//! Faults, placed where a test wants them.

use std::time::{Duration, Instant};

use rollcall_simulator::{Fault, Faults, JournalEntry, Options, Rule};

use crate::visitor::Visitor;

fn one(fault: Fault) -> Faults {
    Faults { rules: vec![Rule { times: Some(1), ..Rule::new(fault) }], ..Faults::default() }
}

/// The answer, or `None` if the body never came.
async fn try_get(visitor: &Visitor, path: &str) -> Option<(u16, String)> {
    let token = format!("Bearer {}", visitor.site.token());
    let answer = visitor.try_send("GET", path, None, &[("authorization", &token)]).await;
    answer.ok().map(|answer| (answer.status, answer.text))
}

#[tokio::test]
async fn answers_can_be_refused_broken_or_replaced() {
    let visitor = Visitor::small().await;
    let path = "/rest/api/user/list";
    let whole = visitor.get(path).await.text;
    let mut struck = Vec::new();
    for fault in [
        Fault::Status { status: 503, retry_after: Some(7) },
        Fault::Html,
        Fault::WrongJson,
        Fault::LoginRedirect,
        Fault::Truncated,
        Fault::Unauthorised,
        Fault::TooMany { retry_after: Some(1) },
        Fault::CutBefore,
        Fault::CutBody,
    ] {
        visitor.site.set_faults(one(fault.clone()));
        let answer = try_get(&visitor, path).await;
        if let Some((200, text)) = &answer {
            assert_ne!(*text, whole, "{fault:?}");
        }
        struck.push(answer.map(|(status, _)| status));
        assert_eq!(visitor.get(path).await.text, whole, "{fault:?} struck once");
    }
    let expected = [Some(503), Some(200), Some(200), Some(302), Some(200), Some(401), Some(429), None, None];
    assert_eq!(struck, expected);
}

#[tokio::test]
async fn a_status_may_come_although_the_effect_took_place() {
    let visitor = Visitor::small().await;
    visitor.site.set_faults(one(Fault::StatusAfter { status: 500 }));
    assert_eq!(visitor.put("/rest/api/admin/user/mkoval/disable").await, 500);
    assert_eq!(visitor.status_of("mkoval"), "disabled");
    visitor.site.set_faults(one(Fault::Ignored));
    assert_eq!(visitor.put("/rest/api/admin/user/mkoval/enable").await, 204);
    assert_eq!(visitor.status_of("mkoval"), "disabled");
    let effects: Vec<_> = visitor.site.writes().iter().map(|write| (write.status, write.effect)).collect();
    assert_eq!(effects, [(500, Some(true)), (204, Some(false))]);
}

#[tokio::test]
async fn answers_are_late_before_or_after_the_effect() {
    let visitor = Visitor::small().await;
    visitor.site.set_faults(Faults { latency_ms: 60, jitter_ms: 10, ..Faults::default() });
    let began = Instant::now();
    visitor.get("/status").await;
    assert!(began.elapsed() >= Duration::from_millis(60));
    // A client that gives up once the site has its request: late before the effect it never happens, late after it has happened.
    for (fault, name, status) in [
        (Fault::Delay { ms: 60_000 }, "mkoval", "enabled"),
        (Fault::DelayAfter { ms: 60_000 }, "tbeck", "disabled"),
    ] {
        let is_late_after = matches!(fault, Fault::DelayAfter { .. });
        visitor.site.set_faults(one(fault));
        visitor.site.clear_journal();
        let path = format!("/rest/api/admin/user/{name}/disable");
        let has_it = async {
            let had = |write: &JournalEntry| !is_late_after || write.effect == Some(true);
            while !visitor.site.writes().iter().any(had) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            _ = visitor.try_put(&path) => panic!("it was answered"),
            () = has_it => {}
        }
        assert_eq!(visitor.status_of(name), status);
    }
}

#[tokio::test]
async fn a_request_that_is_held_waits_until_the_faults_are_set_anew() {
    let visitor = Visitor::small().await;
    visitor.site.set_faults(Faults::hold_writes_after(1));
    assert_eq!(visitor.put("/rest/api/admin/user/mkoval/disable").await, 204);
    let releasing = async {
        while visitor.site.writes().len() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(visitor.get("/rest/api/user?username=tbeck").await.status, 200, "reads are not held");
        assert_eq!(visitor.status_of("tbeck"), "enabled");
        visitor.site.set_faults(Faults::default());
    };
    let (status, ()) = tokio::join!(visitor.put("/rest/api/admin/user/tbeck/disable"), releasing);
    assert_eq!((status, visitor.status_of("tbeck").as_str()), (204, "disabled"));
    // Whoever is held is struck by what comes next, as if they had come then.
    visitor.site.set_faults(Faults::hold_writes_after(0));
    visitor.site.clear_journal();
    let releasing = async {
        while visitor.site.writes().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        visitor.site.set_faults(one(Fault::Status { status: 503, retry_after: None }));
    };
    let (status, ()) = tokio::join!(visitor.put("/rest/api/admin/user/tbeck/enable"), releasing);
    assert_eq!((status, visitor.status_of("tbeck").as_str()), (503, "disabled"));
}

#[tokio::test]
async fn rows_are_lost_or_repeated_between_pages() {
    let visitor = Visitor::of(Options::new("9.3", 300, 1, Options::small().now)).await;
    let path = "/rest/api/user/list?limit=100&start=100";
    let right = visitor.get(path).await.column("username");
    let second_page = |fault| Faults {
        rules: vec![Rule { path: Some("start=100".into()), ..Rule::new(fault) }],
        ..Faults::default()
    };
    visitor.site.set_faults(second_page(Fault::LoseRows { rows: 2 }));
    assert_eq!(visitor.get(path).await.column("username")[..98], right[2..]);
    visitor.site.set_faults(second_page(Fault::RepeatRows { rows: 2 }));
    assert_eq!(visitor.get(path).await.column("username")[2..], right[..98]);
    visitor.site.set_faults(second_page(Fault::NoNext));
    assert!(visitor.get(path).await.json()["_links"].get("next").is_none());
    visitor.site.set_faults(second_page(Fault::StartIgnored));
    assert_eq!(
        visitor.get(path).await.column("username"),
        visitor.get("/rest/api/user/list?limit=100").await.column("username")
    );
}

#[tokio::test]
async fn a_share_of_requests_fails() {
    let visitor = Visitor::small().await;
    let rules =
        vec![Rule { share: Some(0.25), ..Rule::new(Fault::Status { status: 500, retry_after: None }) }];
    visitor.site.set_faults(Faults { rules, ..Faults::default() });
    let mut failed = 0;
    for _ in 0..40 {
        failed += u32::from(visitor.get("/status").await.status == 500);
    }
    assert!((8..=12).contains(&failed), "{failed}");
}

#[tokio::test]
async fn tokens_can_expire_all_at_once() {
    let visitor = Visitor::small().await;
    visitor.site.set_faults(Faults { tokens_expired: true, ..Faults::default() });
    assert_eq!(visitor.get("/rest/api/user/current").await.json()["type"], "anonymous");
    assert_eq!(
        visitor.get_as("admin", visitor.site.password(), "/rest/api/user/current").await.json()["type"],
        "known"
    );
}
