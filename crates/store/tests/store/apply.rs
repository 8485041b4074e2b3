//! Claims and outcomes: each durable, each in the log, none twice.

use crate::*;
use rollcall_audit::Entry;
use rollcall_model::TransitionError;
use rollcall_store::{AuditFilter, Step, StepResult, StoreError};
use rollcall_testkit::both_databases;

fn claim(seq: u32) -> Step {
    Step::Claim { seq }
}

fn record(seq: u32, to: ItemState) -> Step {
    let (code, reason) = (Some("gone".to_owned()), Some("because".to_owned()));
    Step::Record { seq, to, code, reason, detail: Some(json!({ "status": 404 })) }
}

fn refused(from: ItemState, to: ItemState) -> StepResult {
    StepResult::Refused(TransitionError { from, to })
}

async fn entries(store: &Store, run: &RunId) -> Vec<Entry> {
    let filter =
        AuditFilter { kind: Some("run.item".to_owned()), run: Some(run.clone()), ..AuditFilter::default() };
    store.audit(&filter).await.unwrap()
}

both_databases! {
    async fn intent_and_outcome_stand_in_row_and_log(database: TestDatabase) {
        let store = open(&database).await;
        let run = add_run(&store, "run-1", 2).await;
        let lease = take(&store, &run, "one", now()).await;
        assert_eq!(store.commit_steps(&lease, &[claim(0)], now()).await.unwrap(), [StepResult::Claimed { attempt: 1 }]);
        let started = store.item(&run, 0).await.unwrap();
        assert_eq!((started.state, started.attempts, started.started_at), (ItemState::Started, 1, Some(now())));
        let later = now() + MINUTE;
        assert_eq!(store.commit_steps(&lease, &[record(0, ItemState::Done)], later).await.unwrap(), [StepResult::Recorded]);
        let done = store.item(&run, 0).await.unwrap();
        assert_eq!((done.state, done.code.as_deref(), done.reason.as_deref()), (ItemState::Done, Some("gone"), Some("because")));
        assert_eq!((done.detail, done.finished_at, done.attempts), (Some(json!({ "status": 404 })), Some(later), 1));

        let log = entries(&store, &run).await;
        let [intent, outcome] = &log[..] else { panic!("{log:?}") };
        assert_eq!((intent.kind.as_str(), outcome.kind.as_str()), ("run.item.intent", "run.item.outcome"));
        for entry in &log {
            assert_eq!((entry.actor.as_str(), entry.subject.account.as_ref().unwrap().as_str(), entry.subject.item), ("mira", "key-0", Some(0)));
            assert_eq!((&entry.before, &entry.after), (&item(0).before, &item(0).after));
            assert_eq!(entry.subject.plan.as_ref().unwrap().as_str(), "plan-of-run-1");
        }
        assert_eq!((intent.at, intent.why.as_str()), (now(), "idle >= 90d: last active 2026-01-01"));
        assert_eq!(intent.details, json!({ "change": { "change": "disable" }, "attempt": 1, "worker": "one", "epoch": 1 }));
        assert_eq!((outcome.at, outcome.why.as_str()), (later, "because"));
        assert_eq!(outcome.details["outcome"], "done");
        assert_chain_is_whole(&store).await;
        assert_counters_are_right(&store, &run).await;
    }

    async fn many_steps_share_a_transaction_in_their_order(database: TestDatabase) {
        let store = open(&database).await;
        let run = add_run(&store, "run-1", 40).await;
        let lease = take(&store, &run, "one", now()).await;
        let mut steps: Vec<_> = (0..40).map(claim).collect();
        let outcomes = [ItemState::Done, ItemState::Already, ItemState::Drifted, ItemState::Refused, ItemState::Failed, ItemState::Unknown];
        steps.extend((0..40).map(|seq| record(seq, outcomes[seq as usize % 6])));
        let results = store.commit_steps(&lease, &steps, now()).await.unwrap();
        assert!(results[..40].iter().all(|r| *r == StepResult::Claimed { attempt: 1 }));
        assert!(results[40..].iter().all(|r| *r == StepResult::Recorded));
        assert_counters_are_right(&store, &run).await;
        assert_eq!(store.run(&run).await.unwrap().counts.open(), 0);
        let log = entries(&store, &run).await;
        let items: Vec<_> = log.iter().map(|entry| entry.subject.item.unwrap()).collect();
        assert_eq!(items, (0..40).chain(0..40).collect::<Vec<_>>());
        assert!(log.iter().filter(|e| e.details["outcome"] == "drifted").all(|e| e.before.is_none() && e.after.is_none()));
        assert_chain_is_whole(&store).await;
    }

    async fn a_step_that_is_not_permitted_is_refused_and_hinders_no_other(database: TestDatabase) {
        let store = open(&database).await;
        let run = add_run(&store, "run-1", 3).await;
        let lease = take(&store, &run, "one", now()).await;
        let steps = [
            record(0, ItemState::Done), claim(0), record(0, ItemState::Started), record(0, ItemState::Stopped),
            record(0, ItemState::Done), record(0, ItemState::Failed), claim(0), claim(7), claim(1),
        ];
        let results = store.commit_steps(&lease, &steps, now()).await.unwrap();
        assert_eq!(results, [
            refused(ItemState::Pending, ItemState::Done),
            StepResult::Claimed { attempt: 1 },
            refused(ItemState::Started, ItemState::Started),
            refused(ItemState::Started, ItemState::Stopped),
            StepResult::Recorded,
            refused(ItemState::Done, ItemState::Failed),
            refused(ItemState::Done, ItemState::Started),
            StepResult::Missing,
            StepResult::Claimed { attempt: 1 },
        ]);
        assert_eq!(entries(&store, &run).await.len(), 3);
        assert_counters_are_right(&store, &run).await;
        assert_eq!(store.commit_steps(&lease, &[claim(9)], now()).await.unwrap(), [StepResult::Missing]);
        assert_eq!(store.commit_steps(&lease, &[], now()).await.unwrap(), []);
    }

    async fn a_crash_between_claim_and_record_leaves_the_item_to_be_looked_at(database: TestDatabase) {
        let store = open(&database).await;
        let run = add_run(&store, "run-1", 2).await;
        let lease = take(&store, &run, "one", now()).await;
        store.commit_steps(&lease, &[claim(0)], now()).await.unwrap();
        store.close().await;

        let store = open(&database).await;
        let late = now() + MINUTE;
        let lease = take(&store, &run, "two", late).await;
        let open = store.items(&run, &[ItemState::Started, ItemState::Pending], None, 10).await.unwrap();
        assert_eq!(open.iter().map(|item| item.state).collect::<Vec<_>>(), [ItemState::Started, ItemState::Pending]);
        let results = store.commit_steps(&lease, &[claim(0)], late).await.unwrap();
        assert_eq!(results, [StepResult::Claimed { attempt: 2 }], "more than one attempt: look before acting");
        store.commit_steps(&lease, &[record(0, ItemState::Done)], late).await.unwrap();
        let item = store.item(&run, 0).await.unwrap();
        assert_eq!((item.state, item.attempts, item.started_at), (ItemState::Done, 2, Some(now())));
        let kinds: Vec<_> = entries(&store, &run).await.into_iter().map(|e| (e.kind.to_string(), e.details["attempt"].clone())).collect();
        assert_eq!(kinds, [
            ("run.item.intent".to_owned(), json!(1)), ("run.item.intent".to_owned(), json!(2)), ("run.item.outcome".to_owned(), json!(2)),
        ]);
        assert_chain_is_whole(&store).await;
    }

    async fn a_transaction_that_is_dropped_never_was(database: TestDatabase) {
        let store = open(&database).await;
        let run = add_run(&store, "run-1", 200).await;
        let lease = take(&store, &run, "one", now()).await;
        let steps: Vec<_> = (0..200).map(claim).collect();
        // Dropped somewhere in the middle, at a different place each time.
        for polls in [1, 2, 3, 5, 7, 10, 14, 20, 30] {
            let mut future = Box::pin(store.commit_steps(&lease, &steps, now()));
            for _ in 0..polls {
                if futures_poll(future.as_mut()).await {
                    break;
                }
            }
            drop(future);
            // A commit that was under way may still go through: wait until nobody writes.
            store.probe().await.unwrap();
            let counts = store.run(&run).await.unwrap().counts;
            assert!([0, 200].contains(&counts.of(ItemState::Started)), "all or nothing: {counts:?}");
            assert_counters_are_right(&store, &run).await;
            assert_chain_is_whole(&store).await;
        }
        store.commit_steps(&lease, &steps, now()).await.unwrap();
        assert_eq!(store.run(&run).await.unwrap().counts.of(ItemState::Started), 200);
    }

    async fn workers_on_several_runs_do_not_hinder_each_other(database: TestDatabase) {
        let store = open(&database).await;
        let mut workers = Vec::new();
        for n in 0..4 {
            let run = add_run(&store, &format!("run-{n}"), 30).await;
            // Of live runs at one site one is worked on at a time: each is at a site of its own.
            let sql = format!("UPDATE runs SET site = 'site-{n}' WHERE id = '{run}'");
            database.execute(&sql);
            // Two processes, and two workers within each.
            let store = if n % 2 == 0 { store.clone() } else { open(&database).await };
            workers.push(tokio::spawn(async move {
                let lease = take(&store, &run, &format!("worker-{n}"), now()).await;
                for chunk in (0..30).collect::<Vec<u32>>().chunks(6) {
                    let claims: Vec<_> = chunk.iter().map(|seq| claim(*seq)).collect();
                    store.commit_steps(&lease, &claims, now()).await.unwrap();
                    let records: Vec<_> = chunk.iter().map(|seq| record(*seq, ItemState::Done)).collect();
                    store.commit_steps(&lease, &records, now()).await.unwrap();
                }
                run
            }));
        }
        for worker in workers {
            let run = worker.await.unwrap();
            assert_eq!(store.run(&run).await.unwrap().counts.of(ItemState::Done), 30);
            assert_counters_are_right(&store, &run).await;
        }
        assert_chain_is_whole(&store).await;
    }

    async fn one_lease_used_from_several_tasks_claims_each_item_once(database: TestDatabase) {
        let store = open(&database).await;
        let run = add_run(&store, "run-1", 10).await;
        let lease = take(&store, &run, "one", now()).await;
        let tasks = (0..4).map(|_| {
            let (store, lease) = (store.clone(), lease.clone());
            tokio::spawn(async move {
                let steps: Vec<_> = (0..10).flat_map(|seq| [claim(seq), record(seq, ItemState::Done)]).collect();
                store.commit_steps(&lease, &steps, now()).await.unwrap()
            })
        });
        let mut recorded = 0;
        for task in tasks.collect::<Vec<_>>() {
            recorded += task.await.unwrap().iter().filter(|result| **result == StepResult::Recorded).count();
        }
        assert_eq!(recorded, 10);
        assert_eq!(entries(&store, &run).await.len(), 20);
        assert_chain_is_whole(&store).await;
    }

    async fn a_state_the_house_does_not_know_cannot_be_stored(database: TestDatabase) {
        let store = open(&database).await;
        let run = add_run(&store, "run-1", 9).await;
        // The names of the schema's check are those of the type.
        let lease = take(&store, &run, "one", now()).await;
        for (seq, state) in (0..).zip(ItemState::ALL.into_iter().filter(|state| state.is_final() && *state != ItemState::Stopped)) {
            store.commit_steps(&lease, &[claim(seq), record(seq, state)], now()).await.unwrap();
            assert_eq!(store.item(&run, seq).await.unwrap().state, state);
        }
        if !database.is_postgres() {
            raw(&database, "PRAGMA ignore_check_constraints = ON; UPDATE run_items SET state = 'melted' WHERE seq = 0").await;
            let error = store.item(&run, 0).await.unwrap_err();
            assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
            assert!(error.to_string().contains("melted"), "{error}");
        }
    }
}

/// Polls once; whether it is finished.
async fn futures_poll<T>(future: std::pin::Pin<&mut (dyn Future<Output = T> + Send)>) -> bool {
    let once = tokio::time::timeout(std::time::Duration::from_micros(300), future);
    once.await.is_ok()
}
