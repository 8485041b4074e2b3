//! Plans and approvals.

use crate::*;
use rollcall_store::{ApprovalRow, ListedPlan, PlanFilter, StoreError};
use rollcall_testkit::both_databases;

fn says(operator: &str, is_consent: bool) -> ApprovalRow {
    ApprovalRow {
        id: format!("approval-{operator}").into(),
        plan: "plan-1".into(),
        operator: operator.to_owned(),
        is_consent,
        comment: "looked at each of them".to_owned(),
        given_at: now(),
    }
}

async fn awaiting(database: &TestDatabase) -> Store {
    let store = open(database).await;
    let plan = PlanRow { approval: ApprovalState::Awaited, ..plan("plan-1") };
    store.add_plan(&plan, b"body", entry()).await.unwrap();
    store
}

both_databases! {
    async fn a_plan_comes_back_as_it_was_stored(database: TestDatabase) {
        let store = open(&database).await;
        let plan = PlanRow { policy: Some("reclaim".to_owned()), version: Some("v1".to_owned()), ..plan("plan-1") };
        let body: Vec<u8> = (0..200_000u32).flat_map(|n| format!("{{\"seq\":{n}}},").into_bytes()).collect();
        store.add_plan(&plan, &body, entry()).await.unwrap();
        assert_eq!(store.plan(&plan.id).await.unwrap(), plan);
        assert!(store.plan_body(&plan.id).await.unwrap() == body);
        let of = |site: Option<SiteId>| PlanFilter { site, ..PlanFilter::default() };
        let listed = store.plans(&of(Some(site_id())), now()).await.unwrap();
        assert_eq!(listed, [ListedPlan { plan, run: None }]);
        assert_eq!(store.plans(&of(Some("other".into())), now()).await.unwrap(), []);
        assert_eq!(store.plans(&of(None), now()).await.unwrap().len(), 1);
        assert!(matches!(store.plan(&"plan-2".into()).await, Err(StoreError::NotFound { .. })));
        assert!(matches!(store.plan_body(&"plan-2".into()).await, Err(StoreError::NotFound { .. })));
    }

    async fn a_plan_never_changes(database: TestDatabase) {
        let store = open(&database).await;
        store.add_plan(&plan("plan-1"), b"one", entry()).await.unwrap();
        for body in [&b"one"[..], b"two"] {
            let error = store.add_plan(&plan("plan-1"), body, entry()).await.unwrap_err();
            assert_eq!(error.to_string(), "plan \"plan-1\" exists already");
        }
        assert_eq!(store.plan_body(&"plan-1".into()).await.unwrap(), b"one");
    }

    async fn an_empty_plan_is_a_plan(database: TestDatabase) {
        let store = open(&database).await;
        store.add_plan(&PlanRow { items: 0, ..plan("plan-1") }, b"", entry()).await.unwrap();
        assert_eq!(store.plan_body(&"plan-1".into()).await.unwrap(), b"");
    }

    async fn a_body_that_was_tampered_with_is_damaged(database: TestDatabase) {
        let store = open(&database).await;
        store.add_plan(&plan("plan-1"), b"one", entry()).await.unwrap();
        // The bytes of "not zstd", written so that each database understands it in its own way.
        let sql = if database.is_postgres() { "UPDATE plans SET body = decode('6e6f74', 'hex')" } else { "UPDATE plans SET body = x'6e6f74'" };
        raw(&database, sql).await;
        assert!(matches!(store.plan_body(&"plan-1".into()).await, Err(StoreError::Corrupt { .. })));
    }

    async fn two_have_to_agree_where_two_are_needed(database: TestDatabase) {
        let store = awaiting(&database).await;
        assert_eq!(store.decide_plan(&says("mira", true), 2, entry(), None).await.unwrap(), ApprovalState::Awaited);
        let again = ApprovalRow { id: "approval-2".into(), ..says("mira", true) };
        let error = store.decide_plan(&again, 2, entry(), None).await.unwrap_err();
        assert!(error.to_string().contains("needs another person"), "{error}");
        assert_eq!(store.decide_plan(&says("tom", true), 2, entry(), None).await.unwrap(), ApprovalState::Approved);
        assert_eq!(store.plan(&"plan-1".into()).await.unwrap().approval, ApprovalState::Approved);
        let late = store.decide_plan(&says("ana", false), 2, entry(), None).await.unwrap_err();
        assert!(late.to_string().contains("approved already"), "{late}");
        assert_eq!(store.approvals(&"plan-1".into()).await.unwrap(), [says("mira", true), says("tom", true)]);
    }

    async fn one_no_is_enough(database: TestDatabase) {
        let store = awaiting(&database).await;
        assert_eq!(store.decide_plan(&says("mira", false), 1, entry(), None).await.unwrap(), ApprovalState::Rejected);
        assert!(matches!(store.decide_plan(&says("tom", true), 1, entry(), None).await, Err(StoreError::Conflict { .. })));
    }

    async fn two_who_approve_at_once_are_both_counted(database: TestDatabase) {
        let store = awaiting(&database).await;
        let (mira, tom) = (says("mira", true), says("tom", true));
        let both = tokio::join!(store.decide_plan(&mira, 2, entry(), None), store.decide_plan(&tom, 2, entry(), None));
        let states = [both.0.unwrap(), both.1.unwrap()];
        assert!(states.contains(&ApprovalState::Awaited) && states.contains(&ApprovalState::Approved), "{states:?}");
        assert_chain_is_whole(&store).await;
    }

    async fn a_plan_that_needs_no_approval_takes_none(database: TestDatabase) {
        let store = open(&database).await;
        store.add_plan(&plan("plan-1"), b"one", entry()).await.unwrap();
        assert!(matches!(store.decide_plan(&says("mira", true), 1, entry(), None).await, Err(StoreError::Conflict { .. })));
        let unknown = ApprovalRow { plan: "plan-2".into(), ..says("mira", true) };
        assert!(matches!(store.decide_plan(&unknown, 1, entry(), None).await, Err(StoreError::NotFound { .. })));
    }
}
