//! Runs: created once, stopped, resumed, ended.

use crate::*;
use rollcall_store::{RunFilter, RunState, Step, StepResult, Stop, StoreError};
use rollcall_testkit::both_databases;

fn run_of(plan: &str, id: &str) -> RunDraft {
    RunDraft {
        id: id.into(),
        plan: plan.into(),
        undo_of: None,
        started_by: "mira".to_owned(),
        job: None,
        during_freeze: false,
    }
}

async fn of_policy(store: &Store, id: &str) -> Result<(), StoreError> {
    let plan = PlanRow { policy: Some("reclaim".to_owned()), ..plan(id) };
    store.add_plan(&plan, b"[]", entry()).await?;
    store.create_run(&run_of(id, &format!("run-of-{id}")), &[item(0), item(1)], now(), vec![entry()]).await
}

async fn states(store: &Store, run: &RunId) -> Vec<ItemState> {
    store.items(run, &[], None, 1000).await.unwrap().into_iter().map(|item| item.state).collect()
}

both_databases! {
    async fn a_run_comes_back_with_its_items(database: TestDatabase) {
        let store = open(&database).await;
        let id = add_run(&store, "run-1", 3).await;
        let run = store.run(&id).await.unwrap();
        assert_eq!((run.state, run.mode, run.counts.of(ItemState::Pending), run.counts.total()), (RunState::Pending, Mode::Live, 3, 3));
        assert_eq!((run.created_at, run.started_at, run.epoch, run.owner.clone()), (now(), None, 0, None));
        let second = store.item(&id, 1).await.unwrap();
        let wanted = item(1);
        assert_eq!((second.account, second.username, second.change), (wanted.account, wanted.username, wanted.change));
        assert_eq!((second.before, second.after, second.why), (wanted.before, wanted.after, wanted.why));
        assert_eq!(store.run_of_plan(&run.plan).await.unwrap().unwrap(), run);
        assert!(matches!(store.run(&"run-2".into()).await, Err(StoreError::NotFound { .. })));
        assert!(matches!(store.item(&id, 3).await, Err(StoreError::NotFound { .. })));
    }

    async fn items_are_listed_in_pages_and_by_state(database: TestDatabase) {
        let store = open(&database).await;
        let run = add_run(&store, "run-1", 25).await;
        let lease = take(&store, &run, "one", now()).await;
        let claims: Vec<_> = (0..25).step_by(2).map(|seq| Step::Claim { seq }).collect();
        store.commit_steps(&lease, &claims, now()).await.unwrap();
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = store.items(&run, &[ItemState::Started], after, 5).await.unwrap();
            assert!(page.len() <= 5);
            let Some(last) = page.last() else { break };
            after = Some(last.seq);
            seen.extend(page.iter().map(|item| item.seq));
        }
        assert_eq!(seen, (0..25).step_by(2).collect::<Vec<_>>());
        let open = store.items(&run, &[ItemState::Pending, ItemState::Started], None, 100).await.unwrap();
        assert_eq!(open.len(), 25);
        assert_counters_are_right(&store, &run).await;
    }

    async fn hostile_names_come_back(database: TestDatabase) {
        let store = open(&database).await;
        store.add_plan(&plan("plan-1"), b"[]", entry()).await.unwrap();
        let name = "'; DROP TABLE runs; -- \u{202E}مِيرا\u{1F600}\r\n\t$1 \\ \"";
        let item = ItemDraft { username: name.to_owned(), why: name.to_owned(), before: Some(json!({ "n": format!("{name}\0") })), ..item(0) };
        store.create_run(&run_of("plan-1", "run-1"), std::slice::from_ref(&item), now(), vec![entry()]).await.unwrap();
        let found = store.item(&"run-1".into(), 0).await.unwrap();
        assert_eq!((found.username.as_str(), found.why.as_str(), found.before), (name, name, item.before));
    }

    async fn a_name_with_nul_is_kept_without_it_on_both_databases(database: TestDatabase) {
        let store = open(&database).await;
        store.add_plan(&plan("plan-1"), b"[]", entry()).await.unwrap();
        let item = ItemDraft { username: "a\0b".to_owned(), why: "\0".to_owned(), account: "k\0".into(), ..item(0) };
        let run = RunDraft { started_by: "m\0".to_owned(), ..run_of("plan-1", "run-1") };
        store.create_run(&run, &[item], now(), vec![entry().because("w\0")]).await.unwrap();
        let lease = take(&store, &run.id, "o\0", now()).await;
        let record = Step::Record { seq: 0, to: ItemState::Failed, code: None, reason: Some("r\0".to_owned()), detail: Some(json!("\0")) };
        let results = store.commit_steps(&lease, &[Step::Claim { seq: 0 }, record], now()).await.unwrap();
        assert_eq!(results, [StepResult::Claimed { attempt: 1 }, StepResult::Recorded]);
        assert_eq!(store.item(&run.id, 0).await.unwrap().username, "a\u{FFFD}b");
        assert_chain_is_whole(&store).await;
    }

    async fn a_plan_is_executed_once(database: TestDatabase) {
        let store = open(&database).await;
        add_run(&store, "run-1", 1).await;
        let error = store.create_run(&run_of("plan-of-run-1", "run-2"), &[item(0)], now(), vec![entry()]).await.unwrap_err();
        assert!(error.to_string().contains("is executed by run run-1"), "{error}");
        let error = store.create_run(&run_of("plan-of-run-1", "run-1"), &[item(0)], now(), vec![entry()]).await.unwrap_err();
        assert_eq!(error.to_string(), "run \"run-1\" exists already");
        assert_eq!(store.runs(&RunFilter::default()).await.unwrap().len(), 1);
    }

    async fn a_plan_that_awaits_approval_or_was_rejected_or_expired_is_not_executed(database: TestDatabase) {
        let store = open(&database).await;
        let late = now() + SignedDuration::from_hours(24);
        for (id, approval, at, word) in [
            ("a", ApprovalState::Awaited, now(), "awaits approval"),
            ("b", ApprovalState::Rejected, now(), "was rejected"),
            ("c", ApprovalState::Approved, late, "expired at"),
        ] {
            store.add_plan(&PlanRow { approval, ..plan(id) }, b"[]", entry()).await.unwrap();
            let error = store.create_run(&run_of(id, "run-1"), &[item(0)], at, vec![entry()]).await.unwrap_err();
            assert!(matches!(error, StoreError::Conflict { what: "plan", .. }) && error.to_string().contains(word), "{error}");
        }
        let error = store.create_run(&run_of("d", "run-1"), &[item(0)], now(), vec![entry()]).await.unwrap_err();
        assert!(matches!(error, StoreError::NotFound { what: "plan", .. }), "{error}");
        assert_eq!(store.audit_head().await.unwrap().seq, 3, "only the three plans");
    }

    async fn a_policy_has_one_run_under_way_at_a_site(database: TestDatabase) {
        let store = open(&database).await;
        of_policy(&store, "a").await.unwrap();
        let error = of_policy(&store, "b").await.unwrap_err();
        assert!(error.to_string().contains("while run run-of-a of the same policy is under way"), "{error}");
        store.request_stop(&"run-of-a".into(), "", now(), entry()).await.unwrap();
        store.create_run(&run_of("b", "run-of-b"), &[item(0)], now(), vec![entry()]).await.unwrap();
        let error = store.resume_run(&"run-of-a".into(), None, entry()).await.unwrap_err();
        assert!(error.to_string().contains("while run run-of-b"), "{error}");
        assert_eq!(store.run(&"run-of-a".into()).await.unwrap().state, RunState::Stopped);
        // Bulk selections have no policy, and any number of runs.
        add_run(&store, "run-1", 1).await;
        add_run(&store, "run-2", 1).await;
    }

    async fn a_run_nobody_works_on_is_stopped_at_once(database: TestDatabase) {
        let store = open(&database).await;
        let run = add_run(&store, "run-1", 3).await;
        assert_eq!(store.request_stop(&run, "changed my mind", now(), entry()).await.unwrap(), Stop::Stopped);
        assert_eq!(states(&store, &run).await, [ItemState::Stopped; 3]);
        let row = store.run(&run).await.unwrap();
        assert_eq!((row.state, row.finished_at, row.stop_reason.as_deref()), (RunState::Stopped, Some(now()), Some("changed my mind")));
        assert_counters_are_right(&store, &run).await;
        let error = store.take_run(&run, "one", now(), MINUTE, entry()).await.unwrap_err();
        assert!(matches!(error, StoreError::RunStep { .. }), "{error}");
        assert!(matches!(store.request_stop(&run, "", now(), entry()).await, Err(StoreError::RunStep { .. })));
    }

    async fn stop_lets_nothing_new_begin_and_what_is_under_way_be_recorded(database: TestDatabase) {
        let store = open(&database).await;
        let run = add_run(&store, "run-1", 3).await;
        let lease = take(&store, &run, "one", now()).await;
        store.commit_steps(&lease, &[Step::Claim { seq: 0 }], now()).await.unwrap();
        assert_eq!(store.request_stop(&run, "enough", now(), entry()).await.unwrap(), Stop::Requested);
        assert_eq!(store.run(&run).await.unwrap().state, RunState::Stopping);
        let record = Step::Record { seq: 0, to: ItemState::Done, code: None, reason: None, detail: None };
        let results = store.commit_steps(&lease, &[Step::Claim { seq: 1 }, record, Step::Claim { seq: 2 }], now()).await.unwrap();
        assert_eq!(results, [StepResult::Stopped, StepResult::Recorded, StepResult::Stopped]);
        let renewal = store.renew(&lease, now(), MINUTE).await.unwrap();
        assert_eq!(renewal.stop.as_deref(), Some("enough"));
        store.finish_run(&lease, RunState::Stopped, None, now(), entry()).await.unwrap();
        assert_eq!(states(&store, &run).await, [ItemState::Done, ItemState::Stopped, ItemState::Stopped]);
        assert_counters_are_right(&store, &run).await;
        assert!(matches!(store.commit_steps(&lease, &[Step::Claim { seq: 1 }], now()).await, Err(StoreError::LeaseLost { .. })));
    }

    async fn a_stopped_run_goes_on_where_it_stopped(database: TestDatabase) {
        let store = open(&database).await;
        let run = add_run(&store, "run-1", 3).await;
        let lease = take(&store, &run, "one", now()).await;
        store.commit_steps(&lease, &[Step::Claim { seq: 0 }], now()).await.unwrap();
        // As where credentials are refused in the middle of an item.
        store.finish_run(&lease, RunState::Failed, None, now(), entry()).await.unwrap();
        assert_eq!(states(&store, &run).await, [ItemState::Started, ItemState::Stopped, ItemState::Stopped]);

        store.resume_run(&run, None, entry()).await.unwrap();
        let row = store.run(&run).await.unwrap();
        assert_eq!((row.state, row.finished_at, row.stop_reason), (RunState::Pending, None, None));
        assert_eq!(states(&store, &run).await, [ItemState::Started, ItemState::Pending, ItemState::Pending]);
        let lease = take(&store, &run, "two", now()).await;
        let results = store.commit_steps(&lease, &[Step::Claim { seq: 0 }, Step::Claim { seq: 1 }], now()).await.unwrap();
        assert_eq!(results, [StepResult::Claimed { attempt: 2 }, StepResult::Claimed { attempt: 1 }]);
        assert_counters_are_right(&store, &run).await;
        assert!(matches!(store.resume_run(&run, None, entry()).await, Err(StoreError::RunStep { .. })), "it is running");
    }

    async fn a_run_is_done_when_every_item_has_its_outcome_and_stays_so(database: TestDatabase) {
        let store = open(&database).await;
        let run = add_run(&store, "run-1", 1).await;
        let lease = take(&store, &run, "one", now()).await;
        let error = store.finish_run(&lease, RunState::Done, None, now(), entry()).await.unwrap_err();
        assert!(error.to_string().contains("has 1 items without outcome"), "{error}");
        for not_over in [RunState::Pending, RunState::Running, RunState::Stopping] {
            let error = store.finish_run(&lease, not_over, None, now(), entry()).await.unwrap_err();
            assert!(matches!(error, StoreError::RunStep { .. }), "{error}");
        }
        assert!(matches!(store.set_run_report(&run, &json!({})).await, Err(StoreError::Conflict { .. })));
        let record = Step::Record { seq: 0, to: ItemState::Already, code: None, reason: None, detail: None };
        store.commit_steps(&lease, &[Step::Claim { seq: 0 }, record], now()).await.unwrap();
        store.finish_run(&lease, RunState::Done, Some(&json!({ "done": 1 })), now() + MINUTE, entry()).await.unwrap();
        let row = store.run(&run).await.unwrap();
        assert_eq!((row.state, row.owner, row.finished_at), (RunState::Done, None, Some(now() + MINUTE)));
        assert_eq!(row.report, Some(json!({ "done": 1 })));
        store.set_run_report(&run, &json!([])).await.unwrap();
        assert!(matches!(store.resume_run(&run, None, entry()).await, Err(StoreError::RunStep { .. })));
        assert_chain_is_whole(&store).await;
    }

    async fn runs_are_listed_newest_first_and_by_what_they_are(database: TestDatabase) {
        let store = open(&database).await;
        of_policy(&store, "a").await.unwrap();
        add_run(&store, "run-2", 0).await;
        store.request_stop(&"run-2".into(), "", now(), entry()).await.unwrap();
        let ids = |runs: Vec<rollcall_store::RunRow>| runs.into_iter().map(|run| run.id.to_string()).collect::<Vec<_>>();
        assert_eq!(ids(store.runs(&RunFilter::default()).await.unwrap()), ["run-of-a", "run-2"]);
        let filter = RunFilter { policy: Some("reclaim".to_owned()), site: Some(site_id()), ..RunFilter::default() };
        assert_eq!(ids(store.runs(&filter).await.unwrap()), ["run-of-a"]);
        let filter = RunFilter { state: Some(RunState::Stopped), limit: Some(5), ..RunFilter::default() };
        assert_eq!(ids(store.runs(&filter).await.unwrap()), ["run-2"]);
        assert_eq!(ids(store.free_runs(now()).await.unwrap()), ["run-of-a"]);
    }

    async fn a_run_of_many_items_is_created_in_one_go(database: TestDatabase) {
        let store = open(&database).await;
        let run = add_run(&store, "run-1", 10_001).await;
        assert_eq!(store.run(&run).await.unwrap().counts.of(ItemState::Pending), 10_001);
        let last = store.items(&run, &[ItemState::Pending], Some(9_998), 10).await.unwrap();
        assert_eq!(last.iter().map(|item| item.seq).collect::<Vec<_>>(), [9_999, 10_000]);
    }
}
